//! Hosts that OpenDAL speaks to: S3 and its like, Google Cloud Storage, Azure, WebDAV, SFTP.

use std::ops::Range;
use std::time::Duration;

use opendal::blocking::Operator;
use opendal::layers::{ConcurrentLimitLayer, RetryLayer, TimeoutLayer};
use opendal::options::{ListOptions, ReadOptions, WriteOptions};
use opendal::services::{Azblob, Gcs, S3, Sftp, Webdav};
use opendal::{Builder, ErrorKind};
use tokio::runtime::Runtime;

use crate::build::cache::Depot;
use crate::config::targets::Place;
use crate::publish::parcel::Parcel;
use crate::publish::piecemeal::each;
use crate::publish::secrets::Secrets;
use crate::publish::store::{Store, StoreError, left_empty};

/// How long a host is waited for.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// Longest that one request may take.
    deadline: Duration,
    /// Longest without a byte.
    silence: Duration,
    /// Retries of one operation: after 0.5 s, 1 s, 2 s, and so on, never more than 20 s apart.
    retries: usize,
}

/// Where a publication goes.
const FOR_A_PUBLICATION: Patience =
    Patience { deadline: Duration::from_secs(120), silence: Duration::from_secs(30), retries: 6 };

/// Where a cache lies: what does not come soon is made here.
const FOR_A_CACHE: Patience =
    Patience { deadline: Duration::from_secs(30), silence: Duration::from_secs(5), retries: 1 };

/// Connections at once; to a server of SSH fewer, since it takes no more than ten that have not said who they are.
const CONNECTIONS: usize = 16;
const SSH_CONNECTIONS: usize = 4;

/// Bytes of a long file that are sent at once: more than the 5 MiB that S3 wants of each part but the last.
const PIECE: u64 = 1 << 23;

/// A host that OpenDAL speaks to.
#[derive(Debug)]
pub struct Objects {
    operator: Operator,
    /// Whether a file is sent beside its place and moved there: the host shows files that are half written.
    by_move: bool,
    /// Whether folders are there until they are removed, and only empty ones can be.
    has_folders: bool,
    /// What to look at when the host refuses us.
    credentials: &'static str,
    // It must live as long as the operator.
    _runtime: Runtime,
}

impl Objects {
    /// Makes ready to speak to a host; nothing is sent yet. Passwords, keys and tokens come from the environment
    /// or the keyring.
    pub fn new(place: &Place, secrets: Secrets) -> Result<Self, StoreError> {
        Self::at(place, secrets, FOR_A_PUBLICATION)
    }

    /// The same for a cache, which is not waited for long.
    pub fn of_cache(place: &Place, secrets: Secrets) -> Result<Self, StoreError> {
        Self::at(place, secrets, FOR_A_CACHE)
    }

    fn at(place: &Place, secrets: Secrets, patience: Patience) -> Result<Self, StoreError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match place {
            Place::S3 { bucket, region, endpoint, prefix } => {
                let mut service = S3::default().bucket(bucket).region(region).root(&rooted(prefix));
                if let Some(endpoint) = endpoint {
                    service = service.endpoint(endpoint);
                }
                // What the environment has, OpenDAL finds by itself, as the AWS tools do.
                if secrets.keyring
                    && variable("AWS_ACCESS_KEY_ID").is_none()
                    && let Some(key) = secrets.get("AWS_ACCESS_KEY_ID")?
                    && let Some(secret) = secrets.get("AWS_SECRET_ACCESS_KEY")?
                {
                    service = service.access_key_id(&key).secret_access_key(&secret);
                }
                if variable("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value == "true") {
                    service = service.disable_ec2_metadata();
                }
                Self::of(
                    service,
                    patience,
                    false,
                    CONNECTIONS,
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of the AWS tools (AWS_PROFILE)",
                )
            }
            Place::Gcs { bucket, endpoint, prefix } => {
                let mut service = Gcs::default().bucket(bucket).root(&rooted(prefix));
                if let Some(endpoint) = endpoint {
                    service = service.endpoint(endpoint);
                }
                // A token for an hour, as `gcloud auth print-access-token` gives it, and workflows without a key of their own.
                if let Some(token) = secrets.get("CLOUDSDK_AUTH_ACCESS_TOKEN")? {
                    service = service.token(token);
                }
                Self::of(
                    service,
                    patience,
                    false,
                    CONNECTIONS,
                    "GOOGLE_APPLICATION_CREDENTIALS (the file of a service account) or CLOUDSDK_AUTH_ACCESS_TOKEN (a token)",
                )
            }
            Place::Azure { account, container, endpoint, prefix } => {
                let mut service = Azblob::default().container(container).root(&rooted(prefix));
                let account = account.clone().or_else(|| variable("AZURE_STORAGE_ACCOUNT"));
                match (endpoint, &account) {
                    (Some(endpoint), _) => service = service.endpoint(endpoint),
                    (None, Some(account)) => {
                        service = service.endpoint(&format!("https://{account}.blob.core.windows.net"));
                    }
                    (None, None) => {
                        return Err(StoreError::new("the storage account is not known")
                            .help("write `account:` to the target, or set AZURE_STORAGE_ACCOUNT"));
                    }
                }
                if let Some(account) = &account {
                    service = service.account_name(account);
                }
                if let Some(key) = secrets.get("AZURE_STORAGE_KEY")? {
                    service = service.account_key(&key);
                }
                if let Some(token) = secrets.get("AZURE_STORAGE_SAS_TOKEN")? {
                    service = service.sas_token(&token);
                }
                Self::of(service, patience, false, CONNECTIONS, "AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN")
            }
            Place::Webdav { endpoint, path } => {
                let mut service = Webdav::default().endpoint(endpoint).root(&rooted(path));
                if let Some(user) = secrets.get("CROSSBRIEF_WEBDAV_USER")? {
                    service = service.username(&user);
                }
                if let Some(password) = secrets.get("CROSSBRIEF_WEBDAV_PASSWORD")? {
                    service = service.password(&password);
                }
                Self::of(service, patience, true, CONNECTIONS, "CROSSBRIEF_WEBDAV_USER and CROSSBRIEF_WEBDAV_PASSWORD")
            }
            Place::Sftp { host, path } => {
                let (user, name) =
                    host.split_once('@').map_or((None, host.as_str()), |(user, name)| (Some(user), name));
                let mut service =
                    Sftp::default().endpoint(&format!("ssh://{name}")).root(path).known_hosts_strategy("Strict");
                if let Some(user) = user {
                    service = service.user(user);
                }
                if let Some(key) = variable("CROSSBRIEF_SSH_KEY") {
                    service = service.key(&key);
                }
                Self::of(
                    service,
                    patience,
                    true,
                    SSH_CONNECTIONS,
                    "your ssh agent, ~/.ssh/config, or CROSSBRIEF_SSH_KEY (a file)",
                )
            }
            _ => Err(StoreError::new("this place takes no single files")),
        }
    }

    fn of(
        service: impl Builder,
        patience: Patience,
        by_move: bool,
        connections: usize,
        credentials: &'static str,
    ) -> Result<Self, StoreError> {
        opendal::install_default();
        let started = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = started.map_err(|error| StoreError::new(format!("cannot start: {error}")))?;
        let operator = opendal::Operator::new(service).map_err(|error| refused(&error, credentials))?;
        let retry = RetryLayer::new()
            .with_jitter()
            .with_max_times(patience.retries)
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(20));
        let operator = operator
            .layer(TimeoutLayer::new().with_timeout(patience.deadline).with_io_timeout(patience.silence))
            .layer(retry)
            .layer(ConcurrentLimitLayer::new(connections));
        let operator = {
            let _inside = runtime.enter();
            Operator::new(operator).map_err(|error| refused(&error, credentials))?
        };
        let has_folders = operator.info().scheme() == "sftp";
        Ok(Self { operator, by_move, has_folders, credentials, _runtime: runtime })
    }

    fn fault(&self, doing: &str, path: &str, error: &opendal::Error) -> StoreError {
        let told = refused(error, self.credentials);
        StoreError { message: format!("cannot {doing} `{path}`: {}", told.message), ..told }
    }

    /// Does something, and again where the host wants us to be slower: not all of OpenDAL’s services take that for passing.
    fn patiently<T>(&self, act: impl Fn(&Operator) -> Result<T, opendal::Error>) -> Result<T, opendal::Error> {
        for turn in 0..5 {
            match act(&self.operator) {
                Err(error) if is_left_to_us(&error) => std::thread::sleep(Duration::from_secs(1) * 2_u32.pow(turn)),
                done => return done,
            }
        }
        act(&self.operator)
    }

    fn put(&self, path: &str, bytes: Vec<u8>, options: WriteOptions) -> Result<(), StoreError> {
        self.place(path, &|to| {
            let send = |operator: &Operator| operator.write_options(to, bytes.clone(), options.clone());
            self.patiently(send).map(drop).map_err(|error| self.fault("send", path, &error))
        })
    }

    /// Sends a long file piece by piece, so that no more of it is in memory.
    fn pour(&self, path: &str, parcel: &Parcel, options: &WriteOptions) -> Result<(), StoreError> {
        self.place(path, &|to| {
            let fault = |error: opendal::Error| self.fault("send", path, &error);
            let options = WriteOptions { chunk: Some(PIECE as usize), ..options.clone() };
            let mut writer = self.patiently(|operator| operator.writer_options(to, options.clone())).map_err(fault)?;
            let mut from = 0;
            while from < parcel.length() {
                let piece = parcel.part_of_bytes(from, PIECE)?.into_owned();
                from += piece.len() as u64;
                writer.write(piece).map_err(fault)?;
            }
            writer.close().map(drop).map_err(fault)
        })
    }

    /// Has a file sent to its place, or beside it and then moved there.
    fn place(&self, path: &str, send: &dyn Fn(&str) -> Result<(), StoreError>) -> Result<(), StoreError> {
        if !self.by_move {
            return send(path);
        }
        let fault = |error: opendal::Error| self.fault("send", path, &error);
        // One name for each file, so that what a killed publisher left is overwritten.
        let beside = format!(".crossbrief/part/{}", &blake3::hash(path.as_bytes()).to_hex()[..24]);
        send(&beside)?;
        // A server that has moved it, and whose answer was lost, is asked again and finds nothing to move.
        let is_moved = || self.patiently(|operator| operator.exists(&beside)).is_ok_and(|is_there| !is_there);
        let rename = || self.patiently(|operator| operator.rename(&beside, path)).map(drop);
        let moved = |asked: Result<_, opendal::Error>| match asked {
            Err(error) if !is_moved() => Err(error),
            _ => Ok(()),
        };
        if moved(rename()).is_ok() {
            return Ok(());
        }
        // An SFTP server of old moves nothing onto what is there.
        self.patiently(|operator| operator.delete(path)).map_err(fault)?;
        moved(rename()).map_err(fault)
    }
}

/// Whether a host wants us to be slower, and nobody has tried again yet: what OpenDAL knows for that it has.
fn is_left_to_us(error: &opendal::Error) -> bool {
    error.kind() == ErrorKind::Unexpected && error.to_string().contains("status: 429")
}

/// Where the names of a site begin.
fn rooted(prefix: &str) -> String {
    format!("/{prefix}")
}

/// What an error of OpenDAL’s says, without what it says of requests: addresses there may be signed.
fn refused(error: &opendal::Error, credentials: &str) -> StoreError {
    // What it is stands in the answer’s head alone, which is not shown: it may hold more.
    let is_unknown = error.kind() == ErrorKind::Unexpected && error.to_string().contains("status: 401");
    let words = match error.kind() {
        _ if is_unknown => "the host does not let us",
        ErrorKind::NotFound => "there is no such thing there",
        ErrorKind::PermissionDenied => "the host does not let us",
        ErrorKind::RateLimited => "the host wants us to be slower",
        ErrorKind::ConfigInvalid => "what the target says does not suffice",
        ErrorKind::Unsupported => "the host cannot do that",
        _ if is_unsigned(error) => "no credentials were found",
        _ => "",
    };
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    let first = crate::base::text::one_line(&format!("{}{cause}", error.message()));
    // What Azure puts behind its reason is for Azure alone.
    let first = first.split(" RequestId:").next().unwrap_or_default();
    let first: String = first.chars().take(160).filter(|c| !c.is_control()).collect();
    let first = without_addresses(&first);
    let message = match (words, first.as_str()) {
        ("", "") => "the host gives no reason".to_string(),
        ("", first) => first.to_string(),
        (words, "") => words.to_string(),
        (words, first) => format!("{words} ({first})"),
    };
    let told = StoreError::new(message);
    match error.kind() {
        _ if is_unknown => told.help(format!("the host knows you by {credentials}")),
        ErrorKind::PermissionDenied | ErrorKind::ConfigInvalid => {
            told.help(format!("the host knows you by {credentials}"))
        }
        ErrorKind::NotFound => told.help("look at the name of the bucket or folder, and whether it is there"),
        _ if error.message().contains("ssh") => {
            told.help("`ssh HOST true` must work without a question: the host’s key known, yours accepted")
        }
        _ if is_unsigned(error) => told.help(format!("the host knows you by {credentials}")),
        _ => told,
    }
}

/// Whether a request could not even be signed.
fn is_unsigned(error: &opendal::Error) -> bool {
    error.message().contains("signing")
}

/// A text whose addresses have lost their queries: these may be signatures.
fn without_addresses(text: &str) -> String {
    text.split(' ').map(|word| word.split_once('?').map_or(word, |(before, _)| before)).collect::<Vec<_>>().join(" ")
}

impl Store for Objects {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.patiently(|operator| operator.read(path)) {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) if error.kind() == ErrorKind::NotFound && !error.message().contains("ucket") => Ok(None),
            Err(error) => Err(self.fault("read", path, &error)),
        }
    }

    fn write(&self, path: &str, parcel: &Parcel) -> Result<(), StoreError> {
        let mut options = WriteOptions::default();
        let knows = self.operator.info().capability();
        if knows.write_with_content_type {
            options.content_type = Some(parcel.content_type.to_string());
        }
        if knows.write_with_cache_control {
            options.cache_control = Some(parcel.cache_control().to_string());
        }
        if parcel.length() > PIECE && knows.write_can_multi {
            return self.pour(path, parcel, &options);
        }
        self.put(path, parcel.bytes()?.into_owned(), options)
    }

    fn note(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let mut options = WriteOptions::default();
        let knows = self.operator.info().capability();
        if knows.write_with_content_type {
            options.content_type = Some("application/json".to_string());
        }
        if knows.write_with_cache_control {
            options.cache_control = Some("no-store".to_string());
        }
        self.put(path, bytes, options)
    }

    fn create(&self, path: &str, bytes: Vec<u8>) -> Result<Option<bool>, StoreError> {
        if !self.operator.info().capability().write_with_if_not_exists {
            return Ok(None);
        }
        let options = WriteOptions { if_not_exists: true, ..WriteOptions::default() };
        match self.operator.write_options(path, bytes, options) {
            Ok(_) => Ok(Some(true)),
            Err(error) if matches!(error.kind(), ErrorKind::ConditionNotMatch | ErrorKind::AlreadyExists) => {
                Ok(Some(false))
            }
            Err(error) => Err(self.fault("send", path, &error)),
        }
    }

    fn remove(&self, path: &str) -> Result<(), StoreError> {
        match self.patiently(|operator| operator.delete(path)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.fault("remove", path, &error)),
            _ => Ok(()),
        }
    }

    fn remove_all(&self, paths: &[&str]) -> Result<(), StoreError> {
        each(paths, &|path| Store::remove(self, path))?;
        if !self.has_folders || paths.is_empty() {
            return Ok(());
        }
        for folder in left_empty(paths, &self.entries()?) {
            Store::remove(self, &folder)?;
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<(String, u64)>, StoreError> {
        Ok(self.entries()?.into_iter().filter(|(path, _)| !path.ends_with('/')).collect())
    }
}

impl Depot for Objects {
    fn list(&self, prefix: &str) -> Result<Vec<String>, String> {
        match self.operator.list(prefix) {
            Ok(entries) => {
                let files = entries.into_iter().filter(|entry| !entry.path().ends_with('/'));
                Ok(files.map(|entry| entry.path().trim_start_matches('/').to_string()).collect())
            }
            // A folder that nobody has made yet. A bucket that is not there is another thing.
            Err(error) if error.kind() == ErrorKind::NotFound && !error.message().contains("ucket") => Ok(Vec::new()),
            Err(error) => Err(refused(&error, self.credentials).message),
        }
    }

    fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<Vec<u8>>, String> {
        let read = match range {
            None => self.operator.read(name),
            Some(range) => {
                self.operator.read_options(name, ReadOptions { range: range.into(), ..ReadOptions::default() })
            }
        };
        match read {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::RangeNotSatisfied) => Ok(None),
            Err(error) => Err(refused(&error, self.credentials).message),
        }
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), String> {
        self.put(name, bytes, WriteOptions::default()).map_err(|error| error.message)
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        Store::remove(self, name).map_err(|error| error.message)
    }
}

impl Objects {
    /// All that lies there, folders with a slash behind them, with lengths.
    fn entries(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let options = ListOptions { recursive: true, ..ListOptions::default() };
        let entries = match self.patiently(|operator| operator.list_options("/", options.clone())) {
            Ok(entries) => entries,
            // A folder that nobody has made yet.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.fault("list", "/", &error)),
        };
        let mut files = Vec::with_capacity(entries.len());
        for entry in entries.into_iter().filter(|entry| !entry.path().trim_matches('/').is_empty()) {
            files.push((entry.path().trim_start_matches('/').to_string(), entry.metadata().content_length()));
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_hold_no_signatures() {
        let told = without_addresses("PUT https://x.org/a?X-Amz-Signature=secret failed? no");
        assert_eq!(told, "PUT https://x.org/a failed no");
    }
}
