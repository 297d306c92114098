//! Versions of pictures: which there are, and how pages name them.

use crate::base::hash::Digest;
use crate::base::paths::{SourcePath, UrlPath};
use crate::content::markdown::PictureSource;
use crate::render::views::href;
use crate::site::{Site, urls};

/// A version of a picture: a smaller one, or one in another format.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Smaller {
    /// Stands for the bytes of the picture.
    content: Digest,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What its name ends with.
    extension: &'static str,
}

impl Smaller {
    /// Its address: another picture has another, so that browsers may keep it for ever.
    pub fn url(&self) -> UrlPath {
        let content: String = self.content.bytes()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        urls::smaller_picture(&content, self.width, self.extension)
    }
}

/// Widest WebP that is made, in pixels: whoever wants more has the picture itself.
const WIDEST_WEBP: u64 = 2560;

/// The versions of a picture of the site that are made: smaller ones in its own format, and in others.
pub fn versions(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let mut all = smaller(site, path);
    all.extend(webp(site, path));
    all
}

/// What is known of a picture of which versions can be made: its content, width and height.
fn original(site: &Site, path: &SourcePath) -> Option<(Digest, u64, u64)> {
    let known = site.attachments.get(path)?;
    let (width, height) = known.size?;
    Some((known.content?, width as u64, height as u64))
}

fn version((content, width, height): (Digest, u64, u64), wanted: u64, extension: &'static str) -> Smaller {
    let high = (height * wanted + width / 2) / width.max(1);
    let of = |size: u64| u32::try_from(size).unwrap_or(u32::MAX).max(1);
    Smaller { content, width: of(wanted), height: of(high), extension }
}

/// The smaller versions of a picture of the site, the smallest first.
fn smaller(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let Some(original) = original(site, path) else { return Vec::new() };
    let extension = if path.extension() == "png" { "png" } else { "jpg" };
    // One that is hardly smaller is not worth its space.
    let widths = site.config.picture_widths.iter().map(|wanted| u64::from(*wanted));
    widths.filter(|wanted| wanted * 10 <= original.1 * 9).map(|wanted| version(original, wanted, extension)).collect()
}

/// The versions of a picture as WebP, the smallest first, the last as wide as the picture: a browser that takes this
/// format takes no other.
fn webp(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let Some(original) = original(site, path).filter(|_| site.config.webp) else { return Vec::new() };
    let widest = original.1.min(WIDEST_WEBP);
    let widths = site.config.picture_widths.iter().map(|wanted| u64::from(*wanted));
    let smaller = widths.filter(|wanted| wanted * 10 <= widest * 9);
    let all = smaller.chain([widest]).map(|wanted| version(original, wanted, "webp"));
    // No WebP is higher than this.
    all.filter(|one| one.height <= 16_383).collect()
}

/// What a page says of a picture in other formats, for `source` elements.
pub fn sources(site: &Site, path: &SourcePath) -> Vec<PictureSource> {
    let webp = webp(site, path);
    if webp.is_empty() || !site.published.contains_key(path) {
        return Vec::new();
    }
    let srcset = webp.iter().map(|one| format!("{} {}w", href(&site.config, &one.url().outside()), one.width));
    vec![PictureSource { media_type: "image/webp".to_string(), srcset: srcset.collect::<Vec<_>>().join(", ") }]
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
    let all = smaller.iter().map(|one| format!("{} {}w", href(config, &one.url().outside()), one.width));
    all.chain([format!("{} {width}w", href(config, url))]).collect::<Vec<_>>().join(", ")
}
