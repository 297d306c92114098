//! Versions of pictures: which there are, and how pages name them.

use crate::base::hash::Digest;
use crate::base::paths::{SourcePath, UrlPath};
use crate::config::Config;
use crate::content::focus::Focus;
use crate::content::markdown::PictureSource;
use crate::render::views::href;
use crate::site::{Placeholder, Site, urls};

/// A version of a picture: a smaller one, one in another format, or a piece of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Smaller {
    /// Stands for the bytes of the picture.
    content: Digest,
    /// How large it is, and of what.
    pub shape: Shape,
    /// Its format.
    pub format: Format,
}

/// What a version shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The place that it is a square piece around; none when it shows the whole picture.
    pub focus: Option<Focus>,
}

/// A format that versions are made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JPEG, of a JPEG.
    Jpeg,
    /// PNG, of a PNG.
    Png,
    /// WebP, of both.
    Webp,
    /// AVIF, of a JPEG.
    Avif,
}

impl Format {
    /// That of a picture of which versions can be made.
    fn of(path: &SourcePath) -> Self {
        if path.extension() == "png" { Format::Png } else { Format::Jpeg }
    }

    /// What the names of its files end with.
    fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Webp => "webp",
            Format::Avif => "avif",
        }
    }
}

impl Smaller {
    /// Its address: another picture has another, so that browsers may keep it for ever.
    pub fn url(&self) -> UrlPath {
        let content: String = self.content.bytes()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let (width, extension) = (self.shape.width, self.format.extension());
        match self.shape.focus {
            Some(focus) => urls::cropped_picture(&content, width, focus, extension),
            None => urls::smaller_picture(&content, width, extension),
        }
    }
}

/// Widest AVIF that is made, in pixels: a text with two of them for each of its own is less wide (1408), and the time that
/// it takes grows with every one.
const WIDEST_AVIF: u64 = 1600;

/// Widest WebP that is made, in pixels: whoever wants more has the picture itself.
const WIDEST_WEBP: u64 = 2560;

/// The versions of a picture of the site that are made: smaller ones in its own format, and in others.
pub fn versions(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let mut all = smaller(site, path);
    all.extend(webp(site, path));
    all.extend(avif(site, path));
    all
}

/// What is known of a picture of which versions can be made: its content, width and height.
fn original(site: &Site, path: &SourcePath) -> Option<(Digest, u64, u64)> {
    let known = site.attachments.get(path)?;
    let (width, height) = known.size?;
    Some((known.content?, width as u64, height as u64))
}

fn version((content, width, height): (Digest, u64, u64), wanted: u64, format: Format) -> Smaller {
    let high = (height * wanted + width / 2) / width.max(1);
    let of = |size: u64| u32::try_from(size).unwrap_or(u32::MAX).max(1);
    Smaller { content, shape: Shape { width: of(wanted), height: of(high), focus: None }, format }
}

/// The smaller versions of a picture of the site, the smallest first.
fn smaller(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let Some(original) = original(site, path) else { return Vec::new() };
    let format = Format::of(path);
    // One that is hardly smaller is not worth its space.
    let widths = site.config.picture_widths.iter().map(|wanted| u64::from(*wanted));
    widths.filter(|wanted| wanted * 10 <= original.1 * 9).map(|wanted| version(original, wanted, format)).collect()
}

/// The versions of a picture as WebP, the smallest first, the last as wide as the picture: a browser that takes this
/// format takes no other.
fn webp(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let Some(original) = original(site, path).filter(|_| site.config.webp) else { return Vec::new() };
    // No WebP is higher than this.
    as_wide_as(site, original, WIDEST_WEBP, Format::Webp).into_iter().filter(|one| one.shape.height <= 16_383).collect()
}

/// The versions of a photograph as AVIF, likewise. None of one with a colour profile, which has no place in the file.
fn avif(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let is_plain = site.attachments.get(path).is_some_and(|file| file.is_plain_photograph);
    let Some(original) = original(site, path).filter(|_| site.config.avif && is_plain) else { return Vec::new() };
    as_wide_as(site, original, WIDEST_AVIF, Format::Avif)
}

fn as_wide_as(site: &Site, original: (Digest, u64, u64), most: u64, format: Format) -> Vec<Smaller> {
    let widest = original.1.min(most);
    let widths = site.config.picture_widths.iter().map(|wanted| u64::from(*wanted));
    let smaller = widths.filter(|wanted| wanted * 10 <= widest * 9);
    smaller.chain([widest]).map(|wanted| version(original, wanted, format)).collect()
}

/// Widths in pixels of the squares that are cut of portraits: 3 and 10 rem at 16 px, for screens with one and with two
/// pixels in each.
const SQUARES: [u64; 4] = [48, 96, 160, 320];

/// The square pieces of a picture around a place in it, the smallest first: none is larger than the picture.
pub fn squares(site: &Site, path: &SourcePath, focus: Focus) -> Vec<Smaller> {
    let formats = [Some(Format::of(path)), site.config.webp.then_some(Format::Webp)];
    formats.into_iter().flatten().flat_map(|format| squares_as(site, path, focus, format)).collect()
}

fn squares_as(site: &Site, path: &SourcePath, focus: Focus, format: Format) -> Vec<Smaller> {
    let Some((content, width, height)) = original(site, path) else { return Vec::new() };
    let mut widths = SQUARES.map(|wanted| wanted.min(width).min(height)).to_vec();
    widths.dedup();
    let of = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
    let shape = |side: u64| Shape { width: of(side), height: of(side), focus: Some(focus) };
    widths.into_iter().map(|side| Smaller { content, shape: shape(side), format }).collect()
}

/// What a page says of a portrait: the address of its smallest square, and all of them for `srcset` and for `source`
/// elements. None and nothing where it cannot be cut.
pub fn portrait(site: &Site, path: &SourcePath, focus: Focus) -> (Option<String>, String, Vec<PictureSource>) {
    let config = &site.config;
    let own = squares_as(site, path, focus, Format::of(path));
    let smallest = own.first().map(|one| href(config, &one.url().outside()));
    let all = if own.len() > 1 { candidates(config, &own) } else { String::new() };
    let sources = if own.is_empty() || !config.webp {
        Vec::new()
    } else {
        vec![source(config, "image/webp", &squares_as(site, path, focus, Format::Webp))]
    };
    (smallest, all, sources)
}

/// Addresses with widths, for `srcset`.
fn candidates(config: &Config, all: &[Smaller]) -> String {
    let all = all.iter().map(|one| format!("{} {}w", href(config, &one.url().outside()), one.shape.width));
    all.collect::<Vec<_>>().join(", ")
}

fn source(config: &Config, media_type: &str, all: &[Smaller]) -> PictureSource {
    PictureSource { media_type: media_type.to_string(), srcset: candidates(config, all) }
}

/// What a page says of a picture in other formats, for `source` elements.
pub fn sources(site: &Site, path: &SourcePath) -> Vec<PictureSource> {
    if !site.published.contains_key(path) {
        return Vec::new();
    }
    // A browser takes the first that it knows.
    let all = [("image/avif", avif(site, path)), ("image/webp", webp(site, path))];
    let all = all.iter().filter(|(_, versions)| !versions.is_empty());
    all.map(|(media_type, versions)| source(&site.config, media_type, versions)).collect()
}

/// What a page says of the versions of a picture, for `srcset`: nothing when there is only one.
pub fn srcset(site: &Site, path: &SourcePath) -> String {
    let config = &site.config;
    let Some((url, attachment)) = site.published.get(path).zip(site.attachments.get(path)) else {
        return String::new();
    };
    let Some((width, _)) = attachment.size else { return String::new() };
    let smaller = smaller(site, path);
    if smaller.is_empty() {
        return String::new();
    }
    format!("{}, {} {width}w", candidates(config, &smaller), href(config, url))
}

/// What is seen of a picture while it loads, as an SVG whose fields are lines of width 1; nothing of one without smaller
/// versions, which is there at once.
pub fn placeholder(site: &Site, path: &SourcePath) -> String {
    let known = site.attachments.get(path).filter(|_| site.config.placeholders && !smaller(site, path).is_empty());
    let Some((Placeholder(colours), (width, height))) = known.and_then(|file| file.placeholder.zip(file.size)) else {
        return String::new();
    };
    let (across, down) = if width >= height { (4, 3) } else { (3, 4) };
    let mut svg = format!("<svg aria-hidden=\"true\" viewBox=\"0 -.5 {across} {down}\" preserveAspectRatio=\"none\">");
    for (y, row) in colours.chunks(across).enumerate() {
        let mut x = 0;
        for alike in row.chunk_by(|one, other| one == other) {
            svg.push_str(&format!("<path stroke=\"#{:03x}\" d=\"M{x},{y}h{}\"/>", alike[0], alike.len()));
            x += alike.len();
        }
    }
    svg + "</svg>"
}
