//! The quick pass over a page: twice is once; it never changes what a browser reads of a sound page, and never makes an
//! element or attribute out of anything else.

use std::collections::BTreeSet;

use crossbrief::render::tidy;

use super::oracle;

/// Takes the bytes as a page.
pub fn run(data: &[u8]) {
    let Ok(page) = std::str::from_utf8(data) else { return };
    if let Some(once) = tidy::tidy(page) {
        let once = String::from_utf8(once).expect("text stays text");
        let twice = tidy::tidy(&once).map(|twice| String::from_utf8(twice).expect("text stays text"));
        assert_eq!(twice.as_deref(), Some(once.as_str()), "twice is not once");
        let (before, after) = (oracle::elements(page), oracle::elements(&once));
        if oracle::is_sound(page) {
            assert_eq!(after, before, "other elements than before: {once:?}");
        }
        // White space may open a `<b>` again that never ended, and that is all.
        let known: BTreeSet<_> = before.iter().collect();
        let new: Vec<_> = after.iter().filter(|element| !known.contains(element)).collect();
        assert!(new.is_empty(), "{new:?} came of nothing: {once:?}");
    }
}
