//! Google Cloud Storage, written from its published JSON API (storage/v1: objects list, get, insert, delete, with
//! preconditions on generations): no emulator of it that could be installed here looks at tokens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::contract::{Request, Response, Service};

/// One bucket, `desk`.
#[derive(Default)]
pub struct Gcs {
    token: String,
    objects: BTreeMap<String, Object>,
    generation: u64,
    /// Uploads that are begun: the object, the generation it must have, its type, and whether it is there.
    sessions: BTreeMap<String, (String, Option<u64>, String, bool)>,
    pub port: u16,
    /// Pages of lists that were asked for.
    pub pages: usize,
}

pub struct Object {
    pub bytes: Vec<u8>,
    pub content_type: String,
    pub cache_control: String,
    generation: u64,
}

/// Objects of a page of a list: few, so that there are several pages.
const PAGE: usize = 10;

fn fault(status: u16, reason: &str, message: &str) -> Response {
    let error = json!({"code": status, "message": message, "errors": [{"reason": reason, "message": message}]});
    Response(status, "application/json", json!({"error": error}).to_string().into_bytes(), None)
}

impl Gcs {
    /// Starts it; it lets in who has this token.
    pub fn start(token: &str) -> Arc<Mutex<Self>> {
        let state = Arc::new(Mutex::new(Self { token: token.to_string(), ..Self::default() }));
        let shared = state.clone();
        let service = Service::start(move |request| shared.lock().unwrap().answer(request));
        state.lock().unwrap().port = service.port;
        state
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(name)
    }

    /// Puts an object there, or takes it away.
    pub fn set(&mut self, name: &str, bytes: Option<&[u8]>) {
        self.objects.remove(name);
        if let Some(bytes) = bytes {
            self.insert(name, bytes.to_vec(), "application/octet-stream", "");
        }
    }

    fn insert(&mut self, name: &str, bytes: Vec<u8>, content_type: &str, cache_control: &str) {
        self.generation += 1;
        let object = Object {
            bytes,
            content_type: content_type.to_string(),
            cache_control: cache_control.to_string(),
            generation: self.generation,
        };
        self.objects.insert(name.to_string(), object);
    }

    fn answer(&mut self, request: &Request) -> Response {
        // Whoever has the address of a session may go on with it.
        if let Some(id) = request.query.get("upload_id").filter(|_| request.method == "PUT") {
            return self.go_on(id, request);
        }
        if request.headers.get("authorization") != Some(&format!("Bearer {}", self.token)) {
            return fault(401, "authError", "Invalid Credentials");
        }
        if let Some(bucket) =
            request.path.strip_prefix("/upload/storage/v1/b/").and_then(|rest| rest.strip_suffix("/o"))
        {
            return if bucket == "desk" { self.upload(request) } else { no_bucket() };
        }
        let Some(rest) = request.path.strip_prefix("/storage/v1/b/") else {
            return fault(404, "notFound", "Not Found");
        };
        let Some((bucket, name)) = rest.split_once("/o") else { return fault(404, "notFound", "Not Found") };
        if bucket != "desk" {
            return no_bucket();
        }
        let Some(name) = name.strip_prefix('/') else { return self.list(request) };
        match request.method.as_str() {
            "GET" if request.query.get("alt").is_some_and(|alt| alt == "media") => self.read(name, request),
            "GET" => match self.objects.get(name) {
                Some(object) => {
                    Response(200, "application/json", metadata(name, object).to_string().into_bytes(), None)
                }
                None => no_object(name),
            },
            "DELETE" => match self.objects.remove(name) {
                Some(_) => Response(204, "application/json", Vec::new(), None),
                None => no_object(name),
            },
            _ => fault(405, "methodNotAllowed", "Method Not Allowed"),
        }
    }

    fn read(&self, name: &str, request: &Request) -> Response {
        let Some(object) = self.objects.get(name) else { return no_object(name) };
        let range = request.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let Some((from, to)) = range else {
            return Response(200, "application/octet-stream", object.bytes.clone(), None);
        };
        let from: usize = from.parse().unwrap();
        let end = to.parse::<usize>().map_or(object.bytes.len(), |to| (to + 1).min(object.bytes.len()));
        match object.bytes.get(from..end).filter(|part| !part.is_empty()) {
            Some(part) => Response(206, "application/octet-stream", part.to_vec(), None),
            None => fault(416, "requestedRangeNotSatisfiable", "Request range not satisfiable"),
        }
    }

    fn list(&mut self, request: &Request) -> Response {
        self.pages += 1;
        let value = |name: &str| request.query.get(name).map(String::as_str).unwrap_or_default();
        let (prefix, delimiter, after) = (value("prefix"), value("delimiter"), value("pageToken"));
        let (mut items, mut prefixes, mut next) = (Vec::new(), Vec::new(), None);
        for (name, object) in self.objects.iter().filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after)
        {
            if items.len() == PAGE {
                next = items.last().map(|last: &Value| last["name"].clone());
                break;
            }
            match name[prefix.len()..].split_once('/').filter(|_| delimiter == "/") {
                Some((folder, _)) => prefixes.push(format!("{prefix}{folder}/")),
                None => items.push(metadata(name, object)),
            }
        }
        prefixes.dedup();
        let mut list = json!({"kind": "storage#objects", "items": items, "prefixes": prefixes});
        if let Some(next) = next {
            list["nextPageToken"] = next;
        }
        Response(200, "application/json", list.to_string().into_bytes(), None)
    }

    /// An upload in one request: bytes alone, or after what is to be said of them (RFC 2387).
    fn upload(&mut self, request: &Request) -> Response {
        let Some(name) = request.query.get("name") else { return fault(400, "required", "Required parameter: name") };
        let wanted = request.query.get("ifGenerationMatch").map(|generation| generation.parse::<u64>().unwrap());
        if let Some(refusal) = self.refusal(name, wanted) {
            return refusal;
        }
        match request.query.get("uploadType").map(String::as_str) {
            Some("media") => self.insert(name, request.body.clone(), "application/octet-stream", ""),
            Some("multipart") => {
                let Some((said, content_type, bytes)) = related(request) else {
                    return fault(400, "parseError", "Malformed multipart body.");
                };
                let cache_control = said["cacheControl"].as_str().unwrap_or_default().to_string();
                let content_type = said["contentType"].as_str().unwrap_or(&content_type).to_string();
                self.insert(name, bytes, &content_type, &cache_control);
            }
            Some("resumable") => {
                self.generation += 1;
                let id = format!("session{}", self.generation);
                let said: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                let content_type = said["contentType"].as_str().unwrap_or("application/octet-stream").to_string();
                self.sessions.insert(id.clone(), (name.clone(), wanted, content_type, false));
                let place = format!("http://{}/upload/storage/v1/b/desk/o?upload_id={id}", request.headers["host"]);
                return Response(200, "application/json", Vec::new(), Some(place));
            }
            _ => return fault(400, "invalid", "Invalid uploadType"),
        }
        Response(200, "application/json", metadata(name, &self.objects[name]).to_string().into_bytes(), None)
    }
}

impl Gcs {
    /// What is said when an object is of another generation than it must be; 0 is that of none.
    fn refusal(&self, name: &str, wanted: Option<u64>) -> Option<Response> {
        let held = self.objects.get(name).map_or(0, |object| object.generation);
        wanted.filter(|wanted| *wanted != held)?;
        Some(fault(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold."))
    }

    /// The only part of an upload, or a question how far it got.
    fn go_on(&mut self, id: &str, request: &Request) -> Response {
        let Some(session) = self.sessions.get(id) else { return fault(404, "notFound", "No such upload") };
        let (name, wanted, content_type, is_done) = session.clone();
        let told = |gcs: &Self| metadata(&name, &gcs.objects[&name]).to_string().into_bytes();
        let range = request.headers.get("content-range").map(String::as_str).unwrap_or_default();
        if is_done {
            return Response(200, "application/json", told(self), None);
        }
        if range.starts_with("bytes */") && range != "bytes */0" {
            // Nothing of it is kept: no range is told.
            return Response(308, "application/json", Vec::new(), None);
        }
        if range.split_once('/').and_then(|(_, total)| total.parse().ok()) != Some(request.body.len()) {
            return fault(400, "invalid", "The upload is not as long as it was said to be");
        }
        if let Some(refusal) = self.refusal(&name, wanted) {
            return refusal;
        }
        self.insert(&name, request.body.clone(), &content_type, "");
        self.sessions.insert(id.to_string(), (name.clone(), wanted, content_type, true));
        Response(200, "application/json", told(self), None)
    }
}

fn no_bucket() -> Response {
    fault(404, "notFound", "The specified bucket does not exist.")
}

fn no_object(name: &str) -> Response {
    fault(404, "notFound", &format!("No such object: desk/{name}"))
}

fn metadata(name: &str, object: &Object) -> Value {
    json!({
        "kind": "storage#object", "name": name, "bucket": "desk", "generation": object.generation.to_string(),
        "size": object.bytes.len().to_string(), "contentType": object.content_type,
        "cacheControl": object.cache_control, "updated": "2026-01-01T00:00:00.000Z", "etag": format!("E{}", object.generation),
        "md5Hash": "",
    })
}

/// The two parts of a body: JSON, and bytes with their type.
fn related(request: &Request) -> Option<(Value, String, Vec<u8>)> {
    let content_type = request.headers.get("content-type")?;
    let boundary = content_type.strip_prefix("multipart/related")?.split_once("boundary=")?.1.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = &request.body[find(&request.body, mark.as_bytes())? + mark.len()..];
    while rest.starts_with(b"\r\n") {
        let end = find(rest, format!("\r\n{mark}").as_bytes())?;
        let part = &rest[2..end];
        let head = find(part, b"\r\n\r\n")?;
        parts.push((String::from_utf8_lossy(&part[..head]).to_lowercase(), part[head + 4..].to_vec()));
        rest = &rest[end + 2 + mark.len()..];
    }
    let [(_, said), (head, bytes)] = &parts[..] else { return None };
    let content_type = head.lines().find_map(|line| line.strip_prefix("content-type:"))?.trim().to_string();
    Some((serde_json::from_slice(said).ok()?, content_type, bytes.clone()))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
