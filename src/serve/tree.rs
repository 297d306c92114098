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

/// What is sent for an address.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A file.
    File(Entry),
    /// Another address.
    Moved(Redirect),
    /// The page of missing pages, where there is one.
    Missing(Option<Entry>),
}

/// Where an address leads, whatever is there.
#[derive(Debug)]
pub enum Way {
    /// To the file at this path.
    File(String),
    /// To another address.
    Moved(Redirect),
    /// Nowhere.
    Nothing,
}

/// How the addresses of a site lead to its files.
#[derive(Clone, Debug)]
pub struct Routes {
    /// Old addresses by the path of the file that would stand there.
    redirects: Arc<BTreeMap<String, Redirect>>,
    /// Path of the site on its host: `/` or `/desk/`.
    base_path: String,
}

/// Path of the page of missing pages.
pub const MISSING_PAGE: &str = "404.html";

/// A site in memory.
#[derive(Clone, Debug)]
pub struct Tree {
    files: Layered<String, Entry>,
    routes: Routes,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new(BTreeMap::new(), Routes::new("/", BTreeMap::new()))
    }
}

impl Routes {
    /// Returns those of a site at this path of its host.
    pub fn new(base_path: &str, redirects: BTreeMap<String, Redirect>) -> Self {
        Self { redirects: Arc::new(redirects), base_path: base_path.to_string() }
    }

    /// Finds where a decoded address leads among the paths of which `is_there` says that a file is there.
    pub fn find(&self, address: &str, addresses: Addresses, is_there: impl Fn(&str) -> bool) -> Way {
        let Some(path) = address.strip_prefix(&*self.base_path) else {
            let base = self.base_path.trim_end_matches('/');
            // The way in, for whoever types only the host.
            return if address == "/" || address == base {
                Way::Moved(Redirect { to: percent_encode(&self.base_path), status: 302 })
            } else {
                Way::Nothing
            };
        };
        let index = |folder: &str| format!("{folder}index.html");
        let key = if path.is_empty() || path.ends_with('/') { index(path) } else { path.to_string() };
        if let Some(redirect) = self.redirects.get(&key) {
            return Way::Moved(redirect.clone());
        }
        if is_there(&key) {
            let short = match addresses {
                Addresses::Clean if key == MISSING_PAGE => None,
                Addresses::Clean => match path.strip_suffix("index.html") {
                    Some(folder) if folder.is_empty() || folder.ends_with('/') => Some(folder),
                    _ => path.strip_suffix(".html"),
                },
                _ => None,
            };
            return match short {
                Some(short) => self.moved(short),
                None => Way::File(key),
            };
        }
        if addresses == Addresses::Exact {
            return Way::Nothing;
        }
        if let Some(folder) = path.strip_suffix('/') {
            let is_page = addresses == Addresses::Clean && is_there(&format!("{folder}.html"));
            return if is_page { self.moved(folder) } else { Way::Nothing };
        }
        let folder = index(&format!("{path}/"));
        if is_there(&folder) || self.redirects.contains_key(&folder) {
            return self.moved(&format!("{path}/"));
        }
        let page = format!("{path}.html");
        if addresses == Addresses::Clean && is_there(&page) { Way::File(page) } else { Way::Nothing }
    }

    fn moved(&self, path: &str) -> Way {
        Way::Moved(Redirect { to: percent_encode(&format!("{}{path}", self.base_path)), status: 301 })
    }
}

impl Tree {
    /// Returns a tree of these files, by output path.
    pub fn new(files: BTreeMap<String, Entry>, routes: Routes) -> Self {
        Self { files: files.into(), routes }
    }

    /// Puts a file in the place of the one that was there.
    pub fn put(&mut self, path: String, entry: Entry) {
        self.files.insert(path, entry);
    }

    /// The files by output path.
    pub fn files(&self) -> &Layered<String, Entry> {
        &self.files
    }

    /// How addresses lead to them.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// Where the page of missing pages is.
    pub fn missing_page(&self) -> Option<&Entry> {
        self.files.get(MISSING_PAGE)
    }

    /// Finds what answers at a decoded address.
    pub fn find(&self, address: &str, addresses: Addresses) -> Found<'_> {
        match self.routes.find(address, addresses, |path| self.files.contains_key(path)) {
            Way::File(path) => match self.files.get_key_value(&path) {
                Some((path, entry)) => Found::File(path, entry),
                None => Found::Nothing,
            },
            Way::Moved(redirect) => Found::Moved(redirect),
            Way::Nothing => Found::Nothing,
        }
    }

    /// Answers at a decoded address.
    pub fn reply(&self, address: &str, addresses: Addresses) -> Reply {
        match self.find(address, addresses) {
            Found::File(_, entry) => Reply::File(entry.clone()),
            Found::Moved(redirect) => Reply::Moved(redirect),
            Found::Nothing => Reply::Missing(self.missing_page().cloned()),
        }
    }

    /// The address of a file: `/desk/a/` for `a/index.html`.
    pub fn address_of(&self, path: &str) -> String {
        let short = match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => path,
        };
        format!("{}{short}", self.routes.base_path)
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
        Tree::new(files.into(), Routes::new(base, [("old/index.html".to_string(), old)].into()))
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
