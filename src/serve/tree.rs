//! The site as it is served: an immutable map from addresses to bytes.
//!
//! Made whole by [`rebuild`](crate::serve::rebuild) or [`hosted`](crate::serve::hosted), then only read. Knows how hosts
//! turn an address into a file: `index.html` in folders, slashes at the end, names without `.html`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;

use crate::base::content_types;
use crate::base::layered::Layered;
use crate::base::paths::{OutputPath, SourcePath, percent_encode};
use crate::build::manifest::Fingerprint;
use crate::serve::kept::File;

/// One file as it is served.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub content_type: &'static str,
    /// Its entity tag, with quotes.
    pub etag: String,
    /// The generation that changed it last.
    pub since: u64,
    /// The source file that asks for it.
    pub origin: Option<SourcePath>,
}

impl Entry {
    /// Returns the entry for a file that a build made, of unknown age.
    pub fn of_file(path: &OutputPath, file: &File, origin: Option<SourcePath>) -> Self {
        let content_type = content_types::of_extension(&path.extension());
        Self { bytes: file.bytes.clone(), content_type, etag: tag(&file.fingerprint), since: 0, origin }
    }

    /// Returns the entry for bytes that no source file asks for.
    pub fn of(content_type: &'static str, bytes: Bytes) -> Self {
        let etag = tag(&Fingerprint::of(&bytes));
        Self { bytes, content_type, etag, since: 0, origin: None }
    }

    /// Whether it is a page.
    pub fn is_page(&self) -> bool {
        self.content_type.starts_with("text/html")
    }
}

/// The entity tag of bytes: enough of their hash.
fn tag(fingerprint: &Fingerprint) -> String {
    format!("\"{}\"", &fingerprint.hash.to_hex()[..20])
}

/// Where an old address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The new address, encoded.
    pub to: String,
    /// 301, or what a `_redirects` file says.
    pub status: u16,
}

/// How addresses are matched with files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// `/a` leads on to `/a/` where there is `a/index.html`: nginx, Apache.
    #[default]
    Folder,
    /// The same, and `/a` shows `a.html`; `/a.html` and `/a/index.html` lead on to the short forms: Netlify,
    /// Cloudflare Pages, GitHub Pages (which does not lead on).
    Clean,
    /// Nothing of that: plain stores of objects.
    Exact,
}

/// What is found at an address.
#[derive(Debug)]
pub enum Found<'a> {
    /// A file, with its path.
    File(&'a str, &'a Entry),
    /// Another address.
    Moved(Redirect),
    /// Nothing.
    Nothing,
}

/// A site in memory.
#[derive(Clone, Debug)]
pub struct Tree {
    files: Layered<String, Entry>,
    /// Old addresses by the path of the file that would stand there.
    redirects: Arc<BTreeMap<String, Redirect>>,
    /// Path of the site on its host: `/` or `/desk/`.
    base_path: String,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new("/", BTreeMap::new(), BTreeMap::new())
    }
}

impl Tree {
    /// Returns a tree of these files, by output path.
    pub fn new(base_path: &str, files: BTreeMap<String, Entry>, redirects: BTreeMap<String, Redirect>) -> Self {
        Self { files: files.into(), redirects: Arc::new(redirects), base_path: base_path.to_string() }
    }

    /// Puts a file in the place of the one that was there.
    pub fn put(&mut self, path: String, entry: Entry) {
        self.files.insert(path, entry);
    }

    /// The files by output path.
    pub fn files(&self) -> &Layered<String, Entry> {
        &self.files
    }

    /// Path of the site on its host.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// Where the page of missing pages is.
    pub fn missing_page(&self) -> Option<&Entry> {
        self.files.get("404.html")
    }

    /// Finds what answers at a decoded address.
    pub fn find(&self, address: &str, addresses: Addresses) -> Found<'_> {
        let Some(path) = address.strip_prefix(&*self.base_path) else {
            let base = self.base_path.trim_end_matches('/');
            // The way in, for whoever types only the host.
            return if address == "/" || address == base {
                Found::Moved(Redirect { to: percent_encode(&self.base_path), status: 302 })
            } else {
                Found::Nothing
            };
        };
        let index = |folder: &str| format!("{folder}index.html");
        let key = if path.is_empty() || path.ends_with('/') { index(path) } else { path.to_string() };
        if let Some(redirect) = self.redirects.get(&key) {
            return Found::Moved(redirect.clone());
        }
        if let Some((key, entry)) = self.files.get_key_value(&key) {
            let short = match addresses {
                Addresses::Clean if key == "404.html" => None,
                Addresses::Clean => match path.strip_suffix("index.html") {
                    Some(folder) if folder.is_empty() || folder.ends_with('/') => Some(folder),
                    _ => path.strip_suffix(".html"),
                },
                _ => None,
            };
            return match short {
                Some(short) => self.moved(short),
                None => Found::File(key, entry),
            };
        }
        if addresses == Addresses::Exact {
            return Found::Nothing;
        }
        if let Some(folder) = path.strip_suffix('/') {
            let is_page = addresses == Addresses::Clean && self.files.contains_key(&format!("{folder}.html"));
            return if is_page { self.moved(folder) } else { Found::Nothing };
        }
        let folder = index(&format!("{path}/"));
        if self.files.contains_key(&folder) || self.redirects.contains_key(&folder) {
            return self.moved(&format!("{path}/"));
        }
        match self.files.get_key_value(&format!("{path}.html")).filter(|_| addresses == Addresses::Clean) {
            Some((key, entry)) => Found::File(key, entry),
            None => Found::Nothing,
        }
    }

    fn moved(&self, path: &str) -> Found<'_> {
        Found::Moved(Redirect { to: percent_encode(&format!("{}{path}", self.base_path)), status: 301 })
    }

    /// The address of a file: `/desk/a/` for `a/index.html`.
    pub fn address_of(&self, path: &str) -> String {
        let short = match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => path,
        };
        format!("{}{short}", self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(base: &str) -> Tree {
        let files = ["index.html", "404.html", "a/index.html", "b.html", "ü/x.png"].map(|path| {
            let content_type = content_types::of_extension(path.rsplit('.').next().unwrap());
            (path.to_string(), Entry::of(content_type, Bytes::from(path)))
        });
        let old = Redirect { to: format!("{base}a/"), status: 301 };
        Tree::new(base, files.into(), [("old/index.html".to_string(), old)].into())
    }

    /// What an address leads to: a path, `→` and another address, or nothing.
    fn found(tree: &Tree, address: &str, addresses: Addresses) -> String {
        match tree.find(address, addresses) {
            Found::File(path, entry) => {
                assert_eq!(entry.bytes, path.as_bytes());
                path.to_string()
            }
            Found::Moved(redirect) => format!("{} → {}", redirect.status, redirect.to),
            Found::Nothing => "-".to_string(),
        }
    }

    #[test]
    fn addresses_are_matched_as_hosts_do() {
        use Addresses::{Clean, Exact, Folder};
        let tree = tree("/");
        for (address, folder, clean, exact) in [
            ("/", "index.html", "index.html", "index.html"),
            ("/index.html", "index.html", "301 → /", "index.html"),
            ("/a/", "a/index.html", "a/index.html", "a/index.html"),
            ("/a", "301 → /a/", "301 → /a/", "-"),
            ("/a/index.html", "a/index.html", "301 → /a/", "a/index.html"),
            ("/b.html", "b.html", "301 → /b", "b.html"),
            ("/b", "-", "b.html", "-"),
            ("/b/", "-", "301 → /b", "-"),
            ("/old/", "301 → /a/", "301 → /a/", "301 → /a/"),
            ("/old", "301 → /old/", "301 → /old/", "-"),
            ("/ü/x.png", "ü/x.png", "ü/x.png", "ü/x.png"),
            ("/ü", "-", "-", "-"),
            ("/404.html", "404.html", "404.html", "404.html"),
            ("//a/", "-", "-", "-"),
        ] {
            for (addresses, wanted) in [(Folder, folder), (Clean, clean), (Exact, exact)] {
                assert_eq!(found(&tree, address, addresses), wanted, "{address} {addresses:?}");
            }
        }
    }

    #[test]
    fn a_site_in_a_folder_of_its_host() {
        let tree = tree("/desk/");
        for (address, wanted) in [
            ("/", "302 → /desk/"),
            ("/desk", "302 → /desk/"),
            ("/desk/a", "301 → /desk/a/"),
            ("/desk/a/", "a/index.html"),
            ("/a/", "-"),
            ("/desk-other/a/", "-"),
        ] {
            assert_eq!(found(&tree, address, Addresses::Folder), wanted, "{address}");
        }
        assert_eq!(tree.address_of("a/index.html"), "/desk/a/");
        assert_eq!(tree.address_of("myindex.html"), "/desk/myindex.html");
    }
}
