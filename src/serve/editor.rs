//! Links that open a source file in the author's editor.
//!
//! Links only: the preview starts no program because somebody asked it to over the network. The editor's own scheme
//! (`vscode://`) does that on the author's machine, with the browser's question before it.

use std::path::Path;

use crate::base::paths::percent_encode;

/// Schemes by the names of editors, as they stand in `editor:` or in `$VISUAL` and `$EDITOR`.
const SCHEMES: [(&str, &str); 12] = [
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("code", "vscode://file{path}:{line}:{column}"),
    ("code-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("codium", "vscodium://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("windsurf", "windsurf://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
    ("subl", "subl://open?url=file://{path}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file://{path}&line={line}&column={column}"),
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("mate", "txmt://open?url=file://{path}&line={line}&column={column}"),
];

/// The address that opens a file, with `{path}`, `{line}` and `{column}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// Takes the setting, else the editors of the environment by their names, else VS Code.
    pub fn choose(setting: Option<&str>, environment: &[Option<String>]) -> Self {
        if let Some(setting) = setting {
            return Self::named(setting).unwrap_or_else(|| Self(setting.to_string()));
        }
        let from_environment = environment.iter().flatten().find_map(|command| {
            let program = command.split_whitespace().next()?;
            Self::named(Path::new(program).file_stem()?.to_str()?)
        });
        from_environment.unwrap_or_else(|| Self(SCHEMES[0].1.to_string()))
    }

    fn named(name: &str) -> Option<Self> {
        SCHEMES.iter().find(|(known, _)| *known == name).map(|(_, scheme)| Self((*scheme).to_string()))
    }

    /// The link to a place in a file.
    pub fn link(&self, file: &Path, line: Option<usize>, column: Option<usize>) -> String {
        let path = file.to_string_lossy().replace('\\', "/");
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        self.0
            .replace("{path}", &percent_encode(&path))
            .replace("{line}", &line.unwrap_or(1).to_string())
            .replace("{column}", &column.unwrap_or(1).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_is_the_one_that_is_set() {
        let link = |setting: Option<&str>, editor: Option<&str>| {
            let editor = Editor::choose(setting, &[None, editor.map(str::to_string)]);
            editor.link(Path::new("/desk/a b.md"), Some(3), None)
        };
        assert_eq!(link(None, None), "vscode://file/desk/a%20b.md:3:1");
        assert_eq!(link(None, Some("vim")), "vscode://file/desk/a%20b.md:3:1");
        assert_eq!(link(None, Some("/usr/bin/subl -w")), "subl://open?url=file:///desk/a%20b.md&line=3&column=1");
        assert_eq!(link(Some("zed"), Some("code")), "zed://file/desk/a%20b.md:3:1");
        assert_eq!(link(Some("my://{path}#{line}"), None), "my:///desk/a%20b.md#3");
    }
}
