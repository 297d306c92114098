//! Sass, in the syntax of `.scss` files.
//!
//! The compiler sees the shelf in the place of a disk, so nothing outside of it is ever read. It knows no bounds of its
//! own: a call that counts is written into each loop, function and mixin of what it reads, and ends what does not end.

use std::cell::Cell;
use std::io::{self, ErrorKind as IoErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use grass_compiler::codemap::SpanLoc;
use grass_compiler::sass_value::{ArgumentResult, Value};
use grass_compiler::{Builtin, ErrorKind, Fs, Logger, Options, Visitor};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::text::one_line;
use crate::build::assets::{DEEPEST, LONGEST, Shelf, guarded, is_too_deep, join};

/// Most turns of loops and calls of functions and mixins in one style sheet; Bootstrap 5 has some ten thousand.
const MOST_STEPS: u32 = 500_000;

/// Stack of the thread that compiles, in bytes: what calls itself goes deep before it is stopped.
const STACK: usize = 256 << 20;

/// How much of the stack may be taken.
const MOST_STACK: usize = STACK / 2;

/// The call that counts.
const STEP: &str = "@if crossbrief-step(){}";

/// Compiles the file of this name to CSS; none when something is wrong.
pub(super) fn compile(shelf: &Shelf, name: &str, told: &mut Vec<Diagnostic>) -> Option<String> {
    let view = View { shelf, told: Mutex::default() };
    let run = || {
        let options = Options::default().fs(&view).logger(&view).load_path("").unicode_error_messages(false);
        let options = options.allows_charset(false).add_custom_fn("crossbrief-step", Builtin::new(step));
        STEPS.set(0);
        START.set(stack());
        guarded(|| grass_compiler::from_path(name, &options))
    };
    let made = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.ok().and_then(|thread| thread.join().ok()).flatten()
    });
    told.extend(view.told.into_inner().unwrap_or_else(PoisonError::into_inner));
    let fault = |message: String, place: Place| Diagnostic::error("bad-style", message).at(place);
    match made {
        Some(Ok(css)) => return Some(css),
        Some(Err(error)) => told.push(match error.kind() {
            ErrorKind::ParseError { message, loc, .. } => {
                let place = place(shelf, &loc);
                if message.contains("find stylesheet to import") {
                    shelf.missing(&quoted(&loc), &["scss"], "bad-style", place)
                } else {
                    let message = message.trim_end_matches('.');
                    let help = message.starts_with(TOO_LONG) || message.starts_with(TOO_DEEP);
                    let fault = fault(format!("this Sass cannot be read: {}", one_line(message)), place);
                    if help { fault.help("look at its loops, and at what calls itself") } else { fault }
                }
            }
            ErrorKind::IoError(error) => fault(error.to_string(), Place::file(&shelf.path(name))),
            _ => fault("this Sass is no UTF-8 text".to_string(), Place::file(&shelf.path(name))),
        }),
        None => told.push(fault("this Sass cannot be read".to_string(), Place::file(&shelf.path(name)))),
    }
    None
}

const TOO_LONG: &str = "it takes too many steps";
const TOO_DEEP: &str = "it calls itself too often";

thread_local! {
    static STEPS: Cell<u32> = const { Cell::new(0) };
    static START: Cell<usize> = const { Cell::new(0) };
}

/// About where on the stack we are.
fn stack() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

fn step(args: ArgumentResult, _: &mut Visitor) -> grass_compiler::Result<Value> {
    STEPS.set(STEPS.get() + 1);
    if STEPS.get() > MOST_STEPS {
        return Err((TOO_LONG, args.span()).into());
    }
    if START.get().abs_diff(stack()) > MOST_STACK {
        return Err((TOO_DEEP, args.span()).into());
    }
    Ok(Value::False)
}

/// The shelf as the compiler sees it.
#[derive(Debug)]
struct View<'a> {
    shelf: &'a Shelf,
    told: Mutex<Vec<Diagnostic>>,
}

/// The name on the shelf that a path of the compiler’s means.
fn name_of(path: &Path) -> Option<String> {
    join("", &path.to_str()?.replace('\\', "/"))
}

impl Fs for View<'_> {
    fn is_dir(&self, path: &Path) -> bool {
        let folder = name_of(path).map(|name| format!("{name}/"));
        folder.is_some_and(|folder| self.shelf.names().any(|name| name.starts_with(&folder)))
    }

    fn is_file(&self, path: &Path) -> bool {
        name_of(path).is_some_and(|name| self.shelf.get(&name).is_some())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bad = |message: String| io::Error::new(IoErrorKind::InvalidData, message);
        let name = name_of(path).ok_or(IoErrorKind::NotFound)?;
        let file = self.shelf.get(&name).ok_or(IoErrorKind::NotFound)?;
        let text = std::str::from_utf8(&file.bytes).map_err(|_| bad(format!("`{}` is no UTF-8 text", file.path)))?;
        if text.len() > LONGEST {
            return Err(bad(format!("`{}` is longer than {} MiB", file.path, LONGEST >> 20)));
        }
        if is_too_deep(text) {
            return Err(bad(format!("in `{}` more than {DEEPEST} brackets are open at once", file.path)));
        }
        if name.ends_with(".css") { Ok(text.into()) } else { Ok(counting(text).0.into_bytes()) }
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(name_of(path).ok_or(IoErrorKind::NotFound)?.into())
    }
}

impl Logger for View<'_> {
    fn debug(&self, location: SpanLoc, message: &str) {
        self.tell(&location, format!("`@debug` says: {}", one_line(message)));
    }

    fn warn(&self, location: SpanLoc, message: &str) {
        self.tell(&location, format!("`@warn` says: {}", one_line(message)));
    }
}

impl View<'_> {
    fn tell(&self, location: &SpanLoc, message: String) {
        let told = Diagnostic::warning("style-says", message).at(place(self.shelf, location));
        let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // A loop says the same again and again.
        if all.len() < 100 && !all.contains(&told) {
            all.push(told);
        }
    }
}

/// A place as the author sees it: without what we wrote into the text.
fn place(shelf: &Shelf, loc: &SpanLoc) -> Place {
    let name = name_of(Path::new(loc.file.name())).unwrap_or_default();
    let (line, mut column) = (loc.begin.line, loc.begin.column);
    let steps = shelf.text(&name).map(|text| counting(text).1).unwrap_or_default();
    let mut before = 0;
    for (_, from) in steps.into_iter().filter(|(at, _)| *at == line) {
        if column >= from + STEP.len() {
            before += STEP.len();
        } else {
            column = column.min(from);
            break;
        }
    }
    Place::line_column(&shelf.path(&name), line + 1, column - before + 1)
}

/// What stands in quotation marks where a fault points at.
fn quoted(loc: &SpanLoc) -> String {
    let line = loc.file.source_line(loc.begin.line);
    let end = if loc.begin.line == loc.end.line { loc.end.column } else { usize::MAX };
    let text: String = line.chars().take(end).skip(loc.begin.column).collect();
    text.split(['"', '\'']).find(|part| !part.trim().is_empty() && !part.starts_with('@')).unwrap_or(&text).to_string()
}

/// The line and column, both from 0, after a text that begins at a place.
fn after((line, column): (usize, usize), text: &str) -> (usize, usize) {
    match text.rfind('\n') {
        Some(end) => (line + text.matches('\n').count(), text[end + 1..].chars().count()),
        None => (line, column + text.chars().count()),
    }
}

/// Writes the call that counts into each loop, function and mixin. Lines stay what they are; where on them something was
/// written is told as line and column, both from 0.
fn counting(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut out, mut places) = (String::with_capacity(text.len() + 64), Vec::new());
    let bytes = text.as_bytes();
    let (mut copied, mut at) = (0, 0);
    let mut place = (0, 0);
    // Whether the next opening brace that is no interpolation begins what is counted.
    let mut is_counted = false;
    let mut interpolations = 0_usize;
    while at < bytes.len() {
        let rest = &text[at..];
        at += match bytes[at] {
            b'/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            // In an unquoted `url(https://…)` two slashes begin no comment; the rest of its line has no braces to find.
            b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            quote @ (b'"' | b'\'') => string_length(&bytes[at..], quote),
            b'#' if rest.starts_with("#{") => {
                interpolations += 1;
                2
            }
            b'}' if interpolations > 0 => {
                interpolations -= 1;
                1
            }
            b'{' if is_counted && interpolations == 0 => {
                place = after(place, &text[copied..=at]);
                places.push(place);
                place = after(place, STEP);
                out.push_str(&text[copied..=at]);
                out.push_str(STEP);
                copied = at + 1;
                is_counted = false;
                1
            }
            b'{' | b';' | b'}' => {
                is_counted = false;
                1
            }
            b'@' => {
                let word = rest[1..].split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
                is_counted |= matches!(word, "function" | "mixin" | "while" | "for" | "each");
                1 + word.len()
            }
            _ => 1,
        };
        while at < bytes.len() && !text.is_char_boundary(at) {
            at += 1;
        }
    }
    out.push_str(&text[copied..]);
    (out, places)
}

/// Length of the string that `bytes` begin with, its quotation marks among it.
fn string_length(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote && bytes[at] != b'\n' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::super::tests::made;
    use super::*;

    fn check(files: &str, expected: Result<&str, &str>) {
        let (texts, told) = made(files);
        match expected {
            Ok(css) => assert_eq!((texts["s.css"].as_str(), told), (css, Vec::<String>::new()), "{files}"),
            Err(message) => assert_eq!(told, [message], "{files}"),
        }
    }

    #[test]
    fn parts_are_found_on_the_shelf() {
        check("s.scss: @use \"part\"; a { color: part.$c }\n_part.scss: $c: red;", Ok("a{color:red}"));
        check("s.scss: @import \"part\"; a { color: $c }\n--\n_part.scss: $c: red;", Ok("a{color:red}"));
        check("s.scss: @use \"f\";\nf/_index.scss: @use \"../p\";\n_p.scss: a { color: red }", Ok("a{color:red}"));
        let own = "s.scss: @use \"@t/s\"; a { color: red }\n--\ns.css: b { color: red }";
        check(own, Ok("b,a{color:red}"));
    }

    #[test]
    fn faults_are_told_at_their_place() {
        check(
            "s.scss: a {\\n  color: $x;\\n}",
            Err("assets/s.scss:2:10: this Sass cannot be read: Undefined variable"),
        );
        check("s.scss: @use \"prat\";\n_part.scss: a{}", Err("assets/s.scss:1:1: there is no file `prat` to import"));
        check(
            "s.scss: @use \"p\";\n--\n_p.scss: @mixin m {color: $x}\\na { @include m }",
            Err("themes/t/assets/_p.scss:1:18: this Sass cannot be read: Undefined variable"),
        );
        check(
            "s.scss: @import \"../../../etc/passwd\";",
            Err("assets/s.scss:1:9: there is no file `../../../etc/passwd` to import"),
        );
        check(
            "s.scss: @use \"a\";\n_a.scss: @use \"s\";",
            Err("assets/_a.scss:1:1: this Sass cannot be read: Module loop: this module is already being loaded"),
        );
        check("s.scss: a { @warn \"old\"; color: red }", Err("assets/s.scss:1:11: `@warn` says: \"old\""));
    }

    #[test]
    fn what_has_no_end_is_ended() {
        let long = |at: &str| format!("assets/s.scss:{at}: this Sass cannot be read: {TOO_LONG}");
        let deep = |at: &str| format!("assets/s.scss:{at}: this Sass cannot be read: {TOO_DEEP}");
        check("s.scss: a { b: c }\\n  @while true { $x: 1 }", Err(&long("2:16")));
        check("s.scss: @for $i from 1 through 1000000000 { $x: $i }", Err(&long("1:36")));
        check("s.scss: @function f() { @return f(); }\\na { width: f() }", Err(&deep("1:16")));
        check("s.scss: @mixin m { @include m }\\na { @include m }", Err(&deep("1:11")));
    }

    #[test]
    fn only_loops_and_what_is_called_count() {
        let counted = |text: &str| counting(text).0.replace(STEP, "!");
        for (text, expected) in [
            ("a { b: c }", "a { b: c }"),
            ("@mixin m($x: \"{\") { a: b }", "@mixin m($x: \"{\") {! a: b }"),
            ("@each $x in #{$y} { a }", "@each $x in #{$y} {! a }"),
            ("// @while {\n@while true {}", "// @while {\n@while true {!}"),
            ("/* @for { */ @media x { a }", "/* @for { */ @media x { a }"),
            ("@include m { a }", "@include m { a }"),
            ("ä@while ü {ö}", "ä@while ü {!ö}"),
            ("@while \"", "@while \""),
        ] {
            assert_eq!(counted(text), expected);
        }
        assert_eq!(counting("\n ä@while x {y}").1, [(1, 12)]);
        let second = 12 + STEP.len() + "z{}@each x {".len();
        assert_eq!(counting("\n ä@while x {z{}@each x {y}\n}\n@mixin m {}").1, [(1, 12), (1, second), (3, 10)]);
    }
}
