//! Smaller versions of pictures, for screens that need no more.
//!
//! A JPEG becomes JPEGs, a PNG becomes PNGs. Which side is up is applied, the colour profile stays, everything else that the
//! file tells is gone. Nothing here depends on the machine or on the number of threads.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{self, PngDecoder, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, Limits};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;

/// Most pixels of a picture that is read: 100 million. The largest cameras have as many; a file of a few kilobytes can
/// say that it has a thousand times that.
pub const MOST_PIXELS: usize = 100_000_000;

/// Quality of JPEGs, out of 100: what a photograph loses by it is hard to see at twice the size.
const QUALITY: u8 = 80;

/// Whether smaller versions can be made of a picture: JPEG, and PNG that does not move.
pub fn can_be_made(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => true,
        // The chunk that says so stands before the pixels.
        [0x89, b'P', b'N', b'G', ..] => {
            let pixels = memchr::memmem::find(bytes, b"IDAT").unwrap_or(bytes.len());
            memchr::memmem::find(&bytes[..pixels], b"acTL").is_none()
        }
        _ => false,
    }
}

/// Makes a picture of this size in pixels.
pub fn make(bytes: &[u8], width: u32, height: u32) -> Result<Vec<u8>, String> {
    let made = std::panic::catch_unwind(|| made(bytes, width, height).map_err(|error| error.to_string()));
    made.unwrap_or_else(|_| Err("it cannot be read".to_string()))
}

/// What is told of a picture of which none can be made: it goes out in its own size.
pub fn fault(path: &SourcePath, why: &str) -> Diagnostic {
    Diagnostic::warning("bad-image", format!("no smaller versions of this picture can be made: {why}"))
        .at(Place::file(path))
        .help("save it anew as a JPEG or PNG")
}

/// What is told of a picture with more pixels than [`MOST_PIXELS`].
pub fn too_large(path: &SourcePath, width: usize, height: usize) -> Diagnostic {
    Diagnostic::error("bad-image", format!("this picture has {width} × {height} pixels"))
        .at(Place::file(path))
        .help(format!("save it with at most {} million", MOST_PIXELS / 1_000_000))
}

fn made(bytes: &[u8], width: u32, height: u32) -> Result<Vec<u8>, ImageError> {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        let (image, profile) = read(JpegDecoder::new(Cursor::new(bytes))?)?;
        let small = DynamicImage::ImageRgb8(image.resize_exact(width, height, FilterType::Lanczos3).into_rgb8());
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        if let Some(profile) = profile {
            // A picture in the colours of its screen is better than none.
            let _ = encoder.set_icc_profile(profile);
        }
        encoder.encode_image(&small)?;
        return Ok(out);
    }
    let (image, profile) = read(PngDecoder::with_limits(Cursor::new(bytes), limits())?)?;
    let small = image.resize_exact(width, height, FilterType::Lanczos3);
    let mut out = Vec::new();
    let mut encoder = PngEncoder::new_with_quality(&mut out, png::CompressionType::Best, png::FilterType::Adaptive);
    if let Some(profile) = profile {
        let _ = encoder.set_icc_profile(profile);
    }
    if image.color().has_alpha() {
        DynamicImage::ImageRgba8(small.into_rgba8()).write_with_encoder(encoder)?;
    } else {
        DynamicImage::ImageRgb8(small.into_rgb8()).write_with_encoder(encoder)?;
    }
    Ok(out)
}

/// The pixels, the right side up, and the colour profile.
fn read(mut decoder: impl ImageDecoder) -> Result<(DynamicImage, Option<Vec<u8>>), ImageError> {
    decoder.set_limits(limits())?;
    let profile = decoder.icc_profile().unwrap_or(None);
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok((image, profile))
}

/// What a picture may take of the memory, whatever it says of itself.
fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(65_535);
    limits.max_image_height = Some(65_535);
    // Four bytes for each pixel, and as many again while it is read.
    limits.max_alloc = Some(MOST_PIXELS as u64 * 8);
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(width: u32, height: u32) -> Vec<u8> {
        let image = image::RgbaImage::from_fn(width, height, |x, _| image::Rgba([(x * 3) as u8, 40, 90, 255]));
        let mut out = Vec::new();
        let encoder = PngEncoder::new(&mut out);
        DynamicImage::ImageRgba8(image).write_with_encoder(encoder).unwrap();
        out
    }

    #[test]
    fn each_format_has_its_smaller_versions() {
        let small = make(&drawing(60, 40), 30, 20).unwrap();
        assert_eq!(imagesize::blob_size(&small).map(|size| (size.width, size.height)).ok(), Some((30, 20)));
        assert!(small.starts_with(b"\x89PNG"));
        let jpeg = jpeg(1);
        let small = make(&jpeg, 16, 8).unwrap();
        assert!(small.starts_with(&[0xFF, 0xD8]) && !small.windows(4).any(|four| four == b"Exif"));
    }

    /// A picture that is red on the left and blue on the right, and of which EXIF says which side is up.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let image = image::RgbImage::from_fn(64, 32, |x, _| image::Rgb(if x < 32 { [255, 0, 0] } else { [0, 0, 255] }));
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, 95).encode_image(&image).unwrap();
        let mut exif = *b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        exif[29] = orientation;
        out.splice(2..2, exif);
        out
    }

    #[test]
    fn the_right_side_is_up() {
        let corners = |orientation: u8, width: u32, height: u32| {
            let small = make(&jpeg(orientation), width, height).unwrap();
            let small = image::load_from_memory_with_format(&small, image::ImageFormat::Jpeg).unwrap().into_rgb8();
            assert_eq!(small.dimensions(), (width, height));
            let is_red = |x: u32, y: u32| small.get_pixel(x, y)[0] > 128;
            [is_red(2, 2), is_red(width - 3, 2), is_red(2, height - 3)]
        };
        assert_eq!(corners(1, 32, 16), [true, false, true]);
        // The camera was held upright: what is on the left of the file is on top.
        assert_eq!(corners(6, 16, 32), [true, true, false]);
    }

    #[test]
    fn what_moves_or_lies_is_left_alone() {
        let mut moving = drawing(4, 4);
        assert!(can_be_made(&moving));
        moving.splice(33..33, *b"\0\0\0\x08acTL\0\0\0\x01\0\0\0\0\0\0\0\0");
        assert!(!can_be_made(&moving));
        assert!(!can_be_made(b"GIF89a"));
        // A head that promises more pixels than there may be is believed in nothing.
        let mut bomb = drawing(4, 4);
        bomb[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        assert!(make(&bomb, 2, 2).is_err());
        assert!(make(&drawing(60, 40)[..60], 2, 2).is_err());
    }
}
