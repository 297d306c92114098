//! Hosts that cannot be had for a test, written from their published protocols: they check what they are told as the
//! real ones do, keep what they are given, and show it to readers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

/// What a client asks.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// What it is told: status, type, bytes, and where to go on.
pub struct Response(pub u16, pub &'static str, pub Vec<u8>, pub Option<String>);

impl Response {
    fn json(status: u16, value: &Value) -> Self {
        Self(status, "application/json", value.to_string().into_bytes(), None)
    }
}

/// A server whose answers are made by a function.
pub struct Service {
    pub port: u16,
}

impl Service {
    pub fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.clone();
                std::thread::spawn(move || drop(converse(&stream, &*answer)));
            }
        });
        Self { port }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        match (first, more.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn converse(stream: &TcpStream, answer: &dyn Fn(&Request) -> Response) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream.try_clone()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split_whitespace();
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_string());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
        let is_last = headers.get("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let request = Request { method: method.to_string(), path: decoded(path), query, headers, body };
        let Response(status, content_type, bytes, location) = answer(&request);
        let close = if is_last { "connection: close\r\n" } else { "" };
        let location = location.map(|place| format!("location: {place}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: {content_type}\r\n{location}{close}content-length: {}\r\n\r\n",
            bytes.len()
        );
        writer.write_all(head.as_bytes())?;
        writer.write_all(&bytes)?;
        if is_last {
            return Ok(());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Netlify, as far as deploys by digests go.
#[derive(Default)]
pub struct Netlify {
    pub token: String,
    /// What it was given, by SHA-1.
    blobs: HashMap<String, Vec<u8>>,
    pub deploys: Vec<NetlifyDeploy>,
    pub live: Option<String>,
    /// Whether somebody has stopped publishing in its own pages.
    pub locked: bool,
    /// Whether it tells of files instead of giving them.
    pub tells_of_files: bool,
    /// Files that it was sent.
    pub sent: Vec<String>,
    pub port: u16,
}

pub struct NetlifyDeploy {
    id: String,
    pub title: String,
    state: &'static str,
    files: BTreeMap<String, String>,
    required: BTreeSet<String>,
    /// Times that it must be asked until it is further.
    asked: u32,
}

impl Netlify {
    /// Starts it with one site that is called `desk.netlify.app`.
    pub fn start(token: &str) -> Arc<Mutex<Self>> {
        let state = Arc::new(Mutex::new(Self { token: token.to_string(), ..Self::default() }));
        let shared = state.clone();
        let service = Service::start(move |request| shared.lock().unwrap().answer(request));
        state.lock().unwrap().port = service.port;
        state
    }

    /// What readers get.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.read_of(self.live.as_ref()?, path)
    }

    /// What readers get who know the address of one deploy.
    pub fn read_of(&self, id: &str, path: &str) -> Option<Vec<u8>> {
        let deploy = self.deploys.iter().find(|deploy| deploy.id == id)?;
        self.blobs.get(deploy.files.get(&format!("/{path}"))?).cloned()
    }

    /// Somebody else's site is live.
    pub fn theirs(&mut self) {
        let sha = hex(&Sha1::digest(b"theirs"));
        self.blobs.insert(sha.clone(), b"theirs".to_vec());
        let files = BTreeMap::from([("/theirs.html".to_string(), sha)]);
        let (id, title) = ("f".repeat(24), "by hand".to_string());
        self.deploys.push(NetlifyDeploy { id, title, state: "ready", files, required: BTreeSet::new(), asked: 0 });
        self.live = Some("f".repeat(24));
    }

    pub fn ids(&self) -> Vec<String> {
        self.deploys.iter().map(|deploy| deploy.id.clone()).collect()
    }

    fn shown(&self, deploy: &NetlifyDeploy) -> Value {
        let mut value = json!({
            "id": deploy.id, "state": deploy.state, "title": deploy.title,
            "deploy_ssl_url": format!("http://127.0.0.1:{}/view/{}", self.port, deploy.id),
        });
        if !matches!(deploy.state, "new" | "preparing") {
            value["required"] = json!(deploy.required);
        }
        value
    }

    fn file(&self, path: &str, sha: &str) -> Value {
        json!({"id": path, "path": path, "sha": sha, "mime_type": "", "size": self.blobs[sha].len()})
    }

    fn wrong(status: u16, message: &str) -> Response {
        Response::json(status, &json!({"code": status, "message": message}))
    }

    fn answer(&mut self, request: &Request) -> Response {
        if let Some(rest) = request.path.strip_prefix("/view/") {
            let (id, path) = rest.split_once('/').unwrap_or((rest, ""));
            return match self.read_of(id, path) {
                Some(bytes) => Response(200, "text/plain", bytes, None),
                None => Response(404, "text/plain", Vec::new(), None),
            };
        }
        if request.headers.get("authorization").map(String::as_str) != Some(&*format!("Bearer {}", self.token)) {
            return Self::wrong(401, "Access Denied");
        }
        let path = request.path.strip_prefix("/api/v1/").unwrap_or("?").to_string();
        let parts: Vec<&str> = path.splitn(4, '/').collect();
        match (&*request.method, &*parts) {
            ("GET", ["sites", site, ..]) | ("POST", ["sites", site, ..]) if *site != "desk.netlify.app" => {
                Self::wrong(404, "Not Found")
            }
            ("GET", ["sites", _]) => {
                let live = self.deploys.iter().find(|deploy| Some(&deploy.id) == self.live.as_ref());
                Response::json(200, &json!({"id": "1", "published_deploy": live.map(|live| self.shown(live))}))
            }
            ("GET", ["sites", _, "files"]) => {
                let live = self.deploys.iter().find(|deploy| Some(&deploy.id) == self.live.as_ref());
                let files = live.into_iter().flat_map(|live| &live.files);
                Response::json(200, &json!(files.map(|(path, sha)| self.file(path, sha)).collect::<Vec<_>>()))
            }
            ("GET", ["sites", _, "files", path]) => {
                let live = self.deploys.iter().find(|deploy| Some(&deploy.id) == self.live.as_ref());
                let path = format!("/{path}");
                let Some(sha) = live.and_then(|live| live.files.get(&path)) else {
                    return Self::wrong(404, "Not Found");
                };
                let is_raw = request.headers.get("content-type").is_some_and(|kind| kind.ends_with("v1.raw"));
                if is_raw && !self.tells_of_files {
                    return Response(200, "application/octet-stream", self.blobs[sha].clone(), None);
                }
                Response::json(200, &self.file(&path, sha))
            }
            ("POST", ["sites", _, "deploys"]) => self.begin(request),
            ("GET", ["sites", _, "deploys"]) => {
                let (page, size): (usize, usize) =
                    (request.query["page"].parse().unwrap(), request.query["per_page"].parse().unwrap());
                let all: Vec<Value> = self.deploys.iter().rev().map(|deploy| self.shown(deploy)).collect();
                Response::json(200, &json!(all.chunks(size).nth(page - 1).unwrap_or_default()))
            }
            ("GET", ["sites", _, "deploys", id]) => {
                let locked = self.locked;
                let Some(deploy) = self.deploys.iter_mut().find(|deploy| deploy.id == *id) else {
                    return Self::wrong(404, "Not Found");
                };
                deploy.asked += 1;
                if deploy.asked >= 2 {
                    deploy.asked = 0;
                    match deploy.state {
                        "preparing" => deploy.state = "prepared",
                        "processing" => {
                            deploy.state = "ready";
                            if !locked {
                                self.live = Some(deploy.id.clone());
                            }
                        }
                        _ => {}
                    }
                    if deploy.state == "prepared" && deploy.required.is_empty() {
                        deploy.state = "processing";
                    }
                }
                let at = self.deploys.iter().position(|deploy| deploy.id == *id).unwrap();
                Response::json(200, &self.shown(&self.deploys[at]))
            }
            ("PUT", ["deploys", id, "files", path]) => self.take(id, path, request),
            ("POST", ["deploys", id, "cancel"]) => {
                self.deploys.retain(|deploy| deploy.id != *id);
                Response::json(201, &json!({}))
            }
            ("DELETE", ["deploys", id]) if self.live.as_deref() == Some(*id) => Self::wrong(409, "It is live"),
            ("DELETE", ["deploys", id]) => {
                self.deploys.retain(|deploy| deploy.id != *id);
                Response(204, "text/plain", Vec::new(), None)
            }
            _ => Self::wrong(404, "Not Found"),
        }
    }

    fn begin(&mut self, request: &Request) -> Response {
        let Ok(asked) = serde_json::from_slice::<Value>(&request.body) else { return Self::wrong(422, "no JSON") };
        let Some(named) = asked["files"].as_object() else { return Self::wrong(422, "no files") };
        let mut files = BTreeMap::new();
        for (path, sha) in named {
            let sha = sha.as_str().unwrap_or_default();
            if !path.starts_with('/') || path.contains(['#', '?']) || sha.len() != 40 {
                return Self::wrong(422, "Invalid filename or digest");
            }
            files.insert(path.clone(), sha.to_string());
        }
        let required: BTreeSet<String> = files.values().filter(|sha| !self.blobs.contains_key(*sha)).cloned().collect();
        let state = match (asked["async"] == json!(true), required.is_empty()) {
            (true, _) => "preparing",
            (false, true) => "processing",
            (false, false) => "uploading",
        };
        let id = format!("{:024x}", self.deploys.len() + 1 + self.sent.len() * 1000);
        let title = request.query.get("title").cloned().unwrap_or_default();
        self.deploys.push(NetlifyDeploy { id, title, state, files, required, asked: 0 });
        Response::json(200, &self.shown(&self.deploys[self.deploys.len() - 1]))
    }

    fn take(&mut self, id: &str, path: &str, request: &Request) -> Response {
        let sha = hex(&Sha1::digest(&request.body));
        let Some(deploy) = self.deploys.iter_mut().find(|deploy| deploy.id == id) else {
            return Self::wrong(404, "Not Found");
        };
        let is_well = deploy.files.get(&format!("/{path}")) == Some(&sha)
            && request.headers.get("content-type").map(String::as_str) == Some("application/octet-stream")
            && request.query.get("size") == Some(&request.body.len().to_string());
        if !is_well {
            return Self::wrong(422, "the file is not the one that was named");
        }
        self.sent.push(path.to_string());
        self.blobs.insert(sha.clone(), request.body.clone());
        deploy.required.remove(&sha);
        if deploy.required.is_empty() {
            deploy.state = "processing";
        }
        Response::json(200, &json!({"path": path, "sha": sha}))
    }
}

/// Cloudflare Pages, as far as direct uploads go.
#[derive(Default)]
pub struct Pages {
    pub token: String,
    /// What it was given: text in base64 and media type, by its key.
    store: HashMap<String, (String, String)>,
    named: BTreeSet<String>,
    pub deployments: Vec<PagesDeployment>,
    pub live: Option<String>,
    /// Tokens for uploads that were given out, and how often each may be used.
    tokens: usize,
    pub uses: usize,
    used: usize,
    pub most_files: usize,
    pub sent: usize,
    /// What an end of the network does to pages.
    pub adds: &'static str,
    /// Whether a login stands before what is published.
    pub login: bool,
    pub port: u16,
}

pub struct PagesDeployment {
    id: String,
    pub title: String,
    manifest: BTreeMap<String, String>,
    pub headers: String,
    asked: u32,
}

impl Pages {
    /// Starts it with the project `desk` of the account `acc`.
    pub fn start(token: &str) -> Arc<Mutex<Self>> {
        let new = Self { token: token.to_string(), uses: 1000, most_files: 20_000, ..Self::default() };
        let state = Arc::new(Mutex::new(new));
        let shared = state.clone();
        let service = Service::start(move |request| shared.lock().unwrap().answer(request));
        state.lock().unwrap().port = service.port;
        state
    }

    fn said(result: &Value) -> Response {
        Response::json(200, &json!({"success": true, "errors": [], "messages": [], "result": result}))
    }

    fn wrong(status: u16, code: i64, message: &str) -> Response {
        let errors = json!([{"code": code, "message": message}]);
        Response::json(status, &json!({"success": false, "errors": errors, "messages": [], "result": null}))
    }

    /// Somebody else's site is live, which shows its home page for whatever there is not.
    pub fn theirs(&mut self) {
        self.store.insert("theirs".to_string(), (STANDARD.encode("<p>theirs"), "text/html".to_string()));
        let manifest = ["/index.html", "/404.html"].map(|path| (path.to_string(), "theirs".to_string()));
        let (id, title) = ("99999999".to_string(), "by hand".to_string());
        self.deployments.push(PagesDeployment {
            id,
            title,
            manifest: manifest.into(),
            headers: String::new(),
            asked: 9,
        });
        self.live = Some("99999999".to_string());
    }

    pub fn ids(&self) -> Vec<String> {
        self.deployments.iter().map(|one| one.id.clone()).collect()
    }

    /// What readers of the site get.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.read_of(self.live.as_ref()?, path)
    }

    /// What readers of one deployment get.
    pub fn read_of(&self, id: &str, path: &str) -> Option<Vec<u8>> {
        let one = self.deployments.iter().find(|one| one.id == id)?;
        let (text, _) = &self.store[one.manifest.get(&format!("/{path}"))?];
        STANDARD.decode(text).ok()
    }

    fn view(&self, id: &str, path: &str) -> Response {
        if self.login {
            return Response(302, "text/html", b"<a href='/login'>log in</a>".to_vec(), None);
        }
        let Some(one) = self.deployments.iter().find(|one| one.id == id) else {
            return Response(404, "text/plain", Vec::new(), None);
        };
        // Addresses with `.html` lead on to those without.
        if path.ends_with(".html") {
            return Response(308, "text/plain", Vec::new(), None);
        }
        let shown = if path.is_empty() || path.ends_with('/') {
            vec![format!("/{path}index.html")]
        } else {
            vec![format!("/{path}"), format!("/{path}.html")]
        };
        let found = shown.iter().find_map(|path| one.manifest.get(path));
        let (status, found) = (if found.is_some() { 200 } else { 404 }, found.or(one.manifest.get("/404.html")));
        let Some((text, content_type)) = found.map(|key| &self.store[key]) else {
            return Response(404, "text/plain", Vec::new(), None);
        };
        let mut bytes = STANDARD.decode(text).unwrap();
        if content_type.starts_with("text/html") {
            bytes.extend(self.adds.as_bytes());
        }
        Response(status, "application/octet-stream", bytes, None)
    }

    fn shown(&self, one: &PagesDeployment) -> Value {
        let status = if one.asked >= 2 { "success" } else { "active" };
        json!({
            "id": one.id, "environment": "production",
            "url": format!("http://127.0.0.1:{}/view/{}", self.port, one.id),
            "latest_stage": {"name": "deploy", "status": status},
            "deployment_trigger": {"type": "ad_hoc", "metadata": {"branch": "trunk", "commit_message": one.title}},
        })
    }

    fn answer(&mut self, request: &Request) -> Response {
        if let Some(rest) = request.path.strip_prefix("/view/") {
            let (id, path) = rest.split_once('/').unwrap_or((rest, ""));
            return self.view(id, path);
        }
        let path = request.path.strip_prefix("/client/v4/").unwrap_or("?").to_string();
        let is =
            |token: &str| request.headers.get("authorization").map(String::as_str) == Some(&*format!("Bearer {token}"));
        if let Some(what) = path.strip_prefix("pages/assets/") {
            self.used += 1;
            if !is(&self.upload_token()) || self.used > self.uses {
                return Self::wrong(401, 8_000_013, "Authorization failed");
            }
            return self.assets(what, &request.body);
        }
        if !is(&self.token) {
            return Self::wrong(403, 10_000, "Authentication error");
        }
        let Some(rest) = path.strip_prefix("accounts/acc/pages/projects/desk") else {
            return Self::wrong(404, 8_000_007, "Project not found");
        };
        match (&*request.method, rest) {
            ("GET", "") => {
                let live = self.deployments.iter().find(|one| Some(&one.id) == self.live.as_ref());
                let live = live.map(|live| self.shown(live));
                Self::said(&json!({"name": "desk", "production_branch": "trunk", "canonical_deployment": live}))
            }
            ("GET", "/upload-token") => {
                self.tokens += 1;
                self.used = 0;
                Self::said(&json!({"jwt": self.upload_token()}))
            }
            ("POST", "/deployments") => self.deploy(request),
            ("GET", "/deployments") => {
                let (page, size): (usize, usize) =
                    (request.query["page"].parse().unwrap(), request.query["per_page"].parse().unwrap());
                if size > 25 {
                    return Self::wrong(400, 8_000_024, "Invalid list options provided");
                }
                let all: Vec<Value> = self.deployments.iter().rev().map(|one| self.shown(one)).collect();
                Self::said(&json!(all.chunks(size).nth(page - 1).unwrap_or_default()))
            }
            (method, rest) => {
                let id = rest.strip_prefix("/deployments/").unwrap_or_default();
                let Some(at) = self.deployments.iter().position(|one| one.id == id) else {
                    return Self::wrong(404, 8_000_009, "Deployment not found");
                };
                match method {
                    "GET" => {
                        self.deployments[at].asked += 1;
                        if self.deployments[at].asked == 2 {
                            self.live = Some(id.to_string());
                        }
                        Self::said(&self.shown(&self.deployments[at]))
                    }
                    "DELETE" if self.live.as_deref() == Some(id) => Self::wrong(400, 8_000_034, "It is live"),
                    "DELETE" => {
                        self.deployments.remove(at);
                        Self::said(&Value::Null)
                    }
                    _ => Self::wrong(405, 0, "no such method"),
                }
            }
        }
    }

    fn upload_token(&self) -> String {
        let claims = json!({"max_file_count_allowed": self.most_files, "n": self.tokens});
        format!("e30.{}.zqjwt", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn assets(&mut self, what: &str, body: &[u8]) -> Response {
        let Ok(asked) = serde_json::from_slice::<Value>(body) else { return Self::wrong(400, 1, "no JSON") };
        let hashes = || asked["hashes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        match what {
            "check-missing" => {
                Self::said(&json!(hashes().filter(|hash| !self.store.contains_key(*hash)).collect::<Vec<_>>()))
            }
            "upload" => {
                let files = asked.as_array().cloned().unwrap_or_default();
                if body.len() > 100 << 20 || files.len() > 5000 {
                    return Self::wrong(413, 1, "too large");
                }
                for file in files {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
                    let (key, value) = (text(&file["key"]), text(&file["value"]));
                    if key.len() != 32 || file["base64"] != json!(true) || STANDARD.decode(&value).is_err() {
                        return Self::wrong(400, 1, "not a file");
                    }
                    self.sent += 1;
                    self.store.insert(key, (value, text(&file["metadata"]["contentType"])));
                }
                Self::said(&Value::Null)
            }
            "upsert-hashes" => {
                self.named.extend(hashes().map(str::to_string));
                Self::said(&Value::Null)
            }
            _ => Self::wrong(404, 1, "no such thing"),
        }
    }

    fn deploy(&mut self, request: &Request) -> Response {
        let fields = form(&request.headers["content-type"], &request.body);
        let Ok(manifest) = serde_json::from_slice::<BTreeMap<String, String>>(&fields["manifest"]) else {
            return Self::wrong(
                400,
                8_000_096,
                "A \"manifest\" field was expected in the request body but was not provided.",
            );
        };
        for (path, key) in &manifest {
            let Some((text, _)) = self.store.get(key).filter(|_| self.named.contains(key)) else {
                return Self::wrong(400, 1, "a file is missing");
            };
            let name = path.rsplit('/').next().unwrap();
            let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, end)| end);
            let wanted = blake3::hash(format!("{text}{extension}").as_bytes()).to_hex()[..32].to_string();
            // The real one says yes, and then every page of the site fails.
            if *key != wanted || !path.starts_with('/') {
                return Self::wrong(400, 1, "a digest is wrong");
            }
        }
        let text = |name: &str| String::from_utf8_lossy(fields.get(name).map_or(&[], |bytes| bytes)).into_owned();
        if text("branch") != "trunk" {
            return Self::wrong(400, 1, "a preview");
        }
        let id = format!("{:08}", 10_000_000 + self.deployments.len() + self.sent);
        let (title, headers) = (text("commit_message"), text("_headers"));
        self.deployments.push(PagesDeployment { id, title, manifest, headers, asked: 0 });
        Self::said(&self.shown(&self.deployments[self.deployments.len() - 1]))
    }
}

/// The fields of a form.
fn form(content_type: &str, body: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let boundary = format!("--{}", content_type.split("boundary=").nth(1).expect("a boundary"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let (mut fields, mut rest) = (BTreeMap::new(), body);
    while let Some(start) = find(rest, boundary.as_bytes()) {
        rest = &rest[start + boundary.len()..];
        let Some(end) = find(rest, boundary.as_bytes()) else { break };
        let (part, head) = (&rest[..end], find(&rest[..end], b"\r\n\r\n").expect("a head"));
        let name = text(&part[..head]);
        let name = name.split("name=\"").nth(1).and_then(|name| name.split('"').next()).expect("a name").to_string();
        fields.insert(name, part[head + 4..part.len() - 2].to_vec());
    }
    fields
}
