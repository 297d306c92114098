//! Code blocks with classes for colours, made at build time.

use std::sync::LazyLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// Grammars: constant data of the library, unpacked when the first code block asks for them.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Longest code that is coloured, in bytes: grammars may be slow on strange input, and nobody reads more by colour.
const LONGEST: usize = 64 << 10;

/// Returns `code` as HTML with `hl-` classes; `None` when the language is unknown or the code too long.
pub fn highlighted(code: &str, language: &str) -> Option<String> {
    if language.is_empty() || code.len() > LONGEST {
        return None;
    }
    let name = match language.to_ascii_lowercase().as_str() {
        "shell" | "console" | "zsh" | "shell-session" => "bash".to_string(),
        "jsonc" | "geojson" | "json5" => "json".to_string(),
        "yml" => "yaml".to_string(),
        "ts" | "typescript" | "jsx" | "tsx" => "js".to_string(),
        other => other.to_string(),
    };
    let syntax = SYNTAXES.find_syntax_by_token(&name)?;
    let mut generator =
        ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, ClassStyle::SpacedPrefixed { prefix: "hl-" });
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_gets_classes_and_stays_escaped() {
        let html = highlighted("{\"a\": \"<b>\"}\n", "json").expect("a known language");
        assert!(html.contains("hl-string") && html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
        assert_eq!(highlighted("x", "no-such-language"), None);
    }
}
