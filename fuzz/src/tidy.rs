//! The quick pass over a page: twice is once; it never changes what a browser reads of a sound page, and never makes an
//! element or attribute out of anything else.

use std::collections::BTreeSet;

use crossbrief::render::tidy;

use super::oracle::{self, Element};

/// Takes the bytes as a page.
pub fn run(data: &[u8]) {
    let Ok(page) = std::str::from_utf8(data) else { return };
    if let Some(once) = tidy::tidy(page) {
        let once = String::from_utf8(once).expect("text stays text");
        let twice = tidy::tidy(&once).map(|twice| String::from_utf8(twice).expect("text stays text"));
        assert_eq!(twice.as_deref(), Some(once.as_str()), "twice is not once");
        let (before, after) = (as_meant(oracle::elements(page)), as_meant(oracle::elements(&once)));
        if oracle::is_sound(page) {
            assert_eq!(after, before, "other elements than before: {once:?}");
        }
        // White space may open a `<b>` again that never ended, and that is all.
        let known: BTreeSet<_> = before.iter().collect();
        let new: Vec<_> = after.iter().filter(|element| !known.contains(element)).collect();
        assert!(new.is_empty(), "{new:?} came of nothing: {once:?}");
    }
}

/// Elements without what says nothing in their attributes: whatever value `checked` has, and white space around a class.
fn as_meant(mut elements: Vec<Element>) -> Vec<Element> {
    for (key, value) in elements.iter_mut().flat_map(|(_, attributes)| attributes) {
        if tidy::is_boolean(key.as_bytes()) {
            value.clear();
        } else if key == "class" {
            *value = value.trim_ascii().to_string();
        }
    }
    for (_, attributes) in &mut elements {
        attributes.retain(|(key, value)| !value.is_empty() || !matches!(key.as_str(), "class" | "id" | "style"));
    }
    elements
}
