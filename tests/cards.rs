//! Social cards on whole sites: which there are, how pages lead to them, what they look like, and that none is drawn twice.

#[path = "tiny/again.rs"]
mod again;
mod tiny;

use std::fs;
use std::path::Path;

use crossbrief::base::paths::OutputPath;
use crossbrief::content::vocabulary::Tlp;
use resvg::tiny_skia::Pixmap;

use again::Made;

const SITE: &str = "\
//- site.yaml
title: The Desk
minify: false
social_cards: all
//- content/briefings/talks.md
---
title: Talks begin in “Geneva” & end
date: 2025-12-10
summary: What was said there.
people: [Ann Lee]
countries: [UA, CH]
tlp: GREEN
image: {src: p.svg, alt: A picture}
---
Text.
//- content/briefings/p.svg
<svg xmlns=\"http://www.w3.org/2000/svg\"/>
//- content/briefings/plain.md
---
title: No marking
date: 2025-12-09
---
Text.
//- content/briefings/arabic.md
---
title: زيلينسكي يحذّر من تعميق التعاون العسكري الصناعي بين روسيا والصين (NATO 2025)
date: 2025-12-08
lang: ar
---
نص.
//- content/briefings/hidden.md
---
title: Hidden words
date: 2025-12-08
tlp: RED
---
Text.
";

impl Made {
    /// Cards that were drawn.
    fn drawn(&self) -> Vec<String> {
        self.put.iter().filter(|path| path.ends_with("social-card.png")).cloned().collect()
    }

    fn card(&self, page: &str) -> Pixmap {
        let (_, bytes) =
            self.tree.iter().find(|(path, _)| path.as_str() == format!("{page}/social-card.png")).expect("a card");
        Pixmap::decode_png(bytes).expect("a PNG")
    }
}

fn make(folder: &Path, before: Option<&Made>) -> Made {
    again::make(folder, Tlp::Green, before)
}

fn site(text: &str) -> (tempfile::TempDir, Made) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), text);
    let made = make(folder.path(), None);
    (folder, made)
}

fn colour(card: &Pixmap, x: u32, y: u32) -> [u8; 3] {
    let pixel = card.pixel(x, y).expect("a pixel");
    [pixel.red(), pixel.green(), pixel.blue()]
}

const PAPER: [u8; 3] = [0xfb, 0xfa, 0xf7];

/// Whether something stands in a column between two heights.
fn stands(card: &Pixmap, x: u32, from: u32, to: u32) -> bool {
    (from..to).any(|y| colour(card, x, y) != PAPER)
}

#[test]
fn each_page_that_is_wanted_has_a_card_and_leads_to_it() {
    let cards = |tree: &again::Tree| {
        let cards = tree.keys().map(OutputPath::as_str).filter_map(|path| path.strip_suffix("/social-card.png"));
        cards.map(str::to_string).collect::<Vec<_>>()
    };
    let (_folder, made) = site(SITE);
    assert_eq!(made.told, Vec::<String>::new());
    assert_eq!(
        cards(&made.tree),
        [
            "briefings/arabic",
            "briefings/plain",
            "briefings/talks",
            "countries/switzerland",
            "countries/ukraine",
            "people/ann-lee"
        ]
    );
    let page = |made: &Made, path: &str| {
        let (_, bytes) = made.tree.iter().find(|(one, _)| one.as_str() == path).expect("a page");
        String::from_utf8_lossy(bytes).into_owned()
    };
    let talks = page(&made, "briefings/talks/index.html");
    for tag in [
        "<meta property=\"og:image\" content=\"https://example.org/desk/briefings/talks/social-card.png\">",
        "<meta property=\"og:image:width\" content=\"1200\"><meta property=\"og:image:height\" content=\"630\">",
        "<meta property=\"og:image:alt\" content=\"Talks begin in “Geneva” &amp; end\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
    ] {
        assert!(talks.contains(tag), "{tag} in {talks}");
    }
    let (_folder, articles) = site(&SITE.replace("social_cards: all", "social_cards: articles"));
    assert_eq!(cards(&articles.tree), ["briefings/arabic", "briefings/plain", "briefings/talks"]);
    assert!(!page(&articles, "people/ann-lee/index.html").contains("social-card.png"));
    let (_folder, none) = site(&SITE.replace("social_cards: all", "search: true"));
    assert_eq!(cards(&none.tree), Vec::<String>::new());
    assert!(page(&none, "briefings/talks/index.html").contains("content=\"https://example.org/desk/briefings/p.svg\""));
}

#[test]
fn a_card_shows_the_marking_of_its_page_in_every_script() {
    let (_folder, made) = site(SITE);
    let (talks, plain, arabic) =
        (made.card("briefings/talks"), made.card("briefings/plain"), made.card("briefings/arabic"));
    assert_eq!((talks.width(), talks.height()), (1200, 630));
    // FIRST's green on black.
    assert_eq!((colour(&talks, 600, 10), colour(&plain, 600, 10)), ([0, 0, 0], PAPER));
    let greens = |card: &Pixmap| {
        (0..1200)
            .flat_map(|x| (0..64).map(move |y| (x, y)))
            .filter(|(x, y)| colour(card, *x, *y) == [0x33, 0xff, 0])
            .count()
    };
    assert!(greens(&talks) > 200 && greens(&plain) == 0);
    // The country's page is marked as the highest of what it shows, and so is its card.
    assert_eq!(colour(&made.card("countries/ukraine"), 600, 10), [0, 0, 0]);
    // Both flags, the first one first.
    let [red, _, blue] = colour(&talks, 1020, 555);
    assert!(blue > 200 && red < 100, "Ukraine’s blue, not Switzerland’s red");
    // Arabic begins on the right, and fills two lines that keep to the margins.
    assert!(stands(&arabic, 1190, 0, 630) && !stands(&arabic, 5, 0, 630), "the edge is on the right");
    assert!(stands(&plain, 5, 0, 630) && !stands(&plain, 1190, 0, 630), "the edge is on the left");
    assert!((1080..1128).any(|x| stands(&arabic, x, 180, 300)) && (1080..1128).any(|x| stands(&arabic, x, 300, 340)));
    assert!(!(0..70).any(|x| stands(&arabic, x, 150, 540)) && !(1130..1186).any(|x| stands(&arabic, x, 150, 540)));
    assert!(!(1130..1200).any(|x| stands(&plain, x, 150, 540)));
}

#[test]
fn no_card_is_drawn_twice() {
    let (folder, first) = site(SITE);
    assert_eq!(first.drawn().len(), 6);
    let path = folder.path().join("content/briefings/talks.md");
    let text = fs::read_to_string(&path).expect("a text");
    // The text of a briefing is not on its card.
    fs::write(&path, text.replace("Text.", "Another text.")).expect("a file");
    let second = make(folder.path(), Some(&first));
    assert_eq!(second.drawn(), Vec::<String>::new());
    // Nor is a setting that only other pages show, though all pages are made anew for it.
    let settings = folder.path().join("site.yaml");
    let written = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, format!("{written}humans: We.\n")).expect("a file");
    let third = make(folder.path(), Some(&second));
    assert_eq!(third.drawn(), Vec::<String>::new());
    fs::write(&path, text.replace("What was said", "What was done")).expect("a file");
    let fourth = make(folder.path(), Some(&third));
    assert_eq!(fourth.drawn(), ["briefings/talks/social-card.png"]);
    // A card that somebody removed is drawn again, and all are what a clean build makes.
    let mut torn = fourth;
    torn.tree.retain(|path, _| path.as_str() != "people/ann-lee/social-card.png");
    let fifth = make(folder.path(), Some(&torn));
    assert_eq!(fifth.drawn(), ["people/ann-lee/social-card.png"]);
    assert!(fifth.tree == make(folder.path(), None).tree);
}

#[test]
fn letters_that_no_font_has_are_told_once_and_a_font_of_the_site_draws_them() {
    let thai = "//- content/briefings/one.md\n---\ntitle: Talks ข่าวไทย\ndate: 2025-12-01\n---\n\
         //- content/briefings/two.md\n---\ntitle: Talks ข่าว\ndate: 2025-12-01\n---\n";
    let only = "//- site.yaml\nsocial_cards: articles\n//- content/briefings/none.md\n---\ntitle: Talks\ndate: 2025-12-01\n---\n";
    let (folder, made) = site(&format!("{only}{thai}"));
    assert_eq!(made.told, ["no font here has Thai: social cards leave it out"]);
    assert!(made.card("briefings/one").data() == made.card("briefings/none").data(), "no boxes");
    // It is told again as long as it is so.
    let again = make(folder.path(), Some(&made));
    assert_eq!((&again.told, again.drawn().len()), (&made.told, 2));
    let (_folder, quiet) = site(&format!("{only}{thai}").replace("articles", "articles\nlints: {missing-glyph: off}"));
    assert_eq!(quiet.told, Vec::<String>::new());
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), only);
    fs::create_dir_all(folder.path().join("static/fonts")).expect("a folder");
    fs::write(folder.path().join("static/fonts/broken.ttf"), "no font").expect("a file");
    assert_eq!(make(folder.path(), None).told, ["no card is drawn with this font: it holds no font"]);
}

#[test]
fn a_theme_draws_cards_of_its_own_and_is_told_what_is_wrong() {
    let own = "//- templates/card.svg\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 12 6.3\">\
         <rect width=\"12\" height=\"6.3\" fill=\"#00f\"/><image href=\"flag:UA\" width=\"3\" height=\"2\"/>\
         <image href=\"/etc/passwd\" y=\"4\" width=\"2\" height=\"2\"/></svg>\n";
    let (_folder, made) = site(&format!("{SITE}{own}"));
    assert_eq!(made.told, Vec::<String>::new());
    let card = made.card("briefings/talks");
    assert_ne!(colour(&card, 100, 50), [0, 0, 255], "the flag");
    assert_eq!((colour(&card, 600, 300), colour(&card, 50, 500)), ([0, 0, 255], [0, 0, 255]));
    let (_folder, broken) = site(&format!("{SITE}//- templates/card.svg\n<svg><rect></svg>\n"));
    assert_eq!(broken.told.len(), 1, "{:?}", broken.told);
    assert!(broken.told[0].starts_with("no social card can be drawn: "), "{:?}", broken.told);
    let (_folder, astray) = site(&format!(
        "{SITE}//- templates/card.svg\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 12 6\"><text data-after=\"x\">a</text></svg>\n"
    ));
    assert_eq!(astray.told, ["no social card can be drawn: there is no text `x` above"]);
}
