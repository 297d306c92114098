//! The fonts that cards are drawn with: those of the site and of its theme, and behind them those that come along.
//!
//! No font of the machine is looked at, so that a card is the same everywhere. Each face knows which characters it has;
//! which face draws a character is decided here, and nowhere else.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};
use resvg::usvg::fontdb::{Database, ID, Source};
use skrifa::{FontRef, MetadataProvider};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::fs::{self, SourceFile};

/// Fonts of many scripts, in one weight; see `fonts/FONTS.md` beside this file.
static OF_MANY_SCRIPTS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/build/cards/fonts");
/// The fonts of the default theme: what is behind all others draws Latin and Cyrillic.
static OF_THE_THEME: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/default/static/fonts");

/// Largest font that is read: 32 MiB. Whole fonts for Chinese have up to 25.
const LARGEST: u64 = 32 << 20;

/// Fonts that may draw cards, read when the first card is drawn.
#[derive(Debug, Default)]
pub struct Fonts {
    /// Files of the site.
    own: Vec<SourceFile>,
    /// Files of its theme.
    of_theme: Vec<(SourcePath, Arc<[u8]>)>,
    /// Stands for all of them.
    digest: Option<Digest>,
    faces: OnceLock<Faces>,
}

/// The faces of all fonts, those first that are asked first.
#[derive(Debug, Default)]
pub(super) struct Faces {
    pub(super) all: Vec<Face>,
    pub(super) database: Arc<Database>,
    /// What is wrong with the fonts.
    told: Vec<Diagnostic>,
}

/// One face.
#[derive(Debug)]
pub(super) struct Face {
    pub(super) id: ID,
    families: Vec<String>,
    weight: u16,
    /// The characters that it has, sorted.
    characters: Vec<u32>,
}

impl Fonts {
    /// The fonts among the files of a site and of its theme.
    pub fn of(own: Vec<SourceFile>, of_theme: Vec<(SourcePath, Arc<[u8]>)>) -> Self {
        let digest = Digest::of(&(
            own.iter().map(|file| (&file.path, file.stamp)).collect::<Vec<_>>(),
            of_theme
                .iter()
                .map(|(path, bytes)| (path, bytes.len(), blake3::hash(bytes).as_bytes().to_vec()))
                .collect::<Vec<_>>(),
        ));
        Self { own, of_theme, digest: Some(digest), faces: OnceLock::new() }
    }

    /// Whether a file of this name may hold a font.
    pub fn is_font(path: &SourcePath) -> bool {
        matches!(path.extension().as_str(), "woff2" | "woff" | "ttf" | "otf" | "ttc" | "otc")
    }

    /// Stands for the fonts.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// What is wrong with the fonts. Those that come along are known to be sound, and not read for this.
    pub fn faults(&self) -> &[Diagnostic] {
        let comes_along = |bytes: &[u8]| OF_THE_THEME.files().any(|file| file.contents() == bytes);
        if self.own.is_empty() && self.of_theme.iter().all(|(_, bytes)| comes_along(bytes)) {
            return &[];
        }
        &self.faces().told
    }

    /// All faces.
    pub(super) fn faces(&self) -> &Faces {
        self.faces.get_or_init(|| self.read())
    }

    fn read(&self) -> Faces {
        let mut reading = Reading::default();
        for file in &self.own {
            match fs::read(&SourceFile { limit: LARGEST, ..file.clone() }) {
                Ok(bytes) => reading.take(Some(&file.path), &bytes),
                Err(error) => reading.tell(&file.path, &error.to_string()),
            }
        }
        for (path, bytes) in &self.of_theme {
            reading.take(Some(path), bytes);
        }
        for dir in [&OF_THE_THEME, &OF_MANY_SCRIPTS] {
            for file in dir.files().filter(|file| file.path().extension().is_some_and(|one| one == "woff2")) {
                reading.take(None, file.contents());
            }
        }
        Faces { all: reading.faces, database: Arc::new(reading.database), told: reading.told }
    }
}

#[derive(Default)]
struct Reading {
    database: Database,
    faces: Vec<Face>,
    known: BTreeSet<[u8; 32]>,
    told: Vec<Diagnostic>,
}

impl Reading {
    /// Takes the faces of a font file; the same bytes a second time are nothing new.
    fn take(&mut self, path: Option<&SourcePath>, bytes: &[u8]) {
        if !self.known.insert(*blake3::hash(bytes).as_bytes()) {
            return;
        }
        let Some(font) = unpacked(bytes) else {
            if let Some(path) = path {
                self.tell(path, "it cannot be unpacked");
            }
            return;
        };
        let ids = self.database.load_font_source(Source::Binary(Arc::new(font)));
        if let (true, Some(path)) = (ids.is_empty(), path) {
            self.tell(path, "it holds no font");
        }
        for id in ids {
            let Some(info) = self.database.face(id) else { continue };
            let families = info.families.iter().map(|(name, _)| name.to_lowercase()).collect();
            let weight = info.weight.0;
            let characters = self.database.with_face_data(id, |data, index| {
                let font = FontRef::from_index(data, index).ok()?;
                Some(font.charmap().mappings().map(|(c, _)| c).collect::<BTreeSet<u32>>())
            });
            let characters = characters.flatten().unwrap_or_default().into_iter().collect();
            self.faces.push(Face { id, families, weight, characters });
        }
    }

    fn tell(&mut self, path: &SourcePath, why: &str) {
        self.told.push(
            Diagnostic::warning("bad-font", format!("no card is drawn with this font: {why}"))
                .at(Place::file(path))
                .help("fonts are WOFF2, WOFF, TrueType or OpenType files"),
        );
    }
}

/// A font as it is drawn with: without the packing of the web.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let unpacked = std::panic::catch_unwind(|| match bytes.get(..4)? {
        b"wOF2" => wuff::decompress_woff2(bytes).ok(),
        b"wOFF" => wuff::decompress_woff1(bytes).ok(),
        _ => Some(bytes.to_vec()),
    });
    unpacked.ok().flatten()
}

impl Face {
    /// Whether it has a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.characters.binary_search(&(c as u32)).is_ok()
    }
}

impl Faces {
    /// The face that draws a character: of the families that are wanted when one of these has it, else of any; of those
    /// with it, the one nearest in weight. Asked for again and again, `before` is taken as long as it has the next one.
    pub(super) fn of_character(&self, c: char, wanted: &[String], weight: u16, before: Option<usize>) -> Option<usize> {
        let is_wanted = |face: &Face| face.families.iter().any(|family| wanted.contains(family));
        let found = self.all.iter().enumerate().filter(|(_, face)| face.has(c));
        let rank =
            |(at, face): &(usize, &Face)| (!is_wanted(face), face.weight.abs_diff(weight), Some(*at) != before, *at);
        found.min_by_key(rank).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face_of(fonts: &Faces, c: char, weight: u16) -> Option<(&str, u16)> {
        let at = fonts.of_character(c, &["source serif 4".to_string()], weight, None)?;
        Some((fonts.all[at].families[0].as_str(), fonts.all[at].weight))
    }

    #[test]
    fn what_comes_along_draws_many_scripts() {
        let fonts = Fonts::default();
        let faces = fonts.faces();
        for (c, face) in [
            ('a', ("source serif 4", 400)),
            ('ł', ("source serif 4", 400)),
            ('ї', ("source serif 4", 400)),
            ('ệ', ("source serif 4", 600)),
            ('λ', ("source serif 4", 600)),
            ('ש', ("noto serif hebrew", 600)),
            ('ع', ("noto naskh arabic", 600)),
            ('台', ("noto serif sc", 600)),
            ('。', ("noto serif sc", 600)),
        ] {
            assert_eq!(face_of(faces, c, 400), Some(face), "{c}");
        }
        assert_eq!(face_of(faces, 'a', 700), Some(("source serif 4", 600)));
        assert_eq!(face_of(faces, 'ก', 400), None);
        assert_eq!(fonts.faults(), []);
    }

    #[test]
    fn what_is_no_font_is_told() {
        let theirs = |bytes: &[u8]| (SourcePath::new("themes/x/static/fonts/x.woff2"), Arc::from(bytes));
        let fonts = Fonts::of(Vec::new(), vec![theirs(b"wOF2 nothing"), theirs(b"text")]);
        let told: Vec<&str> = fonts.faults().iter().map(|one| &*one.message).collect();
        assert_eq!(
            told,
            [
                "no card is drawn with this font: it cannot be unpacked",
                "no card is drawn with this font: it holds no font"
            ]
        );
    }
}
