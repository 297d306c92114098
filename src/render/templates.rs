//! Templates: the look-up over site, theme, parent theme and built-in ones, and what they can call.
//!
//! A template is asked for by its plain name (`article.html`); the first layer that has it wins. A site's template may
//! extend the one it replaces by the layer's name: `{% extends "@default/article.html" %}`. Knows names and texts;
//! where they were read is another's affair.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, OnceLock};

use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::hash::Digest;
use crate::base::paths::{SourcePath, UrlPath};
use crate::base::suggest::did_you_mean;
use crate::content::markdown::ComponentFault;
use crate::render::closures::Closures;
use crate::words::message::Arg;
use crate::words::{Language, Unsaid, Words};

/// A template as it was found.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// Name within its layer: `article.html`, `shortcodes/quote.html`.
    pub name: String,
    /// Where it was found, for messages.
    pub path: SourcePath,
    /// Its text.
    pub text: Arc<str>,
}

/// One layer of templates; the first layer has no name, the others are known as `@name/`.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Name of the theme, or `builtin`; empty for the site's own templates.
    pub name: String,
    /// Its templates.
    pub files: Vec<TemplateFile>,
}

/// All templates of a site.
pub struct Templates {
    /// In the language of the site.
    tera: Tera,
    /// The same in the other languages that there are words in, by edition, each made when the first page needs it.
    others: HashMap<String, Vec<OnceLock<Tera>>>,
    surroundings: Surroundings,
    paths: HashMap<String, SourcePath>,
    /// By edition.
    closures: Vec<Closures>,
}

/// How a template speaks: of which edition of the site, and in which language.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// The number of the edition.
    pub edition: usize,
    /// The language.
    pub language: &'a Language,
}

impl<'a> From<&'a Language> for Voice<'a> {
    fn from(language: &'a Language) -> Self {
        Self { edition: 0, language }
    }
}

impl<'a> From<&'a Arc<Language>> for Voice<'a> {
    fn from(language: &'a Arc<Language>) -> Self {
        Self { edition: 0, language }
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates").field("paths", &self.paths).finish_non_exhaustive()
    }
}

/// What templates can call and see besides their own context.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Path of the site on its host, with a slash at either end.
    pub base_path: String,
    /// The theme's assets, by name.
    pub assets: BTreeMap<String, AssetLink>,
    /// Values that every template sees.
    pub globals: Vec<(&'static str, Value)>,
    /// The words of the site.
    pub words: Arc<Words>,
    /// BCP 47 tag of the site's language.
    pub lang: String,
    /// Those of its editions in other languages.
    pub editions: Vec<String>,
    /// What every template sees as `site`, by edition and language.
    pub sites: BTreeMap<(usize, String), Value>,
}

impl Surroundings {
    fn language(&self) -> &Arc<Language> {
        self.words.of(&self.lang)
    }
}

/// What pages say of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AssetLink {
    /// Its address, with its fingerprint.
    pub url: UrlPath,
    /// Of sheets and scripts the hash that browsers hold their bytes against (W3C Subresource Integrity).
    pub integrity: Option<String>,
    /// The scripts that a script imports, however indirectly, by name.
    pub imports: Vec<String>,
}

/// Reads the templates; those that cannot be read become diagnostics.
pub fn load(layers: &[Layer], surroundings: Surroundings) -> (Templates, Vec<Diagnostic>) {
    let mut files: BTreeMap<String, &TemplateFile> = BTreeMap::new();
    let prefix = |layer: &Layer| if layer.name.is_empty() { String::new() } else { format!("@{}/", layer.name) };
    for layer in layers {
        files.extend(layer.files.iter().map(|file| (format!("{}{}", prefix(layer), file.name), file)));
    }
    let mut paths: HashMap<String, SourcePath> =
        files.iter().map(|(name, file)| (name.clone(), file.path.clone())).collect();
    for file in layers.iter().flat_map(|layer| &layer.files) {
        paths.entry(file.name.clone()).or_insert_with(|| file.path.clone());
    }
    let mut diagnostics = Vec::new();
    // Templates with faults are told of and left out: the next layer takes their place, so that the rest of the site
    // is made, and told of, as if they were sound.
    let mut left_out: BTreeSet<String> = BTreeSet::new();
    loop {
        let mut tera = prepared(&surroundings);
        let prefixes = layers.iter().map(prefix).filter(|prefix| !prefix.is_empty());
        let added = tera
            .set_fallback_prefixes(prefixes)
            .and_then(|()| tera.add_raw_templates(files.iter().map(|(name, file)| (name, &file.text))));
        let Err(error) = added else {
            let closures = closures(layers, &surroundings);
            return (Templates { tera, others: others(&surroundings), paths, closures, surroundings }, diagnostics);
        };
        let faults = faults(&error, &paths);
        let before = files.len();
        for Fault { told, culprits, wants } in faults {
            // What a template lacks because another was left out is no mistake of its own.
            if wants.is_none_or(|name| !left_out.contains(&name)) {
                diagnostics.push(told);
            }
            for name in culprits {
                files.remove(&name);
                left_out.insert(name);
            }
        }
        if files.len() == before {
            let (tera, closures) = (prepared(&surroundings), Vec::new());
            return (Templates { tera, others: others(&surroundings), paths, closures, surroundings }, diagnostics);
        }
    }
}

/// Room for the engines of all languages but the site's own, and of all other editions.
fn others(surroundings: &Surroundings) -> HashMap<String, Vec<OnceLock<Tera>>> {
    let others = surroundings.editions.len();
    let tags = surroundings.words.all().map(|language| language.tag().to_string());
    let wanted = tags.filter(|tag| others > 0 || tag != surroundings.language().tag());
    wanted.map(|tag| (tag, (0..=others).map(|_| OnceLock::new()).collect())).collect()
}

/// What each template uses, by edition.
fn closures(layers: &[Layer], surroundings: &Surroundings) -> Vec<Closures> {
    let languages = std::iter::once(&surroundings.lang).chain(&surroundings.editions);
    languages.enumerate().map(|(edition, lang)| closures_of(layers, surroundings, edition, lang)).collect()
}

fn closures_of(layers: &[Layer], surroundings: &Surroundings, edition: usize, lang: &str) -> Closures {
    let mut files: BTreeMap<String, &str> = BTreeMap::new();
    for layer in layers {
        let prefix = if layer.name.is_empty() { String::new() } else { format!("@{}/", layer.name) };
        files.extend(layer.files.iter().map(|file| (format!("{prefix}{}", file.name), &*file.text)));
    }
    let resolve = |name: &str| {
        let full = std::iter::once(name.to_string())
            .chain(layers.iter().filter(|layer| !layer.name.is_empty()).map(|layer| format!("@{}/{name}", layer.name)));
        full.into_iter().find(|name| files.contains_key(name))
    };
    // In other languages `site` differs by words alone, and those stand in the salt of all traces.
    let tag = surroundings.words.of(lang).tag().to_string();
    let site = surroundings.sites.get(&(edition, tag)).map(|site| ("site", site));
    let globals = surroundings.globals.iter().map(|(name, value)| (*name, value)).chain(site);
    let globals = globals.map(|(name, value)| (name, serde_json::to_value(value).unwrap_or_default())).collect();
    Closures::of(&files, resolve, &globals, Digest::of(&surroundings.assets))
}

/// Something wrong with templates.
struct Fault {
    told: Diagnostic,
    /// The templates that have it.
    culprits: Vec<String>,
    /// The template that they want and that is not there.
    wants: Option<String>,
}

/// What is wrong with the templates.
fn faults(error: &tera::Error, paths: &HashMap<String, SourcePath>) -> Vec<Fault> {
    let one = |culprits: Vec<String>, wants: Option<String>| {
        vec![Fault { told: diagnostic(error, paths, None), culprits, wants }]
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            one(vec![report.filename().to_string()], None)
        }
        ErrorKind::MissingParent { current, parent } => one(vec![current.clone()], Some(parent.clone())),
        ErrorKind::CircularExtend { tpl, inheritance_chain: chain }
        | ErrorKind::CircularInclude { tpl, include_chain: chain } => {
            one(chain.iter().chain([tpl]).cloned().collect(), None)
        }
        // Names that mean nothing come as a text with one report below the other.
        ErrorKind::Msg(reports) if reports.contains("\n --> ") => {
            reports.split("error: ").skip(1).map(|report| unknown_name(report, paths)).collect()
        }
        // ``Component `x` is defined in both `a.html` and `b.html` ``
        ErrorKind::Msg(message) if message.contains("is defined in both") => {
            let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
            let [component, first, second] = names.as_slice() else { return one(Vec::new(), None) };
            let place = |name: &str| Place::file(&paths.get(name).cloned().unwrap_or_else(|| SourcePath::new(name)));
            let told = Diagnostic::error("template", format!("two components are called `{component}`"))
                .at(place(second))
                .also(place(first), "the other one stands here")
                .help("give one of them another name");
            vec![Fault { told, culprits: vec![(*second).to_string()], wants: None }]
        }
        _ => one(Vec::new(), None),
    }
}

/// Reads one report of a name that means nothing: ``Unknown filter `x` `` and below it ` --> a.html:1:2`.
fn unknown_name(report: &str, paths: &HashMap<String, SourcePath>) -> Fault {
    let mut lines = report.lines();
    let message = one_sentence(lines.next().unwrap_or_default());
    let place = lines.next().and_then(|line| line.trim_start().strip_prefix("--> "));
    let mut parts = place.unwrap_or_default().rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.trim().parse::<usize>().ok()).unwrap_or(1);
    let (column, line) = (number(), number());
    let name = parts.next().unwrap_or_default();
    let path = paths.get(name).cloned().unwrap_or_else(|| SourcePath::new(name));
    let wants = message.strip_prefix("unknown template `").map(|rest| rest.trim_end_matches('`').to_string());
    let help = wants.as_deref().and_then(|wanted| near(wanted, paths));
    let told = Diagnostic::error("template", message).maybe_help(help).at(Place::line_column(&path, line, column));
    Fault { told, culprits: vec![name.to_string()], wants }
}

/// The names of templates that are near to one that is not there.
fn near(wanted: &str, paths: &HashMap<String, SourcePath>) -> Option<String> {
    let inner = |name: &'_ str| {
        name.strip_prefix('@')
            .and_then(|name| name.split_once('/'))
            .map_or_else(|| name.to_string(), |(_, name)| name.to_string())
    };
    let mut names: BTreeSet<String> = paths.keys().map(|name| inner(name)).collect();
    if wanted.starts_with('@') {
        names = paths.keys().cloned().collect();
    }
    did_you_mean(wanted, names.iter().map(String::as_str))
}

/// An engine with our functions and without templates.
fn prepared(surroundings: &Surroundings) -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html", ".htm", ".xml", ".svg"]);
    let base_path = surroundings.base_path.clone();
    tera.register_function("url", move |args: Kwargs, _: &State| -> TeraResult<String> {
        let path: String = args.must_get("path")?;
        let (path, fragment) =
            path.split_once('#').map_or((path.as_str(), None), |(path, fragment)| (path, Some(fragment)));
        let url = format!("{base_path}{}", UrlPath::new(path).encoded().trim_start_matches('/'));
        Ok(fragment.map_or(url.clone(), |fragment| format!("{url}#{fragment}")))
    });
    asset_functions(&mut tera, &surroundings.base_path, &Arc::new(surroundings.assets.clone()));
    for (name, value) in &surroundings.globals {
        tera.global_context().insert_value(*name, value.clone());
    }
    speak(&mut tera, 0, surroundings.language(), surroundings);
    tera
}

/// Registers what templates ask about assets.
fn asset_functions(tera: &mut Tera, base_path: &str, assets: &Arc<BTreeMap<String, AssetLink>>) {
    let base_path = base_path.to_string();
    let address = move |link: &AssetLink| format!("{base_path}{}", link.url.encoded().trim_start_matches('/'));
    let (named, address_of) = (assets.clone(), address.clone());
    tera.register_function("asset", move |args: Kwargs, _: &State| -> TeraResult<String> {
        asset(&named, &args).map(|(_, link)| address_of(link))
    });
    let named = assets.clone();
    tera.register_function("asset_integrity", move |args: Kwargs, _: &State| -> TeraResult<String> {
        let (path, link) = asset(&named, &args)?;
        let why =
            || tera::Error::message(format!("`{path}` is neither style sheet nor script: browsers check only these"));
        link.integrity.clone().ok_or_else(why)
    });
    let named = assets.clone();
    tera.register_function("asset_imports", move |args: Kwargs, _: &State| -> TeraResult<Value> {
        let (_, link) = asset(&named, &args)?;
        let imports = link.imports.iter().filter_map(|name| named.get(name));
        let imports = imports.map(|link| serde_json::json!({"url": address(link), "integrity": link.integrity}));
        Ok(Value::from_serializable(&imports.collect::<Vec<_>>()))
    });
}

/// The asset that a template asks for.
fn asset<'a>(assets: &'a BTreeMap<String, AssetLink>, args: &Kwargs) -> TeraResult<(String, &'a AssetLink)> {
    let path: String = args.must_get("path")?;
    let Some(link) = assets.get(&path) else {
        let help = did_you_mean(&path, assets.keys().map(String::as_str))
            .unwrap_or_else(|| "assets lie in `assets/` of the theme or the site".to_string());
        return Err(tera::Error::message(format!("there is no asset `{path}`; {help}")));
    };
    Ok((path, link))
}

/// Lets an engine speak a language.
fn speak(tera: &mut Tera, edition: usize, language: &Arc<Language>, surroundings: &Surroundings) {
    if let Some(site) = surroundings.sites.get(&(edition, language.tag().to_string())) {
        tera.global_context().insert_value("site", site.clone());
    }
    // What most calls ask for is ready.
    let texts: HashMap<String, Value> =
        language.texts().map(|(key, text)| (key.to_string(), Value::normal_string(text))).collect();
    let words = language.clone();
    tera.register_filter("t", move |key: &str, args: Kwargs, _: &State| -> TeraResult<Value> {
        texts.get(key).map_or_else(|| message(&words, key, &args), |text| Ok(text.clone()))
    });
    let words = language.clone();
    tera.register_filter("number", move |number: Value, _: Kwargs, _: &State| -> TeraResult<String> {
        match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Ok(words.rules().number(number)),
            (None, Some(number)) => Ok(words.rules().decimal(number)),
            (None, None) => Err(tera::Error::message("`number` writes numbers, and this is none")),
        }
    });
    let scripts = surroundings.words.of_scripts(language);
    tera.register_function("script_words", move |args: Kwargs, _: &State| -> TeraResult<String> {
        let of: String = args.must_get("of")?;
        Ok(scripts.get(&of).cloned().unwrap_or_default())
    });
}

/// Says a message with what a template gives it; when some of that is HTML, all of it becomes HTML.
fn message(language: &Language, key: &str, args: &Kwargs) -> TeraResult<Value> {
    fn arg(value: &Value) -> Option<Arg<'_>> {
        match (value.as_str(), value.as_i64(), value.as_f64()) {
            (Some(text), ..) if value.is_safe() => Some(Arg::Html(text)),
            (Some(text), ..) => Some(Arg::Text(text)),
            (None, Some(number), _) => Some(Arg::Number(number)),
            (None, None, Some(number)) => Some(Arg::Decimal(number)),
            (None, None, None) => None,
        }
    }
    let given: Vec<(&str, &Value)> = args.iter().filter_map(|(name, value)| Some((name.as_str()?, value))).collect();
    let html = given.iter().any(|(_, value)| value.is_string() && value.is_safe());
    let args = |name: &str| given.iter().find(|(known, _)| *known == name).and_then(|(_, value)| arg(value));
    match language.said(key, html, &args) {
        Ok(said) if html => Ok(Value::safe_string(&said)),
        Ok(said) => Ok(Value::normal_string(&said)),
        Err(Unsaid::Unknown(near)) => {
            let help =
                near.unwrap_or_else(|| "messages stand in `languages/en.ftl` of the site or its theme".to_string());
            Err(tera::Error::message(format!("there is no message `{key}`; {help}")))
        }
        Err(Unsaid::Lacks(name)) => {
            let why = if given.iter().any(|(known, _)| *known == name) { "a text or a number as" } else { "also" };
            Err(tera::Error::message(format!("the message `{key}` needs {why} `{name}`: `\"{key}\" | t({name}=…)`")))
        }
    }
}

impl Templates {
    /// Whether there is a template of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Where a template stands, for messages.
    pub fn path(&self, name: &str) -> SourcePath {
        self.paths.get(name).cloned().unwrap_or_else(|| SourcePath::new(name))
    }

    fn closures(&self, edition: usize) -> Option<&Closures> {
        self.closures.get(edition).or(self.closures.first())
    }

    /// The digest of a template and of all that it uses besides its own values, in an edition.
    pub fn digest(&self, edition: usize, name: &str) -> Digest {
        self.closures(edition).map(|closures| closures.template(name)).unwrap_or_default()
    }

    /// Whether a template, or anything that it uses, may use a field of `page`.
    pub fn uses_of_page(&self, template: &str, field: &str) -> bool {
        self.closures(0).is_none_or(|closures| closures.uses_of_page(template, field))
    }

    /// The digest of a shortcode and of all that it uses besides its own values, in an edition.
    pub fn component_digest(&self, edition: usize, name: &str) -> Digest {
        self.closures(edition).map(|closures| closures.component(name)).unwrap_or_default()
    }

    /// The engine that speaks so.
    fn engine(&self, voice: Voice) -> &Tera {
        let Voice { edition, language } = voice;
        let Some(engines) = self.others.get(language.tag()) else { return &self.tera };
        let is_main = |engines: &[OnceLock<Tera>]| {
            edition == 0 && engines.len() > 1 && language.tag() == self.surroundings.language().tag()
        };
        let Some(engine) = engines.get(edition).filter(|_| !is_main(engines)) else { return &self.tera };
        engine.get_or_init(|| {
            let mut tera = self.tera.clone();
            speak(&mut tera, edition, self.surroundings.words.of(language.tag()), &self.surroundings);
            tera
        })
    }

    /// Renders a template; `page` is the address of the page that it makes, for messages.
    pub fn render<'a>(
        &self,
        name: &str,
        context: &Context,
        page: &str,
        voice: impl Into<Voice<'a>>,
    ) -> Result<String, Box<Diagnostic>> {
        let mut written = Bounded::new();
        let rendered = self.engine(voice.into()).render_to(name, context, &mut written);
        if written.is_full {
            let mut told =
                Diagnostic::error("too-large", format!("this template writes more than {MOST_WRITTEN_TEXT}"));
            told.place = self.paths.get(name).map(Place::file);
            return Err(Box::new(
                told.help("look at its loops, and at what they go through")
                    .help(format!("it was found while making the page {page}")),
            ));
        }
        match rendered {
            Ok(()) => Ok(written.into_text()),
            Err(error) => Err(Box::new(diagnostic(&error, &self.paths, Some(page)))),
        }
    }

    /// Renders a shortcode with arguments as they were written; these are checked against the component's own list.
    pub fn component<'a>(
        &self,
        name: &str,
        args: &[(String, String)],
        mut context: Context,
        body: Option<&str>,
        voice: impl Into<Voice<'a>>,
    ) -> Result<String, ComponentFault> {
        let fault = |message: String, help: Option<String>| ComponentFault { message, help };
        let Some(definition) = self.tera.get_component_definition(name).filter(|_| self.is_shortcode(name)) else {
            let known: Vec<&str> = self.shortcodes();
            let help =
                did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("there are: {}", known.join(", ")));
            return Err(fault(format!("there is no shortcode `{name}`"), Some(help)));
        };
        let parameters = definition.args();
        for (key, value) in args {
            let Some(parameter) = parameters.iter().find(|parameter| parameter.name() == key) else {
                let known: Vec<&str> = parameters.iter().map(tera::ComponentArg::name).collect();
                let help =
                    did_you_mean(key, known.iter().copied()).unwrap_or_else(|| format!("it has: {}", known.join(", ")));
                return Err(fault(format!("`{name}` has no argument `{key}`"), Some(help)));
            };
            match parameter.arg_type() {
                Some(
                    tera::ComponentArgType::Integer | tera::ComponentArgType::Float | tera::ComponentArgType::Number,
                ) => match value.parse::<f64>() {
                    Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 && !value.contains('.') => {
                        context.insert(key.clone(), &(number as i64))
                    }
                    Ok(number) if number.is_finite() => context.insert(key.clone(), &number),
                    _ => return Err(fault(format!("`{key}` of `{name}` is a number, not `{value}`"), None)),
                },
                Some(tera::ComponentArgType::Bool) => match value.as_str() {
                    "true" => context.insert(key.clone(), &true),
                    "false" => context.insert(key.clone(), &false),
                    _ => return Err(fault(format!("`{key}` of `{name}` is `true` or `false`, not `{value}`"), None)),
                },
                _ => context.insert(key.clone(), value),
            }
        }
        // What the renderer adds by itself goes only to components that ask for it.
        for extra in ["width", "height", "srcset", "sources", "placeholder", "cite", "number"] {
            if !parameters.iter().any(|parameter| parameter.name() == extra) {
                context.remove(extra);
            }
        }
        let missing: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter.is_required() && !context.contains_key(parameter.name()))
            .map(tera::ComponentArg::name)
            .collect();
        if !missing.is_empty() {
            let example: Vec<String> = missing.iter().map(|name| format!("{name}=\"…\"")).collect();
            return Err(fault(
                format!("`{name}` needs `{}`", missing.join("` and `")),
                Some(format!("write `{name}{{{}}}`", example.join(" "))),
            ));
        }
        let mut written = Bounded::new();
        let rendered = self.engine(voice.into()).render_component_to(name, &context, body, true, &mut written);
        if written.is_full {
            return Err(fault(format!("the shortcode `{name}` writes more than {MOST_WRITTEN_TEXT}"), None));
        }
        rendered.map(|()| written.into_text()).map_err(|error| {
            let told = diagnostic(&error, &self.paths, None);
            if body.is_none() && told.message.starts_with("variable `body` is not defined") {
                let help = format!("write `:::{name}`, below it the text, and below that `:::`");
                return fault(format!("`{name}` is put around a text"), Some(help));
            }
            fault(format!("the shortcode `{name}` failed: {}", told.message), told.help.into_iter().next())
        })
    }

    fn is_shortcode(&self, name: &str) -> bool {
        self.contains(&format!("shortcodes/{name}.html"))
    }

    fn shortcodes(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.tera.get_component_names().filter(|name| self.is_shortcode(name)).collect();
        names.sort_unstable();
        names
    }
}

/// Most bytes that one template writes: four times the longest text that is read. The engine itself limits recursion (20
/// components deep; templates that include or extend themselves are refused when they are read) and `range` (100,000
/// numbers), but neither loops within loops nor what they write.
const MOST_WRITTEN: usize = 64 << 20;
const MOST_WRITTEN_TEXT: &str = "64 MiB";

/// Takes what a template writes, up to [`MOST_WRITTEN`].
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Bounded {
    /// With room for a page as most are, so that few of them move while they grow.
    fn new() -> Self {
        Self { bytes: Vec::with_capacity(16 << 10), ..Self::default() }
    }

    fn into_text(self) -> String {
        // Templates write texts only.
        String::from_utf8(self.bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_WRITTEN {
            self.is_full = true;
            return Err(io::Error::other("too much"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Turns an error of the engine into a diagnostic at its place in the template.
fn diagnostic(error: &tera::Error, paths: &HashMap<String, SourcePath>, page: Option<&str>) -> Diagnostic {
    let made = |diagnostic: Diagnostic| match page {
        Some(page) => diagnostic.help(format!("it was found while making the page {page}")),
        None => diagnostic,
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            let path = paths.get(report.filename()).cloned().unwrap_or_else(|| SourcePath::new(report.filename()));
            made(Diagnostic::error("template", one_sentence(report.message())).at(Place::line_column(
                &path,
                span.start_line,
                span.start_col + 1,
            )))
        }
        ErrorKind::MissingParent { current, parent } => {
            let place = paths.get(current).map(Place::file);
            let mut told = Diagnostic::error("template", format!("there is no template `{parent}` to extend"))
                .maybe_help(near(parent, paths));
            told.place = place;
            made(told)
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain: chain }
        | ErrorKind::CircularInclude { tpl, include_chain: chain } => {
            let mut names: Vec<&str> = chain.iter().map(String::as_str).collect();
            if names.first() != names.last() || names.len() == 1 {
                names.insert(0, tpl);
            }
            let word = if matches!(error.kind(), ErrorKind::CircularExtend { .. }) { "extends" } else { "includes" };
            let mut told = Diagnostic::error("circle", format!("a template {word} itself: {}", names.join(" → ")))
                .help("take one of these steps out");
            told.place = paths.get(tpl).map(Place::file);
            made(told)
        }
        ErrorKind::TemplateNotFound(name) => {
            let told = Diagnostic::error("template", format!("there is no template `{name}`"))
                .help("a theme without a parent brings every template: write `parent: default` in its theme.yaml");
            // Themes of a time when sites did not have these bring none.
            let what = match name.as_str() {
                "search.html" => "search",
                "judgments.html" => "judgments",
                "corrections.html" => "corrections",
                _ => return made(told),
            };
            let register = if what == "search" { "search" } else { "such register" };
            made(told.help(format!(
                "or write `{what}: false` in site.yaml: then the site has no {register}, and needs no template for it"
            )))
        }
        kind => made(Diagnostic::error("template", one_sentence(&kind.to_string()))),
    }
}

/// The engine's words as ours: one line, without a full stop, not beginning with a capital unless it is a name.
fn one_sentence(message: &str) -> String {
    let line = crate::base::text::one_line(message);
    let line = line.trim_end_matches('.');
    let mut letters = line.chars();
    match letters.next() {
        Some(first) if line.chars().nth(1).is_some_and(|second| second.is_lowercase() || second == ' ') => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => line.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::WordFile;

    fn layer(name: &str, files: &[(&str, &str)]) -> Layer {
        let files = files.iter().map(|(file, text)| TemplateFile {
            name: (*file).to_string(),
            path: SourcePath::new(&format!("{name}/{file}")),
            text: (*text).into(),
        });
        Layer { name: name.to_string(), files: files.collect() }
    }

    fn loaded(layers: &[Layer]) -> (Templates, Vec<String>) {
        let surroundings = Surroundings { base_path: "/desk/".to_string(), ..Surroundings::default() };
        let (templates, diagnostics) = load(layers, surroundings);
        (
            templates,
            diagnostics
                .into_iter()
                .map(|diagnostic| format!("{:?}: {}", diagnostic.place.map(|place| place.path), diagnostic.message))
                .collect(),
        )
    }

    #[test]
    fn the_first_layer_wins_and_may_extend_the_next() {
        let site = layer("", &[("a.html", "{% extends \"@default/a.html\" %}{% block x %}site{% endblock %}")]);
        let theme = layer(
            "default",
            &[("a.html", "<{% block x %}theme{% endblock %}>"), ("b.html", "{{ url(path=\"/people/#x\") }}")],
        );
        let (templates, faults) = loaded(&[site, theme]);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(templates.render("a.html", &Context::new(), "/", &english()).unwrap(), "<site>");
        assert_eq!(templates.render("b.html", &Context::new(), "/", &english()).unwrap(), "/desk/people/#x");
    }

    fn english() -> Arc<Language> {
        Words::default().of("en").clone()
    }

    #[test]
    fn messages_are_said_in_the_language_of_the_page() {
        let file = |tag: &str, text: &str| WordFile {
            tag: tag.to_string(),
            path: SourcePath::new(&format!("languages/{tag}.ftl")),
            text: text.into(),
        };
        let english =
            "back = Back & on\ncount = { $count ->\n    [one] One by { $who }\n   *[other] { $count } by { $who }\n}\n";
        let ukrainian = "back = Назад\ncount = { $count ->\n    [one] { $count } текст, { $who }\n    [few] { $count } тексти, { $who }\n   *[many] { $count } текстів, { $who }\n}\n";
        let (words, told) = Words::read(&[file("en", english), file("uk", ukrainian)]);
        assert_eq!(told, []);
        let words = Arc::new(words);
        let text = "{% component chip() %}{{ \"back\" | t }}{% endcomponent chip %}";
        let page = "{% set who %}<b>{{ x }}</b>{% endset %}{{ <chip /> }} {{ \"count\" | t(count=n, who=who) }} {{ \"count\" | t(count=1, who=x) }} {{ 12345 | number }}";
        let own = layer(
            "t",
            &[
                ("a.html", page),
                ("shortcodes/chip.html", text),
                ("b.html", "{{ \"bakc\" | t }}"),
                ("c.html", "{{ \"count\" | t(count=1) }}"),
            ],
        );
        let surroundings = Surroundings { words: words.clone(), lang: "en".to_string(), ..Surroundings::default() };
        let (templates, faults) = load(&[own], surroundings);
        assert_eq!(faults, []);
        let mut context = Context::new();
        context.insert("x", "<X>");
        context.insert("n", &3);
        let say = |lang: &str| templates.render("a.html", &context, "/", words.of(lang)).unwrap();
        assert_eq!(say("en"), "Back &amp; on 3 by <b>&lt;X&gt;</b> One by &lt;X&gt; 12345");
        assert_eq!(say("uk-UA"), "Назад 3 тексти, <b>&lt;X&gt;</b> 1 текст, &lt;X&gt; 12\u{a0}345");
        assert_eq!(say("pl"), say("en"));
        let fault = |name: &str| templates.render(name, &context, "/", words.of("en")).unwrap_err().message;
        assert_eq!(fault("b.html"), "there is no message `bakc`; did you mean `back`?");
        assert_eq!(fault("c.html"), "the message `count` needs also `who`: `\"count\" | t(who=…)`");
    }

    #[test]
    fn every_broken_template_is_told() {
        let (_, faults) = loaded(&[layer("t", &[("a.html", "{{ x"), ("b.html", "{% if %}"), ("c.html", "fine")])]);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn an_undefined_variable_is_an_error_with_its_place() {
        let (templates, _) = loaded(&[layer("t", &[("a.html", "one\n  {{ nothing }}")])]);
        let fault = templates.render("a.html", &Context::new(), "/x/", &english()).unwrap_err();
        assert_eq!(fault.place, Some(Place::line_column(&SourcePath::new("t/a.html"), 2, 6)));
        assert!(fault.help[0].contains("/x/"));
    }

    #[test]
    fn loops_end() {
        let endless = format!(
            "{{% for a in range(end=99999) %}}{{% for b in range(end=99999) %}}{}{{% endfor %}}{{% endfor %}}",
            "x".repeat(64 << 10)
        );
        let recursive = "{% component deep() %}{{ <deep /> }}{% endcomponent deep %}";
        let shortcode = format!("{{% component flood() %}}{endless}{{% endcomponent flood %}}");
        let own = layer(
            "t",
            &[
                ("a.html", &endless),
                ("b.html", "{% for a in range(end=1000000000000) %}{{ a }}{% endfor %}"),
                ("shortcodes/deep.html", recursive),
                ("shortcodes/flood.html", &shortcode),
            ],
        );
        let (templates, faults) = loaded(&[own]);
        assert_eq!(faults, Vec::<String>::new());
        let fault = templates.render("a.html", &Context::new(), "/x/", &english()).unwrap_err();
        assert_eq!(fault.message, "this template writes more than 64 MiB");
        assert_eq!(fault.place, Some(Place::file(&SourcePath::new("t/a.html"))));
        assert!(fault.help[1].contains("/x/"));
        let fault = templates.render("b.html", &Context::new(), "/x/", &english()).unwrap_err();
        assert!(fault.message.contains("exceeds the limit"), "{}", fault.message);
        let call = |name: &str| {
            templates.component(name, &[], Context::new(), None, &english()).map_err(|fault| fault.message)
        };
        assert!(call("deep").is_err_and(|message| message.contains("recursion depth")));
        assert_eq!(call("flood"), Err("the shortcode `flood` writes more than 64 MiB".to_string()));
        for circle in ["{% include \"b.html\" %}", "{% extends \"b.html\" %}"] {
            let (_, faults) = loaded(&[layer("t", &[("a.html", circle), ("b.html", &circle.replace("b.", "a."))])]);
            assert!(faults.len() == 1 && faults[0].contains("itself"), "{faults:?}");
        }
    }

    #[test]
    fn arguments_of_shortcodes_are_checked() {
        let text = "{% component map(lat: number, label: string = \"\") %}<i>{{ lat }}{{ label }}{{ body }}</i>{% endcomponent map %}";
        let (templates, faults) = loaded(&[layer("t", &[("shortcodes/map.html", text)])]);
        assert_eq!(faults, Vec::<String>::new());
        let call = |name: &str, args: &[(&str, &str)]| {
            let args: Vec<_> = args.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
            templates
                .component(name, &args, Context::new(), Some("<b>x</b>"), &english())
                .map_err(|fault| fault.message)
        };
        assert_eq!(call("map", &[("lat", "1.5"), ("label", "<K>")]).as_deref(), Ok("<i>1.5&lt;K&gt;<b>x</b></i>"));
        assert_eq!(call("map", &[]), Err("`map` needs `lat`".to_string()));
        assert_eq!(call("map", &[("lat", "north")]), Err("`lat` of `map` is a number, not `north`".to_string()));
        assert_eq!(call("map", &[("lat", "1"), ("lable", "x")]), Err("`map` has no argument `lable`".to_string()));
        assert_eq!(call("mop", &[]), Err("there is no shortcode `mop`".to_string()));
    }
}
