//! `crossbrief schema` and `crossbrief templates`: the reference, printed out of the types themselves.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use schemars::{Schema, schema_for};
use serde_json::{Value, json};

use crate::cli::{Failure, Outcome, SiteArgs, load, print};
use crate::content::kinds::Kind;
use crate::render::view;

/// Print the JSON Schema of site.yaml or of front matter, for editors.
///
/// With `--write` all of them go into the folder `.crossbrief/` of the site, where `site.yaml` looks for its own:
/// editors that know YAML then complete and check keys, and show what each is for.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Which file
    #[arg(required_unless_present = "write")]
    what: Option<SchemaOf>,
    /// Write all schemas into `.crossbrief/`: `site.schema.json`, `article.schema.json` and so on
    #[arg(long, conflicts_with = "what")]
    write: bool,
    /// The site’s folder, whose entity kinds are keys of its articles
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    source: PathBuf,
}

/// A file with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaOf {
    /// site.yaml
    Site,
    /// Front matter of an article, with the entity kinds of this site
    Article,
    /// Front matter of an entity’s file, or a row of a table of entities
    Entity,
    /// Front matter of a loose page
    Page,
    /// Front matter of a section’s _index.md
    Section,
    /// Front matter of an author’s file
    Author,
    /// theme.yaml
    Theme,
}

/// Print what templates can see, field by field.
///
/// First each template with the values that it gets, then each type of value with its fields and what they hold.
#[derive(Debug, Args)]
pub(super) struct TemplatesArgs {}

pub(super) fn schema(args: &SchemaArgs) -> Result<Outcome, Failure> {
    let kinds = if args.source.is_dir() && (args.write || args.what == Some(SchemaOf::Article)) {
        load(&SiteArgs::whole(&args.source), None)?.site.config.kinds.clone()
    } else {
        Kind::built_in()
    };
    if args.write {
        for path in write(&args.source, &kinds)? {
            println!("{}", path.display());
        }
        return Ok(Outcome::Well);
    }
    let schema = schema_of(args.what.unwrap_or(SchemaOf::Site), &kinds);
    print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(Outcome::Well)
}

/// Writes all schemas of a site; returns their paths.
pub(super) fn write(source: &Path, kinds: &[Kind]) -> Result<Vec<PathBuf>, Failure> {
    let folder = source.join(".crossbrief");
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let mut written = Vec::new();
    for what in SchemaOf::value_variants() {
        let name = what.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default();
        let path = folder.join(format!("{name}.schema.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema_of(*what, kinds))?);
        std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        written.push(path);
    }
    Ok(written)
}

fn schema_of(what: SchemaOf, kinds: &[Kind]) -> Schema {
    let mut schema = match what {
        SchemaOf::Site => schema_for!(crate::config::SiteFile),
        SchemaOf::Article => article(kinds),
        SchemaOf::Entity => schema_for!(crate::content::entity::EntityInput),
        SchemaOf::Page => schema_for!(crate::content::page::PageInput),
        SchemaOf::Section => schema_for!(crate::content::section::SectionInput),
        SchemaOf::Author => schema_for!(crate::content::author::AuthorInput),
        SchemaOf::Theme => schema_for!(crate::build::theme::ThemeFile),
    };
    schema.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut).for_each(plain_texts);
    schema
}

/// Allows numbers and truth values where a text may be anything: `title: 2025` is read as a text, and `born: 1949` too.
fn plain_texts(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let any = !map.contains_key("enum") && !map.contains_key("pattern") && !map.contains_key("const");
            if let Some(kind) = map.get_mut("type").filter(|_| any) {
                match kind {
                    Value::String(one) if one == "string" => *kind = json!(["string", "number", "boolean"]),
                    Value::Array(kinds) if kinds.contains(&json!("string")) && !kinds.contains(&json!("number")) => {
                        kinds.extend([json!("number"), json!("boolean")]);
                    }
                    _ => {}
                }
            }
            map.values_mut().for_each(plain_texts);
        }
        Value::Array(values) => values.iter_mut().for_each(plain_texts),
        _ => {}
    }
}

/// The schema of an article’s front matter, closed, with the keys of the site’s kinds.
fn article(kinds: &[Kind]) -> Schema {
    let mut schema = schema_for!(crate::content::article::FrontMatter);
    let list = schema_for!(crate::base::yaml::values::List);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for kind in kinds {
            let mut value = list.clone().to_value();
            if let Some(map) = value.as_object_mut() {
                map.remove("$schema");
                map.insert(
                    "description".to_string(),
                    json!(format!("{} that the article is about, by name, slug or code.", kind.plural)),
                );
            }
            properties.insert(kind.key.clone(), value);
        }
    }
    schema.insert("additionalProperties".to_string(), json!(false));
    schema
}

pub(super) fn templates(_: &TemplatesArgs) -> Result<Outcome, Failure> {
    let mut text = String::from(
        "What templates see. Every template sees `site` (SiteView), `page` (PageView) and `data` (the files of data/);\nthe rest by template:\n\n",
    );
    for (template, names) in [
        ("home.html", "home: HomeView"),
        ("article.html", "article: ArticleView"),
        ("history.html", "history: HistoryView"),
        ("section.html", "section: SectionView, pager: Pager"),
        ("kind.html", "kind: KindView"),
        ("entity.html", "entity: EntityView, pager: Pager"),
        ("pair.html", "pair: PairView, pager: Pager"),
        ("author.html", "author: AuthorView, pager: Pager"),
        ("authors.html", "authors: [AuthorEntry]"),
        ("series.html", "series: SeriesView"),
        ("series_index.html", "series: [SeriesRef]"),
        ("archive.html", "years: [YearCount], archive: ArchiveYear"),
        ("archive_year.html", "years: [YearCount], archive: ArchiveYear"),
        ("judgments.html", "register: JudgmentsView"),
        ("corrections.html", "register: CorrectionsView"),
        ("page.html", "loose: LoosePageView"),
        ("tombstone.html", "tombstone: TombstoneView"),
        ("search.html", ""),
        ("404.html", ""),
        ("card.svg", "card: SocialCardView"),
    ] {
        text.push_str(&format!("  {template:<20} {names}\n"));
    }
    text.push_str("\nFunctions: url(path=\"/about/\"), asset(path=\"style.css\"), asset_integrity(path=\"style.css\"), asset_imports(path=\"app.js\")\n");
    let schemas = [
        schema_for!(view::SiteView),
        schema_for!(view::PageView),
        schema_for!(view::HomeView),
        schema_for!(view::ArticleView),
        schema_for!(view::HistoryView),
        schema_for!(view::Card),
        schema_for!(view::SectionView),
        schema_for!(view::Pager),
        schema_for!(view::KindView),
        schema_for!(view::EntityView),
        schema_for!(view::PairView),
        schema_for!(view::AuthorView),
        schema_for!(view::AuthorEntry),
        schema_for!(view::SeriesView),
        schema_for!(view::ArchiveYear),
        schema_for!(view::JudgmentsView),
        schema_for!(view::CorrectionsView),
        schema_for!(view::LoosePageView),
        schema_for!(view::TombstoneView),
        schema_for!(view::SocialCardView),
    ];
    let mut seen = std::collections::BTreeMap::new();
    for schema in &schemas {
        let title = schema.get("title").and_then(Value::as_str).unwrap_or_default().to_string();
        seen.insert(title, schema.clone().to_value());
        if let Some(Value::Object(definitions)) = schema.get("$defs") {
            seen.extend(definitions.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    for (name, schema) in &seen {
        text.push_str(&format!("\n{name}\n"));
        if let Some(Value::Object(fields)) = schema.get("properties") {
            for (field, value) in fields {
                let about = value.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
                text.push_str(&format!("  {field}: {}\n      {about}\n", type_of(value)));
            }
        }
    }
    print(&text)?;
    Ok(Outcome::Well)
}

/// A field’s type in a few words.
fn type_of(schema: &Value) -> String {
    let named = |reference: &str| reference.rsplit('/').next().unwrap_or(reference).to_string();
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return named(reference);
    }
    if let Some(Value::Array(options)) = schema.get("anyOf") {
        return options.iter().map(type_of).collect::<Vec<_>>().join(" or ");
    }
    match schema.get("type") {
        Some(Value::String(kind)) if kind == "array" => {
            format!("[{}]", schema.get("items").map_or_else(String::new, type_of))
        }
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) if kinds.iter().any(|kind| kind == "array") => {
            format!("[{}] or null", schema.get("items").map_or_else(String::new, type_of))
        }
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_string(),
    }
}
