//! Files that go out as they are: the theme's assets, `static/`, pictures and documents beside the texts, flags.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::ContentHash;
use crate::base::paths::{SourcePath, UrlPath};
use crate::content::countries;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::site::{Site, urls};

/// A file of a theme, or one that the site puts in its place.
#[derive(Clone, Debug, Hash)]
pub struct Asset {
    /// Where it goes.
    pub url: UrlPath,
    /// Where it comes from, for messages.
    pub path: SourcePath,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

pub(super) fn plan(site: &Site, assets: &[Asset], plan: &mut Plan) {
    for (path, url) in site.published.iter().filter(|(_, url)| !url.is_outside()) {
        plan.add(url, Some(path), Copied(path.clone()));
    }
    // A file of the site's `static/` stands in for the theme's of the same name.
    for asset in assets.iter().filter(|asset| !site.published.values().any(|url| *url == asset.url)) {
        plan.add(&asset.url, Some(&asset.path), Embedded(asset.bytes.clone()));
    }
    for country in site.entities.iter().filter_map(|entity| entity.country) {
        if let Some(svg) = countries::flag_svg(country.code) {
            plan.add_shared(&urls::flag(country.code), None, Embedded(svg.as_bytes().into()));
        }
    }
}

#[derive(Debug)]
struct Copied(SourcePath);

impl Recipe for Copied {
    fn name(&self) -> Cow<'static, str> {
        format!("copy of {}", self.0).into()
    }

    fn source(&self) -> Option<&SourcePath> {
        Some(&self.0)
    }

    fn render(&self, _: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Copy(self.0.clone()))
    }
}

#[derive(Debug)]
pub(super) struct Embedded(pub(super) Arc<[u8]>);

impl Recipe for Embedded {
    fn name(&self) -> Cow<'static, str> {
        format!("file {}", ContentHash::of(&self.0)).into()
    }

    fn render(&self, _: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Bytes(self.0.to_vec()))
    }
}
