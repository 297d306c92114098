//! Who is behind the site: `humans.txt` and `/.well-known/security.txt` (RFC 9116), as `site.yaml` says.

use std::borrow::Cow;

use crate::base::diagnostics::Diagnostic;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if !site.config.humans.is_empty() {
        plan.add_unless_there(&urls::humans(), Humans);
    }
    if site.config.security.is_some() {
        plan.add_unless_there(&urls::security(), SecurityText);
    }
}

#[derive(Debug)]
struct Humans;

impl Recipe for Humans {
    fn name(&self) -> Cow<'static, str> {
        "humans.txt".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Bytes(format!("{}\n", press.views.config().humans).into_bytes()))
    }
}

#[derive(Debug)]
struct SecurityText;

impl Recipe for SecurityText {
    fn name(&self) -> Cow<'static, str> {
        "security.txt".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let security = views.config().security.as_ref()?;
        let fields = security.fields.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let own = format!("Canonical: {}\n", views.permalink(&urls::security()));
        Some(Rendered::Bytes(fields.chain([own]).collect::<String>().into_bytes()))
    }
}
