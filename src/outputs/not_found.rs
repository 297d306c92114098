//! The page for addresses that lead nowhere.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::base::paths::UrlPath;
use crate::outputs::{Plan, Press, Recipe, Rendered, Values};

pub(super) fn plan(plan: &mut Plan) {
    plan.add(&UrlPath::new("404.html"), None, NotFound);
}

#[derive(Debug)]
struct NotFound;

impl Recipe for NotFound {
    fn name(&self) -> Cow<'static, str> {
        "not-found page".into()
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let mut page =
            press.views.page("not_found", press.views.language().text("not-found"), &UrlPath::new("404.html"));
        page.noindex = true;
        press.page("404.html", page, Values::default(), diagnostics)
    }
}
