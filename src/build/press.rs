//! One output, from its recipe to the sink.
//!
//! What is drawn out of something that does not change is not drawn again: the trace of the last build says what the file at
//! the path was drawn from.

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::fs::{self, SourceFile};
use crate::build::fs_error::FsError;
use crate::build::sink::{Put, Sink, Taken};
use crate::build::traces::Trace;
use crate::build::{Loaded, cards, icons, images, variants};
use crate::outputs::{Drawing, Output, Pieces, Press, Rendered};
use crate::render::pictures::{Format, Smaller};
use crate::render::views::Views;

/// What came of one output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out {
    /// What the sink made of it.
    pub(super) taken: Taken,
    /// Stands for what it was drawn from, when it is a drawing: whatever draws the same need not draw it again.
    pub(super) drawn: Option<Digest>,
}

/// Makes one output and hands it to the sink. `earlier` is what is known of the file at its path.
pub(super) fn press(
    loaded: &Loaded,
    output: &Output,
    views: &Views,
    sink: &dyn Sink,
    earlier: Option<&Trace>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Out>, FsError> {
    let press = Press { views, templates: &loaded.templates };
    let strip = loaded.site.config.strip_metadata;
    let made = match make(output, &press, diagnostics) {
        None => return Ok(None),
        Some(Rendered::Bytes(bytes)) => Ok(bytes),
        Some(Rendered::Pieces(pieces)) => return in_pieces(output, &press, sink, &*pieces, diagnostics),
        Some(Rendered::Copy(path)) if is_untrusted(&path, loaded) && images::runs(&path) => Err(images::running(&path)),
        Some(Rendered::Copy(path)) if images::is_cleaned(&path, strip) => {
            images::clean(&path, &picture(loaded, &path)?, strip)
        }
        Some(Rendered::Copy(path)) => {
            return Ok(Some(Out { taken: sink.copy(&output.path, &loaded.file(&path)?.absolute)?, drawn: None }));
        }
        Some(Rendered::Icon { drawing, size, background }) => {
            let svg = match &drawing {
                Drawing::File(path) => {
                    let file = loaded.file(path)?;
                    fs::read(&SourceFile { limit: icons::LARGEST, ..file.clone() })?.into_owned().into()
                }
                Drawing::Bytes(_, bytes) => bytes.clone(),
            };
            icons::draw(drawing.path(), &svg, size, background)
        }
        Some(Rendered::Card { svg, template, of }) => {
            return card(loaded, output, sink, earlier, &Card { svg, template, of }, diagnostics);
        }
        Some(Rendered::Smaller { of, smaller: wanted }) => {
            return smaller(loaded, output, sink, earlier, &of, &wanted, diagnostics);
        }
    };
    put(output, sink, made, None, diagnostics)
}

/// Hands what was made to the sink, or tells why it was not.
fn put(
    output: &Output,
    sink: &dyn Sink,
    made: Result<Vec<u8>, Diagnostic>,
    drawn: Option<Digest>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Out>, FsError> {
    match made {
        Ok(bytes) => Ok(Some(Out { taken: sink.put(&output.path, &bytes)?, drawn })),
        Err(fault) => {
            diagnostics.push(fault);
            Ok(None)
        }
    }
}

/// Lets the sink take what is written piece by piece.
fn in_pieces(
    output: &Output,
    press: &Press,
    sink: &dyn Sink,
    pieces: &dyn Pieces,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Out>, FsError> {
    let put = || sink.put_pieces(&output.path, &mut |to| pieces.write(press, to));
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(put)) {
        Ok(taken) => Ok(Some(Out { taken: taken?, drawn: None })),
        Err(_) => {
            diagnostics.push(failed(output));
            Ok(None)
        }
    }
}

/// The bytes of a picture of the site.
fn picture(loaded: &Loaded, path: &SourcePath) -> Result<Vec<u8>, FsError> {
    let file = SourceFile { limit: images::LARGEST, ..loaded.file(path)?.clone() };
    Ok(fs::read(&file)?.into_owned())
}

/// Keeps the file at an output's path, when it was drawn from the same.
fn kept(output: &Output, sink: &dyn Sink, earlier: Option<&Trace>, drawn: Digest) -> Result<Option<Out>, FsError> {
    // What is told of a drawing must be told again.
    if let Some(trace) = earlier.filter(|trace| trace.drawn == Some(drawn) && !trace.told)
        && sink.keep(&output.path, &trace.fingerprint, trace.stamp)?
    {
        let taken = Taken { fingerprint: trace.fingerprint, put: Put::Unchanged };
        return Ok(Some(Out { taken, drawn: Some(drawn) }));
    }
    Ok(None)
}

/// Makes a smaller version of a picture, unless there is one of the same picture.
fn smaller(
    loaded: &Loaded,
    output: &Output,
    sink: &dyn Sink,
    earlier: Option<&Trace>,
    of: &SourcePath,
    wanted: &Smaller,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Out>, FsError> {
    // Its path tells which picture it is of.
    let drawn = Digest::of(&(&output.path, wanted.shape.height));
    if let Some(out) = kept(output, sink, earlier, drawn)? {
        return Ok(Some(out));
    }
    let bytes = picture(loaded, of)?;
    let is_other = matches!(wanted.format, Format::Webp | Format::Avif) || wanted.shape.focus.is_some();
    let made = match variants::make(&bytes, wanted.shape, wanted.format) {
        Ok(made) if is_other || made.len() < bytes.len() => Ok(made),
        // A drawing of few colours may weigh more when it is smaller: then it is no use, and pages name it.
        Ok(_) => images::clean(of, &bytes, true),
        Err(why) => {
            diagnostics.push(variants::fault(of, &why));
            images::clean(of, &bytes, true)
        }
    };
    put(output, sink, made, Some(drawn), diagnostics)
}

/// A social card before it is drawn.
struct Card {
    svg: String,
    template: SourcePath,
    of: String,
}

/// Draws a card, unless the file at its path was drawn from the same.
fn card(
    loaded: &Loaded,
    output: &Output,
    sink: &dyn Sink,
    earlier: Option<&Trace>,
    card: &Card,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Out>, FsError> {
    let drawn = Digest::of(&(&card.svg, loaded.fonts.digest()));
    if let Some(out) = kept(output, sink, earlier, drawn)? {
        return Ok(Some(out));
    }
    let made = cards::draw(&card.svg, &loaded.fonts).map_err(|why| cards::fault(&card.template, &card.of, &why));
    let made = made.map(|made| {
        let settings = loaded.site.config.path.clone().unwrap_or_else(|| SourcePath::new("site.yaml"));
        diagnostics.extend(cards::missing(&made.missing, &settings, &card.of));
        made.png
    });
    put(output, sink, made, Some(drawn), diagnostics)
}

/// Whether a file comes from whoever writes the texts, and may hold nothing that runs.
fn is_untrusted(path: &SourcePath, loaded: &Loaded) -> bool {
    !loaded.site.config.markdown.raw_html
        && path.as_str().starts_with(&*loaded.site.content_root)
        && !path.as_str().starts_with("static/")
}

/// Makes one output. A fault of ours in one page is told with its name, and does not take the others with it.
fn make(output: &Output, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
    let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut found = Vec::new();
        let rendered = output.recipe.render(press, &mut found);
        (rendered, found)
    }));
    match made {
        Ok((rendered, mut found)) => {
            if output.edition > 0 {
                // What is wrong with a text of the main edition is told of there.
                found.retain(|told| told.place.as_ref().is_none_or(|place| press.views.is_of_edition(&place.path)));
            }
            diagnostics.extend(found);
            rendered
        }
        Err(_) => {
            diagnostics.push(failed(output));
            None
        }
    }
}

/// What is told of a fault of ours.
fn failed(output: &Output) -> Diagnostic {
    let mut fault = Diagnostic::error("internal", format!("Crossbrief failed while making `{}`", output.path));
    fault.place = output.origin.as_ref().map(Place::file);
    fault.help("this is a mistake of Crossbrief, not of the site: please report it with the text of this page")
}
