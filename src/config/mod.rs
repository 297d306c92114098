//! `site.yaml`: the file as written ([`SiteFile`]) and what comes of it ([`Config`]).
//!
//! Every key is documented on its field; `crossbrief schema site` prints them for editors. Without a `site.yaml` all
//! keys have their defaults, and the title comes from the folder's name.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::paths::SourcePath;
use crate::base::suggest::did_you_mean;
use crate::base::text::{excerpt, one_line, slugify};
use crate::base::yaml::values::{List, written};
use crate::config::browsers::{Assets, Browser};
use crate::config::cache::{CacheInput, CacheSchema, SharedCache, address_or_keys};
use crate::config::cards::SocialCards;
use crate::config::connections::{Connections, Pairs};
use crate::config::contact::{Security, SecurityInput};
use crate::config::editions::{Edition, EditionInput};
use crate::config::external_links::ExternalLinks;
use crate::config::feeds::Feeds;
use crate::config::linking::Linking;
use crate::config::lints::{LintLevel, Lints};
use crate::config::maps::Maps;
use crate::config::policies::Policies;
use crate::config::targets::{Target, TargetInput};
use crate::content::history::{History, HistoryInput};
use crate::content::kinds::Kind;
use crate::content::markdown::{MarkdownOptions, scheme_is_safe};
use crate::content::page::title_of;
use crate::content::vocabulary::Tlp;

pub mod browsers;
pub mod cache;
pub mod cards;
pub mod connections;
pub mod contact;
pub mod editions;
pub mod external_links;
pub mod feeds;
pub mod linking;
pub mod lints;
pub mod maps;
pub mod policies;
pub mod targets;

/// `site.yaml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteFile {
    /// Title of the site.
    pub title: Option<String>,
    /// Where the site will be: `https://example.org/` or, in a folder of a host, `https://example.org/desk/`.
    pub base_url: Option<String>,
    /// Main language as a BCP 47 tag. Default: `en`.
    pub language: Option<String>,
    /// The languages that the site has an edition in: tags, or `{tag: …, title: …}`. The first (or `language`) is the main
    /// one.
    #[schemars(with = "Vec<EditionInput>")]
    pub languages: Vec<EditionInput>,
    /// IANA time zone in which dates without an offset are read, and shown: `Europe/Kyiv`. Default: `UTC`.
    pub time_zone: Option<String>,
    /// What the site is, in a sentence or two.
    pub description: Option<String>,
    /// Authors of articles that name none.
    pub authors: List,
    /// Name of the theme: a folder in `themes/`, or a theme that comes with Crossbrief. Default: `default`.
    pub theme: Option<String>,
    /// Kinds of entities besides people, countries and topics; and other words or addresses for these three.
    #[schemars(with = "BTreeMap<String, KindInput>")]
    pub kinds: IndexMap<String, KindInput>,
    /// Menus by name; the theme says which it shows (`main`, `footer`).
    pub menus: BTreeMap<String, Vec<MenuInput>>,
    /// Sizes of lists.
    pub pagination: PaginationInput,
    /// Feeds.
    pub feed: Feeds,
    /// Whether there is a Markdown twin beside the page of each briefing and entity: `index.md`. Default: no.
    pub markdown_twins: bool,
    /// Whom to tell of a hole in the site: `/.well-known/security.txt`.
    pub security: Option<SecurityInput>,
    /// Pages that say how the newsroom works.
    pub policies: Policies,
    /// Who made the site: the text of `/humans.txt`.
    pub humans: Option<String>,
    /// Markdown extensions.
    pub markdown: MarkdownOptions,
    /// Names in the text: which are found, and which become links.
    pub linking: Linking,
    /// What is shown of entities that appear together.
    pub connections: Connections,
    /// Maps on the pages of countries.
    pub maps: Maps,
    /// Pictures.
    pub images: Images,
    /// Style sheets and scripts.
    pub assets: Assets,
    /// Which pages have a picture of their own for previews of links, 1200 by 630 pixels: none (`off`, the default), those
    /// of `articles`, or `all`: those of entities, too.
    pub social_cards: SocialCards,
    /// Whether raw HTML in Markdown reaches the page. Only for sites whose every author may run scripts on it.
    pub raw_html: bool,
    /// TLP label of all files that state none: `CLEAR`, `GREEN`, `AMBER`, `AMBER+STRICT` or `RED`. A file may raise
    /// it; to lower it is an error.
    #[schemars(extend("enum" = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]))]
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String")]
    pub tlp: Option<String>,
    /// Whether paragraphs and entries of lists begin with their marking: `(TLP:AMBER)`. Default: no.
    pub portion_marks: bool,
    /// What becomes of articles that have no marking, neither their own nor one by default.
    pub unmarked: Unmarked,
    /// Whether pages are minified. Default: yes.
    pub minify: Option<bool>,
    /// Whether readers can search the site: its page is `/search/`. Default: yes.
    pub search: Option<bool>,
    /// Whether all key judgments are listed on `/judgments/`, with what came of them. Default: yes.
    pub judgments: Option<bool>,
    /// Whether all corrections are listed on `/corrections/`. Default: yes.
    pub corrections: Option<bool>,
    /// Whether readers may compare the published revisions of a briefing, word by word, as the commits of git have them; a
    /// day (`2025-06-01`) for those from then on. Words that were taken out of a briefing are shown. Default: no.
    #[schemars(with = "HistoryInput")]
    pub history: Option<HistoryInput>,
    /// How strict each lint is, by its code.
    pub lints: BTreeMap<String, LintLevel>,
    /// Addresses elsewhere, which `crossbrief check --links external` asks.
    pub external_links: ExternalLinks,
    /// Files and folders that are left alone: names or paths from the site's folder, `*` for any run of characters.
    pub ignore: List,
    /// Places to publish to, by name: `crossbrief publish NAME`.
    #[schemars(with = "BTreeMap<String, TargetInput>")]
    pub targets: IndexMap<String, TargetInput>,
    /// Where builds keep what they made for the other machines of a team, so that nobody makes it again: an address such as
    /// `s3://desk-cache/site`, or the keys of such a place.
    #[serde(deserialize_with = "address_or_keys")]
    #[schemars(with = "Option<CacheSchema>")]
    pub cache: Option<CacheInput>,
    /// What opens source files from the preview: an editor’s name (`vscode`, `zed`, `idea`), or an address with
    /// `{path}`, `{line}` and `{column}`. Default: by `$VISUAL` or `$EDITOR`, else VS Code.
    pub editor: Option<String>,
    /// Anything else, for templates.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub extra: serde_yaml::Mapping,
}

/// One kind of entity.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KindInput {
    /// For readers: `Organisation`.
    pub singular: Option<String>,
    /// For readers: `Organisations`.
    pub plural: Option<String>,
    /// Folder under `content/` and place in addresses. Default: the plural as a slug.
    pub path: Option<String>,
    /// Key in the front matter of articles. Default: the path with `_` for `-`.
    pub key: Option<String>,
    /// schema.org type. Default: `Thing`.
    pub schema_type: Option<String>,
}

/// One entry of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuInput {
    /// Text of the entry.
    pub label: String,
    /// An address on the site (`/about/`), a Markdown file (`about.md`) or a full address.
    pub url: String,
}

/// Sizes of lists.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PaginationInput {
    /// Articles on a page of a section, an author or the like.
    #[schemars(range(min = 1, max = 1000))]
    pub articles: usize,
    /// Articles on a page of an entity.
    #[schemars(range(min = 1, max = 1000))]
    pub entity: usize,
    /// Articles on the home page besides the featured ones.
    #[schemars(range(min = 1, max = 1000))]
    pub home: usize,
}

impl Default for PaginationInput {
    fn default() -> Self {
        Self { articles: 30, entity: 50, home: 15 }
    }
}

/// What becomes of pictures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Images {
    /// Whether JPEG, PNG, GIF and WebP pictures lose place, time, camera, names and editing history before they are
    /// published (`strip`, the default), or go out as they are (`keep`). AVIF pictures with metadata are refused.
    pub metadata: Metadata,
    /// Widths in pixels of the smaller versions of JPEG and PNG pictures beside the texts, from which browsers choose; none
    /// (`[]`) for no such versions. Default: `[480, 960, 1440]`.
    #[schemars(length(max = 8), inner(range(min = 16, max = 8192)))]
    pub widths: Vec<u32>,
    /// Formats in which JPEG and PNG pictures beside the texts are offered besides their own, to browsers that know them;
    /// none (`[]`) for their own alone; of `avif` only photographs (JPEG). Default: `[webp]`.
    pub formats: Vec<PictureFormat>,
    /// Whether the colours of a picture with smaller versions are seen, blurred, while it loads. Default: yes.
    pub placeholder: bool,
}

/// A format in which pictures are offered besides their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureFormat {
    /// WebP: photographs with a loss that is hard to see, drawings without.
    Webp,
    /// AVIF, of photographs (JPEG) alone: fewer bytes than WebP for ten to twenty times its time.
    Avif,
}

impl Default for Images {
    fn default() -> Self {
        let (widths, formats) = (vec![480, 960, 1440], vec![PictureFormat::Webp]);
        Self { metadata: Metadata::default(), widths, formats, placeholder: true }
    }
}

/// What becomes of the metadata of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Metadata {
    /// It is taken out.
    #[default]
    Strip,
    /// It is published.
    Keep,
}

/// What becomes of articles without a marking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unmarked {
    /// They are for everybody, and show no label.
    #[default]
    Public,
    /// They are an error.
    Refuse,
}

/// The settings of a site, checked and complete.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that they come from, if there is one.
    pub path: Option<SourcePath>,
    /// Title.
    pub title: String,
    /// Scheme and host: `https://example.org`.
    pub origin: String,
    /// Path of the site on its host, with a slash at either end: `/` or `/desk/`.
    pub base_path: String,
    /// Language.
    pub language: String,
    /// The editions of the site, the main one first; none on a site in one language.
    pub editions: Vec<Edition>,
    /// Which of them these settings are of.
    pub edition: usize,
    /// Time zone.
    pub zone: TimeZone,
    /// IANA name of the time zone.
    pub zone_name: String,
    /// Description.
    pub description: String,
    /// Authors of articles that name none.
    pub authors: Vec<String>,
    /// Theme.
    pub theme: String,
    /// Entity kinds.
    pub kinds: Vec<Kind>,
    /// Menus.
    pub menus: BTreeMap<String, Vec<MenuInput>>,
    /// Sizes of lists.
    pub pagination: PaginationInput,
    /// Feeds.
    pub feed: Feeds,
    /// Whether pages have Markdown twins.
    pub markdown_twins: bool,
    /// Whom to tell of a hole in the site.
    pub security: Option<Security>,
    /// Pages that say how the newsroom works.
    pub policies: Policies,
    /// Who made the site; may be empty.
    pub humans: String,
    /// Markdown.
    pub markdown: MarkdownOptions,
    /// Names in the text.
    pub linking: Linking,
    /// Pairs of entities that have pages.
    pub pairs: Pairs,
    /// Maps.
    pub maps: Maps,
    /// Whether pictures lose what they tell about their making.
    pub strip_metadata: bool,
    /// Widths of the smaller versions of pictures, in pixels, the smallest first.
    pub picture_widths: Vec<u32>,
    /// Whether something of a picture is seen while it loads.
    pub placeholders: bool,
    /// Whether pictures are offered as WebP, too.
    pub webp: bool,
    /// Whether photographs are offered as AVIF, too.
    pub avif: bool,
    /// The oldest browsers that style sheets and scripts are for, each once.
    pub browsers: Vec<Browser>,
    /// Which pages have a social card.
    pub social_cards: SocialCards,
    /// Marking of articles that state none.
    pub tlp: Option<Tlp>,
    /// Whether paragraphs begin with their marking.
    pub portion_marks: bool,
    /// What becomes of articles without a marking.
    pub unmarked: Unmarked,
    /// Whether pages are minified.
    pub minify: bool,
    /// Whether readers can search the site.
    pub search: bool,
    /// Whether there is a register of key judgments.
    pub judgments: bool,
    /// Whether there is a register of corrections.
    pub corrections: bool,
    /// Which revisions of briefings readers may compare.
    pub history: History,
    /// Strictness.
    pub lints: Lints,
    /// How addresses elsewhere are checked.
    pub external_links: ExternalLinks,
    /// What is left alone.
    pub ignore: Vec<String>,
    /// Places to publish to, in the order of the file.
    pub targets: Vec<Target>,
    /// What builds share with other machines.
    pub cache: Option<SharedCache>,
    /// What opens source files from the preview.
    pub editor: Option<String>,
    /// Free data.
    pub extra: serde_yaml::Mapping,
}

/// Where a site without `base_url` says that it is.
const DEFAULT_BASE_URL: &str = "http://localhost/";

/// Reads `site.yaml`; `folder_name` names the site when nothing else does.
pub fn read(path: &SourcePath, text: &str, folder_name: &str) -> (Config, Vec<Diagnostic>) {
    let (file, mut diagnostics) = crate::base::yaml::decode::<SiteFile>(path, text, 0);
    let mut reading = Reading { path, diagnostics: Vec::new() };
    let mut config = reading.config(file.unwrap_or_default(), folder_name);
    config.path = Some(path.clone());
    diagnostics.extend(reading.diagnostics);
    (config, diagnostics)
}

/// Returns the settings of a site that has no `site.yaml`.
pub fn defaults(folder_name: &str) -> Config {
    let path = SourcePath::new("site.yaml");
    Reading { path: &path, diagnostics: Vec::new() }.config(SiteFile::default(), folder_name)
}

struct Reading<'a> {
    path: &'a SourcePath,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn config(&mut self, file: SiteFile, folder_name: &str) -> Config {
        let kinds = self.kinds(file.kinds);
        let linking = self.linking(file.linking, &kinds);
        let pairs = self.pairs(file.connections, &kinds);
        let (origin, base_path) = self.base_url(file.base_url.as_deref());
        let zone_name = file.time_zone.unwrap_or_else(|| "UTC".to_string());
        let security = file.security.and_then(|input| self.security(input, &zone_name));
        let mut markdown = file.markdown;
        markdown.raw_html = file.raw_html;
        let editions = self.editions(file.languages, file.language.as_deref());
        let language = self.language(file.language.or_else(|| Some(editions.first()?.tag.clone())));
        let zone = self.zone(&zone_name);
        let config = Config {
            path: None,
            title: file
                .title
                .as_deref()
                .map(one_line)
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| title_of(folder_name)),
            origin,
            base_path,
            language,
            // A single language is no choice.
            editions: if editions.len() > 1 { editions } else { Vec::new() },
            edition: 0,
            history: self.history(file.history, &zone),
            zone,
            zone_name,
            description: file.description.as_deref().map(one_line).unwrap_or_default(),
            authors: file.authors.0,
            theme: file.theme.unwrap_or_else(|| "default".to_string()),
            kinds,
            menus: self.menus(file.menus),
            pagination: self.pagination(file.pagination),
            linking,
            pairs,
            maps: file.maps,
            portion_marks: file.portion_marks,
            strip_metadata: file.images.metadata == Metadata::Strip,
            webp: file.images.formats.contains(&PictureFormat::Webp),
            avif: file.images.formats.contains(&PictureFormat::Avif),
            placeholders: file.images.placeholder,
            picture_widths: self.picture_widths(file.images.widths),
            browsers: self.browsers(&file.assets),
            social_cards: file.social_cards,
            feed: self.feeds(file.feed),
            markdown_twins: file.markdown_twins,
            security,
            policies: file.policies,
            humans: file.humans.as_deref().map(str::trim).unwrap_or_default().to_string(),
            markdown,
            tlp: self.tlp(file.tlp.as_deref()),
            unmarked: file.unmarked,
            minify: file.minify.unwrap_or(true),
            search: file.search.unwrap_or(true),
            judgments: file.judgments.unwrap_or(true),
            corrections: file.corrections.unwrap_or(true),
            lints: self.lints(file.lints),
            external_links: self.external_links(file.external_links),
            ignore: file.ignore.0,
            targets: file.targets.into_iter().filter_map(|(name, input)| self.target(&name, input)).collect(),
            cache: file.cache.and_then(|input| self.cache(input)),
            editor: file.editor,
            extra: file.extra,
        };
        self.edition_clashes(&config);
        config.for_edition(0)
    }

    fn history(&mut self, input: Option<HistoryInput>, zone: &TimeZone) -> History {
        let Some(HistoryInput(text)) = input else { return History::Off };
        History::parse(&text, zone).unwrap_or_else(|_| {
            let message = format!("`{}` does not say from when on revisions are shown", excerpt(&text, 40));
            self.fault("history", "bad-history", message, "write `true`, `false`, or a day such as `2025-06-01`");
            History::Off
        })
    }

    fn fault(&mut self, field: impl Into<FieldPath>, code: &'static str, message: String, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, message).at(Place::field(self.path, field)).help(help));
    }

    fn menus(&mut self, menus: BTreeMap<String, Vec<MenuInput>>) -> BTreeMap<String, Vec<MenuInput>> {
        self.menus_at(menus, &FieldPath::key("menus"))
    }

    /// The menus that stand in a field, without entries that would run a script.
    fn menus_at(
        &mut self,
        mut menus: BTreeMap<String, Vec<MenuInput>>,
        field: &FieldPath,
    ) -> BTreeMap<String, Vec<MenuInput>> {
        for (name, entries) in &mut menus {
            let mut index = 0;
            entries.retain(|entry| {
                let safe = scheme_is_safe(&entry.url);
                if !safe {
                    self.fault(
                        field.clone().then(name).index(index).then("url"),
                        "unsafe-link",
                        format!("the address `{}` may run a script or read a file", excerpt(&entry.url, 40)),
                        "write a path such as `/about/`, or an address that begins with `https://` or `mailto:`",
                    );
                }
                index += 1;
                safe
            });
        }
        menus
    }

    fn base_url(&mut self, written: Option<&str>) -> (String, String) {
        let url = written.unwrap_or(DEFAULT_BASE_URL).trim();
        split_base_url(url).unwrap_or_else(|| {
            self.fault(
                "base_url",
                "bad-url",
                format!("`{url}` is not the address of a site"),
                "write scheme, host and path, such as `https://example.org/` or `https://example.org/desk/`",
            );
            split_base_url(DEFAULT_BASE_URL).unwrap_or_default()
        })
    }

    /// The fields of `security.txt`; none when one of the two that must be there is not.
    fn security(&mut self, input: SecurityInput, zone_name: &str) -> Option<Security> {
        let mut fields: Vec<(&'static str, String)> = Vec::new();
        let mut fault = |key: &str, message: String, help: &str| {
            self.fault(FieldPath::key("security").then(key), "bad-security", message, help);
        };
        let is_address = |text: &str| {
            let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
            ["https", "mailto", "tel", "openpgp4fpr", "dns"].contains(&scheme) && !text.contains(char::is_whitespace)
        };
        const HELP: &str = "write `mailto:desk@example.org`, or an address that begins with `https://`";
        if input.contact.0.is_empty() {
            fault("contact", "`security` names nobody to tell".to_string(), HELP);
        }
        let contact = input.contact.0.iter().map(|value| ("contact", "Contact", value));
        let others = [
            ("encryption", "Encryption", &input.encryption),
            ("acknowledgments", "Acknowledgments", &input.acknowledgments),
            ("policy", "Policy", &input.policy),
            ("hiring", "Hiring", &input.hiring),
        ];
        let others = others.into_iter().filter_map(|(key, name, value)| Some((key, name, value.as_ref()?)));
        for (key, name, value) in contact.chain(others) {
            if is_address(value) {
                fields.push((name, value.clone()));
            } else {
                fault(key, format!("`{}` is not an address to report to", excerpt(value, 60)), HELP);
            }
        }
        let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
        let dated = "write the day from which the contact no longer holds, such as `2027-06-01`";
        match input.expires.as_deref().map(|text| Moment::parse(text, &zone)) {
            Some(Ok(expires)) => {
                fields.insert(input.contact.0.len().min(fields.len()), ("Expires", expires.instant.to_string()))
            }
            Some(Err(wrong)) => fault("expires", wrong.message, dated),
            None => fault("expires", "`security` says not until when it holds".to_string(), dated),
        }
        if !input.preferred_languages.0.is_empty() {
            fields.push(("Preferred-Languages", input.preferred_languages.0.join(", ")));
        }
        let has = |name: &str| fields.iter().any(|(field, _)| *field == name);
        (has("Contact") && has("Expires")).then_some(Security { fields })
    }

    fn feeds(&mut self, mut feeds: Feeds) -> Feeds {
        feeds.size = self.size("feed", "size", feeds.size);
        if let Some(hub) =
            feeds.hub.take_if(|hub| split_base_url(hub.split(['?', '#']).next().unwrap_or_default()).is_none())
        {
            self.fault(
                FieldPath::key("feed").then("hub"),
                "bad-url",
                format!("`{}` is not the address of a hub", excerpt(&hub, 60)),
                "write it in full, such as `https://pubsubhubbub.appspot.com/`",
            );
        }
        feeds
    }

    fn external_links(&mut self, links: ExternalLinks) -> ExternalLinks {
        let is_address = |address: &str| address.starts_with("https://") || address.starts_with("http://");
        if !is_address(&links.archive) {
            self.fault(
                FieldPath::key("external_links").then("archive"),
                "bad-url",
                format!("`{}` is not the address of an archive", excerpt(&links.archive, 60)),
                "write it in full, such as `https://archive.org/wayback/available`",
            );
        }
        for (index, address) in links.ignore.0.iter().enumerate().filter(|(_, address)| !is_address(address)) {
            self.fault(
                FieldPath::key("external_links").then("ignore").index(index),
                "bad-url",
                format!("`{}` is not the beginning of an address", excerpt(address, 60)),
                "write it from its scheme on, such as `https://intranet.example.org/`",
            );
        }
        links
    }

    fn linking(&mut self, mut linking: Linking, kinds: &[Kind]) -> Linking {
        linking.per_hundred_words = self.size("linking", "per_hundred_words", linking.per_hundred_words);
        for (index, id) in linking.except.0.iter().enumerate() {
            self.kind(id, kinds, FieldPath::key("linking").then("except").index(index));
        }
        linking
    }

    fn pairs(&mut self, connections: Connections, kinds: &[Kind]) -> Pairs {
        let Connections { pairs: least, kinds: named, graph, edges } = connections;
        let kinds = match named {
            None => (0..kinds.len()).filter(|kind| kinds[*kind].is_country()).collect(),
            Some(named) => {
                let field = |index| FieldPath::key("connections").then("kinds").index(index);
                let named = named.0.iter().enumerate();
                named.filter_map(|(index, id)| self.kind(id, kinds, field(index))).collect()
            }
        };
        Pairs { least, kinds, graph, edges }
    }

    /// The index of the kind with this key.
    fn kind(&mut self, id: &str, kinds: &[Kind], field: FieldPath) -> Option<usize> {
        let found = kinds.iter().position(|kind| kind.id == id);
        if found.is_none() {
            let near = did_you_mean(id, kinds.iter().map(|kind| kind.id.as_str()));
            self.fault(
                field,
                "bad-kind",
                format!("there is no kind `{id}`"),
                near.unwrap_or_else(|| "write `person`, `country`, `topic` or a key of `kinds:`".to_string()),
            );
        }
        found
    }

    fn language(&mut self, written: Option<String>) -> String {
        let tag = written.unwrap_or_else(|| "en".to_string());
        match icu_locale_core::LanguageIdentifier::try_from_str(&tag) {
            Ok(tag) => tag.to_string(),
            Err(_) => {
                let message = format!("`{tag}` is not a language tag");
                self.fault("language", "bad-language", message, "write a BCP 47 tag such as `en`, `uk` or `pt-BR`");
                "en".to_string()
            }
        }
    }

    fn zone(&mut self, name: &str) -> TimeZone {
        TimeZone::get(name).unwrap_or_else(|_| {
            let near = did_you_mean(
                name,
                jiff::tz::db()
                    .available()
                    .map(|zone| zone.as_str().to_string())
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str),
            );
            self.fault(
                "time_zone",
                "bad-time-zone",
                format!("there is no time zone `{name}`"),
                near.unwrap_or_else(|| {
                    "write an IANA name such as `Europe/Kyiv`, `America/New_York` or `UTC`".to_string()
                }),
            );
            TimeZone::UTC
        })
    }

    fn kinds(&mut self, inputs: IndexMap<String, KindInput>) -> Vec<Kind> {
        let mut kinds = Kind::built_in();
        kinds.retain(|kind| !inputs.contains_key(&kind.id));
        for (id, input) in inputs {
            let field = FieldPath::key("kinds").then(&id);
            if id.is_empty() || slugify(&id) != id {
                self.fault(
                    field.clone(),
                    "bad-kind",
                    format!("`{id}` cannot name a kind"),
                    "use small Latin letters, digits and `-`",
                );
            }
            let base = Kind::built_in().into_iter().find(|kind| kind.id == id).unwrap_or_else(|| {
                let singular = input.singular.clone().unwrap_or_else(|| title_of(&id));
                let plural = input.plural.clone().unwrap_or_else(|| format!("{singular}s"));
                Kind::named(&id, &singular, &plural, "Thing")
            });
            let plural_path = input.plural.as_ref().map(|plural| slugify(plural)).filter(|path| !path.is_empty());
            let path = input.path.clone().or(plural_path).unwrap_or(base.path);
            let path = path.trim_matches('/').to_string();
            if slugify(&path) != path || path.is_empty() {
                self.fault(
                    field.clone().then("path"),
                    "bad-kind",
                    format!("`{path}` cannot be part of an address"),
                    "use small Latin letters, digits and `-`",
                );
            }
            kinds.push(Kind {
                is_as_built_in: base.is_as_built_in && input.singular.is_none() && input.plural.is_none(),
                singular: input.singular.unwrap_or(base.singular),
                plural: input.plural.unwrap_or(base.plural),
                key: input.key.unwrap_or_else(|| path.replace('-', "_")),
                schema_type: input.schema_type.unwrap_or(base.schema_type),
                path,
                id,
            });
        }
        self.kind_clashes(&kinds);
        kinds
    }

    fn kind_clashes(&mut self, kinds: &[Kind]) {
        for (index, kind) in kinds.iter().enumerate() {
            let field = FieldPath::key("kinds").then(&kind.id);
            if let Some(other) = kinds[..index].iter().find(|other| other.path == kind.path || other.key == kind.key) {
                let message = format!("the kinds `{}` and `{}` have the same folder or key", other.id, kind.id);
                self.fault(field.clone(), "bad-kind", message, "give one of them another `path:` and `key:`");
            }
            if RESERVED_FOLDERS.contains(&kind.path.as_str()) {
                let message = format!("the folder `{}` is kept for something else", kind.path);
                self.fault(field.clone(), "bad-kind", message, "write another `path:`");
            } else if crate::content::article::KEYS.contains(&kind.key.as_str()) {
                let message = format!("`{}` is already a key of articles", kind.key);
                self.fault(field, "bad-kind", message, "write another `key:`");
            }
        }
    }

    fn pagination(&mut self, input: PaginationInput) -> PaginationInput {
        PaginationInput {
            articles: self.size("pagination", "articles", input.articles),
            entity: self.size("pagination", "entity", input.entity),
            home: self.size("pagination", "home", input.home),
        }
    }

    fn picture_widths(&mut self, widths: Vec<u32>) -> Vec<u32> {
        let mut kept = Vec::with_capacity(widths.len());
        for (index, width) in widths.into_iter().enumerate() {
            if (16..=8192).contains(&width) && index < 8 {
                kept.push(width);
            } else {
                self.fault(
                    FieldPath::key("images").then("widths").index(index),
                    "wrong-size",
                    format!("{width} cannot be a width of pictures here"),
                    "write up to eight widths from 16 to 8192",
                );
            }
        }
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    fn browsers(&mut self, assets: &Assets) -> Vec<Browser> {
        let mut kept: Vec<Browser> = Vec::new();
        for (index, text) in assets.browsers.0.iter().enumerate() {
            match browsers::parse(text) {
                // Of one browser the oldest version counts.
                Ok(browser) => match kept.iter_mut().find(|known| known.name == browser.name) {
                    Some(known) => *known = browser.min(*known),
                    None => kept.push(browser),
                },
                Err(name) => {
                    let near = name.and_then(|name| did_you_mean(name, browsers::NAMES));
                    let help =
                        format!("write one of {} and its version, such as `safari 15.4`", browsers::NAMES.join(", "));
                    self.fault(
                        FieldPath::key("assets").then("browsers").index(index),
                        "bad-browser",
                        format!("`{}` is no browser with a version", excerpt(text, 60)),
                        near.unwrap_or(help),
                    );
                }
            }
        }
        kept.sort_unstable();
        if kept.is_empty() { browsers::DEFAULT.to_vec() } else { kept }
    }

    fn size(&mut self, group: &str, key: &str, size: usize) -> usize {
        if !(1..=1000).contains(&size) {
            let field = FieldPath::key(group).then(key);
            self.fault(
                field,
                "wrong-size",
                format!("{size} is not between 1 and 1000"),
                "write a number from 1 to 1000",
            );
        }
        size.clamp(1, 1000)
    }

    fn tlp(&mut self, text: Option<&str>) -> Option<Tlp> {
        let text = text?;
        let label = Tlp::parse(text);
        if label.is_none() {
            let message = format!("`{text}` is not a TLP label");
            self.fault("tlp", "unknown-marking", message, "the labels are CLEAR, GREEN, AMBER, AMBER+STRICT and RED");
        }
        Some(label.unwrap_or(Tlp::Red))
    }

    fn lints(&mut self, levels: BTreeMap<String, LintLevel>) -> Lints {
        for code in levels.keys().filter(|code| !lints::is_known(code)) {
            let help = did_you_mean(code, lints::known())
                .unwrap_or_else(|| "`crossbrief check --list` shows all lints".to_string());
            let place = Place::key(self.path, FieldPath::key("lints").then(code));
            self.diagnostics
                .push(Diagnostic::error("unknown-lint", format!("there is no lint `{code}`")).at(place).help(help));
        }
        Lints::new(levels)
    }
}

/// Folders under `content/` and first parts of addresses that kinds cannot have.
const RESERVED_FOLDERS: [&str; 8] = ["authors", "series", "archive", "page", "assets", "flags", "fonts", "search"];

/// Parts `https://example.org/desk/` into origin and path.
pub fn split_base_url(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme != "https" && scheme != "http" {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host_is_sound = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-.:[]".contains(c));
    let path = path.trim_matches('/');
    let path_is_sound = path.is_empty()
        || path.split('/').all(|part| {
            !part.is_empty() && part != ".." && part.chars().all(|c| c.is_alphanumeric() || "-._~".contains(c))
        });
    if !host_is_sound || !path_is_sound {
        return None;
    }
    let base_path = if path.is_empty() { "/".to_string() } else { format!("/{path}/") };
    Some((format!("{scheme}://{}", host.to_lowercase()), base_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(yaml: &str) -> Vec<String> {
        read(&SourcePath::new("site.yaml"), yaml, "desk").1.into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_bare_folder_has_all_settings() {
        let config = defaults("baltic-desk");
        assert_eq!(
            (config.title.as_str(), config.language.as_str(), config.base_path.as_str()),
            ("Baltic desk", "en", "/")
        );
        assert_eq!(
            config.kinds.iter().map(|kind| kind.path.as_str()).collect::<Vec<_>>(),
            ["people", "countries", "topics"]
        );
    }

    #[test]
    fn base_urls_are_split() {
        let split = |url| split_base_url(url).map(|(origin, path)| format!("{origin} {path}"));
        assert_eq!(split("https://Example.org").as_deref(), Some("https://example.org /"));
        assert_eq!(split("https://x.org/desk/news").as_deref(), Some("https://x.org /desk/news/"));
        assert_eq!(split("http://localhost:8080/").as_deref(), Some("http://localhost:8080 /"));
        for wrong in ["x.org", "ftp://x.org/", "https:///x", "https://x.org/a b/", "https://x.org/../"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn kinds_follow_from_their_names() {
        let (config, faults) = read(
            &SourcePath::new("site.yaml"),
            "kinds:\n  organization: {singular: Organisation, plural: Organisations, path: organizations}\n  ship: {}\n",
            "x",
        );
        assert_eq!(faults, []);
        let ship = config.kinds.last().unwrap();
        assert_eq!((ship.plural.as_str(), ship.path.as_str(), ship.key.as_str()), ("Ships", "ships", "ships"));
        assert_eq!(config.kinds[3].key, "organizations");
    }

    #[test]
    fn menus_run_no_scripts() {
        let menus = "menus:\n  main:\n    - {label: A, url: /a/}\n    - {label: B, url: 'javascript://%0aalert(1)'}\n    - {label: C, url: 'https://example.org/'}\n";
        let (config, faults) = read(&SourcePath::new("site.yaml"), menus, "x");
        assert_eq!(config.menus["main"].iter().map(|entry| entry.label.as_str()).collect::<String>(), "AC");
        assert_eq!(faults[0].message, "the address `javascript://%0aalert(1)` may run a script or read a file");
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(
            faults(
                "base_url: x\nlanguage: '!'\ntime_zone: Europe/Kiyv\npagination: {articles: 0}\ntlp: BLUE\nlints: {nope: off}\nassets: {browsers: [crome 90, safari 15]}\nkinds: {ship: {path: authors}}\n"
            ),
            [
                "the folder `authors` is kept for something else",
                "`x` is not the address of a site",
                "`!` is not a language tag",
                "there is no time zone `Europe/Kiyv`",
                "0 is not between 1 and 1000",
                "`crome 90` is no browser with a version",
                "`BLUE` is not a TLP label",
                "there is no lint `nope`",
            ]
        );
    }
}
