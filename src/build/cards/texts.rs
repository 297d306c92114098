//! The texts of a card, broken into lines and given their faces.
//!
//! What a `text` may say besides what SVG knows:
//!
//! | attribute | meaning |
//! |---|---|
//! | `inline-size` | width of its lines; `y` is then where the first line begins, not what it stands on |
//! | `data-sizes` | sizes of type to try, the largest first: the first with which all fits |
//! | `data-lines` | most lines; what does not fit is cut, with `…` |
//! | `data-bottom` | how far down its last line may stand; when not even one fits, there is none |
//! | `data-after` | the `id` of a text: `y` counts from what the last line of that one stands on |
//! | `line-height` | distance between lines, in sizes of type; 1.2 when not said |
//! | `text-wrap` | `balance`: lines about as long as each other |
//! | `data-optional` | when no font has all of it, there is none, and nothing is told |
//! | `direction` | `rtl`: lines begin on the right, and run from there |

use std::collections::{BTreeMap, BTreeSet, HashMap};

use resvg::usvg::roxmltree::{Document, Node};
use resvg::usvg::{self, Tree};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::base::text::escape_xml;
use crate::build::cards::fonts::Faces;
use crate::build::cards::lines::{self, Lines, Part, Widths};
use crate::build::cards::options;

/// What the names of faces begin with.
pub(super) const FACE: &str = "face-";

/// Size of type in which parts are measured.
const MEASURE: f32 = 100.0;

/// How far below its top a line stands, in sizes of type: the height of capitals, and a little.
const ASCENT: f32 = 0.75;

/// Attributes that are said anew, or are nothing to SVG.
const OURS: [&str; 14] = [
    "inline-size",
    "data-sizes",
    "data-lines",
    "data-bottom",
    "data-after",
    "data-optional",
    "line-height",
    "text-wrap",
    "direction",
    "x",
    "y",
    "font-size",
    "font-family",
    "text-anchor",
];

/// The drawing with all its texts set, and the characters that no face has.
pub(super) fn set(document: &Document, faces: &Faces) -> Result<(String, BTreeSet<char>), String> {
    let source = document.input_text();
    let mut setting = Setting { faces, missing: BTreeSet::new(), ends: HashMap::new() };
    let (mut svg, mut done) = (String::with_capacity(source.len() * 2), 0);
    for node in document.descendants().filter(|node| node.has_tag_name((SVG, "text"))) {
        let range = node.range();
        // A text within a text is part of it.
        if range.start < done {
            continue;
        }
        svg.push_str(source.get(done..range.start).unwrap_or_default());
        svg.push_str(&setting.text(node)?);
        done = range.end;
    }
    svg.push_str(source.get(done..).unwrap_or_default());
    Ok((svg, setting.missing))
}

const SVG: &str = "http://www.w3.org/2000/svg";

struct Setting<'a> {
    faces: &'a Faces,
    missing: BTreeSet<char>,
    /// What the last lines of texts stand on, by their ids.
    ends: HashMap<String, f32>,
}

/// How a text looks.
struct Style {
    families: Vec<String>,
    weight: u16,
    spacing: f32,
    is_rtl: bool,
}

impl Setting<'_> {
    fn text(&mut self, node: Node) -> Result<String, String> {
        let inherited = |name: &str| node.ancestors().find_map(|one| one.attribute(name));
        let style = Style {
            families: inherited("font-family").map(families).unwrap_or_default(),
            weight: match inherited("font-weight") {
                Some("bold") => 700,
                Some(weight) => weight.trim().parse().unwrap_or(400),
                None => 400,
            },
            spacing: inherited("letter-spacing").and_then(number).unwrap_or(0.0),
            is_rtl: inherited("direction") == Some("rtl"),
        };
        let own = |name: &str| number(node.attribute(name)?);
        let (x, mut y) = (own("x").unwrap_or(0.0), own("y").unwrap_or(0.0));
        let text: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        let mut size = inherited("font-size").and_then(number).unwrap_or(16.0);
        let (there, missing) = self.drawable(&text, &style);
        let mut set = vec![there];
        if node.has_attribute("data-optional") && !missing.is_empty() {
            set.clear();
        } else {
            self.missing.extend(missing);
        }
        let mut step = 0.0;
        if let Some(after) = node.attribute("data-after") {
            y += self.ends.get(after).copied().ok_or_else(|| format!("there is no text `{after}` above"))?;
        }
        if let Some(width) = own("inline-size") {
            let height = own("line-height").unwrap_or(1.2);
            let most = node.attribute("data-lines").and_then(|most| most.trim().parse().ok()).unwrap_or(usize::MAX);
            let bottom = own("data-bottom").unwrap_or(f32::INFINITY);
            let fitting = |size: f32| {
                let room = ((bottom - y - ASCENT * size) / (height * size)).floor() + 1.0;
                most.min(room.clamp(0.0, 1000.0) as usize)
            };
            let mut sizes: Vec<f32> =
                node.attribute("data-sizes").into_iter().flat_map(str::split_whitespace).filter_map(number).collect();
            if sizes.is_empty() {
                sizes.push(size);
            }
            let is_balanced = node.attribute("text-wrap") == Some("balance");
            let text = set.pop().unwrap_or_default();
            (size, set) = self.fitted(&text, &style, width, &sizes, &fitting, is_balanced)?;
            y += ASCENT * size;
            step = height * size;
        }
        set.retain(|line| !line.is_empty());
        let last = y + step * set.len().saturating_sub(1) as f32;
        if let Some(id) = node.attribute("id") {
            // What stands below a text that is not there stands where that text would.
            self.ends.insert(id.to_string(), if set.is_empty() { y - ASCENT * size } else { last });
        }
        let kept = node.attributes().filter(|one| one.namespace().is_none() && !OURS.contains(&one.name()));
        let kept: String = kept.map(|one| format!(" {}=\"{}\"", one.name(), escape_xml(one.value()))).collect();
        let anchor = match (inherited("text-anchor").unwrap_or("start"), style.is_rtl) {
            ("start", true) => "end",
            ("end", true) => "start",
            (anchor, _) => anchor,
        };
        let mut svg = String::new();
        for (at, line) in set.iter().enumerate() {
            let baseline = y + step * at as f32;
            let line = self.marked(line, &style);
            svg.push_str(&format!(
                "<text{kept} x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{line}</text>"
            ));
        }
        Ok(svg)
    }

    /// The text as far as there are faces for it, and the characters that there are none for.
    fn drawable(&self, text: &str, style: &Style) -> (String, Vec<char>) {
        let has = |c: &char| {
            c.is_whitespace()
                || takes_no_place(*c)
                || self.faces.of_character(*c, &style.families, style.weight, None).is_some()
        };
        let (there, missing): (String, Vec<char>) = {
            let (there, missing): (Vec<char>, Vec<char>) = text.nfc().partition(has);
            (there.into_iter().collect(), missing)
        };
        (there.split_whitespace().collect::<Vec<_>>().join(" "), missing)
    }

    /// The lines of a text in the largest size in which it fits.
    fn fitted(
        &self,
        text: &str,
        style: &Style,
        width: f32,
        sizes: &[f32],
        fitting: &dyn Fn(f32) -> usize,
        is_balanced: bool,
    ) -> Result<(f32, Vec<String>), String> {
        let parts = lines::parts(text);
        let measured = self.measured(parts.iter().map(|part| part.text.as_str()), style)?;
        let mut smallest = (sizes.first().copied().unwrap_or(16.0), Vec::new());
        for (at, size) in sizes.iter().enumerate() {
            let of_part = |text: &str| measured.width(text, *size, style);
            let parts = lines::narrowed(parts.clone(), |part| of_part(&part.text) > width);
            let mut widths = widths(&parts, &measured, *size, style);
            if parts.len() != measured.parts {
                // A word that is wider than a line: its letters are measured by themselves.
                let letters = self.measured(parts.iter().map(|part| part.text.as_str()), style)?;
                widths = self::widths(&parts, &letters, *size, style);
            }
            let most = fitting(*size);
            let filled = lines::filled(&parts, &widths, width);
            if filled.len() <= most {
                let ranges = if is_balanced { lines::balanced(&parts, &widths, width) } else { filled };
                return Ok((*size, ranges.into_iter().map(|range| joined(&parts[range])).collect()));
            }
            if at + 1 == sizes.len() {
                let Lines { lines, is_cut } = lines::at_most(&parts, &widths, width, most);
                let mut lines: Vec<String> = lines.into_iter().map(|range| joined(&parts[range])).collect();
                if let Some(last) = lines.last_mut().filter(|_| is_cut) {
                    last.truncate(
                        last.trim_end_matches([',', ';', ':', '.', '–', '—', ' ', '，', '。', '、', '،']).len(),
                    );
                    last.push('…');
                }
                smallest = (*size, lines);
            }
        }
        Ok(smallest)
    }

    /// How wide texts are, as the engine sets them.
    fn measured<'t>(&self, texts: impl Iterator<Item = &'t str>, style: &Style) -> Result<Measured, String> {
        let texts: Vec<&str> = texts.collect();
        let unique: BTreeSet<&str> = texts.iter().copied().chain(["n n", "nn", "…"]).collect();
        let mut svg = format!("<svg xmlns=\"{SVG}\" width=\"100\" height=\"100\" font-size=\"{MEASURE}\">");
        for (at, text) in unique.iter().enumerate() {
            svg.push_str(&format!("<text id=\"m{at}\">{}</text>", self.marked(text, style)));
        }
        svg.push_str("</svg>");
        let tree = Tree::from_str(&svg, &options(self.faces)).map_err(|error| error.to_string())?;
        let mut wide: BTreeMap<String, f32> = BTreeMap::new();
        for node in tree.root().children() {
            if let usvg::Node::Text(text) = node
                && let Some(at) = text.id().strip_prefix('m').and_then(|at| at.parse::<usize>().ok())
                && let Some(written) = unique.iter().nth(at)
            {
                wide.insert((*written).to_string(), text.bounding_box().width() / MEASURE);
            }
        }
        Ok(Measured { wide, parts: texts.len() })
    }

    /// A text as elements of SVG, each run of characters with its face.
    fn marked(&self, text: &str, style: &Style) -> String {
        let mut runs: Vec<(Option<usize>, String)> = Vec::new();
        for c in text.chars() {
            let before = runs.last().and_then(|(face, _)| *face);
            if is_combining_mark(c) && before.is_none_or(|face| !self.faces.all[face].has(c)) {
                // A letter without its accent is better than one with a box.
                continue;
            }
            let face = if takes_no_place(c) || c.is_whitespace() || is_combining_mark(c) {
                before
            } else {
                self.faces.of_character(c, &style.families, style.weight, before)
            };
            match runs.last_mut() {
                // What stands before the first letter goes with it.
                Some((last, run)) if *last == face || last.is_none() => {
                    *last = face;
                    run.push(c);
                }
                _ => runs.push((face, c.to_string())),
            }
        }
        let marked = runs.into_iter().map(|(face, run)| {
            let face = face.map_or(String::new(), |face| format!(" font-family=\"{FACE}{face}\""));
            format!("<tspan{face}>{}</tspan>", escape_xml(&run))
        });
        let marked: String = marked.collect();
        // The engine takes every line for one that runs from the left; an isolate says that this one does not.
        if style.is_rtl { format!("&#x2067;{marked}&#x2069;") } else { marked }
    }
}

/// How wide texts are, in sizes of type.
struct Measured {
    wide: BTreeMap<String, f32>,
    /// How many parts were asked for.
    parts: usize,
}

impl Measured {
    fn width(&self, text: &str, size: f32, style: &Style) -> f32 {
        let letters = text.graphemes(true).count() as f32;
        self.wide.get(text).copied().unwrap_or(0.0) * size + letters * style.spacing
    }
}

fn widths(parts: &[Part], measured: &Measured, size: f32, style: &Style) -> Widths {
    let wide = |text: &str| measured.width(text, size, style);
    Widths {
        parts: parts.iter().map(|part| wide(&part.text)).collect(),
        space: wide("n n") - wide("nn"),
        more: wide("…"),
    }
}

fn joined(parts: &[Part]) -> String {
    let text: String = parts.iter().map(|part| format!("{}{}", part.text, if part.space { " " } else { "" })).collect();
    text.trim_end().to_string()
}

/// Whether a character is not seen: spaces, joiners, marks of direction.
fn takes_no_place(c: char) -> bool {
    crate::base::text::is_invisible_control(c)
        || matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
        || c == ' '
}

fn number(text: &str) -> Option<f32> {
    text.trim().trim_end_matches("px").parse().ok().filter(|number: &f32| number.is_finite())
}

/// The names of families, in small letters.
fn families(list: &str) -> Vec<String> {
    list.split(',')
        .map(|name| name.trim().trim_matches(['"', '\'']).to_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}
