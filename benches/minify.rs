//! What it costs to minify a page: one pass, beside a whole parser.
//!
//! `cargo bench --bench minify`. The page is an article of the sample site as its templates write it.

use divan::{Bencher, counter::BytesCount};

use crossbrief::build::{self, Request, sink::MemorySink};
use crossbrief::content::vocabulary::Tlp;
use crossbrief::render::minify;

fn main() {
    divan::main();
}

const SITE: &str =
    "---\ntitle: A visit\nbottom_line: France and Algeria talk again.\ncountries: [France, Algeria, Spain]\n---\n";
const PARAGRAPH: &str = "Emmanuel Macron landed in *Algiers* & spoke of gas, \"for the third time\", to Spain’s [envoy](https://example.org/?a=1&b=2).\n\n## Part\n\n- One\n- Two\n\n";

fn page() -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let briefings = folder.path().join("content/briefings");
    std::fs::create_dir_all(&briefings).expect("a new folder");
    std::fs::write(folder.path().join("site.yaml"), "title: Desk\nminify: false\n").expect("a new file");
    let text = format!("{SITE}{}", PARAGRAPH.repeat(24));
    std::fs::write(briefings.join("2025-12-10-visit.md"), text).expect("a new file");
    let request = Request {
        root: folder.path().to_path_buf(),
        skip: Vec::new(),
        clearance: Tlp::Clear,
        drafts: false,
        embargoed: false,
        now: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        base_url: None,
    };
    let loaded = build::load(&request).expect("a readable site");
    let sink = MemorySink::new();
    build::render(&loaded, &sink, &|| ()).expect("memory");
    let mut files = sink.into_files().into_iter();
    let (_, bytes) = files.find(|(path, _)| path.to_string() == "briefings/visit/index.html").expect("the page");
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[divan::bench]
fn one_pass(bencher: Bencher) {
    let page = page();
    bencher.counter(BytesCount::of_str(&page)).with_inputs(|| page.clone()).bench_values(minify::html);
}

#[divan::bench]
fn whole_parser(bencher: Bencher) {
    let page = page();
    let cfg =
        minify_html::Cfg { keep_closing_tags: true, keep_html_and_head_opening_tags: true, ..minify_html::Cfg::new() };
    bencher.counter(BytesCount::of_str(&page)).bench(|| minify_html::minify(page.as_bytes(), &cfg));
}
