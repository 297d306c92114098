//! Icons: an SVG drawn as a PNG of some size.
//!
//! The drawing may load nothing: pictures and files that it refers to are left out, and so is text, for which there are
//! no fonts here.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;

/// Longest drawing that is read, in bytes: an icon is a handful of shapes.
pub const LARGEST: u64 = 256 << 10;

/// Draws an icon of `size` pixels; it is as high and wide as fits, in the middle.
pub fn draw(path: &SourcePath, svg: &[u8], size: u32, background: Option<[u8; 3]>) -> Result<Vec<u8>, Diagnostic> {
    let drawn = std::panic::catch_unwind(|| drawn(svg, size, background));
    let drawn = drawn.unwrap_or_else(|_| Err("it cannot be drawn".to_string()));
    drawn.map_err(|why| {
        Diagnostic::error("bad-image", format!("no icon can be made of this drawing: {why}"))
            .at(Place::file(path))
            .help("save it as a plain SVG with a `viewBox`, text as outlines; or bring icons of your own in `static/`")
    })
}

fn drawn(svg: &[u8], size: u32, background: Option<[u8; 3]>) -> Result<Vec<u8>, String> {
    if svg.len() as u64 > LARGEST {
        return Err(format!("it has more than {} KiB", LARGEST >> 10));
    }
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing, ..Options::default() };
    let tree = Tree::from_data(svg, &options).map_err(|error| error.to_string())?;
    let mut pixels = Pixmap::new(size, size).ok_or("it has no size")?;
    if let Some([red, green, blue]) = background {
        pixels.fill(Color::from_rgba8(red, green, blue, 255));
    }
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = size as f32 / width.max(height);
    let left = (size as f32 - width * scale) / 2.0;
    let top = (size as f32 - height * scale) / 2.0;
    let place = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, place, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn icon(svg: &str, background: Option<[u8; 3]>) -> Result<Pixmap, Diagnostic> {
        let png = draw(&SourcePath::new("static/favicon.svg"), svg.as_bytes(), 10, background)?;
        Ok(Pixmap::decode_png(&png).unwrap())
    }

    fn at(pixels: &Pixmap, x: u32, y: u32) -> [u8; 4] {
        let pixel = pixels.pixel(x, y).unwrap();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    }

    #[test]
    fn a_drawing_fits_in_the_middle() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\"><rect width=\"4\" height=\"2\" fill=\"red\"/></svg>";
        let pixels = icon(svg, None).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (10, 10));
        assert_eq!((at(&pixels, 5, 1), at(&pixels, 5, 5)), ([0, 0, 0, 0], [255, 0, 0, 255]));
        assert_eq!(at(&icon(svg, Some([1, 2, 3])).unwrap(), 5, 1), [1, 2, 3, 255]);
    }

    #[test]
    fn what_is_no_drawing_is_told_and_nothing_is_loaded() {
        let told = icon("<svg", None).unwrap_err();
        assert!(told.message.starts_with("no icon can be made of this drawing"), "{}", told.message);
        let loads = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><image href=\"/etc/passwd\" width=\"4\" height=\"4\"/></svg>";
        assert_eq!(at(&icon(loads, None).unwrap(), 5, 5), [0, 0, 0, 0]);
    }
}
