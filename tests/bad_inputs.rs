//! Bad front matter and bad files, each with what is told of it.
//!
//! The messages are kept in `tests/data/bad-inputs.txt`. After a change that was meant, write them anew with
//! `UPDATE_SNAPSHOTS=1 cargo test --test bad_inputs`, and read the difference as an editor would.

use std::path::Path;

use crossbrief::base::diagnostics::Diagnostic;
use crossbrief::base::paths::SourcePath;
use crossbrief::base::report::{Style, locate_all, text};
use crossbrief::base::yaml::decode;
use crossbrief::content::article::FrontMatter;
use crossbrief::content::front_matter::split;

/// YAML between two lines of `---`.
const FRONT_MATTER: &[&str] = &[
    // Mistyped keys and words.
    "sources:\n  - id: s1\n    titel: A\n    title: B\n    reliability: X\ntype: reprot\n",
    "image: {src: a.png, credit: me}\n",
    // Keys that stand twice.
    "tlp: RED\ntitle: A\ntlp: CLEAR\n",
    "people: a\ntitle: A\npeople: b\n",
    "extra:\n  deep:\n    - {a: 1, b: 2, a: 3}\n",
    "\"tlp\": RED\ntlp: CLEAR\n",
    // Other types than wanted.
    "draft: yes\nweight: heavy\nscore: many\ntitle: [a]\n",
    "countries: {UA: Ukraine}\n",
    "countries: [UA, [RU], ~]\n",
    "sources: s1\n",
    "sources:\n  id: s1\n  title: A\n",
    "image: photo.jpg\n",
    "image: {src: a.png, width: -3}\n",
    "image:\n  src: a.png\n  width:\n    - 3\n",
    "extra: 3\n",
    "- a\n- b\n",
    "just text\n",
    // Missing keys.
    "sources:\n  - id: s1\n  - title: B\n  - {}\nimage:\n  alt: x\n",
    // Quotes and colons.
    "title: Kyiv: what we know\n",
    "title: \"Kyiv\ncountries: [UA]\n",
    "title: 'Kyiv\ncountries: [UA]\n",
    "title: 'it's'\n",
    "title: \"A \"word\" here\"\n",
    "title: \"C:\\docs\"\n",
    "title:Kyiv\ndraft: true\n",
    "draft: true\ntitle:Kyiv\n",
    "draft: true\ntitle:Kyiv\nweight: 3\n",
    "title: @home\ntlp: `RED`\n",
    "title: *bold* start\n",
    "title: !important\n",
    "title: %x\n",
    "title: [Kyiv](https://x.y)\n",
    "title: \"A\" and B\n",
    "countries: - UA\n",
    // Indentation and brackets.
    "sources:\n\t- id: s1\n",
    "image:\n  src: a.png\n\talt: x\n",
    "image:\n  src: a.png\n alt: x\n",
    "image:\n    src: a.png\n  alt: x\n",
    "title: A\n  draft: true\n",
    "countries: [UA, RU\ntitle: B\n",
    "image: {src: a.png\ntitle: B\n",
    "countries: UA]\nweight: [1]]\n",
    "title: A\nthis line is lost\ndraft: true\n",
    "countries:\n  - UA\n  title: A\n",
    "  title: A\ndraft: true\n",
    // Rarer parts of yaml.
    "title: &a A\ntlp: *b\n",
    "extra: !!python/object:os.system x\n",
    "extra:\n  base: &base {a: 1}\n  more:\n    <<: *base\n    b: 2\n",
    "extra: &a\n  b: *a\n",
    "? [a, b]\n: c\n",
    "title: A\n---\ntitle: B\n",
    "title: |\n  A\ttab is fine\nx: |\n\tnot here\n",
    // An alias bomb.
    "extra:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n  e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n  f: [*e, *e, *e]\n",
];

/// Whole files.
const FILES: &[&[u8]] = &[
    b"---\ntitle: A\n",
    b"+++\ntitle = \"A\"\n+++\n",
    b"Text first.\n\n---\ntitle: A\n---\n",
    b"---\ntitle: Caf\xe9\n---\n",
    b"\xff\xfe-\x00-\x00-\x00",
    b"---\ntitle: A\x00B\n---\n",
    b"---\ntitle: A\x07B\n---\n",
    "---\ntitle: A\u{202e}B\n---\n".as_bytes(),
    b"\xc0\xaf",
];

#[test]
fn bad_input_is_told_as_kept() {
    let path = SourcePath::new("content/briefings/a.md");
    let mut told = String::new();
    let mut tell = |input: String, shown: &str, diagnostics: &[Diagnostic]| {
        assert!(!diagnostics.is_empty(), "nothing is told of {input:?}");
        let messages = text(&locate_all(diagnostics, &|_| Some(shown.into())), Style::default());
        told.push_str(&format!("==== {input}\n{messages}\n"));
    };
    for yaml in FRONT_MATTER {
        let file = format!("---\n{yaml}---\nText\n");
        let (_, diagnostics) = decode::<FrontMatter>(&path, yaml, 4);
        // What a kind's key may hold is checked when the kinds of the site are known: nothing is wrong with it here.
        if !diagnostics.is_empty() {
            tell(format!("{yaml:?}"), &file, &diagnostics);
        }
    }
    for bytes in FILES {
        let (_, diagnostics) = split(&path, bytes);
        tell(format!("{:?}", String::from_utf8_lossy(bytes)), &String::from_utf8_lossy(bytes), &diagnostics);
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bad-inputs.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&kept, &told).expect("a writable file");
    }
    let expected = std::fs::read_to_string(&kept).expect("the kept messages");
    for (number, (found, expected)) in told.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {}", number + 1, kept.display());
    }
    assert_eq!(told.lines().count(), expected.lines().count());
}

#[test]
fn line_ends_and_marks_do_not_matter() {
    let path = SourcePath::new("a.md");
    let read = |bytes: &[u8]| {
        let (source, diagnostics) = split(&path, bytes);
        assert_eq!(diagnostics, []);
        source.expect("a readable file")
    };
    let plain = read(b"---\ntitle: A\n---\nText\n\n---\n\nMore\n");
    assert_eq!(read(b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nText\r\n\r\n---\r\n\r\nMore\r\n"), plain);
    assert_eq!(read(b"---\rtitle: A\r---\rText\r\r---\r\rMore\r"), plain);
    assert_eq!(read(b"").yaml, None);
}
