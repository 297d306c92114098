//! Scripts: minified, and naming each other by names that tell their content.
//!
//! They are not bundled: a module is loaded once by whatever pages need it, and pages may name what it imports, so that
//! all are asked for at once (`asset_imports`). The one bundler that is a library, rolldown, brings 121 packages, and its
//! parser needs a newer compiler than we do; the minifier comes with the parser that minify-html has anyhow.

use std::collections::{BTreeMap, BTreeSet};

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc_compat::EngineTargets;
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;
use rayon::prelude::*;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::ContentHash;
use crate::base::paths::UrlPath;
use crate::base::text::one_line;
use crate::build::assets::{
    DEEPEST, LONGEST, Options, Piece, Shelf, fingerprinted, guarded, is_too_deep, join, relative,
};
use crate::config::browsers::Browser;

/// A script before it is named.
struct Script<'a> {
    piece: Piece<'a>,
    code: String,
    mentions: Vec<Mention>,
}

/// Where a script names another one.
struct Mention {
    /// Bytes of the code, quotation marks among them.
    from: usize,
    to: usize,
    /// The script that it names.
    name: String,
    /// Whether it is loaded with this one, rather than when its time comes.
    at_once: bool,
}

/// Makes scripts, told as name and name on the shelf; gives each with its address and what it loads at once.
pub(super) fn make<'a>(
    shelf: &'a Shelf,
    files: &'a [(String, String)],
    options: &Options,
) -> Vec<(Piece<'a>, UrlPath, Vec<String>)> {
    let scripts: BTreeMap<&str, Script> =
        files.par_iter().map(|(name, source)| (name.as_str(), script(shelf, source, options))).collect();
    let urls: BTreeMap<&str, UrlPath> = scripts.keys().map(|name| (*name, address(&scripts, name))).collect();
    let imports: Vec<Vec<String>> = scripts.keys().map(|name| imports(&scripts, name)).collect();
    let mut made = Vec::with_capacity(scripts.len());
    for ((name, script), imports) in scripts.into_iter().zip(imports) {
        let mut code = String::with_capacity(script.code.len() + 64);
        let mut copied = 0;
        for mention in &script.mentions {
            let Some(url) = urls.get(&*mention.name) else { continue };
            let way = relative(&format!("assets/{name}"), url.encoded().trim_start_matches('/'));
            code.push_str(&script.code[copied..mention.from]);
            code.push_str(&format!("\"{}{way}\"", if way.starts_with("../") { "" } else { "./" }));
            copied = mention.to;
        }
        code.push_str(&script.code[copied..]);
        made.push((Piece { bytes: code.into_bytes(), ..script.piece }, urls[name].clone(), imports));
    }
    made
}

/// The address of a script: it tells the content of the script and of all that it leads to, in a circle too.
fn address(scripts: &BTreeMap<&str, Script>, name: &str) -> UrlPath {
    let reached = reached(scripts, name, |_| true);
    let mut all = String::new();
    for name in &reached {
        all.push_str(&format!("{name}\n{}\n", scripts[name].code));
    }
    fingerprinted(
        name,
        ContentHash::of(if reached.len() == 1 { scripts[name].code.as_bytes() } else { all.as_bytes() }),
    )
}

/// The scripts that are loaded at once with this one.
fn imports(scripts: &BTreeMap<&str, Script>, name: &str) -> Vec<String> {
    let all = reached(scripts, name, |mention| mention.at_once);
    all.into_iter().filter(|other| *other != name).map(str::to_string).collect()
}

/// The script of this name and those that it leads to.
fn reached<'a>(scripts: &'a BTreeMap<&str, Script>, name: &str, leads: impl Fn(&Mention) -> bool) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![name];
    while let Some((name, script)) = next.pop().and_then(|name| scripts.get_key_value(name)) {
        if reached.insert(*name) {
            next.extend(script.mentions.iter().filter(|mention| leads(mention)).map(|mention| mention.name.as_str()));
        }
    }
    reached
}

/// Reads one script, and minifies it.
fn script<'a>(shelf: &'a Shelf, source: &'a str, options: &Options) -> Script<'a> {
    let file = &shelf.files[source];
    let mut piece = Piece { name: source.to_string(), path: &file.path, bytes: Vec::new(), told: Vec::new() };
    let warn = |message: String| Diagnostic::warning("bad-script", message).at(Place::file(&file.path));
    let Some(text) = shelf.text(source) else {
        piece.told.push(Diagnostic::error("bad-script", "this script is no UTF-8 text").at(Place::file(&file.path)));
        return Script { piece, code: String::new(), mentions: Vec::new() };
    };
    let as_it_is = |piece: Piece<'a>| Script { piece, code: text.to_string(), mentions: Vec::new() };
    if text.len() > LONGEST {
        piece.told.push(warn(format!("this script goes out as it is: it is longer than {} MiB", LONGEST >> 20)));
        return as_it_is(piece);
    }
    if is_too_deep(text) {
        piece.told.push(warn(format!("this script goes out as it is: more than {DEEPEST} brackets are open at once")));
        return as_it_is(piece);
    }
    let code = match guarded(|| minified(text, source, options)) {
        Some(Ok(code)) => code,
        Some(Err((at, message))) => {
            let (line, column) = line_column(text, at);
            let fault = Diagnostic::error("bad-script", format!("this script cannot be read: {}", one_line(&message)));
            piece.told.push(fault.at(Place::line_column(&file.path, line, column)));
            return as_it_is(piece);
        }
        // A failure of the minifier is none of the script's.
        None => text.to_string(),
    };
    let mut mentions = guarded(|| mentions(&code, source)).unwrap_or_default();
    mentions.retain(|mention| {
        let is_there = shelf.get(&mention.name).is_some();
        if !is_there {
            let (line, column) = place_of(text, &mention.name);
            let wanted = mention.name.rsplit('/').next().unwrap_or(&mention.name);
            piece.told.push(shelf.missing(
                wanted,
                &["js", "mjs"],
                "bad-script",
                Place::line_column(&file.path, line, column),
            ));
        }
        is_there
    });
    Script { piece, code, mentions }
}

/// Where a text names a file: lines of minified code are not those of the text.
fn place_of(text: &str, name: &str) -> (usize, usize) {
    line_column(text, text.find(name.rsplit('/').next().unwrap_or(name)).unwrap_or(0))
}

fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// How a file is read: as a module when it imports, exports or is called so.
fn source_type(name: &str) -> SourceType {
    if name.ends_with(".mjs") { SourceType::mjs() } else { SourceType::unambiguous() }
}

fn minified(text: &str, name: &str, options: &Options) -> Result<String, (usize, String)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type(name)).parse();
    if let Some(fault) = parsed.errors.first() {
        let at = fault.labels.as_ref().and_then(|labels| labels.first()).map_or(0, |label| label.offset());
        return Err((at, fault.message.to_string()));
    }
    let mut program = parsed.program;
    if !options.minify {
        return Ok(text.to_string());
    }
    // What a script declares outside of a module, other scripts may use.
    let mangle = MangleOptions { top_level: program.source_type.is_module(), ..MangleOptions::default() };
    let compress = CompressOptions { target: targets(&options.browsers), ..CompressOptions::safest() };
    let minifier = Minifier::new(MinifierOptions { mangle: Some(mangle), compress: Some(compress) });
    let names = minifier.minify(&allocator, &mut program);
    // Comments are for those who read the source, but for the words of a licence.
    let comments = CommentOptions { legal: LegalComment::Inline, ..CommentOptions::disabled() };
    let printing = CodegenOptions { minify: true, comments, ..CodegenOptions::default() };
    let code = Codegen::new().with_options(printing).with_scoping(names.scoping);
    let code = code.with_private_member_mappings(names.class_private_mappings).build(&program).code;
    Ok(if code.len() < text.len() { code } else { text.to_string() })
}

/// Where code names other scripts by a relative way.
fn mentions(code: &str, name: &str) -> Vec<Mention> {
    // Most scripts name none, and need not be read again.
    if !code.contains("import") && !code.contains("export") {
        return Vec::new();
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, source_type(name)).parse();
    let record = &parsed.module_record;
    let at_once = record.requested_modules.values().flatten().map(|request| (request.span, true));
    let later = record.dynamic_imports.iter().map(|import| (import.module_request, false));
    let mut mentions: Vec<Mention> = at_once
        .chain(later)
        .filter_map(|(span, at_once)| {
            let (from, to) = (span.start as usize, span.end as usize);
            let written = code.get(from..to)?;
            let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
            let wanted = written[1..].strip_suffix(quote)?;
            let is_relative = wanted.starts_with("./") || wanted.starts_with("../");
            let is_plain = !wanted.contains(['\\', '$', '?', '#', quote]);
            // What leads out of `assets/` has no fingerprint.
            let name = join(name, wanted).filter(|_| is_relative && is_plain)?;
            Some(Mention { from, to, name, at_once })
        })
        .collect();
    mentions.sort_by_key(|mention| mention.from);
    mentions
}

/// The browsers of the settings as the minifier wants them: it uses no notation that they do not know.
fn targets(browsers: &[Browser]) -> EngineTargets {
    let names = browsers.iter().map(|browser| {
        let name = if browser.name == "ios_saf" { "ios" } else { browser.name };
        format!("{name}{}.{}", browser.major, browser.minor)
    });
    EngineTargets::from_target_list(&names.collect::<Vec<_>>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{made, options, shelf};
    use super::*;

    fn check(files: &str, expected: &str) {
        let (texts, told) = made(files);
        assert_eq!((texts["s.js"].as_str(), told), (expected, Vec::new()), "{files}");
    }

    #[test]
    fn scripts_are_minified_as_what_they_are() {
        check(
            "s.js: let long = f(); // one\\nfunction other(word) { return long + word; }",
            "let long=f();function other(t){return long+t}",
        );
        check(
            "s.js: const long = Math.random();\\nexport function other() { return long * 2; }",
            "const e=Math.random();export function other(){return e*2}",
        );
        check("s.js: let a = b ?? c;", "let a=b??c;");
    }

    #[test]
    fn scripts_name_each_other_by_their_new_names() {
        let files = "s.js: import { a } from \"./m/a.js\";\\nconsole.log(a);\nm/a.js: import \"../b.mjs\";\\nexport const a = 1;\nb.mjs: export default () => import(\"./c.js\");\nc.js: export const c = 3;";
        let (texts, told) = made(files);
        assert_eq!(told, Vec::<String>::new());
        let shelf = shelf(files);
        let files: Vec<(String, String)> = texts.keys().map(|name| (name.clone(), name.clone())).collect();
        let made = make(&shelf, &files, &options());
        let url = |name: &str| made.iter().find(|(piece, ..)| piece.name == name).expect("a script").1.encoded();
        assert!(
            texts["s.js"].contains(&format!("from\".{}\"", url("m/a.js").trim_start_matches("/assets"))),
            "{texts:?}"
        );
        assert!(
            texts["m/a.js"].contains(&format!("import\"..{}\"", url("b.mjs").trim_start_matches("/assets"))),
            "{texts:?}"
        );
        assert!(
            texts["b.mjs"].contains(&format!("import(\".{}\")", url("c.js").trim_start_matches("/assets"))),
            "{texts:?}"
        );
        let of_s = made.iter().find(|(piece, ..)| piece.name == "s.js").map(|(.., imports)| imports.clone());
        assert_eq!(of_s, Some(vec!["b.mjs".to_string(), "m/a.js".to_string()]));
    }

    #[test]
    fn a_circle_has_fingerprints_too() {
        let urls = |text: &str| {
            let shelf = shelf(&format!(
                "a.js: import \"./b.js\"; console.log(1)\nb.js: import \"./a.js\"; console.log({text})"
            ));
            let files = ["a.js", "b.js"].map(|name| (name.to_string(), name.to_string()));
            make(&shelf, &files, &options()).into_iter().map(|(_, url, _)| url).collect::<Vec<_>>()
        };
        let (one, two) = (urls("1"), urls("2"));
        assert!(one[0] != two[0] && one[1] != two[1], "{one:?}");
    }

    #[test]
    fn faults_are_told_at_their_place() {
        let told = |files: &str| made(files).1;
        assert_eq!(
            told("s.js: let a = 1;\\nlet = ;"),
            ["assets/s.js:2:7: this script cannot be read: Unexpected token"]
        );
        assert_eq!(told("s.js: let a;\\nimport \"./x.js\";"), ["assets/s.js:2:11: there is no file `x.js` to import"]);
        let deep = format!("s.js: {}", "[".repeat(100_000));
        assert_eq!(
            told(&deep),
            ["assets/s.js: this script goes out as it is: more than 128 brackets are open at once"]
        );
    }
}
