//! The response headers of a published site, in the words of the servers that send them.
//!
//! Stores and folders know nothing of headers such as the Content Security Policy: the server in front of them sends
//! them. [`snippet`] is what goes into its settings.

use std::fmt::Write;

use crate::base::security_headers::SECURITY_HEADERS;
use crate::config::targets::Packing;

/// A server, or a host with settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// nginx: for a `server` block.
    Nginx,
    /// Caddy: for a site block.
    Caddy,
    /// Apache: for `.htaccess` or a `Directory` block.
    Apache,
    /// The file `_headers` of Netlify and Cloudflare Pages.
    HeadersFile,
}

/// How long assets may be kept: their names hold their hash.
const ASSETS: &str = "public, max-age=31536000, immutable";

/// Types for which nginx does not name the characters by itself.
const CHARSET_TYPES: &str = "text/css text/plain text/csv text/xml text/javascript application/javascript \
     application/xml application/atom+xml application/rss+xml image/svg+xml";

/// How long pages may be kept: they are asked for again each time.
const PAGES: &str = "no-cache";

/// Two years, as the lists of browsers ask for; without the hosts below, which are not ours to decide on.
const TRANSPORT: (&str, &str) = ("strict-transport-security", "max-age=63072000");

/// The settings of a server for a site at `base_path` of its host, which is reached by HTTPS or not, and whose files lie
/// there packed in these ways too.
pub fn snippet(server: Server, base_path: &str, is_https: bool, packings: &[Packing]) -> String {
    let headers: Vec<(&str, &str)> = SECURITY_HEADERS.into_iter().chain(is_https.then_some(TRANSPORT)).collect();
    let base = base_path.trim_end_matches('/');
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments| {
        let _ = writeln!(text, "{words}");
    };
    match server {
        Server::Nginx => {
            line(format_args!("# Headers of a Crossbrief site: `include` this file in its `server` block."));
            line(format_args!("charset utf-8;"));
            line(format_args!("charset_types {CHARSET_TYPES};"));
            line(format_args!("error_page 404 {base}/404.html;"));
            if packings.contains(&Packing::Gz) {
                line(format_args!("gzip_static on;"));
                line(format_args!("gzip_vary on;"));
            }
            if packings.contains(&Packing::Br) {
                line(format_args!("# With the module ngx_brotli: brotli_static on;"));
            }
            // A block that adds a header of its own inherits none.
            for (indent, cache, block) in [("", PAGES, None), ("    ", ASSETS, Some("assets/"))] {
                if let Some(folder) = block {
                    line(format_args!("location {base}/{folder} {{"));
                }
                for (name, value) in headers.iter().chain([&("cache-control", cache)]) {
                    line(format_args!("{indent}add_header {name} \"{value}\" always;"));
                }
                if block.is_some() {
                    line(format_args!("}}"));
                }
            }
        }
        Server::Caddy => {
            line(format_args!("# Headers of a Crossbrief site: `import` this file in its site block."));
            line(format_args!("@crossbrief_assets path {base}/assets/*"));
            line(format_args!("@crossbrief_pages not path {base}/assets/*"));
            line(format_args!("header @crossbrief_assets cache-control \"{ASSETS}\""));
            line(format_args!("header @crossbrief_pages cache-control \"{PAGES}\""));
            line(format_args!("header {{"));
            for (name, value) in &headers {
                line(format_args!("    {name} \"{value}\""));
            }
            line(format_args!("}}"));
            if !packings.is_empty() {
                let names = packings.iter().map(|packing| match packing {
                    Packing::Gz => "gzip",
                    Packing::Br => "br",
                    Packing::Zst => "zstd",
                });
                let names: Vec<&str> = names.collect();
                line(format_args!("# In the block of `file_server`: precompressed {}", names.join(" ")));
            }
            line(format_args!("handle_errors 404 {{"));
            line(format_args!("    rewrite * {base}/404.html"));
            line(format_args!("    file_server"));
            line(format_args!("}}"));
        }
        Server::Apache => {
            line(format_args!("# Headers of a Crossbrief site: `.htaccess` of its folder. Needs mod_headers."));
            line(format_args!("AddDefaultCharset utf-8"));
            line(format_args!("ErrorDocument 404 {base}/404.html"));
            for (name, value) in headers.iter().chain([&("cache-control", PAGES)]) {
                line(format_args!("Header always set {name} \"{value}\""));
            }
            line(format_args!("<If \"%{{REQUEST_URI}} =~ m#^{base}/assets/#\">"));
            line(format_args!("    Header always set cache-control \"{ASSETS}\""));
            line(format_args!("</If>"));
        }
        Server::HeadersFile => {
            // What both rules set would be joined: pages have the hosts' own rule, which is the same.
            line(format_args!("{base}/*"));
            for (name, value) in &headers {
                line(format_args!("  {name}: {value}"));
            }
            line(format_args!("{base}/assets/*"));
            line(format_args!("  cache-control: {ASSETS}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_sends_all_of_them() {
        for server in [Server::Nginx, Server::Caddy, Server::Apache, Server::HeadersFile] {
            let text = snippet(server, "/desk/", true, &[]);
            for (name, value) in SECURITY_HEADERS {
                assert!(text.contains(name) && text.contains(value), "{server:?} {name}");
            }
            assert!(
                text.contains("/desk/assets/") && text.contains(ASSETS) && text.contains("max-age=63072000"),
                "{text}"
            );
            assert!(!snippet(server, "/", false, &[]).contains("strict-transport"), "{server:?}");
            // Cloudflare reads no longer line.
            assert!(text.lines().all(|line| line.len() < 2000), "{server:?}");
        }
        // A block that adds headers of its own inherits none.
        let nginx = snippet(Server::Nginx, "/", true, &[]);
        assert_eq!(nginx.matches("content-security-policy").count(), 2);
    }
}
