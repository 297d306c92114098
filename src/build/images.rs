//! Pictures: width and height, read from the heads of their files, and what is published of them; and files that are
//! more than data.

use std::collections::BTreeSet;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::fs::{self, SourceFile};
use crate::build::fs_error::FsError;
use crate::build::variants::{self, MOST_PIXELS};
use crate::build::{strip, svg};
use crate::site::{Attachment, Placeholders, Site, links};

/// Largest picture that is read: 64 MiB.
pub const LARGEST: u64 = 64 << 20;

/// Returns what is known of a file that goes out with the texts: of pictures width and height in pixels, where they tell,
/// and what stands for their bytes, where smaller ones can be made of them. `placeholders` are those that are known; none
/// where pages show none.
pub fn attachment(file: &SourceFile, placeholders: Option<&Placeholders>) -> Result<Attachment, FsError> {
    let mut known =
        Attachment { len: file.length, size: None, content: None, is_plain_photograph: false, placeholder: None };
    if !is_picture(&file.path) || file.length > LARGEST {
        return Ok(known);
    }
    let bytes = fs::read(file)?;
    if file.path.extension() == "svg" {
        known.size = std::str::from_utf8(&bytes).ok().and_then(svg_size);
        return Ok(known);
    }
    known.size = pixel_size(&bytes);
    if is_too_large(&known) {
        return Ok(known);
    }
    // What lies in `static/` is the site's own, and goes out as it is.
    let is_static = file.path.as_str().starts_with("static/");
    // What the file tells about its making is in no version, and so not in their names.
    let content = || strip::stripped(&bytes).map_or_else(|_| Digest::of(&*bytes), |bare| Digest::of(&*bare));
    known.content = (!is_static && variants::can_be_made(&bytes)).then(content);
    known.is_plain_photograph = known.content.is_some() && variants::is_plain_photograph(&bytes);
    if let Some((content, placeholders)) = known.content.zip(placeholders) {
        let remembered = placeholders.get(&content).copied();
        known.placeholder = remembered.unwrap_or_else(|| variants::placeholder(&bytes));
    }
    Ok(known)
}

/// Tells of the pictures with more pixels than can be shown that something visible refers to.
pub fn too_large(site: &Site) -> Vec<Diagnostic> {
    let own = site.all_editions().flat_map(|site| &site.published).filter(|(_, url)| !url.is_outside());
    let published = own.filter_map(|(path, _)| Some((path, site.attachments.get(path)?)));
    // A drawing has no pixels, however large it says that it is.
    let large = published.filter(|(path, file)| path.extension() != "svg" && is_too_large(file));
    large.filter_map(|(path, file)| file.size.map(|(width, height)| variants::too_large(path, width, height))).collect()
}

/// Tells of the pictures of people that say where they are to be cut, and cannot be.
pub fn uncropped(site: &Site) -> Vec<Diagnostic> {
    let mut told = BTreeSet::new();
    let all = site.all_editions().flat_map(|site| site.portraits().map(move |one| (site, one)));
    let cut = all.filter(|(_, (_, _, image))| image.focus.is_some());
    // An edition takes over what the main one says.
    let whole = cut.filter(|(site, (from, _, image))| {
        let file = links::attachment(site, from, &image.src).and_then(|path| site.attachments.get(&path));
        file.is_some_and(|file| file.content.is_none()) && told.insert((*from, &image.src))
    });
    let faults = whole.map(|(_, (from, at, image))| {
        Diagnostic::warning(
            "bad-image",
            format!("no square can be cut out of `{}`, so `focus` does nothing", image.src),
        )
        .at(Place::field(from, at.then("focus")))
        .help("save it as a JPEG or PNG beside the text")
    });
    faults.collect()
}

/// Whether a picture has more pixels than can be shown.
fn is_too_large(file: &Attachment) -> bool {
    file.size.is_some_and(|(width, height)| width.saturating_mul(height) > MOST_PIXELS)
}

/// Width and height as a browser shows the picture: a photograph whose camera was held upright is turned.
fn pixel_size(bytes: &[u8]) -> Option<(usize, usize)> {
    let size = imagesize::blob_size(bytes).ok().filter(|size| size.width > 0 && size.height > 0)?;
    let is_jpeg = bytes.starts_with(&[0xFF, 0xD8]);
    // EXIF 2.32, 4.6.4: from 5 on the rows of the file are the columns of the picture.
    let is_turned = is_jpeg && strip::told_orientation(bytes) >= 5;
    Some(if is_turned { (size.height, size.width) } else { (size.width, size.height) })
}

/// Whether a file is a picture that is read before it is published: drawings always, since they may hold scripts, and
/// others when they are to lose their metadata.
pub fn is_cleaned(path: &SourcePath, strip_metadata: bool) -> bool {
    is_picture(path) && (strip_metadata || path.extension() == "svg")
}

/// Makes the picture as it is published.
pub fn clean(path: &SourcePath, bytes: &[u8], strip_metadata: bool) -> Result<Vec<u8>, Diagnostic> {
    let fault = |why: &str| {
        Diagnostic::error("bad-image", format!("this picture cannot be published: {why}")).at(Place::file(path))
    };
    if path.extension() == "svg" {
        return svg::cleaned(bytes, !strip_metadata).map_err(|why| {
            fault(&why).help("save it as a plain SVG without scripts, styles from elsewhere and linked pictures")
        });
    }
    strip::stripped(bytes)
        .map_err(|why| fault(why).help("save it anew, or publish pictures as they are with `images: {metadata: keep}`"))
}

/// Whether a browser that opens the file runs what stands in it, as the site's own page.
pub fn runs(path: &SourcePath) -> bool {
    let extension = path.extension();
    let runs = ["html", "htm", "shtml", "xhtml", "xht", "xml", "xsl", "xslt", "js", "mjs"];
    runs.contains(&extension.as_str())
}

/// Tells of a file among the texts that would run as the site's own page.
pub fn running(path: &SourcePath) -> Diagnostic {
    Diagnostic::error("active-file", "this file is not published: what stands in it would run as a page of the site")
        .at(Place::file(path))
        .help("put it into `static/` when it is the site’s own; `raw_html: true` allows such files among the texts")
}

fn is_picture(path: &SourcePath) -> bool {
    matches!(path.extension().as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "svg") || is_odd(path)
}

/// Other names of the same formats, and formats that tell as much and cannot be cleaned: those are refused.
fn is_odd(path: &SourcePath) -> bool {
    let extension = path.extension();
    let odd = ["jpe", "jif", "jfif", "pjpeg", "pjp", "apng", "heic", "heif", "hif", "tif", "tiff", "jxl", "jp2", "dng"];
    odd.contains(&extension.as_str())
}

/// The size of an SVG by its `viewBox`, or by `width` and `height` in pixels.
fn svg_size(text: &str) -> Option<(usize, usize)> {
    let start = text.find("<svg")?;
    let tag = &text[start..start + text[start..].find('>')?];
    let attribute = |name: &str| {
        let at = tag.find(&format!(" {name}=")).or_else(|| tag.find(&format!("\n{name}=")))? + name.len() + 2;
        let quote = tag.as_bytes().get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
        tag[at + 1..].split(char::from(quote)).next()
    };
    let whole = |text: &str| {
        text.trim()
            .trim_end_matches("px")
            .parse::<f64>()
            .ok()
            .filter(|size| *size >= 1.0 && *size < 1e6)
            .map(|size| size.round() as usize)
    };
    if let (Some(width), Some(height)) = (attribute("width").and_then(whole), attribute("height").and_then(whole)) {
        return Some((width, height));
    }
    let numbers: Vec<usize> =
        attribute("viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).skip(2).filter_map(whole).collect();
    match numbers.as_slice() {
        [width, height] => Some((*width, *height)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_tells_its_size_in_two_ways() {
        assert_eq!(svg_size("<svg viewBox=\"0 0 1200 675.4\" xmlns=\"x\">"), Some((1200, 675)));
        assert_eq!(svg_size("<?xml?><svg width='20px' height='10'>"), Some((20, 10)));
        assert_eq!(svg_size("<svg width=\"100%\" height=\"5\">"), None);
    }

    #[test]
    fn a_turned_photograph_has_the_size_that_is_seen() {
        for value in 1..=8 {
            let size = pixel_size(&strip::tests::sample_jpeg(value)).expect("a size");
            assert_eq!(size, if value < 5 { (3, 2) } else { (2, 3) }, "orientation {value}");
        }
    }
}
