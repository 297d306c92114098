//! Pages of canceled articles: they say that, and nothing more.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::content::vocabulary::Tlp;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::render::view::TombstoneView;
use crate::render::views::marking;
use crate::site::Site;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for stone in &site.tombstones {
        plan.add(&stone.url, Some(&stone.path), Tombstone { url: stone.url.clone(), marking: stone.marking });
    }
}

#[derive(Debug)]
struct Tombstone {
    url: UrlPath,
    marking: Option<Tlp>,
}

impl Recipe for Tombstone {
    fn name(&self) -> Cow<'static, str> {
        format!("tombstone {}", self.marking.map_or("", |marking| marking.label())).into()
    }

    fn has_versions(&self) -> bool {
        false
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut page = press.views.page("tombstone", press.views.language().text("withdrawn"), &self.url);
        page.noindex = true;
        page.title.push_str(press.views.secret("tombstone"));
        page.marking = self.marking.map(marking);
        press.page(
            "tombstone.html",
            page,
            Values::default().with("tombstone", &TombstoneView { status: "canceled" }),
            diagnostics,
        )
    }
}
