//! `cache:` of `site.yaml`: where a team keeps what it made, so that nobody makes it again.
//!
//! Written as an address, or as the keys of a target. No secret stands here.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::base::diagnostics::FieldPath;
use crate::config::Reading;
use crate::config::targets::{Place, Sort, TargetInput};
use crate::content::vocabulary::Tlp;

/// A shared cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CacheInput {
    /// What sort of place it is.
    #[serde(rename = "type")]
    pub sort: Option<CacheSort>,
    /// Whom the cache is for: builds for readers of a higher label neither read nor write it. Default: `CLEAR`.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", null]))]
    pub audience: Option<String>,
    /// Whether builds write what they made. Default: yes. `CROSSBRIEF_CACHE=read` says no for one machine.
    pub write: Option<bool>,
    /// Folder: `folder`: from the site’s folder; `webdav`, `sftp`: on the host.
    pub path: Option<String>,
    /// Bucket (`s3`, `gcs`) or container (`azure`).
    pub bucket: Option<String>,
    /// What the names of all objects begin with (`s3`, `gcs`, `azure`). Default: nothing.
    pub prefix: Option<String>,
    /// Region of the bucket (`s3`). Default: `us-east-1`; R2 wants `auto`.
    pub region: Option<String>,
    /// Address of the service, where it is not the vendor’s own (`s3`, `gcs`, `azure`), or of the folder (`webdav`).
    pub endpoint: Option<String>,
    /// Storage account (`azure`).
    pub account: Option<String>,
    /// Host: `user@host` or a name of `~/.ssh/config` (`sftp`).
    pub host: Option<String>,
    /// Whether keys and passwords that the environment lacks are taken from your keyring (`s3`, `azure`, `webdav`).
    /// Default: no.
    pub keyring: bool,
}

/// How a shared cache may be written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // The schema alone is asked for it.
pub(super) enum CacheSchema {
    /// An address.
    Address(String),
    /// Its keys.
    Keys(CacheInput),
}

/// What sort of place a shared cache lies at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CacheSort {
    /// A folder: of this machine, or of the network.
    Folder,
    /// S3, or a store that speaks like it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// A folder behind WebDAV.
    Webdav,
    /// A folder behind SSH.
    Sftp,
}

/// A shared cache, checked and complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedCache {
    /// Where it lies.
    pub place: Place,
    /// Highest label of builds that use it.
    pub clearance: Tlp,
    /// Whether builds write to it.
    pub write: bool,
    /// Whether secrets may come from a keyring.
    pub keyring: bool,
}

/// Reads an address, or a mapping.
pub(super) fn address_or_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CacheInput>, D::Error> {
    struct Either;

    impl<'de> Visitor<'de> for Either {
        type Value = Option<CacheInput>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an address such as `s3://desk-cache/site`, or a mapping with `type:`")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            CacheInput::of_address(text).map(Some).map_err(E::custom)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            CacheInput::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }

    deserializer.deserialize_any(Either)
}

impl CacheInput {
    /// What an address says: `s3://bucket/prefix`, `gs://…`, `azure://container/prefix`, `https://host/path` (WebDAV),
    /// `sftp://user@host/path`; anything without a scheme is a folder.
    fn of_address(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return match text {
                "" => Err("the address of the cache is empty".to_string()),
                path => Ok(Self { sort: Some(CacheSort::Folder), path: Some(path.to_string()), ..Self::default() }),
            };
        };
        let (first, below) = rest.split_once('/').unwrap_or((rest, ""));
        let below = Some(below.trim_matches('/').to_string()).filter(|below| !below.is_empty());
        let bucket =
            |sort| Self { sort: Some(sort), bucket: Some(first.to_string()), prefix: below.clone(), ..Self::default() };
        match scheme {
            "s3" => Ok(bucket(CacheSort::S3)),
            "gs" | "gcs" => Ok(bucket(CacheSort::Gcs)),
            "azure" | "az" => Ok(bucket(CacheSort::Azure)),
            "https" | "http" => {
                let endpoint = Some(format!("{scheme}://{first}"));
                Ok(Self { sort: Some(CacheSort::Webdav), endpoint, path: below, ..Self::default() })
            }
            "sftp" | "ssh" => {
                let path = Some(format!("/{}", below.unwrap_or_default()));
                Ok(Self { sort: Some(CacheSort::Sftp), host: Some(first.to_string()), path, ..Self::default() })
            }
            _ => Err(format!("a cache cannot lie at `{scheme}://`: write s3, gs, azure, https (WebDAV) or sftp")),
        }
    }
}

impl Reading<'_> {
    pub(super) fn cache(&mut self, input: CacheInput) -> Option<SharedCache> {
        let Some(sort) = input.sort else {
            let help = "write an address such as `s3://desk-cache/site`, or `type:` with folder, s3, gcs, azure, webdav or sftp";
            self.fault("cache", "bad-target", "the cache does not say what it is".to_string(), help);
            return None;
        };
        let keys = TargetInput {
            sort: Some(match sort {
                CacheSort::Folder => Sort::Folder,
                CacheSort::S3 => Sort::S3,
                CacheSort::Gcs => Sort::Gcs,
                CacheSort::Azure => Sort::Azure,
                CacheSort::Webdav => Sort::Webdav,
                CacheSort::Sftp => Sort::Sftp,
            }),
            audience: input.audience,
            path: input.path,
            bucket: input.bucket,
            prefix: input.prefix,
            region: input.region,
            endpoint: input.endpoint,
            account: input.account,
            host: input.host,
            keyring: input.keyring,
            ..TargetInput::default()
        };
        let place = self.place(FieldPath::key("cache"), "cache", "cache", keys)?;
        let write = input.write.unwrap_or(true);
        Some(SharedCache { place: place.place, clearance: place.clearance, write, keyring: place.keyring })
    }
}

#[cfg(test)]
mod tests {
    use crate::base::paths::SourcePath;
    use crate::config::targets::Place;
    use crate::config::{Config, read};
    use crate::content::vocabulary::Tlp;

    fn of(yaml: &str) -> (Config, Vec<String>) {
        let (config, told) = read(&SourcePath::new("site.yaml"), yaml, "desk");
        let told = told.into_iter().map(|told| format!("{}: {}", told.code, told.message)).collect();
        (config, told)
    }

    #[test]
    fn a_cache_is_an_address_or_keys() {
        let (config, told) = of("cache: s3://desk-cache/site/\n");
        assert_eq!(told, [""; 0]);
        let cache = config.cache.unwrap();
        assert_eq!(cache.place.words(), "s3://desk-cache/site");
        assert!(cache.write && cache.clearance == Tlp::Clear && !cache.keyring);

        let (config, told) =
            of("cache: {type: s3, bucket: b, endpoint: 'http://localhost:9', audience: green, write: false}\n");
        assert_eq!(told, [""; 0]);
        let cache = config.cache.unwrap();
        assert!(matches!(&cache.place, Place::S3 { endpoint: Some(endpoint), .. } if endpoint == "http://localhost:9"));
        assert!(!cache.write && cache.clearance == Tlp::Green);

        for (address, words) in [
            ("../cache", "the folder ../cache"),
            ("gs://b/p", "gs://b/p"),
            ("azure://box", "azure:box"),
            ("https://dav.example.org/cache/", "https://dav.example.org/cache"),
            ("sftp://me@host/srv/cache", "me@host:/srv/cache"),
        ] {
            let (config, told) = of(&format!("cache: {address}\n"));
            assert_eq!(told, [""; 0], "{address}");
            assert_eq!(config.cache.unwrap().place.words(), words);
        }
        assert_eq!(of("cache:\n").0.cache, None);
        assert_eq!(of("title: A\n").0.cache, None);
    }

    #[test]
    fn what_is_wrong_with_a_cache_is_told() {
        for (yaml, told) in [
            ("cache: ftp://x/y\n", "cannot lie at `ftp://`"),
            ("cache: {bucket: b}\n", "the cache does not say what it is"),
            ("cache: {type: s3}\n", "the cache lacks `bucket`"),
            ("cache: {type: s3, bucket: b, colour: red}\n", "colour"),
            ("cache: {type: folder, path: x, region: y}\n", "`region: y` means nothing here"),
            ("cache: {type: git}\n", "`type` is one of folder, s3"),
            ("cache: https://me:secret@host/x\n", "`endpoint` of the cache holds a password"),
            ("cache: {type: s3, bucket: b, audience: secret}\n", "`secret` is no TLP label"),
            ("cache: [a]\n", "an address such as"),
        ] {
            let all = of(yaml).1;
            assert!(all.iter().any(|one| one.contains(told)), "{yaml} {all:?}");
        }
    }
}
