//! The editions of a site in other languages: each is a site of its own, put together by the code that puts the main one
//! together, out of the texts of its language and of what it takes over from the main one.
//!
//! So all that a site has (lists, timelines, pairs, registers, feeds, search) an edition has, with its own texts and in
//! the order of its language, and no code that makes it knows of editions. Addresses count from the edition's home page;
//! what is the same for all (pictures, flags, articles that are shown in the main language) counts from the top
//! ([`UrlPath::outside`]). What an edition takes over:
//!
//! - Entities, called by the names of the edition's language (`names:`, CLDR for countries), with what the version of their
//!   file says instead. Those of which no article and no version tells are known, but their page is that of the main
//!   edition ([`Entity::is_borrowed`](crate::site::Entity::is_borrowed)). Profiles that are not translated come along only
//!   where the edition shows what is not translated ([`Fallback::Show`]).
//! - Authors and sections that have articles here, with weight, order and defaults.
//! - Articles without a version in the language, where the edition shows them: they are in lists and have no page.
//!
//! Each file passed the gate by itself before: a version that is withheld is as one that does not exist.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::held::Held;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::text::fold;
use crate::config::Config;
use crate::config::editions::Fallback;
use crate::content::aliases::Alias;
use crate::content::author::AuthorMeta;
use crate::content::entity::{EntityInput, EntityMeta};
use crate::content::read::{Document, Parsed, ParsedEntity};
use crate::content::section::{Defaults, SectionMeta};
use crate::content::vocabulary::Tlp;
use crate::site::again::files_of;
use crate::site::assemble::{BRIEFINGS, Files, Frame, cascade, put_together, tombstone};
use crate::site::gate::{ArticleFile, Floors, Visible, VisibleFiles, above};
use crate::site::ids::ArticleId;
use crate::site::links::{self, Named};
use crate::site::{Site, Target, typography};

/// The texts of an edition that passed the gate.
#[derive(Debug)]
pub struct Texts {
    /// The settings of the edition.
    pub config: Arc<Config>,
    /// What the gate let through.
    pub files: VisibleFiles,
    /// The lowest marking that each folder allows.
    pub floors: Floors,
}

/// What an edition knows of the main one: where links lead that have no page of their own here.
#[derive(Clone, Debug, Default)]
pub struct Abroad {
    by_source: Held<BTreeMap<SourcePath, Target>>,
    names: Held<BTreeMap<String, Vec<ArticleId>>>,
    addresses: Held<HashSet<UrlPath>>,
    articles: Vec<OtherPage>,
    pages: Vec<OtherPage>,
    published: Held<BTreeMap<SourcePath, UrlPath>>,
}

/// A page of another edition.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct OtherPage {
    /// Its address, counted from the top of the site.
    pub url: UrlPath,
    /// Its title.
    pub title: String,
    /// Its marking.
    pub marking: Option<Tlp>,
}

/// Assembles the edition with these texts beside the main one.
pub fn assemble(main: &Site, texts: Texts) -> (Site, Vec<Diagnostic>) {
    let Texts { config, files, floors } = texts;
    let VisibleFiles { articles, canceled, sections, entities, authors, pages } = files;
    let shows = config.own_edition().is_some_and(|edition| edition.fallback == Fallback::Show);
    let mut diagnostics = Vec::new();

    let mut articles: Vec<ArticleFile> = articles.into_iter().map(Visible::into_inner).collect();
    let mut own_sections: BTreeMap<String, Parsed<SectionMeta>> =
        sections.into_iter().map(Visible::into_inner).collect();
    let mut own_entities: Vec<(usize, ParsedEntity)> = entities.into_iter().map(Visible::into_inner).collect();
    let mut pages: Vec<_> = pages.into_iter().map(Visible::into_inner).collect();

    let inherited = files_of(main, &BTreeSet::new());
    let mut sections = inherited.sections;
    // The text of the home page is of one language.
    sections.remove("");
    for (folder, section) in &mut sections {
        if folder.rsplit('/').next() == Some(BRIEFINGS) {
            // The edition's words call it so.
            section.meta.input.title = None;
        }
        // It moves with the main edition, and its articles are in another language here.
        section.meta.input.redirect_from = Default::default();
        section.meta.input.defaults.lang = None;
        if !shows {
            section.meta.input.summary = None;
            section.document = Document::default();
        }
    }
    articles.iter_mut().for_each(|file| {
        let section = |folder: &str| own_sections.get(folder).or_else(|| sections.get(folder));
        cascade(file, section, &config);
    });
    typography::set(&mut articles, &mut own_sections, &mut own_entities, &mut pages, &config);
    for (folder, own) in own_sections {
        let merged = match sections.remove(&folder) {
            Some(of_main) => section(own, of_main),
            None => own,
        };
        sections.insert(folder, merged);
    }

    // A section has a page where it has articles, or a text in the language.
    let own_folders: BTreeSet<&str> = articles.iter().map(|file| file.folder.as_str()).collect();
    let holds_articles = |folder: &str| own_folders.iter().any(|own| above(own).any(|above| above == folder));
    let is_own = |path: &SourcePath| config.edition_of(&main.content_root, path) == config.edition;
    sections.retain(|folder, file| shows || is_own(&file.path) || holds_articles(folder));

    let root = main.content_root.as_str();
    let place_of = |path: &SourcePath| config.place_of(root, path).unwrap_or_else(|| path.clone());
    let entities = entities_of(inherited.entities, own_entities, &config, shows, &place_of, &mut diagnostics);
    let own_authors = authors.into_iter().map(Visible::into_inner).collect();
    let authors = authors_of(inherited.authors, own_authors, shows, &place_of);

    let mut places: BTreeMap<SourcePath, SourcePath> = BTreeMap::new();
    for file in &mut articles {
        let mut place = place_of(&file.path);
        let original = file.meta.translation_of.as_ref().map(|name| links::article_by_name(main, &place, name));
        if let Some(Named::One(id)) = original {
            place = main.article(id).path.clone();
            file.meta.translation_of = None;
        }
        places.insert(file.path.clone(), place);
    }
    if shows {
        let translated: BTreeSet<&SourcePath> = places.values().collect();
        let others = inherited.articles.into_iter().filter(|file| !translated.contains(&file.path));
        let others: Vec<ArticleFile> = others.map(|file| borrowed(file, main)).collect();
        articles.extend(others);
    }
    // So have authors.
    let bylines: BTreeSet<String> =
        articles.iter().flat_map(|file| &file.meta.authors).map(|name| fold(name)).collect();
    let writes = |author: &Parsed<AuthorMeta>| {
        let mut names = author.meta.input.aliases.0.iter().chain([&author.meta.name, &author.meta.slug]);
        names.any(|name| bylines.contains(&fold(name)))
    };
    let authors = authors.into_iter().filter(|author| is_own(&author.path) || writes(author)).collect();
    let files = Files {
        articles,
        tombstones: canceled.into_iter().map(tombstone).collect(),
        sections,
        entities,
        authors,
        pages,
    };
    let frame = Frame {
        config,
        withheld: main.withheld.clone(),
        floors: floors.into(),
        histories: main.histories.clone(),
        now: main.now,
        clearance: main.clearance,
        attachments: main.attachments.clone(),
        world: main.world.clone(),
        words: main.words.clone(),
        content_root: main.content_root.clone(),
        abroad: Some(Abroad::of(main)),
        places,
    };
    let (site, told) = put_together(files, frame, None);
    diagnostics.extend(told);
    // What is wrong with the files of the main edition was told of there.
    diagnostics.retain(|told| told.place.as_ref().is_none_or(|place| site.is_of_edition(&place.path)));
    (site, diagnostics)
}

/// An article of the main edition as another one shows it.
fn borrowed(mut file: ArticleFile, main: &Site) -> ArticleFile {
    if file.meta.lang.is_none() {
        file.meta.lang = Some(main.config.language.clone());
    }
    file
}

/// A section whose file has a version: it says title and text, and what it does not say is as in the main edition.
fn section(own: Parsed<SectionMeta>, main: Parsed<SectionMeta>) -> Parsed<SectionMeta> {
    let mut merged = own;
    let (input, of_main) = (&mut merged.meta.input, main.meta.input);
    input.title = input.title.take().or(of_main.title);
    if input.weight == 0 {
        input.weight = of_main.weight;
    }
    if input.order == Default::default() {
        input.order = of_main.order;
    }
    let Defaults { authors, article_type, lang: _, tlp, template } = of_main.defaults;
    let defaults = &mut input.defaults;
    if defaults.authors.0.is_empty() {
        defaults.authors = authors;
    }
    defaults.article_type = defaults.article_type.or(article_type);
    defaults.tlp = defaults.tlp.take().or(tlp);
    defaults.template = defaults.template.take().or(template);
    input.template = input.template.take().or(of_main.template);
    if input.extra.is_empty() {
        input.extra = of_main.extra;
    }
    merged.meta.tlp = merged.meta.tlp.max(main.meta.tlp);
    merged
}

/// The entities of an edition: those of the main one by their names here, with what versions of their files say.
fn entities_of(
    main: Vec<(usize, ParsedEntity)>,
    own: Vec<(usize, ParsedEntity)>,
    config: &Config,
    shows: bool,
    place_of: &dyn Fn(&SourcePath) -> SourcePath,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, ParsedEntity)> {
    let by_place: BTreeMap<&SourcePath, usize> = main
        .iter()
        .enumerate()
        .filter(|(_, (_, one))| one.document.is_some())
        .map(|(at, (_, one))| (&one.path, at))
        .collect();
    let by_slug: BTreeMap<(usize, &str), usize> =
        main.iter().enumerate().map(|(at, (kind, one))| ((*kind, one.meta.slug.as_str()), at)).collect();
    let mut versions: BTreeMap<usize, ParsedEntity> = BTreeMap::new();
    let mut others = Vec::new();
    for (kind, one) in own {
        let of_file = one.document.as_ref().and_then(|_| by_place.get(&place_of(&one.path)));
        let of = of_file.or_else(|| by_slug.get(&(kind, one.meta.slug.as_str()))).copied();
        match of {
            Some(at) => match versions.get(&at) {
                Some(other) => {
                    let name = config.kinds[kind].singular.to_lowercase();
                    diagnostics.push(
                        Diagnostic::error(
                            "duplicate-entity",
                            format!("the {name} `{}` is told of twice", one.meta.slug),
                        )
                        .at(Place::key(&one.path, one.field.clone()))
                        .also(Place::file(&other.path), "the other text in this language stands here")
                        .help("join the two"),
                    );
                }
                None => drop(versions.insert(at, one)),
            },
            None if one.meta.name.is_empty() && !config.kinds[kind].is_country() => {
                let name = config.kinds[kind].singular.to_lowercase();
                diagnostics.push(
                    Diagnostic::error("missing-key", format!("this {name} has no name"))
                        .at(Place::key(&one.path, one.field.clone()))
                        .help("write `name: …`: no file of the main language says one that is published"),
                );
            }
            None => others.push((kind, one)),
        }
    }
    let merged = main.iter().enumerate().map(|(at, (kind, of_main))| {
        let merged = match versions.remove(&at) {
            Some(own) => version_of(own, of_main, config),
            None => untranslated(of_main.clone(), config, shows),
        };
        (*kind, merged)
    });
    let merged: Vec<(usize, ParsedEntity)> = merged.collect();
    merged.into_iter().chain(others).collect()
}

/// What an entity is called in the language of an edition.
fn name_in<'a>(meta: &'a EntityMeta, language: &str) -> Option<&'a str> {
    let names = &meta.input.names;
    let main = language.split('-').next().unwrap_or(language);
    names.get(language).or_else(|| names.get(main)).map(String::as_str)
}

/// Calls an entity otherwise; what it was called before stays one of its names.
fn call(meta: &mut EntityMeta, name: &str) {
    let before = std::mem::replace(&mut meta.name, name.to_string());
    let is_known = before.is_empty() || before == name || meta.input.aliases.names().any(|alias| alias == before);
    if !is_known {
        meta.input.aliases.0.push(Alias { name: before, matching: None });
    }
}

/// An entity whose file has no version in the language.
fn untranslated(mut one: ParsedEntity, config: &Config, shows: bool) -> ParsedEntity {
    // A former address leads to the page of the main edition.
    one.meta.input.redirect_from = Default::default();
    if let Some(name) = name_in(&one.meta, &config.language).map(str::to_string) {
        call(&mut one.meta, &name);
    }
    if !shows {
        one.meta.input.summary = None;
        one.meta.input.roles.clear();
        one.meta.roles.clear();
        one.document = one.document.map(|_| Document::default().into());
    }
    one
}

/// An entity whose file has a version: what that does not say is as in the main edition.
fn version_of(own: ParsedEntity, main: &ParsedEntity, config: &Config) -> ParsedEntity {
    let ParsedEntity { path, field, meta: own, document } = own;
    let mut meta = (*main.meta).clone();
    let name = Some(own.name.as_str()).filter(|name| !name.is_empty());
    if let Some(name) = name.or(name_in(&main.meta, &config.language)).map(str::to_string) {
        call(&mut meta, &name);
    }
    let EntityMeta { name: _, slug, input, roles, relations, born, tlp } = (*own).clone();
    // Taken apart whole, so that a new field cannot be forgotten here.
    let EntityInput {
        name: _,
        names,
        slug: own_slug,
        given_name,
        family_name,
        native_name,
        honorific,
        aliases,
        weak_aliases,
        summary,
        image,
        wikidata,
        same_as,
        roles: written_roles,
        born: written_born,
        countries,
        relations: written_relations,
        demonyms,
        metonyms,
        iptc,
        parent,
        redirect_from,
        tlp: written_tlp,
        draft: _,
        ed_note: _,
        template,
        extra,
    } = input;
    fn put<T>(into: &mut Option<T>, own: Option<T>) {
        if own.is_some() {
            *into = own;
        }
    }
    let of = &mut meta.input;
    of.names.extend(names);
    put(&mut of.given_name, given_name);
    put(&mut of.family_name, family_name);
    put(&mut of.native_name, native_name);
    put(&mut of.honorific, honorific);
    of.aliases.0.splice(0..0, aliases.0);
    of.weak_aliases.0.splice(0..0, weak_aliases.0);
    // What readers read is in their language, or not there.
    of.summary = summary;
    put(&mut of.image, image);
    put(&mut of.wikidata, wikidata);
    for (into, own) in [
        (&mut of.same_as, same_as),
        (&mut of.countries, countries),
        (&mut of.demonyms, demonyms),
        (&mut of.metonyms, metonyms),
    ] {
        if !own.0.is_empty() {
            *into = own;
        }
    }
    if !written_roles.is_empty() {
        (of.roles, meta.roles) = (written_roles, roles);
    }
    if !written_relations.is_empty() {
        (of.relations, meta.relations) = (written_relations, relations);
    }
    if written_born.is_some() {
        (of.born, meta.born) = (written_born, born);
    }
    put(&mut of.iptc, iptc);
    put(&mut of.parent, parent);
    of.redirect_from = redirect_from;
    put(&mut of.tlp, written_tlp);
    put(&mut of.template, template);
    if !extra.is_empty() {
        of.extra = extra;
    }
    if own_slug.is_some() {
        (of.slug, meta.slug) = (own_slug, slug);
    }
    meta.tlp = meta.tlp.max(tlp);
    // A row has no text; that of a file stands where the file does.
    ParsedEntity { path, field, meta: meta.into(), document }
}

/// The authors of an edition.
fn authors_of(
    main: Vec<Parsed<AuthorMeta>>,
    own: Vec<Parsed<AuthorMeta>>,
    shows: bool,
    place_of: &dyn Fn(&SourcePath) -> SourcePath,
) -> Vec<Parsed<AuthorMeta>> {
    let mut own: BTreeMap<SourcePath, Parsed<AuthorMeta>> =
        own.into_iter().map(|author| (place_of(&author.path), author)).collect();
    let mut all: Vec<Parsed<AuthorMeta>> = main
        .into_iter()
        .map(|mut of_main| match own.remove(&of_main.path) {
            Some(own) => author(own, of_main),
            None => {
                of_main.meta.input.redirect_from = Default::default();
                if !shows {
                    of_main.meta.input.summary = None;
                    of_main.document = Document::default();
                }
                of_main
            }
        })
        .collect();
    all.extend(own.into_values());
    all
}

/// An author whose file has a version.
fn author(own: Parsed<AuthorMeta>, main: Parsed<AuthorMeta>) -> Parsed<AuthorMeta> {
    let mut merged = own;
    let of_main = main.meta;
    if merged.meta.input.name.is_none() {
        merged.meta.name.clone_from(&of_main.name);
    }
    merged.meta.slug = of_main.slug;
    merged.meta.tlp = merged.meta.tlp.max(of_main.tlp);
    let input = &mut merged.meta.input;
    input.aliases.0.extend(of_main.input.aliases.0);
    input.aliases.0.push(of_main.name);
    input.role = input.role.take().or(of_main.input.role);
    if input.expertise.0.is_empty() {
        input.expertise = of_main.input.expertise;
    }
    input.email = input.email.take().or(of_main.input.email);
    if input.same_as.0.is_empty() {
        input.same_as = of_main.input.same_as;
    }
    input.image = input.image.take().or(of_main.input.image);
    if input.extra.is_empty() {
        input.extra = of_main.input.extra;
    }
    merged
}

/// Texts that belong to one edition and are in the language of another: most likely their files are called wrongly.
pub(super) fn in_other_languages(site: &Site) -> Vec<Diagnostic> {
    let config = &site.config;
    let own = site.articles.iter().filter(|article| !article.is_borrowed() && article.lang != config.language);
    let told = own.filter_map(|article| {
        let edition = config.editions.iter().find(|edition| edition.tag == article.lang)?;
        let what = format!("this text is in `{}` and not in the edition of that language", edition.tag);
        let help = match edition.path.as_str() {
            "" => "put it among the texts of the main language".to_string(),
            path => format!("the version of `x.md` in that language is `x.{}.md`, or `{path}x.md`", edition.tag),
        };
        Some(Diagnostic::warning("other-edition", what).at(Place::field(&article.path, "lang")).help(help))
    });
    told.collect()
}

impl Abroad {
    fn of(main: &Site) -> Self {
        let articles = main.articles.iter().map(|article| OtherPage {
            url: article.url.outside(),
            title: article.meta.title.clone(),
            marking: article.marking,
        });
        let pages = main.pages.iter().map(|page| OtherPage {
            url: page.url.outside(),
            title: page.meta.title.clone(),
            marking: page.meta.tlp,
        });
        Self {
            by_source: main.by_source.clone(),
            names: main.article_names.clone(),
            addresses: main.addresses.clone(),
            articles: articles.collect(),
            pages: pages.collect(),
            published: main.published.clone(),
        }
    }

    fn page(&self, target: Target) -> Option<&OtherPage> {
        match target {
            Target::Article(id) => self.articles.get(id.index()),
            Target::Page(id) => self.pages.get(id.index()),
            _ => None,
        }
    }

    /// The address of an article of the main edition, by its file.
    pub(super) fn article(&self, path: &SourcePath) -> Option<&UrlPath> {
        match self.by_source.get(path)? {
            Target::Article(id) => self.articles.get(id.index()).map(|page| &page.url),
            _ => None,
        }
    }

    /// The address of a file that the main edition publishes.
    pub(super) fn file(&self, path: &SourcePath) -> Option<UrlPath> {
        self.published.get(path).map(UrlPath::outside)
    }
}

impl Site {
    /// This edition and all others.
    pub fn all_editions(&self) -> impl Iterator<Item = &Site> {
        std::iter::once(self).chain(self.editions.iter().map(Arc::as_ref))
    }

    /// Whether a file is no text that this edition takes over from the main one.
    pub fn is_of_edition(&self, path: &SourcePath) -> bool {
        let Some(abroad) = &self.abroad else { return true };
        let root = self.content_root.as_str();
        let is_content = !root.is_empty() && path.as_str().starts_with(root) || abroad.by_source.contains_key(path);
        !is_content || self.config.edition_of(root, path) == self.config.edition
    }

    /// The edition that a source file belongs to.
    pub fn edition_with(&self, path: &SourcePath) -> &Site {
        let number = self.config.edition_of(&self.content_root, path);
        number.checked_sub(1).and_then(|at| self.editions.get(at)).map_or(self, Arc::as_ref)
    }

    /// Where this edition has a target, as it stands in an `href`.
    pub fn href_of(&self, target: Target) -> String {
        self.config.href(&self.url_of(target))
    }

    /// Leaves the pages of entities that nothing in this edition tells of to the main one.
    pub(super) fn lend_entities(&mut self) {
        let Some(abroad) = &self.abroad else { return };
        let (config, root) = (&self.config, self.content_root.as_str());
        for entity in self.entities.iter_mut() {
            let is_told_of = !entity.articles.is_empty() || config.edition_of(root, &entity.origin) == config.edition;
            if !is_told_of && abroad.addresses.contains(&entity.url) {
                entity.url = entity.url.outside();
            }
        }
    }

    /// The page that a source file is in another edition.
    pub(super) fn page_elsewhere(&self, source: &SourcePath) -> Option<OtherPage> {
        if let Some(abroad) = &self.abroad {
            return abroad.page(*abroad.by_source.get(source)?).cloned();
        }
        let number = self.config.edition_of(&self.content_root, source);
        let edition = self.editions.get(number.checked_sub(1)?)?;
        // Of the two ways to name a version, either will do.
        let place = || self.config.place_of(&self.content_root, source);
        let target = *edition.by_source.get(source).or_else(|| edition.by_source.get(&place()?))?;
        let (title, marking) = match target {
            Target::Article(id) => (edition.article(id).meta.title.clone(), edition.article(id).marking),
            Target::Page(id) => {
                let page = &edition.pages[id.index()];
                (page.meta.title.clone(), page.meta.tlp)
            }
            Target::Entity(id) => (edition.entity(id).name.clone(), None),
            _ => (String::new(), None),
        };
        Some(OtherPage { url: edition.config.at_top(&edition.url_of(target)), title, marking })
    }

    /// The marking of the page of another edition at an address that [`Site::address_elsewhere`] gave.
    pub fn marking_elsewhere(&self, url: &UrlPath) -> Option<Tlp> {
        if let Some(abroad) = &self.abroad {
            return abroad.articles.iter().chain(&abroad.pages).find(|page| page.url == *url)?.marking;
        }
        self.editions.iter().find_map(|edition| {
            let mut targets = edition.by_source.values();
            let target = *targets.find(|target| edition.config.at_top(&edition.url_of(**target)) == *url)?;
            match target {
                Target::Article(id) => edition.article(id).marking,
                Target::Page(id) => edition.pages[id.index()].meta.tlp,
                _ => None,
            }
        })
    }

    /// The page of the main edition that a name means.
    pub(super) fn named_elsewhere(&self, name: &str) -> Option<OtherPage> {
        let abroad = self.abroad.as_ref()?;
        match abroad.names.get(&fold(name))?.as_slice() {
            [one] => abroad.articles.get(one.index()).cloned(),
            _ => None,
        }
    }

    /// An address that a text of this edition names in full, as it counts here, when another edition has it or when it
    /// begins with the path of this one.
    pub(super) fn address_elsewhere(&self, url: &UrlPath) -> Option<UrlPath> {
        let below = |path: &str| Some(UrlPath::new(url.as_str().strip_prefix('/')?.strip_prefix(path)?));
        if let Some(abroad) = &self.abroad {
            let own = below(self.config.edition_path()).filter(|own| self.has_address(own));
            return own.or_else(|| abroad.addresses.contains(url).then(|| url.outside()));
        }
        let has = |edition: &&Arc<Site>| {
            below(edition.config.edition_path()).is_some_and(|below| edition.has_address(&below))
        };
        self.editions.iter().find(has).map(|_| url.clone())
    }
}
