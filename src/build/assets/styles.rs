//! Style sheets: one file out of all that it imports, written for the site's browsers.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lightningcss::bundler::{BundleErrorKind, Bundler, ResolveResult, SourceProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::{Error, ErrorLocation, PrinterErrorKind};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::UrlPath;
use crate::base::text::one_line;
use crate::build::assets::{
    DEEPEST, LONGEST, Options, Piece, Shelf, extension, guarded, is_too_deep, join, relative, sass,
};
use crate::config::browsers::Browser;

/// Makes the sheet `name` of the file `source`; `urls` are the addresses of what sheets may show.
pub(super) fn make<'a>(
    shelf: &'a Shelf,
    name: &str,
    source: &'a str,
    urls: &BTreeMap<String, UrlPath>,
    options: &Options,
) -> Piece<'a> {
    let mut told = Vec::new();
    let path = &shelf.files[source].path;
    let css = text(shelf, source, &mut told).and_then(|text| {
        let sheet = Sheet { shelf, name, source, urls, options };
        guarded(|| sheet.bundled(text))
            .unwrap_or_else(|| {
                Err(Diagnostic::error("bad-style", "this style sheet cannot be read").at(Place::file(path)))
            })
            .map(|(css, faults)| {
                told.extend(faults);
                css
            })
            .map_err(|fault| told.push(fault))
            .ok()
    });
    // The text as it is stands in for what cannot be made of it; where that is Sass, nothing does.
    let bytes = css.map(String::into_bytes).unwrap_or_else(|| match extension(source) {
        "css" => shelf.files[source].bytes.to_vec(),
        _ => Vec::new(),
    });
    Piece { name: name.to_string(), path, bytes, told }
}

/// The CSS of a file on the shelf.
fn text(shelf: &Shelf, source: &str, told: &mut Vec<Diagnostic>) -> Option<String> {
    let fault = |message: String| Diagnostic::error("bad-style", message).at(Place::file(&shelf.path(source)));
    let css = if extension(source) == "css" {
        match shelf.text(source) {
            Some(text) => text.to_string(),
            None => {
                told.push(fault("this style sheet is no UTF-8 text".to_string()));
                return None;
            }
        }
    } else {
        sass::compile(shelf, source, told)?
    };
    if css.len() > LONGEST {
        told.push(fault(format!("this style sheet is longer than {} MiB", LONGEST >> 20)));
        return None;
    }
    if is_too_deep(&css) {
        told.push(fault(format!("in this style sheet more than {DEEPEST} brackets are open at once")));
        return None;
    }
    Some(css)
}

/// A sheet while it is made.
struct Sheet<'a> {
    shelf: &'a Shelf,
    name: &'a str,
    source: &'a str,
    urls: &'a BTreeMap<String, UrlPath>,
    options: &'a Options,
}

impl Sheet<'_> {
    /// Bundles the sheet; gives also what is wrong with rules that browsers leave out.
    fn bundled(&self, text: String) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
        let texts = Texts { shelf: self.shelf, own: (self.source, &text) };
        let warnings = Arc::new(RwLock::new(Vec::new()));
        let parsing =
            ParserOptions { error_recovery: true, warnings: Some(warnings.clone()), ..ParserOptions::default() };
        let mut bundler = Bundler::new(&texts, None, parsing);
        let mut sheet = bundler.bundle(Path::new(self.source)).map_err(|error| self.bundle_fault(error))?;
        let targets = targets(&self.options.browsers);
        let minify = MinifyOptions { targets, ..MinifyOptions::default() };
        sheet.minify(minify).map_err(|error| self.fault(&error.kind, error.loc.as_ref()))?;
        let warned = warnings.read().unwrap_or_else(PoisonError::into_inner);
        let mut told: Vec<Diagnostic> =
            warned.iter().map(|fault| self.warning(&fault.kind, fault.loc.as_ref())).collect();
        let css = match self.printed(&sheet, targets, true) {
            Err(Error { kind: PrinterErrorKind::AmbiguousUrlInCustomProperty { url }, loc }) => {
                let message = format!("where `{}` leads is decided where the property is used", one_line(&url));
                let fault = Diagnostic::warning("bad-style", message).at(self.place(loc.as_ref()));
                told.push(fault.help("write the address from the root of the site on"));
                self.printed(&sheet, targets, false)
            }
            printed => printed,
        };
        let css = css.map_err(|error| self.fault(&error.kind, error.loc.as_ref()))?;
        Ok((css, told))
    }

    fn printed(
        &self,
        sheet: &StyleSheet,
        targets: Targets,
        with_urls: bool,
    ) -> Result<String, Error<PrinterErrorKind>> {
        let analyze_dependencies = with_urls.then_some(DependencyOptions { remove_imports: false });
        let printing =
            PrinterOptions { minify: self.options.minify, targets, analyze_dependencies, ..PrinterOptions::default() };
        let printed = sheet.to_css(printing)?;
        let mut css = printed.code;
        let mut known: HashMap<String, String> = HashMap::new();
        for dependency in printed.dependencies.unwrap_or_default() {
            match dependency {
                Dependency::Url(url) => {
                    known.insert(url.placeholder, self.address(&url.loc.file_path, &url.url));
                }
                Dependency::Import(import) => {
                    known.insert(import.placeholder, import.url);
                }
            }
        }
        for (placeholder, address) in known {
            let quoted = address.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\a ");
            css = css.replace(&format!("\"{placeholder}\""), &format!("\"{quoted}\""));
        }
        Ok(css)
    }

    /// The address by which the finished sheet reaches what `url` means in the file `from`.
    fn address(&self, from: &str, url: &str) -> String {
        let is_relative = !url.is_empty()
            && !url.starts_with(['/', '#'])
            && !url.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
        if !is_relative {
            return url.to_string();
        }
        let (path, rest) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
        // What a theme shows lies where the theme's files lie.
        let from = from.strip_prefix('@').and_then(|from| from.split_once('/')).map_or(from, |(_, inner)| inner);
        let (from, to) = (format!("assets/{from}"), format!("assets/{}", self.name));
        let Some(path) = join(&from, path) else { return url.to_string() };
        let asset = path.strip_prefix("assets/").and_then(|name| self.urls.get(name));
        let path = asset.map_or(path, |url| url.encoded().trim_start_matches('/').to_string());
        format!("{}{rest}", relative(&to, &path))
    }

    fn place(&self, loc: Option<&ErrorLocation>) -> Place {
        // In what Sass made of a file, lines and columns are others.
        match loc.filter(|loc| extension(&loc.filename) == "css" && self.shelf.get(&loc.filename).is_some()) {
            Some(loc) => {
                Place::line_column(&self.shelf.path(&loc.filename), loc.line as usize + 1, loc.column.max(1) as usize)
            }
            None => Place::file(&self.shelf.path(self.source)),
        }
    }

    fn fault(&self, kind: &dyn std::fmt::Display, loc: Option<&ErrorLocation>) -> Diagnostic {
        let message = format!("this style sheet cannot be made: {}", one_line(&kind.to_string()));
        Diagnostic::error("bad-style", message.trim_end_matches('.')).at(self.place(loc))
    }

    fn warning(&self, kind: &dyn std::fmt::Display, loc: Option<&ErrorLocation>) -> Diagnostic {
        let message = format!("browsers leave this out: {}", one_line(&kind.to_string()));
        Diagnostic::warning("bad-style", message.trim_end_matches('.')).at(self.place(loc))
    }

    fn bundle_fault(&self, error: Error<BundleErrorKind<'_, Missing>>) -> Diagnostic {
        match error.kind {
            BundleErrorKind::ResolverError(Missing(wanted)) => {
                self.shelf.missing(&wanted, &["css"], "bad-style", self.place(error.loc.as_ref()))
            }
            kind => self.fault(&kind, error.loc.as_ref()),
        }
    }
}

/// What is imported and is not there.
#[derive(Debug)]
struct Missing(String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// The texts that a sheet is made of.
struct Texts<'a> {
    shelf: &'a Shelf,
    /// Name and CSS of the sheet itself.
    own: (&'a str, &'a str),
}

impl SourceProvider for Texts<'_> {
    type Error = Missing;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, Missing> {
        let name = file.to_str().unwrap_or_default();
        if name == self.own.0 {
            return Ok(self.own.1);
        }
        let text = self.shelf.text(name).filter(|text| text.len() <= LONGEST && !is_too_deep(text));
        text.ok_or_else(|| Missing(name.to_string()))
    }

    fn resolve(&self, wanted: &str, from: &Path) -> Result<ResolveResult, Missing> {
        let is_elsewhere = wanted.starts_with('/') || wanted.split('/').next().is_some_and(|first| first.contains(':'));
        if is_elsewhere {
            return Ok(ResolveResult::External(wanted.to_string()));
        }
        let name = join(from.to_str().unwrap_or_default(), wanted);
        let name = name.filter(|name| extension(name) == "css" && self.shelf.get(name).is_some());
        name.map(|name| ResolveResult::File(PathBuf::from(name))).ok_or_else(|| Missing(wanted.to_string()))
    }
}

/// The browsers of the settings as the compiler wants them.
fn targets(browsers: &[Browser]) -> Targets {
    let mut targets = Browsers::default();
    for browser in browsers {
        let version = Some(u32::from(browser.major) << 16 | u32::from(browser.minor) << 8);
        let field = match browser.name {
            "android" => &mut targets.android,
            "chrome" => &mut targets.chrome,
            "edge" => &mut targets.edge,
            "firefox" => &mut targets.firefox,
            "ios_saf" => &mut targets.ios_saf,
            "opera" => &mut targets.opera,
            "samsung" => &mut targets.samsung,
            _ => &mut targets.safari,
        };
        *field = version;
    }
    targets.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{made, options, shelf};
    use super::*;

    fn check(files: &str, expected: &str) {
        let (texts, told) = made(files);
        assert_eq!((texts["s.css"].as_str(), told), (expected, Vec::new()), "{files}");
    }

    #[test]
    fn imports_are_bundled() {
        check("s.css: @import \"_p.css\"; b { color: red }\n_p.css: a { color: red }", "a{color:red}b{color:red}");
        check("s.css: @import \"_p.css\" print;\n_p.css: a { color: red }", "@media print{a{color:red}}");
        check("s.css: @import \"@t/s.css\"; b { margin: 0 }\n--\ns.css: a { color: red }", "a{color:red}b{margin:0}");
        check(
            "s.css: @import \"_a.css\"; b { margin: 0 }\n_a.css: @import \"s.css\"; a { color: red }",
            "a{color:red}b{margin:0}",
        );
        check("s.css: @import \"https://example.org/x.css\";", "@import \"https://example.org/x.css\";");
    }

    #[test]
    fn sheets_are_written_for_the_browsers() {
        check("s.css: a { b & { color: red } &:hover { margin: 0 } }", "b :is(a){color:red}a:hover{margin:0}");
        let mut old = options();
        old.browsers = vec![Browser { name: "safari", major: 13, minor: 0 }];
        let shelf = shelf("s.css: a { user-select: none; inset: 0 }");
        let piece = make(&shelf, "s.css", "s.css", &BTreeMap::new(), &old);
        assert_eq!(
            String::from_utf8_lossy(&piece.bytes),
            "a{-webkit-user-select:none;user-select:none;top:0;bottom:0;left:0;right:0}"
        );
    }

    #[test]
    fn what_sheets_show_has_its_fingerprint() {
        let (texts, told) = made(
            "s.css: @import \"f/_p.css\"; a { background: url(i.svg#x) }\ni.svg: <svg/>\nf/_p.css: b { background: url(../i.svg); src: url(../../fonts/x.woff2) }",
        );
        assert_eq!(told, Vec::<String>::new());
        let css = &texts["s.css"];
        assert!(css.contains("url(\"i.") && css.contains(".svg#x\")") && css.contains(".svg\")"), "{css}");
        assert!(css.contains("url(\"../fonts/x.woff2\")"), "{css}");
        check(
            "s.css: a { background: url(data:image/png;base64,x) }",
            "a{background:url(\"data:image/png;base64,x\")}",
        );
    }

    #[test]
    fn faults_are_told_at_their_place() {
        let told = |files: &str| made(files).1;
        assert_eq!(
            told("s.css: a {\\n  color: red;\\n  b c d\\n}"),
            ["assets/s.css:3:4: browsers leave this out: Unexpected token Ident(\"c\")"]
        );
        assert_eq!(
            told("s.css: @import \"_q.css\";\n_p.css: a{}"),
            ["assets/s.css:1:1: there is no file `_q.css` to import"]
        );
        assert_eq!(
            told("s.css: @import \"../../site.yaml\";"),
            ["assets/s.css:1:1: there is no file `../../site.yaml` to import"]
        );
        assert_eq!(
            told(&format!("s.css: a {{ width: {} }}", "(".repeat(5000))),
            ["assets/s.css: in this style sheet more than 128 brackets are open at once"]
        );
        assert_eq!(
            told("s.css: a { --x: url(i.svg) }"),
            ["assets/s.css:1:10: where `i.svg` leads is decided where the property is used"]
        );
    }
}
