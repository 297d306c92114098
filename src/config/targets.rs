//! `targets:` of `site.yaml`: where a site is published.
//!
//! No secret ever stands here: passwords, keys and tokens come from the environment or from where the host's own tools
//! keep them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::diagnostics::FieldPath;
use crate::config::{Reading, split_base_url};
use crate::content::vocabulary::Tlp;

/// A place to publish to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TargetInput {
    /// What sort of place it is.
    #[serde(rename = "type")]
    pub sort: Option<Sort>,
    /// Highest TLP label that is published there. Default: `CLEAR`.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", null]))]
    pub audience: Option<String>,
    /// Where the site will be, instead of the site’s `base_url`.
    pub base_url: Option<String>,
    /// Folder: `folder`: on this machine, from the site’s folder; `sftp`, `rsync`, `webdav`: on the host.
    pub path: Option<String>,
    /// Bucket (`s3`, `gcs`) or container (`azure`).
    pub bucket: Option<String>,
    /// What the names of all objects begin with, such as `desk/` (`s3`, `gcs`, `azure`). Default: nothing.
    pub prefix: Option<String>,
    /// Region of the bucket (`s3`). Default: `us-east-1`; R2 wants `auto`.
    pub region: Option<String>,
    /// Address of the service, where it is not the vendor’s own (`s3`, `gcs`, `azure`, `netlify`, `cloudflare-pages`), or
    /// of the folder (`webdav`).
    pub endpoint: Option<String>,
    /// Storage account (`azure`), or account (`cloudflare-pages`).
    pub account: Option<String>,
    /// Site: its id, or its name such as `desk.netlify.app` (`netlify`).
    pub site: Option<String>,
    /// Project (`cloudflare-pages`).
    pub project: Option<String>,
    /// Host: `user@host` or a name of `~/.ssh/config` (`sftp`, `rsync`).
    pub host: Option<String>,
    /// Repository: an address or a path that `git` knows, or the name of a remote of the site’s own repository (`git`).
    /// Default: `origin`.
    pub repository: Option<String>,
    /// Branch that holds the site and nothing else (`git`). Default: `gh-pages`.
    pub branch: Option<String>,
    /// Domain that GitHub, GitLab or Codeberg Pages shall answer for (`git`): goes into the file `CNAME`.
    pub domain: Option<String>,
    /// Whether the file `_headers` goes along, with the security headers of the site: Netlify and Cloudflare Pages read it
    /// (`folder`, `git`). Default: no; on targets of those types, always.
    pub headers: bool,
    /// How files are packed beforehand, for a server that sends `x.gz`, `x.br` or `x.zst` to whoever takes it packed
    /// (`folder`, `webdav`, `sftp`, `rsync`). Default: not at all.
    pub precompress: Vec<Packing>,
    /// Whether keys, passwords and tokens that the environment lacks are taken from your keyring (`s3`, `azure`, `webdav`,
    /// `netlify`, `cloudflare-pages`). Default: no.
    pub keyring: bool,
    /// Most pages that one publication may take away without being told to. Default: 50.
    pub most_removed: Option<usize>,
    /// Publications for which style sheets, fonts and the like stay when no page uses them any more: readers may still
    /// have the old pages open. Default: 3.
    pub keep: Option<u32>,
}

/// A way to pack files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Packing {
    /// Gzip: all browsers and servers know it.
    Gz,
    /// Brotli: smaller.
    Br,
    /// Zstandard.
    Zst,
}

impl Packing {
    /// What stands behind the name of a packed file.
    pub fn extension(self) -> &'static str {
        match self {
            Packing::Gz => "gz",
            Packing::Br => "br",
            Packing::Zst => "zst",
        }
    }
}

/// What sort of place a site is published to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A folder of this machine, switched as a whole.
    Folder,
    /// S3, or a store that speaks like it: R2, MinIO, Garage, Spaces, B2.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// A folder behind WebDAV.
    Webdav,
    /// A folder behind SSH.
    Sftp,
    /// The same by the machine’s own rsync.
    Rsync,
    /// A branch of a git repository: GitHub, GitLab, Codeberg Pages.
    Git,
    /// A site at Netlify.
    Netlify,
    /// A project at Cloudflare Pages.
    CloudflarePages,
}

/// A place to publish to, checked and complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Highest label that is published there.
    pub clearance: Tlp,
    /// Where the site will be, instead of the site's own address.
    pub base_url: Option<String>,
    /// Where its files go.
    pub place: Place,
    /// Whether the file `_headers` goes along.
    pub headers: bool,
    /// How files are packed beforehand.
    pub precompress: Vec<Packing>,
    /// Whether secrets may come from a keyring.
    pub keyring: bool,
    /// Most pages that may go without a word.
    pub most_removed: usize,
    /// Publications for which assets stay.
    pub keep: u32,
}

/// Where the files of a site go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder {
        /// Its path, from the site's folder.
        path: String,
    },
    /// A bucket.
    S3 {
        /// Its name.
        bucket: String,
        /// Its region.
        region: String,
        /// Address of the service.
        endpoint: Option<String>,
        /// What names begin with.
        prefix: String,
    },
    /// A bucket of Google's.
    Gcs {
        /// Its name.
        bucket: String,
        /// Address of the service.
        endpoint: Option<String>,
        /// What names begin with.
        prefix: String,
    },
    /// A container of Azure's.
    Azure {
        /// The account.
        account: Option<String>,
        /// The container.
        container: String,
        /// Address of the service.
        endpoint: Option<String>,
        /// What names begin with.
        prefix: String,
    },
    /// A folder behind WebDAV.
    Webdav {
        /// Address of the service.
        endpoint: String,
        /// Folder below it.
        path: String,
    },
    /// A folder behind SSH.
    Sftp {
        /// The host.
        host: String,
        /// Folder on it.
        path: String,
    },
    /// A folder behind SSH, by rsync.
    Rsync {
        /// The host.
        host: String,
        /// Folder on it.
        path: String,
    },
    /// A branch.
    Git {
        /// The repository.
        repository: String,
        /// The branch.
        branch: String,
        /// Domain.
        domain: Option<String>,
    },
    /// A site at Netlify.
    Netlify {
        /// Its id or name.
        site: String,
        /// Address of the service.
        endpoint: Option<String>,
    },
    /// A project at Cloudflare Pages.
    CloudflarePages {
        /// Its name.
        project: String,
        /// The account.
        account: Option<String>,
        /// Address of the service.
        endpoint: Option<String>,
    },
}

/// Pages that may go without a word, unless a target says otherwise.
const MOST_REMOVED: usize = 50;

/// Publications for which assets stay, unless a target says otherwise.
const KEEP: u32 = 3;

/// All sorts, and the keys that each has besides those that all have; the first ones are those that it must have.
const KEYS: [(Sort, usize, &[&str]); 10] = [
    (Sort::Folder, 1, &["path"]),
    (Sort::S3, 1, &["bucket", "region", "endpoint", "prefix"]),
    (Sort::Gcs, 1, &["bucket", "endpoint", "prefix"]),
    (Sort::Azure, 1, &["bucket", "account", "endpoint", "prefix"]),
    (Sort::Webdav, 1, &["endpoint", "path"]),
    (Sort::Sftp, 2, &["host", "path"]),
    (Sort::Rsync, 2, &["host", "path"]),
    (Sort::Git, 0, &["repository", "branch", "domain"]),
    (Sort::Netlify, 1, &["site", "endpoint"]),
    (Sort::CloudflarePages, 1, &["project", "account", "endpoint"]),
];

impl TargetInput {
    fn given(&self) -> [(&'static str, Option<&String>); 12] {
        [
            ("path", self.path.as_ref()),
            ("bucket", self.bucket.as_ref()),
            ("prefix", self.prefix.as_ref()),
            ("region", self.region.as_ref()),
            ("endpoint", self.endpoint.as_ref()),
            ("account", self.account.as_ref()),
            ("host", self.host.as_ref()),
            ("repository", self.repository.as_ref()),
            ("branch", self.branch.as_ref()),
            ("domain", self.domain.as_ref()),
            ("site", self.site.as_ref()),
            ("project", self.project.as_ref()),
        ]
    }
}

impl Reading<'_> {
    pub(super) fn target(&mut self, name: &str, input: TargetInput) -> Option<Target> {
        let field = FieldPath::key("targets").then(name);
        let called = format!("target `{name}`");
        if input.sort.is_none() {
            let help =
                "write `type:` with folder, s3, gcs, azure, webdav, sftp, rsync, git, netlify or cloudflare-pages";
            self.fault(field, "bad-target", format!("the {called} does not say what it is"), help);
            return None;
        }
        self.place(field, name, &called, input)
    }

    /// Where files may go, written at `field`; messages call it `called`.
    pub(super) fn place(&mut self, field: FieldPath, name: &str, called: &str, input: TargetInput) -> Option<Target> {
        let sort = input.sort?;
        let (_, needed, keys) = KEYS.into_iter().find(|(known, ..)| *known == sort)?;
        let mut is_sound = true;
        for (key, value) in input.given() {
            if let Some(value) = value
                && !keys.contains(&key)
            {
                let help = format!("take it out; a target of this type has {}", keys.join(", "));
                self.fault(field.clone().then(key), "bad-target", format!("`{key}: {value}` means nothing here"), help);
                is_sound = false;
            }
        }
        let reads_headers = matches!(sort, Sort::Netlify | Sort::CloudflarePages);
        if input.headers && !reads_headers && !matches!(sort, Sort::Folder | Sort::Git) {
            let help = "take it out: such hosts do not read that file; `crossbrief publish --emit` has what servers do";
            self.fault(
                field.clone().then("headers"),
                "bad-target",
                "`headers: true` means nothing here".to_string(),
                help,
            );
            is_sound = false;
        }
        if !input.precompress.is_empty() && !matches!(sort, Sort::Folder | Sort::Webdav | Sort::Sftp | Sort::Rsync) {
            let help = "take it out: such hosts send files as they are, or pack them by themselves";
            let message = "`precompress` means nothing here".to_string();
            self.fault(field.clone().then("precompress"), "bad-target", message, help);
            is_sound = false;
        }
        let has_secrets = [Sort::S3, Sort::Azure, Sort::Webdav, Sort::Netlify, Sort::CloudflarePages].contains(&sort);
        if input.keyring && !has_secrets {
            let help =
                "take it out: Crossbrief needs no secret for it, or leaves them to ssh, git and Google’s own tools";
            let message = "`keyring: true` means nothing here".to_string();
            self.fault(field.clone().then("keyring"), "bad-target", message, help);
            is_sound = false;
        }
        for key in &keys[..needed] {
            if input
                .given()
                .iter()
                .all(|(other, value)| other != key || value.is_none_or(|value| value.trim().is_empty()))
            {
                let message = format!("the {called} lacks `{key}`");
                self.fault(field.clone(), "bad-target", message, format!("write `{key}:` below it"));
                is_sound = false;
            }
        }
        for (key, value) in input.given() {
            // A password in an address would be read by everybody who reads the settings.
            if value.is_some_and(|value| has_password(value)) {
                let message = format!("`{key}` of the {called} holds a password");
                let help = "take it out, and give it by the environment: `crossbrief publish --help` says how";
                self.fault(field.clone().then(key), "secret", message, help);
                is_sound = false;
            }
            if value.is_some_and(|value| value.starts_with('-') || value.chars().any(char::is_control)) {
                let message = format!("`{key}` of the {called} begins with `-` or holds a control character");
                self.fault(field.clone().then(key), "bad-target", message, "write a plain name or address");
                is_sound = false;
            }
        }
        if reads_headers
            && let Some(endpoint) = &input.endpoint
            && !is_safe(endpoint)
        {
            let message = format!("`{endpoint}` is no address that a token may be sent to");
            self.fault(
                field.clone().then("endpoint"),
                "bad-url",
                message,
                "write an address that begins with `https://`",
            );
            is_sound = false;
        }
        if let Some(url) = &input.base_url
            && split_base_url(url).is_none()
        {
            let message = format!("`{url}` is not the address of a site");
            self.fault(
                field.clone().then("base_url"),
                "bad-url",
                message,
                "write scheme, host and path, such as `https://example.org/desk/`",
            );
            is_sound = false;
        }
        let clearance = match &input.audience {
            None => Some(Tlp::Clear),
            Some(label) => {
                let read = Tlp::parse(label);
                if read.is_none() {
                    let message = format!("`{label}` is no TLP label");
                    self.fault(
                        field.then("audience"),
                        "unknown-marking",
                        message,
                        "write CLEAR, GREEN, AMBER, AMBER+STRICT or RED",
                    );
                }
                read
            }
        };
        let clearance = clearance.filter(|_| is_sound)?;
        let text = |value: Option<String>| value.unwrap_or_default();
        let prefix = |value: Option<String>| value.map(|value| value.trim_matches('/').to_string()).unwrap_or_default();
        let place = match sort {
            Sort::Folder => Place::Folder { path: text(input.path) },
            Sort::S3 => Place::S3 {
                bucket: text(input.bucket),
                region: input.region.unwrap_or_else(|| "us-east-1".to_string()),
                endpoint: input.endpoint,
                prefix: prefix(input.prefix),
            },
            Sort::Gcs => {
                Place::Gcs { bucket: text(input.bucket), endpoint: input.endpoint, prefix: prefix(input.prefix) }
            }
            Sort::Azure => Place::Azure {
                account: input.account,
                container: text(input.bucket),
                endpoint: input.endpoint,
                prefix: prefix(input.prefix),
            },
            Sort::Webdav => Place::Webdav { endpoint: text(input.endpoint), path: prefix(input.path) },
            Sort::Sftp => Place::Sftp { host: text(input.host), path: text(input.path) },
            Sort::Rsync => Place::Rsync { host: text(input.host), path: text(input.path) },
            Sort::Git => Place::Git {
                repository: input.repository.unwrap_or_else(|| "origin".to_string()),
                branch: input.branch.unwrap_or_else(|| "gh-pages".to_string()),
                domain: input.domain,
            },
            Sort::Netlify => Place::Netlify { site: text(input.site), endpoint: input.endpoint },
            Sort::CloudflarePages => Place::CloudflarePages {
                project: text(input.project),
                account: input.account,
                endpoint: input.endpoint,
            },
        };
        Some(Target {
            name: name.to_string(),
            clearance,
            base_url: input.base_url,
            place,
            headers: input.headers || reads_headers,
            precompress: input.precompress,
            keyring: input.keyring,
            most_removed: input.most_removed.unwrap_or(MOST_REMOVED),
            keep: input.keep.unwrap_or(KEEP),
        })
    }
}

/// Whether a secret may be sent to an address: by HTTPS, or within this machine.
fn is_safe(address: &str) -> bool {
    let host = |rest: &str| rest.split(['/', ':', '?', '#']).next().unwrap_or_default().to_string();
    match address.split_once("://") {
        Some(("https", rest)) => !host(rest).is_empty(),
        Some(("http", rest)) => matches!(&*host(rest), "localhost" | "127.0.0.1"),
        _ => false,
    }
}

/// Whether an address holds a password: `https://user:password@host/`.
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

impl Place {
    /// What it is and where, for people.
    pub fn words(&self) -> String {
        let below =
            |name: &str, prefix: &str| if prefix.is_empty() { name.to_string() } else { format!("{name}/{prefix}") };
        match self {
            Place::Folder { path } => format!("the folder {path}"),
            Place::S3 { bucket, prefix, .. } => format!("s3://{}", below(bucket, prefix)),
            Place::Gcs { bucket, prefix, .. } => format!("gs://{}", below(bucket, prefix)),
            Place::Azure { container, prefix, .. } => format!("azure:{}", below(container, prefix)),
            Place::Webdav { endpoint, path } => below(endpoint.trim_end_matches('/'), path),
            Place::Sftp { host, path } | Place::Rsync { host, path } => format!("{host}:{path}"),
            Place::Git { repository, branch, .. } => format!("the branch {branch} of {repository}"),
            Place::Netlify { site, .. } => format!("the site {site} at Netlify"),
            Place::CloudflarePages { project, .. } => format!("the project {project} at Cloudflare Pages"),
        }
    }
}
