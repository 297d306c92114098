"""Has the W3C's feed validator judge every Atom and RSS feed of a built site, and holds the JSON feeds against JSON Feed 1.1.

    python feeds.py BASE_URL FOLDER...

The validator is no package: `feedvalidator.zip` holds it as `git archive` gives it out of github.com/w3c/feedvalidator,
commit 43dabeb217bd8d8b0a3f12f3a6e7c39a8619d9a8 (its licence, that of MIT, lies in it). It knows nothing of JSON Feed; what
is asked of those feeds here is what jsonfeed.org/version/1.1 says. Afterwards feeds are broken on purpose, and each must be
found out: a judge that lets everything pass is none. Errors and warnings count, but for those that nobody can avoid
(`is_unavoidable`); ends with 1 when there is one.
"""

import json
import re
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).with_name("feedvalidator.zip") / "src"))
import feedvalidator  # noqa: E402
from feedvalidator import compatibility  # noqa: E402
from feedvalidator.i18n import en  # noqa: E402



def is_unavoidable(event):
    """Two briefings may have changed at one moment; and MathML is part of HTML, which the validator does not know yet."""
    name, value = event.__class__.__name__, event.params.get("value")
    return name == "DuplicateUpdated" or (name == "NotHtml" and value == "math")


# The keys of JSON Feed 1.1 whose values are text, addresses and moments.
FEED = {"version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon",
        "author", "authors", "language", "expired", "hubs", "items"}
ITEM = {"id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
        "date_published", "date_modified", "author", "authors", "tags", "language", "attachments"}


def faults_of_xml(text, address):
    events = feedvalidator.validateString(text, firstOccurrenceOnly=1, base=address)["loggedEvents"]
    for event in compatibility.AA(events):
        if is_unavoidable(event):
            continue
        told = en.messages.get(event.__class__, event.__class__.__name__)
        try:
            told %= event.params
        except (KeyError, TypeError):
            pass
        yield f"{event.params.get('line', 0)}: {event.__class__.__name__}: {told}"


def is_address(value):
    parts = urlsplit(value) if isinstance(value, str) else None
    return bool(parts and parts.scheme in ("http", "https") and parts.netloc and " " not in value)


def is_moment(value):
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
        return False
    try:
        return datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def faults_of_part(part, known, where):
    for key, value in part.items():
        if key not in known and not key.startswith("_"):
            yield f"{where}: there is no key {key}"
        if (key.endswith("url") or key in ("icon", "favicon", "image", "banner_image")) and not is_address(value):
            yield f"{where}: {key} is no address: {value!r}"
        if key.startswith("date_") and not is_moment(value):
            yield f"{where}: {key} is no moment of RFC 3339: {value!r}"
        if key in ("id", "title", "summary", "content_html", "content_text", "language", "description") and (
            not isinstance(value, str) or not value
        ):
            yield f"{where}: {key} is no text: {value!r}"
    for author in part.get("authors", []):
        values = {key: value for key, value in author.items() if key in ("name", "url", "avatar") and isinstance(value, str)}
        if not values or values != author or not all(is_address(values[key]) for key in values if key != "name"):
            yield f"{where}: no author: {author!r}"
    for file in part.get("attachments", []):
        if not is_address(file.get("url")) or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", str(file.get("mime_type"))):
            yield f"{where}: no attachment: {file!r}"
    if not all(isinstance(tag, str) for tag in part.get("tags", [])):
        yield f"{where}: tags are texts"


def faults_of_json(text, address):
    try:
        feed = json.loads(text)
    except ValueError as fault:
        yield str(fault)
        return
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"the version is {feed.get('version')!r}"
    if not feed.get("title") or not isinstance(feed.get("items"), list):
        yield "title or items are missing"
        return
    if feed.get("feed_url") != address:
        yield f"feed_url is {feed.get('feed_url')!r} at {address}"
    yield from faults_of_part(feed, FEED, "feed")
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) != len(ids):
        yield "two items have one id"
    for item in feed["items"]:
        where = str(item.get("id"))
        if not item.get("id") or not (item.get("content_html") or item.get("content_text")):
            yield f"{where}: id or content is missing"
        yield from faults_of_part(item, ITEM, where)


# What is broken on purpose, by format: the name of the fault, what is replaced, and by what.
BROKEN = {
    "atom": [
        ("no id", r"<id>.*?</id>", ""),
        ("a date that is none", r"<updated>.*?</updated>", "<updated>yesterday</updated>"),
        ("an element that Atom has not", r"<entry\b", "<item/><entry"),
        ("a tag that is not closed", r"</entry>", ""),
        ("two entries of one id", r"(<entry\b.*?</entry>)", r"\1\1"),
        ("markup of a script", r"(<summary[^>]*>)", r'<content type="html">&lt;script&gt;x&lt;/script&gt;</content>\1'),
        ("another address of its own", r'(rel="self"[^>]*href=")[^"]*|(href=")[^"]*("[^>]*rel="self")', r"\1\2https://x.org/\3"),
    ],
    "rss": [
        ("no title", r"<title>.*?</title>", ""),
        ("a date that is none", r"<pubDate>.*?</pubDate>", "<pubDate>2025-01-01</pubDate>"),
        ("a relative link", r"<link>.*?</link>", "<link>/a/</link>"),
    ],
    "json": [
        ("no id", r'"id":"[^"]*",', ""),
        ("another version", r"version/1\.1", "version/1"),
        ("a date that is none", r'("date_published":")[^"]*', r"\1yesterday"),
        ("a key that is none", r'"items":', '"itmes":1,"items":'),
        ("an address that is none", r'("url":")[^"]*', r"\1/a/"),
    ],
}


def format_of(path, text):
    if path.suffix == ".json":
        return "json" if '"https://jsonfeed.org/version/' in text[:300] else None
    if path.suffix == ".xml":
        root = re.search(r"<[a-zA-Z]+", text)
        return {"<feed": "atom", "<rss": "rss"}.get(root.group(0) if root else None)
    return None


def faults_of(kind, text, address):
    return list((faults_of_json if kind == "json" else faults_of_xml)(text, address))


def main(base_url, folders):
    counts, faults, longest = {}, [], {}
    files = [(Path(folder), path) for folder in folders for path in Path(folder).rglob("*")]
    for folder, path in sorted((folder, path) for folder, path in files if path.suffix in (".json", ".xml")):
        text = path.read_text(encoding="utf-8")
        kind = format_of(path, text)
        if kind is None:
            continue
        address = base_url + quote(path.relative_to(folder).as_posix())
        counts[kind] = counts.get(kind, 0) + 1
        faults += [f"{address}: {fault}" for fault in faults_of(kind, text, address)]
        if kind not in longest or 20 * len(longest[kind][0]) < len(text) < 100_000:
            longest[kind] = (text, address)
    found = 0
    for kind, (text, address) in longest.items():
        for name, pattern, instead in BROKEN[kind]:
            broken = re.sub(pattern, instead, text, count=1, flags=re.S)
            if broken == text:
                faults.append(f"{address}: nothing to break for `{name}`")
            elif not faults_of(kind, broken, address):
                faults.append(f"{address}: nobody finds out: {name}")
            else:
                found += 1
    for kind in ("atom", "json", "rss"):
        if kind not in counts:
            faults.append(f"there is no feed of the format {kind}")
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    print(f"feeds: {told}; {found} broken on purpose and found out; {len(faults)} faults")
    for fault in faults[:50]:
        print(f"  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
