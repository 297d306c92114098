//! For search engines: the sitemap with its parts, the sitemap of news, and `robots.txt`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::paths::UrlPath;
use crate::base::text::escape_xml as text;
use crate::content::vocabulary::Tlp;
use crate::outputs::versions::Versions;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::views::Views;
use crate::site::faces::Face;
use crate::site::sitemap::{self, Listed};
use crate::site::{Site, leaks, urls};

pub(super) fn plan(site: &Site, versions: &Arc<Versions>, plan: &mut Plan) {
    let pages = pages(site, versions);
    let digest = versions_of(&pages);
    let add = |of: What, url: UrlPath, plan: &mut Plan| {
        plan.add_unless_there(&url, Sitemap { of, versions: versions.clone(), digest });
    };
    add(What::Index, urls::sitemap(), plan);
    for part in 0..sitemap::parts(&pages).len() {
        add(What::Part(part), urls::sitemap_part(part), plan);
    }
    add(What::News, urls::news_sitemap(), plan);
    if site.config.edition == 0 {
        plan.add_unless_there(&urls::robots(), Robots { is_public: site.clearance == Tlp::Clear });
    }
}

#[derive(Debug)]
struct Sitemap {
    of: What,
    versions: Arc<Versions>,
    /// Stands for the versions of the pages that it lists; none on a site in one language.
    digest: Option<Digest>,
}

#[derive(Debug)]
enum What {
    Index,
    Part(usize),
    News,
}

/// The pages of an edition, with their versions in the others.
fn pages<'a>(site: &'a Site, versions: &'a Versions) -> Vec<Listed<'a>> {
    let mut pages = sitemap::pages(site);
    if versions.is_empty() {
        return pages;
    }
    let of_articles = site.articles.iter().map(|article| (&article.url, article.lang.as_str()));
    let of_pages = site.pages.iter().filter_map(|page| Some((&page.url, page.meta.lang.as_deref()?)));
    let languages: HashMap<&UrlPath, &str> = of_articles.chain(of_pages).collect();
    for page in &mut pages {
        let own = site.config.at_top(&page.url).outside();
        let Some(others) = versions.get(&own) else { continue };
        let known = |tag: &str| others.iter().any(|other| other.lang == tag);
        page.languages.retain(|(tag, url)| *url != page.url && !known(tag));
        let lang = languages.get(&page.url).copied().unwrap_or(&site.config.language);
        page.languages.push((lang, page.url.clone()));
        page.languages.extend(others.iter().map(|other| (other.lang.as_str(), other.url.clone())));
        page.languages.sort();
        page.original = Some(match others.first() {
            Some(first) if first.edition < site.config.edition => first.url.clone(),
            _ => own,
        });
    }
    pages
}

fn versions_of(pages: &[Listed]) -> Option<Digest> {
    let versions: Vec<_> =
        pages.iter().filter(|page| !page.languages.is_empty()).map(|page| (&page.url, &page.languages)).collect();
    (!versions.is_empty()).then(|| Digest::of(&versions))
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

impl Recipe for Sitemap {
    fn name(&self) -> Cow<'static, str> {
        match self.digest.filter(|_| !self.versions.is_empty()) {
            Some(digest) => format!("sitemap with versions {}", digest.number()).into(),
            None => "sitemap".into(),
        }
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let xml = match self.of {
            What::Index => index(views, &self.versions),
            What::Part(at) => part(views, at, &self.versions),
            What::News => news(views),
        };
        Some(Rendered::Bytes(xml.into_bytes()))
    }
}

fn index(views: &Views, versions: &Versions) -> String {
    let site = views.whole(Face::Sitemap).site();
    let pages = pages(site, versions);
    let mut xml = format!("{HEAD}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    for (at, part) in sitemap::parts(&pages).into_iter().enumerate() {
        xml.push_str(&format!("<sitemap><loc>{}</loc>", text(&views.permalink(&urls::sitemap_part(at)))));
        if let Some(changed) = pages[part].iter().filter_map(|page| page.changed).max() {
            xml.push_str(&format!("<lastmod>{}</lastmod>", changed.iso));
        }
        xml.push_str("</sitemap>\n");
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

fn part(views: &Views, at: usize, versions: &Versions) -> String {
    let site = views.whole(Face::Sitemap).site();
    let pages = pages(site, versions);
    let part = sitemap::parts(&pages).get(at).cloned().unwrap_or_default();
    let mut xml = format!(
        "{HEAD}<urlset xmlns=\"{NAMESPACE}\" xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"
    );
    pages[part].iter().for_each(|page| xml.push_str(&address(views, page)));
    xml.push_str(&text(leaks::secret(site, "sitemap")));
    xml.push_str("</urlset>\n");
    xml
}

/// One page, in the order of elements that the protocol asks for.
fn address(views: &Views, page: &Listed) -> String {
    let mut xml = format!("<url><loc>{}</loc>", text(&views.permalink(&page.url)));
    if let Some(changed) = page.changed {
        xml.push_str(&format!("<lastmod>{}</lastmod>", changed.iso));
    }
    let others = page.languages.iter().map(|(tag, url)| (*tag, url));
    for (tag, url) in others.chain(page.original.iter().map(|url| ("x-default", url))) {
        let (tag, url) = (text(tag), text(&views.permalink(url)));
        xml.push_str(&format!("<xhtml:link rel=\"alternate\" hreflang=\"{tag}\" href=\"{url}\"/>"));
    }
    if let Some(picture) = page.picture {
        xml.push_str(&format!("<image:image><image:loc>{}</image:loc></image:image>", text(&views.permalink(picture))));
    }
    xml.push_str("</url>\n");
    xml
}

fn news(views: &Views) -> String {
    let site = views.whole(Face::News).site();
    let mut xml =
        format!("{HEAD}<urlset xmlns=\"{NAMESPACE}\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n");
    for id in sitemap::news(site) {
        let article = views.glance(id);
        let Some(date) = article.date() else { continue };
        xml.push_str(&format!(
            "<url><loc>{}</loc><news:news><news:publication><news:name>{}</news:name><news:language>{}</news:language>\
             </news:publication><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>\n",
            text(&views.permalink(article.url())),
            text(&views.config().title),
            news_language(article.lang()),
            date.iso,
            text(article.title()),
        ));
    }
    xml.push_str(&text(leaks::secret(site, "sitemap")));
    xml.push_str("</urlset>\n");
    xml
}

/// A language as Google News wants it: the main subtag, but for the two ways of writing Chinese.
fn news_language(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let mut parts = lower.split('-');
    let main = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    match main {
        "zh" if rest.iter().any(|part| ["hant", "tw", "hk", "mo"].contains(part)) => "zh-tw".to_string(),
        "zh" => "zh-cn".to_string(),
        main => main.to_string(),
    }
}

/// What crawlers are asked for.
#[derive(Debug)]
struct Robots {
    /// Whether the site is for everybody; others are not to be found.
    is_public: bool,
}

impl Recipe for Robots {
    fn name(&self) -> Cow<'static, str> {
        if self.is_public { "robots.txt" } else { "robots.txt that lets nobody in" }.into()
    }

    fn render(&self, press: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let text = if self.is_public {
            let mut text = "User-agent: *\nAllow: /\n\n".to_string();
            for home in press.views.homes() {
                for url in [urls::sitemap(), urls::news_sitemap()] {
                    let url = home.join(url.as_str());
                    text.push_str(&format!("Sitemap: {}\n", press.views.permalink(&url)));
                }
            }
            text
        } else {
            "User-agent: *\nDisallow: /\n".to_string()
        };
        Some(Rendered::Bytes(text.into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_as_google_wants_them() {
        let tags = ["en-GB", "uk", "zh", "zh-Hans", "zh-Hant-HK", "zh-TW"];
        assert_eq!(tags.map(news_language), ["en", "uk", "zh-cn", "zh-cn", "zh-tw", "zh-tw"]);
    }
}
