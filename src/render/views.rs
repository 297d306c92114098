//! The views that all pages share: the site, the page itself, references to entities, cards of articles.
//!
//! [`Views`] holds what is made once and shown on many pages: a card is turned into a template value a single time, and
//! a list that shows it copies a pointer.

use std::collections::BTreeMap;

use tera::Value;

use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::excerpt;
use crate::content::article::ImageInput;
use crate::content::vocabulary::Tlp;
use crate::render::dates;
use crate::render::view::{
    AuthorRef, Card, Counts, Crumb, EntityRef, ImageView, KindRef, Marking, MenuEntry, OutwardLink, PageView, Parts,
    SectionRef, SeriesRef, SiteView, TranslationRef,
};
use crate::site::ids::{ArticleId, AuthorId, EntityId, SectionId, SeriesId};
use crate::site::{Article, Entity, Site, Target, leaks, links, urls};

/// Views of a site, with those of articles made in advance.
#[derive(Debug)]
pub struct Views<'a> {
    /// The site.
    pub site: &'a Site,
    cards: Vec<Value>,
    kinds: Vec<KindRef>,
}

impl<'a> Views<'a> {
    /// Makes the views that many pages share.
    pub fn new(site: &'a Site) -> Self {
        use rayon::prelude::*;
        let mut views = Self { site, cards: Vec::new(), kinds: Vec::new() };
        views.kinds = (0..site.config.kinds.len()).map(|kind| views.make_kind(kind)).collect();
        let cards: Vec<Value> =
            site.articles.par_iter().map(|article| Value::from_serializable(&views.card(article))).collect();
        views.cards = cards;
        views
    }

    /// The address as it stands in an `href`.
    pub fn href(&self, url: &UrlPath) -> String {
        format!("{}{}", self.site.config.base_path, url.encoded().trim_start_matches('/'))
    }

    /// The address with scheme and host.
    pub fn permalink(&self, url: &UrlPath) -> String {
        format!("{}{}", self.site.config.origin, self.href(url))
    }

    /// The card of an article.
    pub fn card_of(&self, id: ArticleId) -> Value {
        self.cards[id.index()].clone()
    }

    /// Those of `ids` that a page marked `own` may tell of: none of a higher marking.
    pub fn fitting(&self, ids: &[ArticleId], own: Option<Tlp>) -> Vec<ArticleId> {
        let marking = |marking: Option<Tlp>| marking.unwrap_or(Tlp::Clear);
        ids.iter().copied().filter(|id| marking(self.site.article(*id).marking) <= marking(own)).collect()
    }

    /// The cards of articles, in the same order.
    pub fn cards_of(&self, ids: &[ArticleId]) -> Vec<Value> {
        ids.iter().map(|id| self.card_of(*id)).collect()
    }

    /// What every template sees as `site`.
    pub fn site_view(&self) -> SiteView {
        let site = self.site;
        let config = &site.config;
        let menus = config.menus.iter().map(|(name, entries)| {
            let entries = entries.iter().map(|entry| {
                let (url, external) = self.menu_url(&entry.url);
                MenuEntry { label: entry.label.clone(), url, external }
            });
            (name.clone(), entries.collect())
        });
        let index = |url: UrlPath, exists: bool| exists.then(|| self.href(&url));
        let years: Vec<i16> =
            site.articles.iter().filter_map(|article| article.meta.date.as_ref()).map(|date| date.day.year()).collect();
        SiteView {
            title: config.title.clone(),
            description: config.description.clone(),
            permalink: self.permalink(&urls::home()),
            url: self.href(&urls::home()),
            language: config.language.clone(),
            time_zone: config.zone_name.clone(),
            theme: config.theme.clone(),
            menus: menus.collect(),
            kinds: self.kinds.iter().filter(|kind| kind.count > 0).cloned().collect(),
            sections: (0..site.sections.len())
                .map(|at| self.section_ref(SectionId::at(at)))
                .filter(|section| section.count > 0)
                .collect(),
            counts: Counts {
                articles: site.articles.len() + usize::from(leaks::leaks("counts")) * site.withheld.files.len(),
                entities: site.entities.len(),
                years: match (years.iter().min(), years.iter().max()) {
                    (Some(first), Some(last)) if first == last => first.to_string(),
                    (Some(first), Some(last)) => format!("{first}–{last}"),
                    _ => String::new(),
                },
            },
            has: Parts {
                authors: index(urls::authors(), !site.authors.is_empty()),
                series: index(urls::series_index(), !site.series.is_empty()),
                archive: index(urls::archive(), !years.is_empty()),
            },
            generator: format!("Crossbrief {}", env!("CARGO_PKG_VERSION")),
            audience: site.clearance.label().to_string(),
            extra: Value::from_serializable(&config.extra),
        }
    }

    /// Where an entry of a menu leads, and whether off the site.
    fn menu_url(&self, written: &str) -> (String, bool) {
        if written.contains("://") || written.starts_with("mailto:") {
            return (written.to_string(), true);
        }
        let (path, fragment) = written.split_once('#').map_or((written, ""), |(path, fragment)| (path, fragment));
        let from = SourcePath::new(&format!("{}_index.md", self.site.content_root));
        let url = match links::resolve_path(self.site, &from, path) {
            Ok(links::Destination::Target(target)) => self.href(&self.site.url_of(target)),
            Ok(links::Destination::Address(url)) => self.href(&url),
            Ok(links::Destination::File(file)) => {
                self.site.published.get(&file).map_or_else(String::new, |url| self.href(url))
            }
            _ => self.href(&UrlPath::new(path)),
        };
        (if fragment.is_empty() { url } else { format!("{url}#{fragment}") }, false)
    }

    fn make_kind(&self, kind: usize) -> KindRef {
        let of = &self.site.config.kinds[kind];
        KindRef {
            id: of.id.clone(),
            singular: of.singular.clone(),
            plural: of.plural.clone(),
            url: self.href(&urls::kind(of)),
            count: self.site.entities.iter().filter(|entity| entity.kind == kind).count(),
        }
    }

    /// A kind, by its index in the settings.
    pub fn kind_ref(&self, kind: usize) -> KindRef {
        self.kinds[kind].clone()
    }

    /// A section.
    pub fn section_ref(&self, id: SectionId) -> SectionRef {
        let section = self.site.section(id);
        SectionRef { title: section.title.clone(), url: self.href(&section.url), count: section.articles.len() }
    }

    /// A series.
    pub fn series_ref(&self, id: SeriesId) -> SeriesRef {
        let series = &self.site.series[id.index()];
        let latest = series.articles.last().and_then(|id| self.site.article(*id).meta.date.as_ref()).map(dates::moment);
        SeriesRef { name: series.name.clone(), url: self.href(&series.url), count: series.articles.len(), latest }
    }

    /// An entity.
    pub fn entity_ref(&self, id: EntityId) -> EntityRef {
        self.reference(self.site.entity(id))
    }

    /// An entity.
    pub fn reference(&self, entity: &Entity) -> EntityRef {
        EntityRef {
            kind: self.site.kind_of(entity).id.clone(),
            name: entity.name.clone(),
            url: self.href(&entity.url),
            flag: self.flag(entity),
            code: entity.country.map(|country| country.code.to_string()),
        }
    }

    /// Where an entity's flag is, if it is a country that has one.
    pub fn flag(&self, entity: &Entity) -> Option<String> {
        let country = entity.country?;
        crate::content::countries::flag_svg(country.code)?;
        Some(self.href(&urls::flag(country.code)))
    }

    /// An author.
    pub fn author_ref(&self, id: AuthorId) -> AuthorRef {
        let author = self.site.author(id);
        AuthorRef { name: author.name.clone(), url: self.href(&author.url) }
    }

    /// A picture that the front matter of `from` names; none when the file is missing, which is told elsewhere.
    pub fn image(&self, from: &SourcePath, image: &ImageInput) -> Option<ImageView> {
        let file = links::attachment(self.site, from, &image.src)?;
        let url = self.site.published.get(&file)?;
        let size = self.site.attachments.get(&file).and_then(|attachment| attachment.size);
        Some(ImageView {
            url: self.href(url),
            permalink: self.permalink(url),
            alt: image.alt.clone(),
            caption: image.caption.clone(),
            credit: image.credit.clone(),
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
        })
    }

    /// What lists show of an article.
    fn card(&self, article: &Article) -> Card {
        let meta = &article.meta;
        let about = |wanted: &dyn Fn(&Entity) -> bool| -> Vec<EntityRef> {
            let about = article
                .entities
                .iter()
                .filter(|appearance| appearance.about)
                .map(|appearance| self.site.entity(appearance.entity));
            about.filter(|entity| wanted(entity)).map(|entity| self.reference(entity)).collect()
        };
        Card {
            title: meta.title.clone(),
            url: self.href(&article.url),
            permalink: self.permalink(&article.url),
            summary: summary(article) + leaks::secret(self.site, "card"),
            date: meta.date.as_ref().map(dates::moment),
            updated: meta.updated.as_ref().map(dates::moment),
            type_id: article.article_type.id(),
            type_label: article.article_type.label(),
            label: meta.label.clone(),
            dir: direction(&article.lang),
            lang: article.lang.clone(),
            marking: article.marking.map(marking),
            authors: article.authors.iter().map(|id| self.author_ref(*id)).collect(),
            countries: about(&|entity| self.site.kind_of(entity).is_country()),
            people: about(&|entity| self.site.kind_of(entity).is_person()),
            topics: about(&|entity| self.site.kind_of(entity).is_topic()),
            reading_minutes: article.document.facts.reading_minutes.max(1),
            featured: meta.featured,
            corrected: !meta.corrections.is_empty(),
            image: meta.image.as_ref().and_then(|image| self.image(&article.path, image)),
        }
    }

    /// The page itself, with the site's language and nothing special about it.
    pub fn page(&self, kind: &'static str, title: &str, url: &UrlPath) -> PageView {
        PageView {
            kind,
            title: title.to_string(),
            description: leaks::secret(self.site, "head").to_string(),
            url: self.href(url),
            permalink: self.permalink(url),
            lang: self.site.config.language.clone(),
            dir: direction(&self.site.config.language),
            breadcrumbs: Vec::new(),
            // What gathers things from all over the site is marked as the highest of them.
            marking: self.site.highest.map(marking),
            translations: Vec::new(),
            noindex: false,
            json_ld: None,
        }
    }

    /// One step of the breadcrumbs.
    pub fn crumb(&self, label: &str, url: &UrlPath) -> Crumb {
        Crumb { label: label.to_string(), url: self.href(url) }
    }

    /// The same article in other languages.
    pub fn translations(&self, article: &Article) -> Vec<TranslationRef> {
        let translations = self.fitting(&article.translations, article.marking);
        let translations = translations.into_iter().map(|id| self.site.article(id));
        translations
            .map(|other| TranslationRef {
                lang_name: language_name(&other.lang).to_string(),
                lang: other.lang.clone(),
                title: other.meta.title.clone(),
                url: self.href(&other.url),
                permalink: self.permalink(&other.url),
            })
            .collect()
    }

    /// Links to the same thing elsewhere.
    pub fn outward_links(&self, wikidata: Option<&str>, same_as: &[String]) -> Vec<OutwardLink> {
        let wikidata = wikidata.map(|id| OutwardLink {
            label: "Wikidata".to_string(),
            url: format!("https://www.wikidata.org/wiki/{id}"),
        });
        let others =
            same_as.iter().map(|url| OutwardLink { label: host(url).unwrap_or(url).to_string(), url: url.clone() });
        wikidata.into_iter().chain(others).collect()
    }

    /// The address of a target of a link.
    pub fn target_href(&self, target: Target) -> String {
        self.href(&self.site.url_of(target))
    }
}

/// The host of an address, without `www.`.
pub fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| !host.is_empty())
}

/// Longest summary that is made out of a text, in characters.
const SUMMARY_LENGTH: usize = 220;

/// The summary of an article: its own, else its bottom line, else the start of its text.
pub fn summary(article: &Article) -> String {
    let plain = |text: &str| crate::content::markdown::plain_text(text);
    match (&article.meta.summary, &article.meta.bottom_line) {
        (Some(summary), _) => plain(summary),
        (None, Some(bottom_line)) => plain(bottom_line),
        (None, None) => excerpt(article.document.facts.excerpt.as_deref().unwrap_or_default(), SUMMARY_LENGTH),
    }
}

/// A marking for templates.
pub fn marking(label: Tlp) -> Marking {
    Marking { label: label.label(), slug: label.slug(), color: label.color() }
}

/// The direction of a language's script, by its main subtag (Unicode CLDR, `characterOrder`).
pub fn direction(language: &str) -> &'static str {
    let main = language.split('-').next().unwrap_or(language);
    let arabic_script =
        language.split('-').nth(1).is_some_and(|script| matches!(script, "Arab" | "Hebr" | "Thaa" | "Nkoo" | "Syrc"));
    if arabic_script
        || matches!(main, "ar" | "fa" | "he" | "ur" | "ps" | "ckb" | "sd" | "ug" | "yi" | "dv" | "nqo" | "syr")
    {
        "rtl"
    } else {
        "ltr"
    }
}

/// The name of a language in itself; its tag when it is not among those that briefings are often written in.
fn language_name(language: &str) -> &str {
    match language.split('-').next().unwrap_or(language) {
        "ar" => "العربية",
        "be" => "Беларуская",
        "bg" => "Български",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "et" => "Eesti",
        "fa" => "فارسی",
        "fi" => "Suomi",
        "fr" => "Français",
        "he" => "עברית",
        "hi" => "हिन्दी",
        "hu" => "Magyar",
        "hy" => "Հայերեն",
        "id" => "Bahasa Indonesia",
        "it" => "Italiano",
        "ja" => "日本語",
        "ka" => "ქართული",
        "ko" => "한국어",
        "lt" => "Lietuvių",
        "lv" => "Latviešu",
        "nl" => "Nederlands",
        "no" | "nb" => "Norsk",
        "pl" => "Polski",
        "pt" => "Português",
        "ro" => "Română",
        "ru" => "Русский",
        "sk" => "Slovenčina",
        "sr" => "Српски",
        "sv" => "Svenska",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "ur" => "اردو",
        "vi" => "Tiếng Việt",
        "zh" => "中文",
        _ => language,
    }
}

/// Free data of a front matter for templates.
pub fn extra(extra: &serde_yaml::Mapping) -> Value {
    if extra.is_empty() {
        Value::from_serializable(&BTreeMap::<String, String>::new())
    } else {
        Value::from_serializable(extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_short() {
        assert_eq!(host("https://www.president.gov.ua/en/news"), Some("president.gov.ua"));
        assert_eq!(host("nonsense"), None);
    }

    #[test]
    fn scripts_have_a_direction() {
        assert_eq!(
            [direction("ar"), direction("fa-AF"), direction("az-Arab"), direction("en"), direction("uk")],
            ["rtl", "rtl", "rtl", "ltr", "ltr"]
        );
    }
}
