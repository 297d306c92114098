//! Old addresses that lead to new ones.

use std::borrow::Cow;

use serde::Serialize;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};
use crate::site::Site;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    for redirect in &site.redirects {
        let recipe = Redirect { from: redirect.from.clone(), to: redirect.to.clone() };
        plan.add(&redirect.from, Some(&redirect.place.path), recipe);
        if let Some(output) = plan.outputs.last_mut() {
            output.redirect = Some(redirect.place.clone());
        }
    }
}

#[derive(Debug)]
struct Redirect {
    from: UrlPath,
    to: UrlPath,
}

/// What `redirect.html` sees as `redirect`.
#[derive(Serialize)]
struct RedirectView {
    /// Where to.
    url: String,
    /// The same in full.
    permalink: String,
}

impl Recipe for Redirect {
    fn name(&self) -> Cow<'static, str> {
        format!("redirect to {}", self.to).into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let mut page = views.page("redirect", views.language().text("moved"), &self.from);
        page.noindex = true;
        let view = RedirectView { url: views.href(&self.to), permalink: views.permalink(&self.to) };
        press.page("redirect.html", page, Values::default().with("redirect", &view), diagnostics)
    }
}
