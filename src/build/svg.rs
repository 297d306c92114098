//! SVG pictures that are only pictures.
//!
//! A reader may open the file by itself, on the site's own origin: what it holds then runs as the site's own code. So a
//! drawing that holds a script, a form, a frame or anything from another place is refused, with the reason. Comments,
//! `metadata` and what editors note for themselves (names of files and folders among them) are left out; the rest is
//! copied letter by letter.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::content::markdown::scheme_is_safe;

/// Elements that run code, load pages, or change addresses while the drawing is shown.
const REFUSED: [&str; 12] = [
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "handler",
    "listener",
    "canvas",
    "form",
    "link",
];

/// Prefixes of what editors note for themselves.
const EDITORS: [&str; 8] = ["inkscape", "sodipodi", "rdf", "cc", "dc", "sketch", "serif", "adobe"];

/// Makes the drawing without what it tells about its making; the fault says why it cannot be published.
pub fn cleaned(bytes: &[u8], keep_metadata: bool) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_string())?;
    let mut reader = Reader::from_str(text);
    let mut out = String::with_capacity(text.len());
    // Elements that are open, and how many of them ago a part began that is left out.
    let (mut depth, mut skipped_from, mut drawn) = (0_usize, None, false);
    let mut in_style = false;
    loop {
        let start = position(&reader);
        let event = reader.read_event().map_err(|fault| format!("it is no sound XML ({fault})"))?;
        let raw = &text[start..position(&reader)];
        let shown = skipped_from.is_none();
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                let closed = raw.ends_with("/>");
                let name = tag_name(&tag);
                drawn |= depth == 0 && name == "svg";
                let element = element(&tag, &name)?;
                let is_note =
                    !keep_metadata && (name == "metadata" || EDITORS.iter().any(|one| starts_with(&tag, one)));
                if shown && is_note {
                    skipped_from = (!closed).then_some(depth);
                } else if shown {
                    push_tag(&mut out, raw, element, keep_metadata, closed);
                }
                in_style = name == "style" && !closed;
                depth += usize::from(!closed);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                in_style = false;
                if shown {
                    out.push_str(raw);
                } else if skipped_from == Some(depth) {
                    skipped_from = None;
                }
            }
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                if in_style {
                    style(raw)?;
                }
                if shown {
                    out.push_str(raw);
                }
            }
            Event::Decl(_) => out.push_str(raw),
            Event::Comment(_) if keep_metadata && shown => out.push_str(raw),
            Event::Comment(_) => {}
            Event::DocType(_) if raw.contains('[') => return Err("it defines entities of its own".to_string()),
            Event::DocType(_) => {}
            Event::PI(_) => return Err("it holds a processing instruction".to_string()),
        }
    }
    if drawn && depth == 0 { Ok(out.into_bytes()) } else { Err("it is no whole SVG drawing".to_string()) }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The name of an element without its prefix, in small letters: HTML reads a drawing without regard to case.
fn tag_name(tag: &BytesStart) -> String {
    tag.local_name().as_ref().to_ascii_lowercase()
}

fn starts_with(tag: &BytesStart, prefix: &str) -> bool {
    tag.name().prefix().is_some_and(|own| own.as_ref() == prefix)
}

/// An attribute: its name as written, its raw value, and whether an editor noted it for itself.
type Attribute = (String, String, bool);

/// Reads the attributes of an element; refuses what is more than a drawing.
fn element(tag: &BytesStart, name: &str) -> Result<(String, Vec<Attribute>), String> {
    if REFUSED.contains(&name) {
        return Err(format!("it holds `{name}`, which is more than a drawing"));
    }
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|fault| format!("it is no sound XML ({fault})"))?;
        let key = attribute.key.as_ref().to_string();
        let (prefix, local) = key.split_once(':').unwrap_or(("", &key));
        let (prefix, local) = (prefix.to_string(), local.to_ascii_lowercase());
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|fault| format!("it is no sound XML ({fault})"))?;
        if local.starts_with("on") {
            return Err(format!("it holds a script in `{key}`"));
        }
        if matches!(local.as_str(), "href" | "src" | "data" | "action" | "formaction" | "base") && prefix != "xmlns" {
            address(name, &value)?;
        }
        let moves = ["animate", "set", "animatetransform", "animatemotion"].contains(&name);
        if moves && local == "attributename" && value.to_ascii_lowercase().contains("href") {
            return Err("it changes an address while it is shown".to_string());
        }
        let noted = EDITORS.contains(&prefix.as_str()) || (prefix == "xmlns" && EDITORS.contains(&local.as_str()));
        if !noted && local != "aria-label" {
            style(&value)?;
        }
        attributes.push((key, attribute.value.to_string(), noted));
    }
    Ok((tag.name().as_ref().to_string(), attributes))
}

/// Refuses an address that leads out of the drawing, other than a link that a reader follows.
fn address(element: &str, value: &str) -> Result<(), String> {
    let value = value.trim();
    let pictures = ["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"];
    let inside = value.is_empty() || value.starts_with('#');
    let picture = matches!(element, "image" | "feimage") && pictures.iter().any(|start| value.starts_with(start));
    if inside || picture || (element == "a" && scheme_is_safe(value)) {
        return Ok(());
    }
    let shown = crate::base::text::excerpt(value, 40);
    Err(format!("it loads `{shown}` from another place"))
}

/// Refuses styles that load something, and values that run something.
fn style(text: &str) -> Result<(), String> {
    // Letters may be written by their numbers there, and so may what is refused below.
    if text.contains('\\') {
        return Err("it has a backslash in a style".to_string());
    }
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let loads = plain.match_indices("url(").any(|(at, open)| {
        !plain[at + open.len()..].trim_start_matches(['"', '\'']).trim_start_matches("&quot;").starts_with('#')
    });
    let word = ["@import", "javascript:", "vbscript:", "expression(", "-moz-binding"]
        .iter()
        .find(|word| plain.contains(**word));
    match (loads, word) {
        (true, _) => Err("its style loads something from another place".to_string()),
        (_, Some(word)) => Err(format!("it holds `{word}`")),
        _ => Ok(()),
    }
}

fn push_tag(out: &mut String, raw: &str, element: (String, Vec<Attribute>), keep_metadata: bool, closed: bool) {
    let (name, attributes) = element;
    if keep_metadata || !attributes.iter().any(|(_, _, noted)| *noted) {
        return out.push_str(raw);
    }
    out.push('<');
    out.push_str(&name);
    for (key, value, _) in attributes.iter().filter(|(_, _, noted)| !noted) {
        let quote = if value.contains('"') { '\'' } else { '"' };
        out.push_str(&format!(" {key}={quote}{value}{quote}"));
    }
    out.push_str(if closed { "/>" } else { ">" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> Result<String, String> {
        cleaned(text.as_bytes(), false).map(|made| String::from_utf8(made).expect("text"))
    }

    #[test]
    fn drawings_pass_letter_by_letter() {
        for text in [
            "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'><title>A &amp; b</title><path d=\"M0 0\"/></svg>\n",
            "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"><defs><g id=\"a\"/></defs><use xlink:href=\"#a\" fill=\"url(#b)\"/><a href=\"https://example.org/\">x</a></svg>",
            "<svg><style>.a { fill: url(\"#b\") }</style><image href=\"data:image/png;base64,AAAA\"/></svg>",
            "<svg><animate attributeName=\"x\" to=\"1\"/></svg>",
        ] {
            assert_eq!(clean(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_editors_note_goes() {
        let text = "<!-- secret --><svg xmlns:inkscape=\"i\" inkscape:version=\"secret\" sodipodi:docname=\"/home/secret.svg\" id='a'>\
            <metadata><rdf:RDF><dc:creator>secret</dc:creator></rdf:RDF></metadata><sodipodi:namedview a=\"secret\"><x/></sodipodi:namedview>\
            <path inkscape:label=\"secret\" d=\"M0\"/><!-- secret --></svg>";
        assert_eq!(clean(text).as_deref(), Ok("<svg id=\"a\"><path d=\"M0\"/></svg>"));
        assert_eq!(cleaned(text.as_bytes(), true).as_deref(), Ok(text.as_bytes()));
    }

    #[test]
    fn what_is_more_than_a_drawing_is_refused() {
        for inner in [
            "<script>x</script>",
            "<svg:script xlink:href=\"a.js\"/>",
            "<SCRIPT/>",
            "<foreignObject/>",
            "<g onload=\"x\"/>",
            "<g ONCLICK=\"x\"/>",
            "<a href=\"javascript:x\"/>",
            "<a xlink:href=\" java&#x9;script:x\"/>",
            "<a href=\"&#106;avascript:x\"/>",
            "<image href=\"https://example.org/a.png\"/>",
            "<image href=\"a.png\"/>",
            "<image href=\"data:image/svg+xml,x\"/>",
            "<use href=\"other.svg#a\"/>",
            "<set attributeName=\"href\" to=\"x\"/>",
            "<animate attributeName=\"xlink:href\" values=\"x\"/>",
            "<style>@import 'a.css';</style>",
            "<style>@\\69mport 'a.css';</style>",
            "<style>a { background: url(//example.org/a) }</style>",
            "<rect fill=\"u\\72l(//example.org/a)\"/>",
            "<rect style=\"fill: url(https://example.org/a)\"/>",
            "<rect fill=\"url('a.svg#b')\"/>",
            "<metadata><script/></metadata>",
            "<p",
            "</g>",
            "<g>",
        ] {
            let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>");
            let told = clean(&text);
            assert!(told.is_err(), "{inner}: {told:?}");
        }
        for text in [
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg>&a;</svg>",
            "<?xml-stylesheet href=\"a.css\"?><svg/>",
            "<html/>",
            "",
            "text",
            "<svg><svg>",
        ] {
            assert!(clean(text).is_err(), "{text}");
        }
        assert!(cleaned(b"\xFF\xFE", false).is_err());
    }
}
