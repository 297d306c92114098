//! Texts broken into lines, by the rules of Unicode (UAX 14), given how wide their parts are.
//!
//! Knows widths, not fonts.

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;
use unicode_segmentation::UnicodeSegmentation;

/// A part of a text behind which a line may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its characters, without the space at its end.
    pub(super) text: String,
    /// Whether there is a space at its end.
    pub(super) space: bool,
}

/// The parts of a text; its white space becomes single spaces.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let segmenter = LineSegmenter::new_auto(LineBreakOptions::default());
    let ends: Vec<usize> = segmenter.segment_str(&text).collect();
    let pairs = ends.windows(2).filter_map(|pair| text.get(pair[0]..pair[1]));
    let part = |piece: &str| Part { text: piece.trim_end().to_string(), space: piece.ends_with(' ') };
    pairs.map(part).filter(|part| !part.text.is_empty()).collect()
}

/// Parts in smaller ones, where one alone is wider than a line: between letters as readers see them.
pub(super) fn narrowed(parts: Vec<Part>, is_too_wide: impl Fn(&Part) -> bool) -> Vec<Part> {
    let cut = |part: Part| {
        if !is_too_wide(&part) {
            return vec![part];
        }
        let letters: Vec<&str> = part.text.graphemes(true).collect();
        let last = letters.len().saturating_sub(1);
        let piece =
            |(at, letter): (usize, &&str)| Part { text: (*letter).to_string(), space: part.space && at == last };
        letters.iter().enumerate().map(piece).collect()
    };
    parts.into_iter().flat_map(cut).collect()
}

/// How wide the parts of a text are.
#[derive(Clone, Debug, Default)]
pub(super) struct Widths {
    /// Of each part.
    pub(super) parts: Vec<f32>,
    /// Of a space.
    pub(super) space: f32,
    /// Of the mark that stands for what was left out.
    pub(super) more: f32,
}

/// The parts of each line, by their places, and whether something was left out at the end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lines {
    pub(super) lines: Vec<std::ops::Range<usize>>,
    pub(super) is_cut: bool,
}

/// Breaks a text into lines of a width, each as full as can be.
pub(super) fn filled(parts: &[Part], widths: &Widths, width: f32) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0.0);
    for (at, part) in widths.parts.iter().enumerate() {
        let space = if at > start && parts[at - 1].space { widths.space } else { 0.0 };
        if at > start && used + space + part > width {
            lines.push(start..at);
            (start, used) = (at, *part);
        } else {
            used += space + part;
        }
    }
    if start < parts.len() {
        lines.push(start..parts.len());
    }
    lines
}

/// Breaks a text into as few lines as can be, which are about as long as each other.
pub(super) fn balanced(parts: &[Part], widths: &Widths, width: f32) -> Vec<std::ops::Range<usize>> {
    let most = filled(parts, widths, width);
    let (mut fits, mut too_narrow) = (width, 0.0);
    for _ in 0..12 {
        let middle = (fits + too_narrow) / 2.0;
        // A part that is wider than a line makes a line of its own: that is no balance.
        let holds = widths.parts.iter().all(|part| *part <= middle);
        if holds && filled(parts, widths, middle).len() <= most.len() { fits = middle } else { too_narrow = middle }
    }
    filled(parts, widths, fits)
}

/// As many lines as there may be; the last one is cut so that the mark for what is left out fits behind it.
pub(super) fn at_most(parts: &[Part], widths: &Widths, width: f32, most: usize) -> Lines {
    let mut lines = filled(parts, widths, width);
    if lines.len() <= most {
        return Lines { lines, is_cut: false };
    }
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        let wide = |range: &std::ops::Range<usize>| -> f32 {
            let inner = range.clone().take(range.len().saturating_sub(1));
            let spaces = inner.filter(|at| parts[*at].space).count();
            widths.parts[range.clone()].iter().sum::<f32>() + spaces as f32 * widths.space
        };
        while last.len() > 1 && wide(last) + widths.more > width {
            last.end -= 1;
        }
    }
    Lines { lines, is_cut: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text in which each character is one wide.
    fn lines(
        text: &str,
        width: f32,
        break_up: fn(&[Part], &Widths, f32) -> Vec<std::ops::Range<usize>>,
    ) -> Vec<String> {
        let wide = |part: &Part| part.text.chars().count() as f32;
        let parts = narrowed(parts(text), |part| wide(part) > width);
        let widths = Widths { parts: parts.iter().map(wide).collect(), space: 1.0, more: 1.0 };
        let text = |line: std::ops::Range<usize>| {
            let text: String =
                parts[line].iter().map(|part| format!("{}{}", part.text, if part.space { " " } else { "" })).collect();
            text.trim_end().to_string()
        };
        break_up(&parts, &widths, width).into_iter().map(text).collect()
    }

    #[test]
    fn lines_end_where_a_reader_expects_it() {
        assert_eq!(lines("one two  three", 7.0, filled), ["one two", "three"]);
        assert_eq!(lines("so-called “peace talks”", 9.0, filled), ["so-called", "“peace", "talks”"]);
        assert_eq!(lines("5 %, €10 000", 4.0, filled), ["5 %,", "€10", "000"]);
        // No line begins with a full stop or ends with an opening bracket, and Chinese needs no spaces.
        assert_eq!(lines("泽连斯基警告（中国）。", 6.0, filled), ["泽连斯基警告", "（中国）。"]);
        assert_eq!(lines("中国、俄罗斯。", 3.0, filled), ["中国、", "俄罗", "斯。"]);
        assert_eq!(lines("Donaudampfschifffahrt", 8.0, filled), ["Donaudam", "pfschiff", "fahrt"]);
        assert_eq!(lines("", 8.0, filled), Vec::<String>::new());
    }

    #[test]
    fn balanced_lines_leave_no_word_alone() {
        assert_eq!(lines("one two three four", 14.0, filled), ["one two three", "four"]);
        assert_eq!(lines("one two three four", 14.0, balanced), ["one two", "three four"]);
    }

    #[test]
    fn what_does_not_fit_is_cut_with_room_for_its_mark() {
        let wide = |part: &Part| part.text.chars().count() as f32;
        let parts = parts("aa bb cc dd ee");
        let widths = Widths { parts: parts.iter().map(wide).collect(), space: 1.0, more: 1.0 };
        assert_eq!(at_most(&parts, &widths, 5.0, 2), Lines { lines: vec![0..2, 2..3], is_cut: true });
        assert_eq!(at_most(&parts, &widths, 5.0, 3), Lines { lines: vec![0..2, 2..4, 4..5], is_cut: false });
    }
}
