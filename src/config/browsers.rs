//! `assets` of `site.yaml`: the oldest browsers that style sheets and scripts are written for.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::yaml::values::List;

/// Style sheets and scripts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Assets {
    /// The oldest browsers that must show the site as it is meant, each with its version: `safari 15.4`. Prefixes are
    /// added and newer notations of CSS are rewritten for them. Names: `android`, `chrome`, `edge`, `firefox`,
    /// `ios_saf`, `opera`, `safari`, `samsung`. Default: `chrome 111`, `edge 111`, `firefox 114`, `ios_saf 16.4`,
    /// `safari 16.4`.
    pub browsers: List,
}

/// A browser, and the oldest version of it that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Browser {
    /// Its name: one of [`NAMES`].
    pub name: &'static str,
    /// Major version.
    pub major: u8,
    /// Minor version.
    pub minor: u8,
}

/// Names of browsers, as browserslist has them.
pub const NAMES: [&str; 8] = ["android", "chrome", "edge", "firefox", "ios_saf", "opera", "safari", "samsung"];

/// What a site is written for that names no browsers: those that have had modules, nesting of layers and logical
/// properties since the spring of 2023.
pub const DEFAULT: [Browser; 5] = [
    Browser { name: "chrome", major: 111, minor: 0 },
    Browser { name: "edge", major: 111, minor: 0 },
    Browser { name: "firefox", major: 114, minor: 0 },
    Browser { name: "ios_saf", major: 16, minor: 4 },
    Browser { name: "safari", major: 16, minor: 4 },
];

/// Reads `safari 15.4` or `safari >= 15.4`; else says what is wrong: the name, or all of it.
pub fn parse(text: &str) -> Result<Browser, Option<&str>> {
    let mut words = text.split_whitespace().filter(|word| *word != ">=");
    let (Some(name), Some(version), None) = (words.next(), words.next(), words.next()) else { return Err(None) };
    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).ok_or(Some(name))?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    match (major.parse(), minor.parse()) {
        (Ok(major), Ok(minor)) if major > 0 => Ok(Browser { name: known, major, minor }),
        _ => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_with_a_version() {
        assert_eq!(parse("Safari 15.4"), Ok(Browser { name: "safari", major: 15, minor: 4 }));
        assert_eq!(parse("chrome >= 90"), Ok(Browser { name: "chrome", major: 90, minor: 0 }));
        assert_eq!(parse("netscape 4"), Err(Some("netscape")));
        for wrong in ["", "chrome", "chrome x", "chrome 0", "chrome 300", "last 2 versions", "chrome 1.2.3"] {
            assert_eq!(parse(wrong), Err(None), "{wrong}");
        }
    }
}
