//! Formulas: LaTeX to MathML.
//!
//! The reader of formulas calls itself for a command that stands as another's argument (`\sqrt\sqrt x`), some kilobytes
//! of stack each time, and a stack that runs over ends the process. So a formula has a limited number of commands and
//! none that define others, and one of more than a few is read on a stack that is deep enough for the limit.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Content, Event};
use resvg::usvg::roxmltree::Document;

use crate::base::text::escape_html;

/// Most commands in one formula. A page of derivations has some 300.
const MOST_COMMANDS: usize = 500;
/// Longest formula in bytes.
const LONGEST: usize = 16 << 10;
/// Most commands that are read on the stack at hand.
const FEW_COMMANDS: usize = 16;
/// Stack for more of them. A nested command takes 20 KiB without optimisation (measured: 100 fit into 2 MiB, 150 do
/// not), and [`MOST_COMMANDS`] of them 10 MiB. Only what is used is ever taken.
const STACK: usize = 64 << 20;

/// Commands that define others: what these unfold to cannot be counted beforehand.
const DEFINING: [&str; 6] = ["def", "let", "futurelet", "newcommand", "renewcommand", "providecommand"];

/// Makes MathML of a formula; the fault says why it cannot be read.
pub fn mathml(tex: &str, display: bool) -> Result<String, String> {
    let commands = tex.split('\\').skip(1);
    let count = commands.clone().count();
    if count > MOST_COMMANDS {
        return Err(format!("it has {count} commands; at most {MOST_COMMANDS} are read"));
    }
    if tex.len() > LONGEST {
        return Err(format!("it has {} bytes; at most {LONGEST} are read", tex.len()));
    }
    let name = |text: &str| text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if let Some(command) = commands.map(|text| &text[..name(text)]).find(|command| DEFINING.contains(command)) {
        return Err(format!("`\\{command}` defines commands, and that is not done here"));
    }
    if count <= FEW_COMMANDS {
        return converted(tex, display);
    }
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || converted(tex, display));
        let read = reader.map_err(|error| format!("there is no room to read it ({error})"))?;
        read.join().unwrap_or_else(|_| Err("its reader failed".to_string()))
    })
}

fn converted(tex: &str, display: bool) -> Result<String, String> {
    let storage = pulldown_latex::Storage::new();
    let mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let events: Result<Vec<_>, _> = pulldown_latex::Parser::new(tex, &storage).collect();
    let events = events.map_err(|error| {
        error.to_string().lines().next().unwrap_or("unknown").trim_start_matches("error: ").to_string()
    })?;
    let config = RenderConfig { display_mode: mode, ..RenderConfig::default() };
    let mut math = String::new();
    // The name in `\operatorname{…}` is any text, and the writer passes it on as it is (pulldown-latex 0.8).
    let name = |event: &Event| match event {
        Event::Content(Content::Function(name)) if name.contains(['&', '<', '>']) => Some(escape_html(name)),
        _ => None,
    };
    let names: Vec<Option<String>> = events.iter().map(name).collect();
    let events = events.into_iter().zip(&names).map(|(event, name)| match name {
        Some(name) => Event::Content(Content::Function(name)),
        None => event,
    });
    pulldown_latex::push_mathml(&mut math, events.map(Ok::<_, std::io::Error>), config)
        .map_err(|error| error.to_string())?;
    // So is the sign in `a < b`; no tag begins where another does, or with a stroke.
    let math = math.replace("<<", "&lt;<").replace("<\u{338}", "&lt;\u{338}");
    // It writes a part at the wrong place when an index has nothing to stand at: `\\_ c` in a matrix (found by fuzzing).
    match Document::parse(&math) {
        Ok(_) => Ok(math),
        Err(_) => Err("something in it stands where nothing can: an index without a letter, perhaps".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_that_nests_without_end_is_refused() {
        for piece in ["\\sqrt", "\\frac a", "\\hat ", "\\left(", "\\begin{matrix}", "x^\\sqrt"] {
            assert!(mathml(&format!("{}a", piece.repeat(MOST_COMMANDS + 1)), false).is_err(), "{piece}");
            // As many as are read do not run over.
            drop(mathml(&format!("{}a", piece.repeat(MOST_COMMANDS)), false));
        }
        assert!(mathml(&format!("{}x", "\\frac a".repeat(MOST_COMMANDS)), true).is_ok_and(|math| math.len() > 5_000));
        assert!(mathml(&"{".repeat(LONGEST + 1), false).is_err());
        drop(mathml(&"{".repeat(LONGEST), false));
        drop(mathml(&"a^".repeat(LONGEST / 2), false));
    }

    #[test]
    fn what_looks_like_a_tag_is_text() {
        let made = mathml("\\operatorname{<script>&}x \\lt y < z", false).expect("a formula");
        assert!(made.contains("<mi>&lt;script&gt;&amp;</mi>") && !made.contains("<script"), "{made}");
        assert_eq!(made.matches("<mo>&lt;</mo>").count(), 2, "{made}");
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        for tex in ["\\begin{matrix} a & b \\\\_ c & d \\end{matrix}", "\\begin{matrix} a &^ b \\end{matrix}"] {
            for display in [true, false] {
                let made = mathml(tex, display);
                assert!(made.as_ref().is_ok_and(|math| !math.contains("<mtr<")) || made.is_err(), "{tex} {made:?}");
            }
        }
        assert!(mathml("\\begin{matrix} a & b \\\\_ c & d \\end{matrix}", true).is_err());
        for tex in [
            "x_1^2",
            "\\frac{a}{b}",
            "\\begin{cases} a & b \\\\ c & d \\end{cases}",
            "a < b \\not= c",
            "\\text{a & b}",
            "\\sqrt[3]{x}\\hspace{3mu}\\left( y \\right.",
        ] {
            assert!(mathml(tex, true).is_ok(), "{tex} {:?}", mathml(tex, true));
        }
    }

    #[test]
    fn a_formula_defines_nothing() {
        for definition in ["\\def\\a{\\a\\a}\\a", "\\newcommand{\\a}[1]{#1#1}\\a{x}", "x \\let\\b\\sqrt \\b\\b"] {
            assert!(mathml(definition, false).is_err_and(|why| why.contains("defines commands")), "{definition}");
        }
        assert!(mathml("\\left(\\deg x\\right)", false).is_ok());
    }
}
