"""Asks a store of Azure blobs, signed with the account's key (AZURE_STORAGE_KEY), and prints the answer's body.

    python ask.py METHOD ENDPOINT PATH [FILE]

ENDPOINT ends with the account's name, PATH begins with a slash and may have a query. Ends with 1 when the answer is none
of success.
The signature: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
"""

import base64
import hashlib
import hmac
import os
import sys
import urllib.error
import urllib.request
from email.utils import formatdate

method, endpoint, path, *file = sys.argv[1:]
account = endpoint.rsplit("/", 1)[1]
body = open(file[0], "rb").read() if file else None
path, _, query = path.partition("?")
own = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
kind = ""
if "restype=container" in query:
    # Everybody may read what is in it, as of a site.
    own["x-ms-blob-public-access"] = "blob"
if body is not None:
    own["x-ms-blob-type"] = "BlockBlob"
    kind = "application/octet-stream"
length = str(len(body)) if body else ""
resource = f"/{account}/{account}{path}" + "".join(f"\n{part.replace('=', ':')}" for part in sorted(filter(None, query.split("&"))))
lines = [method, "", "", length, "", kind, "", "", "", "", "", ""]
signed = "\n".join([*lines, *(f"{name}:{value}" for name, value in sorted(own.items())), resource])
key = base64.b64decode(os.environ["AZURE_STORAGE_KEY"])
signature = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
own["authorization"] = f"SharedKey {account}:{signature}"
if body is not None:
    own["content-type"] = kind
address = f"{endpoint}{path}" + (f"?{query}" if query else "")
request = urllib.request.Request(address, data=body, method=method, headers=own)
try:
    with urllib.request.urlopen(request) as answer:
        if method == "HEAD":
            sys.stdout.write(str(answer.headers).lower())
        sys.stdout.buffer.write(answer.read())
except urllib.error.HTTPError as fault:
    sys.exit(f"{fault.code} {fault.read().decode(errors='replace')}")
