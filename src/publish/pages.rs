//! Cloudflare Pages, by its direct upload: files go to a store by their digests, then a deployment names them all and
//! goes live as a whole.
//!
//! The protocol is that of Cloudflare’s own tool. A digest is BLAKE3 of the file in base64 with its extension behind it,
//! cut to 32 digits; a deployment of any other is accepted, and then fails on every page.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::base::paths::{OutputPath, percent_encode};
use crate::publish::Found;
use crate::publish::deploys::{Deploys, generation_of, title};
use crate::publish::ledger::{LEDGER, Ledger};
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::{Progress, Stopped, each};
use crate::publish::secrets::Secrets;
use crate::publish::store::StoreError;
use crate::publish::web::{Answer, Ask, Secret, Web};

/// Where Cloudflare answers.
const API: &str = "https://api.cloudflare.com/client/v4";

/// Files of a deployment, unless the account may have more.
const MOST_FILES: usize = 20_000;

/// What is sent at once: bytes before they are put into base64, and files.
const BUCKET: usize = 40 << 20;
const BUCKET_FILES: usize = 2000;

/// How long a deployment may take to go live, and then to be served.
const PATIENCE: Duration = Duration::from_secs(600);
const SERVED: Duration = Duration::from_secs(60);

/// A token for uploads that is out of date.
const EXPIRED: i64 = 8_000_013;

/// Files that Cloudflare reads rather than shows.
const RULES: [&str; 2] = ["_headers", "_redirects"];

/// A project at Cloudflare Pages.
#[derive(Debug)]
pub struct Pages {
    web: Web,
    token: Secret,
    /// The address of the project below that of the interface.
    project: String,
    /// The branch whose deployments go live.
    branch: String,
    /// The deployment that was live when we looked.
    live: Option<Deployment>,
    upload: Mutex<Option<(Secret, usize)>>,
}

#[derive(Debug, Deserialize)]
struct Envelope<T> {
    result: Option<T>,
}

#[derive(Debug, Deserialize)]
struct Project {
    #[serde(default)]
    production_branch: Option<String>,
    #[serde(default)]
    canonical_deployment: Option<Deployment>,
}

#[derive(Clone, Debug, Deserialize)]
struct Deployment {
    id: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    latest_stage: Option<Stage>,
    #[serde(default)]
    deployment_trigger: Option<Trigger>,
}

#[derive(Clone, Debug, Deserialize)]
struct Stage {
    name: String,
    status: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Trigger {
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    #[serde(default)]
    commit_message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Token {
    jwt: String,
}

/// The digest of a file, as Cloudflare wants it.
fn digest(path: &OutputPath, bytes: &[u8]) -> String {
    let mut text = STANDARD.encode(bytes);
    // With the letters that it is written in; that of a name such as `.nojekyll` is none.
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    if let Some((stem, extension)) = name.rsplit_once('.')
        && !stem.is_empty()
    {
        text.push_str(extension);
    }
    blake3::hash(text.as_bytes()).to_hex()[..32].to_string()
}

/// Where readers find a file: pages go by their folders, and without `.html`.
fn address(path: &OutputPath) -> String {
    let path = percent_encode(path.as_str());
    let path = path.strip_suffix(".html").unwrap_or(&path);
    match path.strip_suffix("index") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_string(),
        _ => path.to_string(),
    }
}

impl Pages {
    /// Makes ready to speak of a project; nothing is sent yet.
    pub fn new(
        project: &str,
        account: Option<&str>,
        endpoint: Option<&str>,
        secrets: Secrets,
    ) -> Result<Self, StoreError> {
        let token = Secret::of("CLOUDFLARE_API_TOKEN", secrets)?;
        let account = account.map(str::to_string).or_else(|| std::env::var("CLOUDFLARE_ACCOUNT_ID").ok());
        let account = account.filter(|account| !account.trim().is_empty()).ok_or_else(|| {
            StoreError::new("the account is not known")
                .help("write `account:` to the target, or set CLOUDFLARE_ACCOUNT_ID")
        })?;
        let credentials = "CLOUDFLARE_API_TOKEN, which must be allowed to edit Cloudflare Pages";
        let web = Web::new(endpoint.unwrap_or(API), credentials)?;
        let project =
            format!("/accounts/{}/pages/projects/{}", percent_encode(account.trim()), percent_encode(project));
        Ok(Self { web, token, project, branch: String::new(), live: None, upload: Mutex::default() })
    }

    fn ask(&self, ask: Ask) -> Result<Answer, StoreError> {
        self.web.ask(&ask.by(&self.token))
    }

    /// What an answer holds.
    fn result<T: DeserializeOwned>(answer: &Answer, doing: &str) -> Result<T, StoreError> {
        let wrong = || StoreError::new(format!("cannot {doing}: the answer holds nothing"));
        answer.json::<Envelope<T>>(doing)?.result.ok_or_else(wrong)
    }

    fn project(&self) -> Result<Project, StoreError> {
        let doing = "read what is live";
        let answer = self.ask(Ask::get(doing, self.project.clone()))?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(StoreError::new("there is no such project at Cloudflare Pages")
                .help("look at `project:` and the account; a new one is made with `wrangler pages project create` or in the dashboard"));
        }
        Self::result(&answer, doing)
    }

    /// A token for uploads, with the number of files that it allows; a new one when the last is out of date.
    fn upload_token(&self, fresh: bool) -> Result<(Secret, usize), StoreError> {
        let mut kept = self.upload.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|_| !fresh) {
            return Ok(kept.clone());
        }
        let doing = "get a token for uploads";
        let answer = self.ask(Ask::get(doing, format!("{}/upload-token", self.project)))?;
        let Token { jwt } = Self::result(&answer, doing)?;
        let token = Secret::bearer(&jwt).ok_or_else(|| StoreError::new(format!("cannot {doing}: it is no token")))?;
        Ok(kept.insert((token, most_files_of(&jwt))).clone())
    }

    /// Asks the store of files, with a new token when the old one is out of date.
    fn ask_store(&self, ask: &Ask) -> Result<Answer, StoreError> {
        let (token, _) = self.upload_token(false)?;
        let answer = self.web.asked(&ask.clone().by(&token))?;
        let code = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
        let code = code.and_then(|value| value["errors"][0]["code"].as_i64());
        if answer.status != StatusCode::UNAUTHORIZED && code != Some(EXPIRED) {
            return self.web.heard(ask, answer);
        }
        let (token, _) = self.upload_token(true)?;
        self.web.ask(&ask.clone().by(&token))
    }

    /// Sends the files that the store lacks.
    fn send(
        &self,
        digests: &BTreeMap<&OutputPath, String>,
        files: &BTreeMap<OutputPath, Parcel>,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        let all: BTreeSet<&String> = digests.values().collect();
        let doing = "ask which files are missing";
        let asked = Ask::get(doing, "/pages/assets/check-missing").json(&json!({"hashes": all}));
        let missing: BTreeSet<String> = Self::result(&self.ask_store(&asked)?, doing)?;
        // Each once, however many paths it has.
        let missing: BTreeMap<&String, &Parcel> = digests
            .iter()
            .filter(|(_, digest)| missing.contains(*digest))
            .filter_map(|(path, digest)| Some((digest, files.get(*path)?)))
            .collect();
        let mut buckets: Vec<(usize, Vec<(&String, &Parcel)>)> = Vec::new();
        for (digest, parcel) in missing {
            let length = usize::try_from(parcel.length()).unwrap_or(usize::MAX);
            match buckets.last_mut() {
                Some((size, files)) if *size + length <= BUCKET && files.len() < BUCKET_FILES => {
                    *size += length;
                    files.push((digest, parcel));
                }
                _ => buckets.push((length, vec![(digest, parcel)])),
            }
        }
        // Each holds its files in memory for a while: no two at a time.
        for (size, files) in &buckets {
            let payload: Result<Vec<serde_json::Value>, StoreError> = files
                .iter()
                .map(|(digest, parcel)| {
                    Ok(json!({
                        "key": digest,
                        "value": STANDARD.encode(&*parcel.bytes()?),
                        "metadata": {"contentType": parcel.content_type},
                        "base64": true,
                    }))
                })
                .collect();
            self.ask_store(&Ask::get("send files", "/pages/assets/upload").json(&json!(payload?)))?;
            progress(*size as u64);
        }
        self.ask_store(&Ask::get("name the files", "/pages/assets/upsert-hashes").json(&json!({"hashes": all})))?;
        Ok(())
    }

    /// Waits until a deployment is live.
    fn wait(&self, id: &str) -> Result<Deployment, StoreError> {
        let (started, mut pause) = (Instant::now(), Duration::from_millis(200));
        let doing = "ask how far the deployment is";
        loop {
            let answer = self.ask(Ask::get(doing, format!("{}/deployments/{id}", self.project)))?;
            let deployment: Deployment = Self::result(&answer, doing)?;
            let stage = deployment.latest_stage.as_ref().map(|stage| (&*stage.name, &*stage.status));
            match stage {
                Some(("deploy", "success")) => return Ok(deployment),
                Some((name, status @ ("failure" | "canceled"))) => {
                    return Err(StoreError::new(format!("Cloudflare gave the deployment up: {name}, {status}"))
                        .help("look at it in Cloudflare’s dashboard"));
                }
                _ if started.elapsed() > PATIENCE => {
                    return Err(StoreError::new("Cloudflare does not come to an end with the deployment")
                        .help("look at it in Cloudflare’s dashboard"));
                }
                _ => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// The bytes that readers of a deployment get.
    fn fetch(&self, deployment: &Deployment, path: &OutputPath) -> Result<Option<Vec<u8>>, StoreError> {
        let doing = format!("read `{path}`");
        let whole = format!("{}/{}", deployment.url.trim_end_matches('/'), address(path));
        let answer = self.web.ask(&Ask::get(&doing, whole)).map_err(|error| {
            let help =
                "what is published there must be open for us: a login in front of it (Cloudflare Access) is in the way";
            StoreError { help: Some(error.help.unwrap_or_else(|| help.to_string())), ..error }
        })?;
        Ok(Some(answer.body).filter(|_| answer.status.is_success()))
    }
}

/// The number of files that a token for uploads allows.
fn most_files_of(jwt: &str) -> usize {
    let claims = jwt.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok());
    let claims: Option<serde_json::Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let most = claims.and_then(|claims| claims["max_file_count_allowed"].as_u64());
    most.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_FILES)
}

/// A form, as browsers send it: its media type and its bytes.
fn form(fields: &[(&str, bool, &[u8])]) -> (&'static str, Vec<u8>) {
    // Nothing that is sent holds it: a digest of ours would hold itself.
    const BOUNDARY: &str = "crossbrief-8e1f6c1d2b7a4f0c9d5e";
    let mut bytes = Vec::new();
    for (name, is_file, value) in fields {
        let file = if *is_file {
            format!("; filename=\"{name}\"\r\ncontent-type: application/octet-stream")
        } else {
            String::new()
        };
        bytes.extend(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes(),
        );
        bytes.extend(*value);
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    ("multipart/form-data; boundary=crossbrief-8e1f6c1d2b7a4f0c9d5e", bytes)
}

impl Deploys for Pages {
    fn look(&mut self) -> Result<Found, StoreError> {
        let project = self.project()?;
        self.branch = project.production_branch.unwrap_or_else(|| "main".to_string());
        self.live = project.canonical_deployment;
        let Some(live) = &self.live else { return Ok(Found::default()) };
        let foreign = vec![live.url.clone()];
        let ledger = OutputPath::new(LEDGER).map_err(|error| StoreError::new(error.to_string()))?;
        match self.fetch(live, &ledger)? {
            Some(text) if text.first() == Some(&b'{') => {
                let wrong =
                    |why| StoreError::new(format!("the list of what was published ({LEDGER}) cannot be read: {why}"));
                Ok(Found { ledger: Some(Ledger::parse(&text).map_err(wrong)?), foreign: Vec::new() })
            }
            // A site without a page for what is missing shows its home page there.
            _ => Ok(Found { ledger: None, foreign }),
        }
    }

    fn read(&self, path: &OutputPath) -> Result<Option<Vec<u8>>, StoreError> {
        self.live.as_ref().map_or(Ok(None), |live| self.fetch(live, path))
    }

    fn deploy(
        &self,
        files: &BTreeMap<OutputPath, Parcel>,
        generation: u64,
        sample: &[OutputPath],
        progress: &Progress,
    ) -> Result<(), Stopped> {
        let shown = files.iter().filter(|(path, _)| !RULES.contains(&path.as_str()));
        let digests: Result<BTreeMap<&OutputPath, String>, StoreError> =
            shown.map(|(path, parcel)| Ok((path, digest(path, &parcel.bytes()?)))).collect();
        let digests = digests.map_err(Stopped::Before)?;
        self.send(&digests, files, progress).map_err(Stopped::Before)?;
        let manifest: BTreeMap<String, &String> =
            digests.iter().map(|(path, digest)| (format!("/{path}"), digest)).collect();
        let (manifest, title) = (json!(manifest).to_string(), title(generation));
        let rules = RULES.into_iter().filter_map(|name| Some((name, files.get(&OutputPath::new(name).ok()?)?)));
        let rules: Result<Vec<(&str, Cow<[u8]>)>, StoreError> =
            rules.map(|(name, parcel)| Ok((name, parcel.bytes()?))).collect();
        let rules = rules.map_err(Stopped::Before)?;
        let mut fields: Vec<(&str, bool, &[u8])> = vec![
            ("manifest", false, manifest.as_bytes()),
            ("branch", false, self.branch.as_bytes()),
            ("commit_message", false, title.as_bytes()),
        ];
        fields.extend(rules.iter().map(|(name, bytes)| (*name, true, &**bytes)));
        let (content_type, body) = form(&fields);
        let doing = "make the deployment";
        let ask = Ask::get(doing, format!("{}/deployments", self.project)).body(content_type, body);
        // From here on an answer that is lost may have been a yes.
        let made =
            self.ask(ask).and_then(|answer| Self::result::<Deployment>(&answer, doing)).map_err(Stopped::Midway)?;
        let made = self.wait(&made.id).map_err(Stopped::Midway)?;
        let live = self.project().map_err(Stopped::Midway)?.canonical_deployment;
        let Some(live) = live.filter(|live| live.id == made.id) else {
            let why = StoreError::new("the deployment is ready, but another one is live");
            return Err(Stopped::Midway(why.help("somebody else published at the same moment: look what is there")));
        };
        for path in sample.iter().filter(|path| !RULES.contains(&path.as_str())) {
            let (started, mut pause) = (Instant::now(), Duration::from_millis(200));
            while self.fetch(&live, path).map_err(Stopped::Midway)?.map(|bytes| blake3::hash(&bytes))
                != files.get(path).map(|parcel| *parcel.hash())
            {
                if started.elapsed() > SERVED {
                    let why = StoreError::new(format!(
                        "the host does not give what it was given: `{path}` holds other bytes"
                    ));
                    let help =
                        "turn off what changes pages on their way: Web Analytics, Email Obfuscation, Rocket Loader";
                    return Err(Stopped::Midway(why.help(help)));
                }
                // The ends of the network learn of it one by one.
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
        Ok(())
    }

    fn forget(&self, before: u64) -> Result<(), StoreError> {
        if before == 0 {
            return Ok(());
        }
        let doing = "read the list of deployments";
        let live = self.project()?.canonical_deployment.map(|live| live.id);
        let mut ours = Vec::new();
        for page in 1..=1000 {
            let address = format!("{}/deployments?page={page}&per_page=25", self.project);
            let deployments: Vec<Deployment> = Self::result(&self.ask(Ask::get(doing, address))?, doing)?;
            let is_last = deployments.len() < 25;
            ours.extend(deployments.into_iter().filter(|one| {
                let title = one
                    .deployment_trigger
                    .as_ref()
                    .and_then(|trigger| trigger.metadata.as_ref()?.commit_message.as_deref());
                title.and_then(generation_of).is_some_and(|generation| generation < before)
                    && Some(&one.id) != live.as_ref()
            }));
            if is_last {
                break;
            }
        }
        each(&ours, &|one| {
            let address = format!("{}/deployments/{}?force=true", self.project, one.id);
            self.ask(Ask::get("delete an old deployment", address).method(Method::DELETE)).map(drop)
        })
    }

    fn most_files(&self) -> usize {
        self.upload_token(false).map_or(MOST_FILES, |(_, most)| most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_world() {
        let of = |path: &str, bytes: &[u8]| digest(&OutputPath::new(path).unwrap(), bytes);
        // What Cloudflare’s own tool makes of them.
        assert_eq!(of("logo.png", b"foobar"), "2082190357cfd3617ccfe04f340c6247");
        assert_eq!(of("a/logo.txt", b"foobar"), "1a98fb08af91aca4a7df1764a2c4ddb0");
        assert_ne!(of("logo", b"foobar"), of("logo.txt", b"foobar"));
    }

    #[test]
    fn pages_go_by_their_folders() {
        for (path, shown) in [
            ("index.html", ""),
            ("a/index.html", "a/"),
            ("404.html", "404"),
            ("windex.html", "windex"),
            ("search/index.json", "search/index.json"),
            ("a b/p.png", "a%20b/p.png"),
        ] {
            assert_eq!(address(&OutputPath::new(path).unwrap()), shown);
        }
    }

    #[test]
    fn a_token_says_how_many_files_it_allows() {
        let claims = URL_SAFE_NO_PAD.encode(br#"{"max_file_count_allowed":100000,"exp":1}"#);
        assert_eq!(most_files_of(&format!("e30.{claims}.x")), 100_000);
        assert_eq!(most_files_of("nonsense"), MOST_FILES);
    }
}
