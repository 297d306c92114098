//! Social cards: the SVG that a theme's `card.svg` wrote, its texts set in lines, drawn as a PNG.
//!
//! A `text` element holds text alone. With `inline-size` (as in SVG 2) it is broken into lines of that width; what else is
//! asked of it is said in attributes, too ([`texts`]). Each character is drawn with a face that has it, so that the engine
//! never has to look for another; what no font has is left out, and told. Nothing is loaded but flags: `flag:UA`.

use std::collections::BTreeSet;
use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::ID;
use resvg::usvg::roxmltree::Document;
use resvg::usvg::{FontFamily, FontResolver, ImageHrefResolver, ImageKind, Options, Tree};
use unicode_script::{Script, UnicodeScript};

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::paths::SourcePath;
use crate::content::countries;

pub mod fonts;
mod lines;
mod texts;

use fonts::{Faces, Fonts};

/// Width and height of a card, in pixels: what all who show previews of links ask for.
pub const WIDTH: u32 = 1200;
/// See [`WIDTH`].
pub const HEIGHT: u32 = 630;

/// Longest drawing that is read, in bytes.
const LARGEST: usize = 256 << 10;

/// A card.
#[derive(Debug)]
pub struct Drawn {
    /// Its bytes.
    pub png: Vec<u8>,
    /// Characters that no font has.
    pub missing: BTreeSet<char>,
}

/// Draws a card. The error says in words why it cannot be drawn.
pub fn draw(svg: &str, fonts: &Fonts) -> Result<Drawn, String> {
    let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drawn(svg, fonts.faces())));
    drawn.unwrap_or_else(|_| Err("it cannot be drawn".to_string()))
}

/// What is told of a template whose cards cannot be drawn.
pub fn fault(template: &SourcePath, card: &str, why: &str) -> Diagnostic {
    Diagnostic::error("template", format!("no social card can be drawn: {}", crate::base::text::one_line(why)))
        .at(Place::file(template))
        .help(format!("it was found while making {card}"))
}

/// What is told of characters that no font has, once for each script.
pub fn missing(characters: &BTreeSet<char>, settings: &SourcePath, card: &str) -> Vec<Diagnostic> {
    let script = |c: &char| match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => "some signs",
        Script::Han => "rare Chinese characters",
        script => script.full_name(),
    };
    let scripts: BTreeSet<&str> = characters.iter().map(script).collect();
    let told = scripts.into_iter().map(|one| {
        let some: String = characters.iter().filter(|c| script(c) == one).take(8).collect();
        let one = one.replace('_', " ");
        Diagnostic::warning("missing-glyph", format!("no font here has {one}: social cards leave it out"))
            .at(Place::field(settings, FieldPath::key("social_cards")))
            .help("put a font that has it into `static/fonts/` (WOFF2, TrueType or OpenType)")
            .help(format!("it was found in {card}: {some}"))
    });
    told.collect()
}

fn drawn(svg: &str, faces: &Faces) -> Result<Drawn, String> {
    if svg.len() > LARGEST {
        return Err(format!("it has more than {} KiB", LARGEST >> 10));
    }
    let document = Document::parse(svg).map_err(|error| error.to_string())?;
    let (svg, missing) = texts::set(&document, faces)?;
    let tree = Tree::from_str(&svg, &options(faces)).map_err(|error| error.to_string())?;
    let mut pixels = Pixmap::new(WIDTH, HEIGHT).ok_or("it has no size")?;
    pixels.fill(Color::WHITE);
    let scale = Transform::from_scale(WIDTH as f32 / tree.size().width(), HEIGHT as f32 / tree.size().height());
    resvg::render(&tree, scale, &mut pixels.as_mut());
    Ok(Drawn { png: png(&pixels)?, missing })
}

/// How drawings are read: with these faces, by the names that [`texts`] gives them, and nothing from elsewhere.
fn options(faces: &Faces) -> Options<'static> {
    let ids: Vec<ID> = faces.all.iter().map(|face| face.id).collect();
    let resolver = FontResolver {
        select_font: Box::new(move |font, _| {
            let number = |family: &FontFamily| match family {
                FontFamily::Named(name) => name.strip_prefix(texts::FACE)?.parse::<usize>().ok(),
                _ => None,
            };
            ids.get(font.families().iter().find_map(number)?).copied()
        }),
        select_fallback: Box::new(|_, _, _| None),
    };
    let images = ImageHrefResolver {
        resolve_data: Box::new(|_, _, _| None),
        resolve_string: Box::new(|href, _| {
            let flag = countries::flag_svg(href.strip_prefix("flag:")?)?;
            Tree::from_str(flag, &Options::default()).ok().map(ImageKind::SVG)
        }),
    };
    Options {
        fontdb: Arc::clone(&faces.database),
        font_resolver: resolver,
        image_href_resolver: images,
        ..Options::default()
    }
}

/// The pixels as a PNG without transparency.
fn png(pixels: &Pixmap) -> Result<Vec<u8>, String> {
    let colours: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(&colours).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    Ok(bytes)
}
