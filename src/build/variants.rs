//! Versions of pictures, for screens that need no more pixels and browsers that know better formats.
//!
//! A JPEG becomes JPEGs, a PNG becomes PNGs, and both become WebP: a JPEG with a loss that is hard to see, a PNG without. A
//! JPEG may become AVIF, too.
//! Which side is up is applied, the colour profile stays, everything else that the file tells is gone. Nothing here depends
//! on the machine or on the number of threads.
//!
//! Of a photograph 1440 pixels wide a WebP has 36 to 38 % of the bytes of the JPEG, and takes less time than making it
//! smaller does. AVIF, as like the picture (SSIM), has about a fifth less again, for ten to twenty times the time; so it is
//! made only where the settings ask for it, of photographs, and no wider than a text is. Measured with rav1e 0.8 without
//! assembly on one thread, 1440 pixels wide, two photographs; in bytes of the WebP, and seconds, of which that takes 0.06
//! and 0.09:
//!
//! | speed | bytes, quality 60 | bytes, quality 70 | seconds |
//! |---|---|---|---|
//! | 10 | 67 %, 108 % | 86 %, 123 % | 0.5, 1.2 |
//! | 9 | 60 %, 78 % | 79 %, 88 % | 0.8, 1.9 |
//! | 8 | 57 %, 82 % | 76 %, 93 % | 1.5, 4.1 |
//! | 6 | 57 %, 85 % | 75 %, 96 % | 2.2, 5.9 |
//!
//! The encoder takes 54 seconds of one core to compile, and no tool besides. One of its numbers comes from the machine's own
//! `exp`, but hangs on the quality alone, not on the picture.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{self, PngDecoder, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, Limits};
use ravif::{Img, RGB8};
use webp::Encoder;

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;
use crate::render::pictures::{Format, Shape};
use crate::site::Placeholder;

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

/// Quality of AVIF pictures, out of 100: they are as like the picture (SSIM) as WebP pictures of [`WEBP_QUALITY`].
const AVIF_QUALITY: f32 = 70.0;

/// How fast AVIF pictures are made, out of 10: those made faster weigh more, and those made slower hardly less.
const AVIF_SPEED: u8 = 9;

/// Quality of WebP pictures that lose something, out of 100: they look like JPEGs of [`QUALITY`].
const WEBP_QUALITY: f32 = 75.0;

/// Makes a version of a picture: in its own format, unless that is another one.
pub fn make(bytes: &[u8], shape: Shape, format: Format) -> Result<Vec<u8>, String> {
    caught(|| match format {
        Format::Webp => webp(bytes, shape),
        Format::Avif => avif(bytes, shape),
        Format::Jpeg | Format::Png => made(bytes, shape).map_err(told),
    })
}

fn webp(bytes: &[u8], shape: Shape) -> Result<Vec<u8>, String> {
    let is_jpeg = bytes.starts_with(&[0xFF, 0xD8]);
    let (image, profile) = if is_jpeg { read_jpeg(bytes) } else { read_png(bytes) }.map_err(told)?;
    let small = shaped(image, shape);
    let (width, height) = (shape.width, shape.height);
    let has_alpha = small.color().has_alpha();
    let encoded = if has_alpha {
        Encoder::from_rgba(&small.into_rgba8(), width, height).encode_simple(!is_jpeg, WEBP_QUALITY)
    } else {
        Encoder::from_rgb(&small.into_rgb8(), width, height).encode_simple(!is_jpeg, WEBP_QUALITY)
    };
    let encoded = encoded.map_err(|error| format!("{error:?}"))?;
    Ok(with_profile(&encoded, profile.as_deref(), has_alpha, width, height))
}

/// Makes an AVIF of a photograph. Where it would weigh more than the WebP, it is that: browsers go by what a picture begins
/// with, not by its name.
fn avif(bytes: &[u8], shape: Shape) -> Result<Vec<u8>, String> {
    let (image, _) = read_jpeg(bytes).map_err(told)?;
    let pixels: Vec<RGB8> =
        shaped(image, shape).into_rgb8().pixels().map(|pixel| RGB8::new(pixel[0], pixel[1], pixel[2])).collect();
    // One thread: what is made of a picture must not hang on how many there are.
    let encoder = ravif::Encoder::new().with_quality(AVIF_QUALITY).with_speed(AVIF_SPEED).with_num_threads(Some(1));
    let encoder = encoder.with_bit_depth(ravif::BitDepth::Eight);
    let made = encoder.encode_rgb(Img::new(&pixels, shape.width as usize, shape.height as usize));
    let made = made.map_err(|error| error.to_string())?.avif_file;
    let other = webp(bytes, shape)?;
    Ok(if made.len() < other.len() { made } else { other })
}

/// Whether a picture is a JPEG in the colours of screens: it names no others.
pub fn is_plain_photograph(bytes: &[u8]) -> bool {
    let plain = std::panic::catch_unwind(|| {
        let profile = JpegDecoder::new(Cursor::new(bytes)).ok()?.icc_profile().ok()?;
        // Profiles say their names in ASCII, or in UTF-16 (ICC.1:2022, 10.15).
        let names = |name: &[u8]| profile.as_ref().is_none_or(|all| memchr::memmem::find(all, name).is_some());
        Some(names(b"sRGB") || names(b"\0s\0R\0G\0B"))
    });
    bytes.starts_with(&[0xFF, 0xD8]) && plain.ok().flatten().unwrap_or(false)
}

/// What is seen of a picture while it loads; none of one that can be seen through, or cannot be read.
pub fn placeholder(bytes: &[u8]) -> Option<Placeholder> {
    let made = std::panic::catch_unwind(|| {
        let (image, _) = if bytes.starts_with(&[0xFF, 0xD8]) { read_jpeg(bytes) } else { read_png(bytes) }.ok()?;
        let (across, down) = if image.width() >= image.height() { (4, 3) } else { (3, 4) };
        let is_clear = image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel[3] < u8::MAX);
        let fields = image.thumbnail_exact(across, down).into_rgb8();
        let mut colours = [0; 12];
        for (colour, pixel) in colours.iter_mut().zip(fields.pixels()) {
            // `#abc` is `#aabbcc`: 17 steps apart.
            *colour = pixel.0.iter().fold(0, |all, part| (all << 4) | ((u16::from(*part) + 8) / 17));
        }
        (!is_clear).then_some(Placeholder(colours))
    });
    made.unwrap_or(None)
}

/// What a version shows of a picture.
fn shaped(image: DynamicImage, shape: Shape) -> DynamicImage {
    let image = match shape.focus {
        Some(focus) => {
            let (left, top, side) = focus.square(image.width(), image.height());
            image.crop_imm(left, top, side, side)
        }
        None => image,
    };
    if (image.width(), image.height()) == (shape.width, shape.height) {
        return image;
    }
    image.resize_exact(shape.width, shape.height, FilterType::Lanczos3)
}

fn told(error: ImageError) -> String {
    error.to_string()
}

/// Puts a colour profile into a WebP: an extended file (RFC 9649, 2.7) around the one chunk of a simple one.
fn with_profile(webp: &[u8], profile: Option<&[u8]>, has_alpha: bool, width: u32, height: u32) -> Vec<u8> {
    let Some((profile, picture)) = profile.filter(|profile| profile.len() < 1 << 24).zip(webp.get(12..)) else {
        return webp.to_vec();
    };
    if picture.starts_with(b"VP8X") {
        return webp.to_vec();
    }
    let mut chunks = b"WEBPVP8X\x0a\0\0\0".to_vec();
    chunks.extend([if has_alpha { 0x30 } else { 0x20 }, 0, 0, 0]);
    for size in [width, height] {
        chunks.extend(&(size - 1).to_le_bytes()[..3]);
    }
    chunks.extend(b"ICCP");
    chunks.extend((profile.len() as u32).to_le_bytes());
    chunks.extend(profile);
    chunks.resize(chunks.len().next_multiple_of(2), 0);
    chunks.extend(picture);
    let mut file = b"RIFF".to_vec();
    file.extend((chunks.len() as u32).to_le_bytes());
    file.extend(chunks);
    file
}

fn caught(make: impl FnOnce() -> Result<Vec<u8>, String> + std::panic::UnwindSafe) -> Result<Vec<u8>, String> {
    let made = std::panic::catch_unwind(make);
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

fn made(bytes: &[u8], shape: Shape) -> Result<Vec<u8>, ImageError> {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        let (image, profile) = read_jpeg(bytes)?;
        let small = DynamicImage::ImageRgb8(shaped(image, shape).into_rgb8());
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        if let Some(profile) = profile {
            // A picture in the colours of its screen is better than none.
            let _ = encoder.set_icc_profile(profile);
        }
        encoder.encode_image(&small)?;
        return Ok(out);
    }
    let (image, profile) = read_png(bytes)?;
    let small = shaped(image, shape);
    let mut out = Vec::new();
    let mut encoder = PngEncoder::new_with_quality(&mut out, png::CompressionType::Best, png::FilterType::Adaptive);
    if let Some(profile) = profile {
        let _ = encoder.set_icc_profile(profile);
    }
    if small.color().has_alpha() {
        DynamicImage::ImageRgba8(small.into_rgba8()).write_with_encoder(encoder)?;
    } else {
        DynamicImage::ImageRgb8(small.into_rgb8()).write_with_encoder(encoder)?;
    }
    Ok(out)
}

fn read_jpeg(bytes: &[u8]) -> Result<(DynamicImage, Option<Vec<u8>>), ImageError> {
    read(JpegDecoder::new(Cursor::new(bytes))?)
}

fn read_png(bytes: &[u8]) -> Result<(DynamicImage, Option<Vec<u8>>), ImageError> {
    read(PngDecoder::with_limits(Cursor::new(bytes), limits())?)
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
    use crate::content::focus::Focus;

    fn whole(width: u32, height: u32) -> Shape {
        Shape { width, height, focus: None }
    }

    fn drawing(width: u32, height: u32) -> Vec<u8> {
        let image = image::RgbaImage::from_fn(width, height, |x, _| image::Rgba([(x * 3) as u8, 40, 90, 255]));
        let mut out = Vec::new();
        let encoder = PngEncoder::new(&mut out);
        DynamicImage::ImageRgba8(image).write_with_encoder(encoder).unwrap();
        out
    }

    #[test]
    fn each_format_has_its_smaller_versions() {
        let small = make(&drawing(60, 40), whole(30, 20), Format::Jpeg).unwrap();
        assert_eq!(imagesize::blob_size(&small).map(|size| (size.width, size.height)).ok(), Some((30, 20)));
        assert!(small.starts_with(b"\x89PNG"));
        let jpeg = jpeg(1);
        let small = make(&jpeg, whole(16, 8), Format::Jpeg).unwrap();
        assert!(small.starts_with(&[0xFF, 0xD8]) && !small.windows(4).any(|four| four == b"Exif"));
    }

    #[test]
    fn webp_keeps_colours_and_what_is_transparent() {
        let profile = b"a profile of colours!".to_vec();
        let image = image::RgbImage::from_fn(64, 32, |x, _| image::Rgb([(x * 4) as u8, 9, 9]));
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.set_icc_profile(profile.clone()).unwrap();
        encoder.encode_image(&image).unwrap();
        let webp = make(&jpeg, whole(32, 16), Format::Webp).unwrap();
        assert_eq!(imagesize::blob_size(&webp).map(|size| (size.width, size.height)).ok(), Some((32, 16)));
        assert_eq!(webp.len() as u32, 8 + u32::from_le_bytes(webp[4..8].try_into().unwrap()));
        assert!(memchr::memmem::find(&webp, &profile).is_some() && webp.starts_with(b"RIFF"));
        // It can be read: another reader finds the same colour.
        let read = webp::Decoder::new(&webp).decode().expect("a picture");
        assert!((read.width(), read.height()) == (32, 16) && read[31 * 3].abs_diff(250) < 12, "{}", read[31 * 3]);
        let clear = image::RgbaImage::from_pixel(20, 20, image::Rgba([1, 2, 3, 0]));
        let mut png = Vec::new();
        DynamicImage::ImageRgba8(clear).write_with_encoder(PngEncoder::new(&mut png)).unwrap();
        let read = webp::Decoder::new(&make(&png, whole(20, 20), Format::Webp).unwrap()).decode().map(|image| image[3]);
        assert_eq!(read, Some(0));
        assert!(
            make(b"GIF89a", whole(2, 2), Format::Webp).is_err()
                && make(&jpeg[..200], whole(2, 2), Format::Webp).is_err()
        );
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
            let small = make(&jpeg(orientation), whole(width, height), Format::Jpeg).unwrap();
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
    fn squares_are_cut_around_their_place() {
        let square = |focus: Focus, format: Format| {
            let bytes = make(&jpeg(1), Shape { width: 16, height: 16, focus: Some(focus) }, format).unwrap();
            let image = match format {
                Format::Webp => {
                    let read = webp::Decoder::new(&bytes).decode().unwrap();
                    image::RgbImage::from_raw(read.width(), read.height(), read.to_vec()).unwrap()
                }
                _ => image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap().into_rgb8(),
            };
            assert_eq!(image.dimensions(), (16, 16));
            [image.get_pixel(1, 8)[0] > 128, image.get_pixel(14, 8)[0] > 128]
        };
        for format in [Format::Jpeg, Format::Webp] {
            assert_eq!(square(Focus { x: 0, y: 0 }, format), [true, true]);
            assert_eq!(square(Focus::FACES, format), [true, false]);
            assert_eq!(square(Focus { x: 100, y: 0 }, format), [false, false]);
        }
        // The camera was held upright: top and bottom are those that are seen.
        let upright = make(&jpeg(6), Shape { width: 8, height: 8, focus: Some(Focus { x: 50, y: 0 }) }, Format::Jpeg);
        let upright = image::load_from_memory_with_format(&upright.unwrap(), image::ImageFormat::Jpeg).unwrap();
        assert!(upright.into_rgb8().get_pixel(4, 6)[0] > 128);
    }

    #[test]
    fn a_placeholder_has_the_colours_of_its_fields() {
        let Some(Placeholder(colours)) = placeholder(&jpeg(1)) else { panic!("a placeholder") };
        assert_eq!(colours, [0xF00, 0xF00, 0x00F, 0x00F].repeat(3)[..]);
        // Held upright: three fields in a row.
        let Some(Placeholder(colours)) = placeholder(&jpeg(6)) else { panic!("a placeholder") };
        assert_eq!(colours, [[0xF00; 6], [0x00F; 6]].concat()[..]);
        let opaque = drawing(60, 40);
        assert!(placeholder(&opaque).is_some() && placeholder(&opaque[..60]).is_none());
        let clear = image::RgbaImage::from_fn(60, 40, |x, _| image::Rgba([1, 2, 3, if x == 59 { 254 } else { 255 }]));
        let mut png = Vec::new();
        DynamicImage::ImageRgba8(clear).write_with_encoder(PngEncoder::new(&mut png)).unwrap();
        assert_eq!(placeholder(&png), None);
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
        assert!(make(&bomb, whole(2, 2), Format::Jpeg).is_err());
        assert!(make(&drawing(60, 40)[..60], whole(2, 2), Format::Jpeg).is_err());
    }
}
