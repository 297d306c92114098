//! Smaller versions of pictures on whole sites: which there are, what pages say of them, and that none is made twice.

#[path = "tiny/again.rs"]
mod again;
mod tiny;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use crossbrief::base::paths::OutputPath;
use crossbrief::content::vocabulary::Tlp;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use again::Made;

const SITE: &str = "\
//- site.yaml
title: The Desk
minify: false
feed: {content: full}
//- content/briefings/talks.md
---
title: Talks
date: 2025-12-10
image: {src: photo.jpg, alt: The hall}
---
![A chart](chart.png)

![Small](small.png)

::figure{src=\"photo.jpg\" alt=\"Again\"}
//- content/briefings/hidden.md
---
title: Hidden
date: 2025-12-10
draft: true
---
![A secret](secret.png)
";

/// A picture that differs from place to place.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([(x / 3) as u8, (y / 2) as u8, 90]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut out, format).expect("a picture");
    out.into_inner()
}

fn site(settings: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = if settings.is_empty() { "images: {formats: []}" } else { settings };
    tiny::write(folder.path(), &SITE.replace("minify: false", &format!("minify: false\n{settings}")));
    let put = |name: &str, bytes: Vec<u8>| {
        fs::write(folder.path().join("content/briefings").join(name), bytes).expect("a file");
    };
    put("photo.jpg", picture(1000, 501, ImageFormat::Jpeg));
    put("chart.png", picture(700, 400, ImageFormat::Png));
    put("small.png", picture(300, 200, ImageFormat::Png));
    put("secret.png", picture(702, 400, ImageFormat::Png));
    folder
}

impl Made {
    /// Smaller pictures that were made.
    fn made(&self) -> Vec<String> {
        self.put.iter().filter(|path| path.starts_with("pictures/")).cloned().collect()
    }

    fn text(&self, path: &str) -> String {
        let (_, bytes) = self.tree.iter().find(|(one, _)| one.as_str() == path).expect("a file");
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The smaller pictures: what their names say of their width, and their sizes.
    fn smaller(&self) -> Vec<(String, (usize, usize))> {
        let all = self.tree.iter().filter_map(|(path, bytes)| Some((path.as_str().strip_prefix("pictures/")?, bytes)));
        let size = |bytes: &[u8]| imagesize::blob_size(bytes).map(|size| (size.width, size.height)).expect("a picture");
        let name = |path: &str| path.split_once('-').expect("a width").1.to_string();
        let mut all: Vec<_> = all.map(|(path, bytes)| (name(path), size(bytes))).collect();
        all.sort();
        all
    }
}

fn make(folder: &Path, before: Option<&Made>) -> Made {
    again::make(folder, Tlp::Clear, before)
}

#[test]
fn browsers_choose_among_widths() {
    let folder = site("");
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    // No picture is made larger, none is made of what is withheld, and each keeps its format.
    let expected = [("480.jpg", (480, 240)), ("480.png", (480, 274))];
    assert_eq!(made.smaller(), expected.map(|(name, size)| (name.to_string(), size)));
    let name = |end: &str| {
        let mut all = made.tree.keys().map(OutputPath::as_str);
        format!("/desk/{}", all.find(|path| path.ends_with(end)).expect("a picture"))
    };
    let page = made.text("briefings/talks/index.html");
    let (jpeg, png) = (name("-480.jpg"), name("-480.png"));
    for part in [
        format!("<img src=\"/desk/briefings/photo.jpg\" alt=\"The hall\" width=\"1000\" height=\"501\" srcset=\"{jpeg} 480w, /desk/briefings/photo.jpg 1000w\" sizes=\"(min-width: 46rem) 44rem, 100vw\" fetchpriority=\"high\" decoding=\"async\">"),
        format!("alt=\"A chart\" width=\"700\" height=\"400\" srcset=\"{png} 480w, /desk/briefings/chart.png 700w\" sizes=\"(min-width: 46rem) 44rem, 100vw\" loading=\"lazy\""),
        "<img src=\"/desk/briefings/small.png\" alt=\"Small\" width=\"300\" height=\"200\" loading=\"lazy\" decoding=\"async\">".to_string(),
        format!("alt=\"Again\" width=\"1000\" height=\"501\" srcset=\"{jpeg} 480w,"),
    ] {
        assert!(page.contains(&part), "{part} in {page}");
    }
    let feed = made.text("feed.json");
    assert!(
        feed.contains(&format!(
            "srcset=\\\"https://example.org{png} 480w, https://example.org/desk/briefings/chart.png 700w"
        )),
        "{feed}"
    );
    let wide = make(site("images: {widths: [900, 100], formats: []}").path(), None);
    assert_eq!(
        wide.smaller().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["100.jpg", "100.png", "100.png", "900.jpg"]
    );
    let none = make(site("images: {widths: [], formats: []}").path(), None);
    assert!(none.smaller().is_empty() && !none.text("briefings/talks/index.html").contains("srcset"));
    let wrong = make(site("images: {widths: [480, 3], formats: []}").path(), None);
    assert_eq!(wrong.told, ["3 cannot be a width of pictures here"]);
}

#[test]
fn browsers_that_know_webp_are_offered_it() {
    let folder = site("images: {formats: [webp]}");
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    // As wide as the picture too: a browser that takes this format takes no other.
    let sizes: Vec<(String, (usize, usize))> = [
        ("1000.webp", (1000, 501)),
        ("300.webp", (300, 200)),
        ("480.jpg", (480, 240)),
        ("480.png", (480, 274)),
        ("480.webp", (480, 240)),
        ("480.webp", (480, 274)),
        ("700.webp", (700, 400)),
    ]
    .map(|(name, size)| (name.to_string(), size))
    .to_vec();
    assert_eq!(made.smaller(), sizes);
    let files: Vec<&[u8]> =
        made.tree.iter().filter(|(path, _)| path.as_str().ends_with(".webp")).map(|(_, bytes)| &**bytes).collect();
    // Photographs lose something (`VP8 `), drawings nothing (`VP8L`).
    let chunks =
        |kind: &[u8]| files.iter().filter(|bytes| bytes.starts_with(b"RIFF") && bytes[12..16] == *kind).count();
    assert_eq!((chunks(b"VP8 "), chunks(b"VP8L")), (2, 3));
    let page = made.text("briefings/talks/index.html");
    let part = "<picture><source type=\"image/webp\" srcset=\"/desk/pictures/";
    assert_eq!(page.matches(part).count(), 4, "{page}");
    assert_eq!(page.matches("</picture>").count(), 4, "{page}");
    assert!(page.contains(
        "-1000.webp 1000w\" sizes=\"(min-width: 46rem) 44rem, 100vw\"><img src=\"/desk/briefings/photo.jpg\""
    ));
    assert!(
        made.text("feed.json")
            .contains("<source type=\\\"image/webp\\\" srcset=\\\"https://example.org/desk/pictures/")
    );
    // Nothing is made twice, and what is made is the same.
    let again = make(folder.path(), Some(&made));
    assert!(again.made().is_empty() && again.tree == made.tree && make(folder.path(), None).tree == made.tree);
}

#[test]
fn a_broken_picture_is_told_once() {
    let folder = site("images: {formats: [webp]}");
    let mut broken = picture(700, 400, ImageFormat::Png);
    let at = memchr::memmem::find(&broken, b"IDAT").expect("pixels") + 8;
    broken[at..at + 40].fill(0xAA);
    fs::write(folder.path().join("content/briefings/chart.png"), broken).expect("a file");
    let made = make(folder.path(), None);
    assert_eq!(made.told.len(), 1, "{:?}", made.told);
}

#[test]
fn no_picture_is_made_twice() {
    let folder = site("");
    let first = make(folder.path(), None);
    assert_eq!(first.made().len(), 2);
    let briefings = folder.path().join("content/briefings");
    // Another name, another text and other settings make no other picture.
    fs::rename(briefings.join("chart.png"), briefings.join("graph.png")).expect("a file");
    let text = fs::read_to_string(briefings.join("talks.md")).expect("a text");
    fs::write(briefings.join("talks.md"), text.replace("chart.png", "graph.png")).expect("a file");
    let settings = fs::read_to_string(folder.path().join("site.yaml")).expect("settings");
    fs::write(folder.path().join("site.yaml"), settings.replace("The Desk", "Our Desk")).expect("a file");
    let second = make(folder.path(), Some(&first));
    assert_eq!((second.told.len(), second.made().clone()), (0, Vec::<String>::new()));
    assert!(second.text("briefings/talks/index.html").contains("/desk/briefings/graph.png 700w"));
    fs::write(briefings.join("graph.png"), picture(640, 400, ImageFormat::Png)).expect("a file");
    let third = make(folder.path(), Some(&second));
    assert_eq!(third.made().len(), 1);
    assert!(third.tree == make(folder.path(), None).tree);
    // The same picture beside another text is the same.
    fs::write(briefings.join("copy.png"), picture(640, 400, ImageFormat::Png)).expect("a file");
    fs::write(briefings.join("talks.md"), format!("{text}\n![C](copy.png)\n").replace("chart.png", "graph.png"))
        .expect("a file");
    let fourth = make(folder.path(), Some(&third));
    assert_eq!((fourth.told.len(), fourth.made().len(), fourth.smaller().len()), (0, 0, 2));
}

#[test]
fn no_version_weighs_more_than_the_picture() {
    let folder = site("");
    // A pattern that repeats is next to nothing; made smaller, it has greys that do not.
    let dots =
        image::GrayImage::from_fn(700, 400, |x, y| image::Luma([if (x / 7 + y / 5) % 2 == 0 { 0 } else { 255 }]));
    let mut bytes = Cursor::new(Vec::new());
    dots.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    fs::write(folder.path().join("content/briefings/chart.png"), bytes.into_inner()).expect("a file");
    let made = make(folder.path(), None);
    let weight = |end: &str| {
        made.tree.iter().find(|(path, _)| path.as_str().ends_with(end)).map(|(_, bytes)| bytes.len()).expect("a file")
    };
    assert!(
        weight("-480.png") <= weight("briefings/chart.png"),
        "{} {}",
        weight("-480.png"),
        weight("briefings/chart.png")
    );
}

#[test]
fn bombs_and_broken_pictures_are_told() {
    let folder = site("");
    let briefings = folder.path().join("content/briefings");
    let mut bomb = picture(700, 400, ImageFormat::Png);
    // A head that promises sixty thousand pixels either way.
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    fs::write(briefings.join("chart.png"), &bomb).expect("a file");
    // One that nothing shows is nobody's business, and a drawing has no pixels.
    fs::write(briefings.join("unused.png"), &bomb).expect("a file");
    let made = make(folder.path(), None);
    assert_eq!(made.told.iter().filter(|told| told.contains("60000")).count(), 1, "{:?}", made.told);
    assert!(made.told.contains(&"this picture has 60000 × 60000 pixels".to_string()), "{:?}", made.told);
    assert_eq!(made.smaller().len(), 1);
    // Sound by its parts, but not by its pixels.
    let mut broken = picture(700, 400, ImageFormat::Png);
    let at = memchr::memmem::find(&broken, b"IDAT").expect("pixels") + 8;
    broken[at..at + 40].fill(0xAA);
    fs::write(briefings.join("chart.png"), &broken).expect("a file");
    let made = make(folder.path(), None);
    assert_eq!(made.told.len(), 1, "{:?}", made.told);
    assert!(made.told[0].starts_with("no smaller versions of this picture can be made: "), "{:?}", made.told);
    assert_eq!(made.smaller().len(), 2, "the picture itself stands in");
}

#[test]
fn people_are_shown_as_squares_around_their_faces() {
    let folder = site("images: {formats: [webp]}");
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    // Red on the left, blue on the right.
    let halves = RgbImage::from_fn(400, 200, |x, _| if x < 200 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(halves).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    put(
        "content/people/ada.md",
        "---\nname: Ada Lund\nimage: {src: ada.png, alt: Ada, focus: left, credit: B. Reyes}\n---\n",
    );
    put(
        "content/people/bo.md",
        "---\nname: Bo Reyes\nimage: {src: ada.png, alt: Bo, focus: 100% 50%}\ntlp: AMBER\n---\n",
    );
    put("content/organizations/office.md", "---\nname: Office\nimage: {src: /people/ada.png, alt: A house}\n---\n");
    put("content/authors/desk.md", "---\nname: Desk\nimage: {src: /briefings/photo.jpg, alt: The desk}\n---\n");
    let settings = fs::read_to_string(folder.path().join("site.yaml")).expect("settings");
    put("site.yaml", &format!("{settings}kinds: {{organization: {{path: organizations}}}}\nauthors: [Desk]\n"));
    fs::write(folder.path().join("content/people/ada.png"), bytes.get_ref()).expect("a file");
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    let squares = |made: &Made, end: &str| {
        let all = made.tree.iter().filter(|(path, _)| path.as_str().starts_with("pictures/"));
        all.filter(|(path, _)| path.as_str().ends_with(end))
            .map(|(path, bytes)| (path.to_string(), bytes.clone()))
            .collect::<Vec<_>>()
    };
    // None is larger than what it is cut of, and none tells of a person that is withheld.
    for (end, side) in [("-48-0-50.png", 48), ("-96-0-50.png", 96), ("-160-0-50.png", 160), ("-200-0-50.png", 200)] {
        let [(_, bytes)] = &squares(&made, end)[..] else { panic!("no {end}") };
        let image = image::load_from_memory(bytes).expect("a picture").into_rgb8();
        assert_eq!(image.dimensions(), (side, side));
        assert!(image.pixels().all(|pixel| pixel[0] > 200 && pixel[2] < 50), "{end}");
    }
    assert_eq!(squares(&made, "-0-50.webp").len(), 4);
    assert_eq!(squares(&made, "-50-33.jpg").len(), 4);
    assert!(squares(&made, "-100-50.png").is_empty());
    let page = made.text("people/ada/index.html");
    let name = squares(&made, "-48-0-50.png")[0].0.clone();
    assert!(
        page.contains(&format!(
            "<figure class=\"portrait\"><picture><source type=\"image/webp\" srcset=\"/desk/{}",
            &name[..21]
        )),
        "{page}"
    );
    assert!(page.contains(&format!(
        "<img src=\"/desk/{name}\" alt=\"Ada\" width=\"160\" height=\"160\" srcset=\"/desk/{name} 48w, "
    )));
    assert!(page.contains("B. Reyes</figcaption>"));
    for (list, file) in [("people/index.html", "/desk/pictures/"), ("authors/index.html", "/desk/pictures/")] {
        let list = made.text(list);
        assert!(
            list.contains("<img class=\"face\"")
                && list.contains("alt=\"\" width=\"48\" height=\"48\"")
                && list.contains(file)
        );
    }
    assert!(made.text("authors/desk/index.html").contains("class=\"portrait\""));
    // A house is shown whole.
    let house = made.text("organizations/office/index.html");
    assert!(!house.contains("class=\"portrait\"") && house.contains("src=\"/desk/people/ada.png\" alt=\"A house\""));
    // Another place makes other squares, and pages that show them anew.
    put("content/people/ada.md", "---\nname: Ada Lund\nimage: {src: ada.png, alt: Ada, focus: right}\n---\n");
    let second = make(folder.path(), Some(&made));
    assert_eq!(
        (second.made().len(), squares(&second, "-0-50.png").len(), squares(&second, "-100-50.png").len()),
        (8, 0, 4)
    );
    assert!(second.text("people/index.html").contains("-48-100-50.png"));
    assert!(second.tree == make(folder.path(), None).tree);
}

#[test]
fn where_a_face_is_must_be_a_place_in_a_picture() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "\
//- site.yaml
title: The Desk
//- content/briefings/talks.md
---
title: Talks
date: 2025-12-10
image: {src: a.png, alt: The hall, focus: top}
---
//- content/topics/trade.md
---
name: Trade
image: {src: /briefings/a.png, alt: Ships, focus: top}
---
//- content/people/ada.md
---
name: Ada Lund
image:
  src: /briefings/a.png
  alt: Ada
  focus: 30
---
//- content/people/bo.md
---
name: Bo Reyes
image: {src: /drawn.svg, alt: Bo, focus: top}
---
//- static/drawn.svg
<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><rect width=\"4\" height=\"4\"/></svg>
";
    tiny::write(folder.path(), text);
    fs::write(folder.path().join("content/briefings/a.png"), picture(60, 60, ImageFormat::Png)).expect("a file");
    let told = tiny::build_at(folder.path()).messages;
    for part in [
        "`30` is no place in a picture",
        "--> content/people/ada.md:6:10",
        "such as `50% 30%`",
        "no square can be cut out of `/drawn.svg`, so `focus` does nothing",
        "--> content/people/bo.md:3:42",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(told.matches("`focus` is for pictures of people, and this one is shown whole").count(), 2, "{told}");
}

#[test]
fn something_of_a_picture_is_seen_while_it_loads() {
    let folder = site("images: {formats: [webp]}\nmarkdown_twins: true");
    let briefings = folder.path().join("content/briefings");
    let clear = image::RgbaImage::from_pixel(700, 400, image::Rgba([9, 9, 9, 254]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(clear).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    fs::write(briefings.join("clear.png"), bytes.into_inner()).expect("a file");
    let text = fs::read_to_string(briefings.join("talks.md")).expect("a text");
    fs::write(briefings.join("talks.md"), format!("{text}\n![Glass](clear.png)\n\nIn a line: ![A chart](chart.png)\n"))
        .expect("a file");
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    let page = made.text("briefings/talks/index.html");
    let begin = "<figure><span class=\"picture\"><svg aria-hidden=\"true\" viewBox=\"0 -.5 4 3\" preserveAspectRatio=\"none\"><path stroke=\"#";
    // The lead, the chart and the figure; not what is small, what can be seen through, and what stands in a line.
    assert_eq!(page.matches(begin).count(), 3, "{page}");
    assert_eq!(page.matches("</svg><picture>").count(), 3);
    assert_eq!(page.matches("</picture></span>").count(), 3);
    for other in ["feed.json", "feed.xml", "briefings/talks/index.md"] {
        let other = made.text(other);
        assert!(
            other.contains("chart.png") && !other.contains("<svg") && !other.contains("class=\\\"picture"),
            "{other}"
        );
    }
    let none = make(site("images: {placeholder: false}").path(), None);
    assert!(!none.text("briefings/talks/index.html").contains("class=\"picture\""));
    let upright = picture(600, 700, ImageFormat::Jpeg);
    fs::write(briefings.join("photo.jpg"), upright).expect("a file");
    let second = make(folder.path(), Some(&made));
    assert!(second.text("briefings/talks/index.html").contains("viewBox=\"0 -.5 3 4\""));
    assert!(second.tree == make(folder.path(), None).tree);
}

#[test]
fn no_picture_is_looked_at_twice_for_its_placeholder() {
    let folder = site("");
    let first = make(folder.path(), None);
    assert!(!first.memory.placeholders.is_empty());
    let request = tiny::request(folder.path(), Tlp::Clear);
    let mut sources = crossbrief::build::discover(&request).expect("files");
    // What an earlier build knew is believed.
    sources.placeholders = first.memory.placeholders.clone();
    for known in sources.placeholders.values_mut() {
        *known = Some(crossbrief::site::Placeholder([0xABC; 12]));
    }
    let loaded = crossbrief::build::load_sources(&request, sources).expect("a site");
    let sink = crossbrief::build::sink::MemorySink::new();
    crossbrief::build::render(&loaded, &sink, &|| ()).expect("memory");
    let files = sink.into_files();
    let page = files.iter().find(|(path, _)| path.as_str() == "briefings/talks/index.html").expect("a page").1;
    assert!(
        String::from_utf8_lossy(page)
            .contains("<path stroke=\"#abc\" d=\"M0,0h4\"/><path stroke=\"#abc\" d=\"M0,1h4\"/>")
    );
}

/// A photograph of one colour on the left and another on the right, with a colour profile of this name; the camera was held
/// upright when `is_turned`.
fn photograph(width: u32, height: u32, profile: Option<&[u8]>, is_turned: bool) -> Vec<u8> {
    use image::ImageEncoder;
    let image = RgbImage::from_fn(width, height, |x, y| {
        // Waves over one another, as soft as a photograph; of flat colours hardly a byte is left in any format.
        let wave = |across: f64, down: f64| (f64::from(x) / across + f64::from(y) / down).sin();
        let shade = (20.0 * (wave(29.0, 17.0) + 0.6 * wave(11.0, -23.0) + 0.3 * wave(5.0, 4.0))) as i32;
        let part = |value: i32| (value + shade).clamp(0, 255) as u8;
        if x < width / 2 { Rgb([part(190), part(45), part(45)]) } else { Rgb([part(45), part(45), part(190)]) }
    });
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile.to_vec()).expect("a profile");
    }
    encoder.encode_image(&image).expect("a picture");
    if is_turned {
        let exif = *b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        bytes.splice(2..2, exif);
    }
    bytes
}

#[test]
fn photographs_may_be_offered_as_avif() {
    let folder = site("images: {formats: [avif, webp], widths: [200]}");
    let briefings = folder.path().join("content/briefings");
    let text = fs::read_to_string(briefings.join("talks.md")).expect("a text");
    let more = "\n![Wide](wide.jpg)\n\n![Plain](plain.jpg)\n\n![Turned](turned.jpg)\n";
    fs::write(briefings.join("talks.md"), format!("{text}{more}")).expect("a file");
    for (name, profile, is_turned) in [
        ("photo.jpg", None, false),
        ("plain.jpg", Some(&b"desc sRGB IEC61966-2.1"[..]), false),
        ("wide.jpg", Some(&b"\0D\0i\0s\0p\0l\0a\0y\0 \0P\x003"[..]), false),
        ("turned.jpg", None, true),
    ] {
        fs::write(briefings.join(name), photograph(400, 240, profile, is_turned)).expect("a file");
    }
    let made = make(folder.path(), None);
    assert_eq!(made.told, Vec::<String>::new());
    let page = made.text("briefings/talks/index.html");
    // Not of drawings, and not of one whose colours would be others without its profile; before WebP, since a browser takes
    // the first that it knows.
    assert_eq!(page.matches("<source type=\"image/avif\"").count(), 4, "{page}");
    assert_eq!(page.matches("-400.avif 400w\"").count() + page.matches("-240.avif 240w\"").count(), 4, "{page}");
    assert_eq!(page.matches("<picture><source type=\"image/webp\"").count(), 3, "{page}");
    let ends = |end: &str| made.tree.iter().filter(|(path, _)| path.as_str().ends_with(end)).collect::<Vec<_>>();
    // Three photographs, one of them upright, in two widths.
    assert_eq!((ends("-200.avif").len(), ends("-400.avif").len(), ends("-240.avif").len()), (3, 2, 1));
    for (path, bytes) in ends(".avif") {
        let webp = &made.tree[&OutputPath::new(&path.as_str().replace(".avif", ".webp")).expect("a path")];
        assert!(bytes.len() <= webp.len(), "{path}: {} and {}", bytes.len(), webp.len());
        assert!(&bytes[4..12] == b"ftypavif" || bytes == webp, "{path}");
    }
    let avif = ends(".avif").iter().filter(|(_, bytes)| &bytes[4..12] == b"ftypavif").count();
    assert!(avif >= 3, "{avif} of 6 are AVIF");
    assert!(make(folder.path(), Some(&made)).made().is_empty());
    // A browser sees what the photograph shows, the right side up.
    let mut shown = String::new();
    for (path, bytes) in ends(".avif") {
        fs::write(folder.path().join(path.as_str().rsplit('/').next().expect("a name")), bytes).expect("a file");
        let name = path.as_str().rsplit('/').next().expect("a name");
        shown.push_str(&format!("<img src=\"{name}\">"));
    }
    let script = "<script>addEventListener('load', () => { const said = [...document.images].map((image) => {
        const canvas = document.createElement('canvas'), [w, h] = [image.naturalWidth, image.naturalHeight];
        canvas.width = w; canvas.height = h;
        const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
        const red = (x, y) => { const [r, , b] = context.getImageData(x, y, 1, 1).data; return r - b > 90; };
        return `${w}x${h}:${red(4, 4)}:${red(w - 4, 4)}:${red(4, h - 4)}`; });
        document.body.textContent = said.sort().join(' '); });</script>";
    fs::write(folder.path().join("shown.html"), format!("<body>{shown}{script}")).expect("a file");
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_string());
    let seen = std::process::Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", folder.path().join("shown.html").display()))
        .output();
    let Ok(seen) = seen else {
        println!("SKIPPED: no Chromium here that would show AVIF pictures");
        return;
    };
    let seen = String::from_utf8_lossy(&seen.stdout).into_owned();
    let expected = "200x120:true:false:true 200x120:true:false:true 200x333:true:true:false 240x400:true:true:false \
                    400x240:true:false:true 400x240:true:false:true";
    assert!(seen.contains(expected), "{seen}");
}
