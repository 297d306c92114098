//! Smaller versions of pictures: which there are, and how pages name them.

use crate::base::hash::Digest;
use crate::base::paths::{SourcePath, UrlPath};
use crate::render::views::href;
use crate::site::{Attachment, Site, urls};

/// A smaller version of a picture.
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

/// The smaller versions of a picture of the site, the smallest first.
pub fn smaller(site: &Site, path: &SourcePath) -> Vec<Smaller> {
    let Some(Attachment { size: Some((width, height)), content: Some(content), .. }) = site.attachments.get(path)
    else {
        return Vec::new();
    };
    let extension = if path.extension() == "png" { "png" } else { "jpg" };
    let (width, height) = (*width as u64, *height as u64);
    // One that is hardly smaller is not worth its space.
    let widths = site.config.picture_widths.iter().filter(|wanted| u64::from(**wanted) * 10 <= width * 9);
    let made = widths.map(|wanted| {
        let high = (height * u64::from(*wanted) + width / 2) / width.max(1);
        let height = u32::try_from(high).unwrap_or(u32::MAX).max(1);
        Smaller { content: *content, width: *wanted, height, extension }
    });
    made.collect()
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
    let all = smaller.iter().map(|one| format!("{} {}w", href(config, &one.url()), one.width));
    all.chain([format!("{} {width}w", href(config, url))]).collect::<Vec<_>>().join(", ")
}
