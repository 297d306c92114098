//! The site on a home screen: the web app manifest, and icons drawn from the one SVG at `/favicon.svg`.

use std::borrow::Cow;

use serde_json::json;

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::ContentHash;
use crate::base::paths::SourcePath;
use crate::outputs::{Asset, Drawing, Plan, Press, Recipe, Rendered};
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, assets: &[Asset], plan: &mut Plan) {
    let own = site.published.iter().find(|(_, url)| **url == urls::icon());
    let drawing = match own {
        Some((path, _)) => Drawing::File(path.clone()),
        None => match assets.iter().find(|asset| asset.url == urls::icon()) {
            Some(asset) => Drawing::Bytes(asset.path.clone(), asset.bytes.clone()),
            None => return,
        },
    };
    plan.add_unless_there(&urls::manifest(), Manifest);
    for size in SIZES {
        plan.add_unless_there(&urls::icon_of(size), Icon { drawing: drawing.clone(), size, background: None });
    }
    // Apple fills what is transparent with black.
    let apple = Icon { drawing, size: 180, background: Some([255, 255, 255]) };
    plan.add_unless_there(&urls::apple_icon(), apple);
}

/// The sizes of icons that the manifest names, in pixels.
const SIZES: [u32; 2] = [192, 512];

#[derive(Debug)]
struct Icon {
    drawing: Drawing,
    size: u32,
    background: Option<[u8; 3]>,
}

impl Recipe for Icon {
    fn name(&self) -> Cow<'static, str> {
        match &self.drawing {
            Drawing::File(path) => format!("icon {} of {path}", self.size).into(),
            Drawing::Bytes(_, bytes) => format!("icon {} of {}", self.size, ContentHash::of(bytes)).into(),
        }
    }

    fn source(&self) -> Option<&SourcePath> {
        match &self.drawing {
            Drawing::File(path) => Some(path),
            Drawing::Bytes(..) => None,
        }
    }

    fn render(&self, _: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Icon { drawing: self.drawing.clone(), size: self.size, background: self.background })
    }
}

#[derive(Debug)]
struct Manifest;

impl Recipe for Manifest {
    fn name(&self) -> Cow<'static, str> {
        "web app manifest".into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let config = views.config();
        let home = views.href(&urls::home());
        let mut icons = vec![json!({"src": views.href(&urls::icon()), "sizes": "any", "type": "image/svg+xml"})];
        for size in SIZES {
            let src = views.href(&urls::icon_of(size));
            icons.push(json!({"src": src, "sizes": format!("{size}x{size}"), "type": "image/png"}));
        }
        let manifest = json!({
            "id": home,
            "name": config.title,
            "description": config.description,
            "lang": config.language,
            "dir": crate::words::tags::direction(&config.language),
            "start_url": home,
            "scope": home,
            "display": "browser",
            "icons": icons,
        });
        Some(Rendered::Bytes(format!("{manifest}\n").into_bytes()))
    }
}

impl Drawing {
    /// Where it comes from, for messages.
    pub fn path(&self) -> &SourcePath {
        match self {
            Drawing::File(path) | Drawing::Bytes(path, _) => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn another_drawing_is_another_icon() {
        let icon = |text: &str| Icon {
            drawing: Drawing::Bytes(SourcePath::new("theme/favicon.svg"), Arc::from(text.as_bytes())),
            size: 192,
            background: None,
        };
        assert_ne!(icon("<svg/>").name(), icon("<svg></svg>").name());
    }
}
