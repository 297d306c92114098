//! Smaller versions of the pictures that stand beside the texts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::SourcePath;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::pictures::{self, Smaller};
use crate::site::{Site, links};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    // The same picture in two places has the same smaller ones.
    let mut all: BTreeMap<Smaller, &SourcePath> = BTreeMap::new();
    for path in site.published.keys() {
        for smaller in pictures::versions(site, path) {
            all.entry(smaller).or_insert(path);
        }
    }
    for (from, _, image) in site.portraits() {
        let known = links::attachment(site, from, &image.src).and_then(|path| site.published.get_key_value(&path));
        let Some((path, _)) = known else { continue };
        for square in pictures::squares(site, path, image.focus()) {
            all.entry(square).or_insert(path);
        }
    }
    for (smaller, path) in all {
        plan.add_shared(&smaller.url(), Some(path), SmallerPicture { of: path.clone(), smaller });
    }
}

#[derive(Debug)]
struct SmallerPicture {
    of: SourcePath,
    smaller: Smaller,
}

impl Recipe for SmallerPicture {
    fn name(&self) -> Cow<'static, str> {
        // It is the same wherever its picture lies.
        format!("smaller picture {}", self.smaller.url().as_str()).into()
    }

    fn render(&self, _: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Smaller { of: self.of.clone(), smaller: self.smaller.clone() })
    }
}
