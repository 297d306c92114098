//! Netlify, by its digests: a deploy names all files with their SHA-1, Netlify says which it lacks, those are sent, and
//! when all are there the deploy goes live as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use sha1::{Digest as _, Sha1};

use crate::base::paths::{OutputPath, percent_encode};
use crate::publish::Found;
use crate::publish::deploys::{Deploys, generation_of, title};
use crate::publish::ledger::{LEDGER, Ledger};
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::{Progress, Stopped, each};
use crate::publish::secrets::Secrets;
use crate::publish::store::StoreError;
use crate::publish::web::{Answer, Ask, Secret, Web};

/// Where Netlify answers.
const API: &str = "https://api.netlify.com/api/v1";

/// Files from which on Netlify looks at them while we wait for it.
const AT_ONCE: usize = 400;

/// How long a deploy may take to be made ready, in seconds.
const PATIENCE: Duration = Duration::from_secs(900);

/// Gives a file as it is rather than what is known of it.
const RAW: &str = "application/vnd.bitballoon.v1.raw";

/// A site at Netlify.
#[derive(Debug)]
pub struct Netlify {
    web: Web,
    token: Secret,
    site: String,
    /// The deploy that was live when we looked.
    live: Option<Deploy>,
}

#[derive(Clone, Debug, Deserialize)]
struct Deploy {
    id: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    required: Option<Vec<String>>,
    #[serde(default)]
    error_message: Option<String>,
    #[serde(default)]
    deploy_ssl_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Site {
    #[serde(default)]
    published_deploy: Option<Deploy>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    sha: String,
}

impl Netlify {
    /// Makes ready to speak of a site; nothing is sent yet.
    pub fn new(site: &str, endpoint: Option<&str>, secrets: Secrets) -> Result<Self, StoreError> {
        let token = Secret::of("NETLIFY_AUTH_TOKEN", secrets)?;
        let web = Web::new(endpoint.unwrap_or(API), "NETLIFY_AUTH_TOKEN, a personal access token")?;
        Ok(Self { web, token, site: percent_encode(site), live: None })
    }

    fn ask(&self, ask: Ask) -> Result<Answer, StoreError> {
        self.web.ask(&ask.by(&self.token))
    }

    fn live(&self) -> Result<Option<Deploy>, StoreError> {
        let doing = "read what is live";
        let answer = self.ask(Ask::get(doing, format!("/sites/{}", self.site)))?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(StoreError::new("there is no such site at Netlify")
                .help("write `site:` with its id, or its name such as `desk.netlify.app`"));
        }
        Ok(answer.json::<Site>(doing)?.published_deploy)
    }

    /// The files that are live with their SHA-1.
    fn files(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let doing = "read the list of files";
        let files: Vec<File> = self.ask(Ask::get(doing, format!("/sites/{}/files", self.site)))?.json(doing)?;
        Ok(files.into_iter().map(|file| (file.path.trim_start_matches('/').to_string(), file.sha)).collect())
    }

    /// Waits until a deploy is as far as it should be.
    fn wait(&self, deploy: Deploy, is_there: &dyn Fn(&Deploy) -> bool) -> Result<Deploy, StoreError> {
        let (started, mut deploy, mut pause) = (Instant::now(), deploy, Duration::from_millis(200));
        while !is_there(&deploy) {
            if matches!(&*deploy.state, "error" | "rejected") {
                let why = deploy.error_message.map(|why| crate::base::text::one_line(&why)).unwrap_or_default();
                return Err(StoreError::new(format!(
                    "Netlify gave the deploy up: {}",
                    why.chars().take(160).collect::<String>()
                )));
            }
            if started.elapsed() > PATIENCE {
                return Err(StoreError::new(format!(
                    "Netlify does not come to an end with the deploy ({})",
                    deploy.state
                ))
                .help("look at it in Netlify’s own pages"));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(2));
            let doing = "ask how far the deploy is";
            deploy = self.ask(Ask::get(doing, format!("/sites/{}/deploys/{}", self.site, deploy.id)))?.json(doing)?;
        }
        Ok(deploy)
    }

    /// Sends the files that Netlify lacks.
    fn send(
        &self,
        deploy: &Deploy,
        digests: &BTreeMap<String, (&OutputPath, &Parcel)>,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        let required: BTreeSet<&String> = deploy.required.iter().flatten().collect();
        let files: Vec<_> = required.into_iter().filter_map(|digest| digests.get(digest)).collect();
        let done = AtomicUsize::new(0);
        each(&files, &|(path, parcel)| {
            let at = format!("/deploys/{}/files/{}?size={}", deploy.id, percent_encode(path.as_str()), parcel.length());
            let doing = format!("send `{path}`");
            let ask =
                Ask::get(&doing, at).body("application/octet-stream", parcel.bytes()?.into_owned()).method(Method::PUT);
            self.ask(ask)?;
            done.fetch_add(1, Ordering::Relaxed);
            progress(parcel.length());
            Ok(())
        })
    }
}

/// SHA-1 in hexadecimal digits.
fn digest(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Deploys for Netlify {
    fn look(&mut self) -> Result<Found, StoreError> {
        self.live = self.live()?;
        if self.live.is_none() {
            return Ok(Found::default());
        }
        let ledger = OutputPath::new(LEDGER).map_err(|error| StoreError::new(error.to_string()))?;
        let Some(text) = self.read(&ledger)? else {
            return Ok(Found { ledger: None, foreign: self.files()?.into_keys().collect() });
        };
        let wrong = |why| StoreError::new(format!("the list of what was published ({LEDGER}) cannot be read: {why}"));
        Ok(Found { ledger: Some(Ledger::parse(&text).map_err(wrong)?), foreign: Vec::new() })
    }

    fn read(&self, path: &OutputPath) -> Result<Option<Vec<u8>>, StoreError> {
        let doing = format!("read `{path}`");
        let address = format!("/sites/{}/files/{}", self.site, percent_encode(path.as_str()));
        let mut ask = Ask::get(&doing, address);
        ask.headers = vec![("accept", RAW.to_string()), ("content-type", RAW.to_string())];
        let answer = self.ask(ask)?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let about: Option<File> = serde_json::from_slice(&answer.body).ok();
        let Some(file) = about.filter(|file| file.path.trim_start_matches('/') == path.as_str()) else {
            return Ok(Some(answer.body));
        };
        // It has told of the file instead of giving it: what readers get of this deploy is the same.
        let url = self.live.as_ref().and_then(|live| live.deploy_ssl_url.as_deref()).unwrap_or_default();
        let address = format!("{}/{}", url.trim_end_matches('/'), percent_encode(path.as_str()));
        let answer = self.web.ask(&Ask::get(&doing, address))?;
        if digest(&answer.body) != file.sha {
            return Err(StoreError::new(format!("cannot read `{path}`: Netlify gives other bytes than it has"))
                .help("look whether the site is behind a password, or whether Netlify changes its files"));
        }
        Ok(Some(answer.body))
    }

    fn deploy(
        &self,
        files: &BTreeMap<OutputPath, Parcel>,
        generation: u64,
        _: &[OutputPath],
        progress: &Progress,
    ) -> Result<(), Stopped> {
        let named: Result<BTreeMap<String, String>, StoreError> =
            files.iter().map(|(path, parcel)| Ok((format!("/{path}"), digest(&parcel.bytes()?)))).collect();
        let named = named.map_err(Stopped::Before)?;
        let digests: BTreeMap<String, (&OutputPath, &Parcel)> =
            files.iter().zip(named.values()).map(|(file, digest)| (digest.clone(), file)).collect();
        let is_async = files.len() > AT_ONCE;
        let doing = "begin a deploy";
        let address = format!("/sites/{}/deploys?title={}", self.site, percent_encode(&title(generation)));
        let asked = serde_json::json!({"files": named, "async": is_async, "draft": false});
        let deploy = self.ask(Ask::get(doing, address).json(&asked)).and_then(|answer| answer.json::<Deploy>(doing));
        // Until all files are there it does not go live.
        let deploy = deploy.map_err(Stopped::Before)?;
        let told = |deploy: &Deploy| deploy.required.is_some() && !matches!(&*deploy.state, "new" | "preparing");
        let deploy = self.wait(deploy, &told).map_err(Stopped::Before)?;
        if let Err(error) = self.send(&deploy, &digests, progress) {
            // Nobody will come back to it.
            let ask = Ask::get("take the deploy back", format!("/deploys/{}/cancel", deploy.id)).method(Method::POST);
            let _ = self.ask(ask);
            return Err(Stopped::Before(error));
        }
        self.wait(deploy.clone(), &|deploy| deploy.state == "ready").map_err(Stopped::Midway)?;
        let live = self.live().map_err(Stopped::Midway)?;
        if live.is_none_or(|live| live.id != deploy.id) {
            let why = StoreError::new("the deploy is ready, but another one is live");
            let help = "publishing is stopped in Netlify’s own pages, or somebody else published at the same moment";
            return Err(Stopped::Midway(why.help(help)));
        }
        let there = self.files().map_err(Stopped::Midway)?;
        let missing = named.iter().find(|(path, digest)| there.get(&path[1..]) != Some(*digest));
        if let Some((path, _)) = missing {
            let why = StoreError::new(format!("the host does not have what it was given: `{}`", &path[1..]));
            return Err(Stopped::Midway(why));
        }
        Ok(())
    }

    fn forget(&self, before: u64) -> Result<(), StoreError> {
        if before == 0 {
            return Ok(());
        }
        let doing = "read the list of deploys";
        let live = self.live()?.map(|live| live.id);
        // From the back: what is deleted moves all that comes after it.
        let mut ours = Vec::new();
        for page in 1..=1000 {
            let address = format!("/sites/{}/deploys?per_page=100&page={page}", self.site);
            let deploys: Vec<Deploy> = self.ask(Ask::get(doing, address))?.json(doing)?;
            let is_last = deploys.len() < 100;
            ours.extend(deploys.into_iter().filter(|deploy| {
                let generation = deploy.title.as_deref().and_then(generation_of);
                generation.is_some_and(|generation| generation < before) && Some(&deploy.id) != live.as_ref()
            }));
            if is_last {
                break;
            }
        }
        each(&ours, &|deploy| {
            let doing = "delete an old deploy";
            let ask = Ask::get(doing, format!("/deploys/{}", deploy.id)).method(Method::DELETE);
            self.ask(ask).map(drop)
        })
    }

    fn most_files(&self) -> usize {
        usize::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_world() {
        assert_eq!(digest(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(digest(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
}
