//! From the bytes of a file to its text: UTF-8, without a byte order mark, lines ended by `\n`.
//!
//! Nothing is guessed and nothing is replaced: a file in another encoding is refused, with the place of the first byte
//! that gives it away. All positions in diagnostics count in the text that comes out of here; its lines and columns
//! are those that editors show.

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::paths::SourcePath;

/// Returns the text of a file, with `\r\n` and lone `\r` as `\n`, or says why it has none.
pub fn read(path: &SourcePath, bytes: &[u8]) -> (Option<String>, Vec<Diagnostic>) {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(name) = wide_encoding(bytes) {
        let diagnostic = Diagnostic::error("bad-encoding", format!("this file is {name}, not UTF-8"))
            .at(Place::file(path))
            .help("save it as UTF-8");
        return (None, vec![diagnostic]);
    }
    let text = match str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return (None, vec![bad_byte(path, bytes, body, error.valid_up_to())]),
    };
    // Both U+FFFE and U+FFFF begin with 0xEF, which is rare.
    let is_suspect = memchr::memchr2(0, 0xEF, body).is_some();
    if is_suspect && let Some((at, c)) = text.char_indices().find(|(_, c)| matches!(c, '\0' | '\u{FFFE}' | '\u{FFFF}'))
    {
        let at_byte = at + (bytes.len() - body.len());
        let (line, column) = position(&text[..at]);
        let message = format!("U+{:04X} at byte {at_byte} is no character of a text", u32::from(c));
        let diagnostic = Diagnostic::error("bad-encoding", message)
            .at(Place::line_column(path, line, column))
            .help("take it out; when there are many, this file is damaged or no text at all");
        return (None, vec![diagnostic]);
    }
    (Some(with_plain_line_ends(text)), Vec::new())
}

/// Names the encoding of a file of 16- or 32-bit units, told by its mark or by its zeros.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Some("UTF-16"),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(256) & !1];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = head.len() / 2;
    let mostly = |count: usize| pairs >= 4 && count * 4 >= pairs * 3;
    ((mostly(zeros(0)) && zeros(1) == 0) || (mostly(zeros(1)) && zeros(0) == 0)).then_some("UTF-16")
}

/// Tells of the first byte that is not UTF-8; `at` counts in `body`, which is `file` without its mark.
fn bad_byte(path: &SourcePath, file: &[u8], body: &[u8], at: usize) -> Diagnostic {
    let (line, column) = str::from_utf8(&body[..at]).map_or((1, 1), position);
    let byte = body[at];
    let message = format!("byte 0x{byte:02X} at byte {} is not UTF-8", at + (file.len() - body.len()));
    let diagnostic = Diagnostic::error("bad-encoding", message).at(Place::line_column(path, line, column));
    let next = body.get(at + 1).copied().unwrap_or(0);
    match byte {
        0xC0 | 0xC1 | 0xF5..=0xFF => {
            diagnostic.help("this byte is in no UTF-8 text: the file is damaged or no text at all")
        }
        0xE0 | 0xF0 if (0x80..0xA0).contains(&next) => {
            diagnostic.help("this is an overlong sequence, which UTF-8 forbids")
        }
        0xED if next >= 0xA0 => diagnostic.help("this is half of a surrogate pair: write the character itself"),
        0xC2..=0xF4 if (0x80..0xC0).contains(&next) => {
            diagnostic.help("a character is cut off here: the file is damaged")
        }
        0xA0..=0xFF => {
            let letter = char::from(byte);
            diagnostic.help(format!("in Latin-1 (Windows-1252) it would be `{letter}`: save the file as UTF-8"))
        }
        _ => diagnostic.help("save the file as UTF-8"),
    }
}

/// Line and column, both from 1, of the end of `before`; the column counts characters.
pub fn position(before: &str) -> (usize, usize) {
    let plain = with_plain_line_ends(before);
    let line = plain.rsplit('\n').next().unwrap_or("");
    (plain.matches('\n').count() + 1, line.chars().count() + 1)
}

fn with_plain_line_ends(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::At;

    fn fault(bytes: &[u8]) -> String {
        let (text, diagnostics) = read(&SourcePath::new("content/a.md"), bytes);
        assert!(text.is_none(), "{bytes:?}");
        let place = match &diagnostics[0].place.as_ref().unwrap().at {
            At::LineColumn(line, column) => format!("{line}:{column} "),
            _ => String::new(),
        };
        format!("{place}{}; {}", diagnostics[0].message, diagnostics[0].help.join("; "))
    }

    #[test]
    fn marks_and_line_ends_are_gone() {
        let text = |bytes: &[u8]| read(&SourcePath::new("a.md"), bytes).0.unwrap();
        assert_eq!(text(b"\xEF\xBB\xBFa\r\nb\rc\n"), "a\nb\nc\n");
        assert_eq!(text("é\n".as_bytes()), "é\n");
        assert_eq!(text(b""), "");
    }

    #[test]
    fn other_encodings_are_refused_with_their_place() {
        assert_eq!(fault(b"\xFF\xFEa\0b\0"), "this file is UTF-16, not UTF-8; save it as UTF-8");
        assert_eq!(fault(b"a\0b\0c\0d\0\n\0"), "this file is UTF-16, not UTF-8; save it as UTF-8");
        assert_eq!(fault(b"\0a\0b\0c\0d\0\n"), "this file is UTF-16, not UTF-8; save it as UTF-8");
        assert_eq!(
            fault(b"a\r\nCaf\xE9 b\n"),
            "2:4 byte 0xE9 at byte 6 is not UTF-8; in Latin-1 (Windows-1252) it would be `é`: save the file as UTF-8"
        );
        assert_eq!(
            fault(b"\xEF\xBB\xBFx\0"),
            "1:2 U+0000 at byte 4 is no character of a text; take it out; when there are many, this file is damaged or no text at all"
        );
        assert_eq!(
            fault(b"a\xC0\xAF"),
            "1:2 byte 0xC0 at byte 1 is not UTF-8; this byte is in no UTF-8 text: the file is damaged or no text at all"
        );
        assert_eq!(
            fault(b"\xED\xA0\x80"),
            "1:1 byte 0xED at byte 0 is not UTF-8; this is half of a surrogate pair: write the character itself"
        );
        assert_eq!(
            fault(b"\xE0\x80\xAF"),
            "1:1 byte 0xE0 at byte 0 is not UTF-8; this is an overlong sequence, which UTF-8 forbids"
        );
        assert_eq!(
            fault(b"ab\xE2\x82"),
            "1:3 byte 0xE2 at byte 2 is not UTF-8; a character is cut off here: the file is damaged"
        );
        assert!(fault("a\u{FFFE}".as_bytes()).starts_with("1:2 U+FFFE at byte 1"));
    }
}
