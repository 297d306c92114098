//! `crossbrief entities`: what was found in the texts, and why it is a link or not; and what deserves a page.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::base::report::harmless;
use crate::base::suggest::did_you_mean;
use crate::base::text::{fold, one_line, slugify};
use crate::cli::{Failure, Outcome, SiteArgs, load, new, print};
use crate::content::kinds::Kind;
use crate::site::mentions::{Spot, Text};
use crate::site::{Article, Site, suggestions};

/// Show which names were found in the texts, and why they are links or not.
///
/// With `--suggest`: names that several briefings have and that are no entity yet; `--write person:"Jane Roe"` makes
/// the file for one.
#[derive(Debug, Args)]
pub(super) struct EntitiesArgs {
    /// Only these articles: path of the file, its name, or the slug
    articles: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// List capitalised names that are no entity yet
    #[arg(long, conflicts_with = "articles")]
    suggest: bool,
    /// Fewest articles that must have a name for it to be listed
    #[arg(long, value_name = "N", default_value_t = 2, requires = "suggest")]
    min: usize,
    /// Write a file for this name; may be given several times
    #[arg(long, value_name = "KIND:NAME", requires = "suggest")]
    write: Vec<String>,
    #[command(flatten)]
    site: SiteArgs,
}

pub(super) fn run(args: &EntitiesArgs) -> Result<Outcome, Failure> {
    let loaded = load(&args.site, None)?;
    let site = &loaded.site;
    if !args.write.is_empty() {
        return write(args, &loaded.root, site);
    }
    let text = if args.suggest { suggested(args, site) } else { found(args, site)? };
    print(&text)?;
    let errors: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|one| one.severity == crate::base::diagnostics::Severity::Error)
        .cloned()
        .collect();
    Ok(if args.site.tell(&errors, &|path| loaded.source_text(path))? { Outcome::SiteHasErrors } else { Outcome::Well })
}

/// What was found, article by article.
fn found(args: &EntitiesArgs, site: &Site) -> Result<String, Failure> {
    let mut chosen: Vec<(&Site, &Article)> = Vec::new();
    let all = || {
        site.all_editions().flat_map(|edition| {
            let own = edition.articles.iter().filter(|article| !article.is_borrowed());
            own.map(move |article| (edition, &**article))
        })
    };
    if args.articles.is_empty() {
        chosen.extend(all());
    }
    for name in &args.articles {
        let is = |(_, article): &(&Site, &Article)| {
            let path = article.path.as_str();
            article.meta.slug == *name
                || article.path.stem() == name
                || path == name
                || name.ends_with(path) && name[..name.len() - path.len()].ends_with('/')
        };
        let found: Vec<(&Site, &Article)> = all().filter(is).collect();
        if found.is_empty() {
            let slugs = site.articles.iter().map(|article| article.meta.slug.as_str());
            let help = did_you_mean(name, slugs).unwrap_or_else(|| "`crossbrief list` shows the articles".into());
            return Err(Failure::new(format!("there is no article `{name}`"), help));
        }
        chosen.extend(found);
    }
    let blocks: Vec<String> = chosen.into_iter().map(|(edition, article)| tell(args, edition, article)).collect();
    Ok(blocks.join(if args.json { "" } else { "\n" }))
}

/// One line of what was found.
struct Row {
    place: String,
    text: String,
    means: String,
    why: String,
    json: Value,
}

fn tell(args: &EntitiesArgs, site: &Site, article: &Article) -> String {
    let rows = rows(site, article);
    if args.json {
        return rows.into_iter().map(|row| format!("{}\n", row.json)).collect();
    }
    let mut out = format!("{}\n", article.path);
    for (about, word) in [(true, "about"), (false, "mentions")] {
        let here = article.entities.iter().filter(|one| one.about == about);
        let names: Vec<String> = here
            .map(|one| {
                let name = harmless(&site.entity(one.entity).name);
                if one.mentions > 0 { format!("{name} ({})", one.mentions) } else { name }
            })
            .collect();
        if !names.is_empty() {
            out.push_str(&format!("  {word}: {}\n", names.join(", ")));
        }
    }
    let width = |pick: fn(&Row) -> &String, most: usize| {
        rows.iter().map(|row| pick(row).chars().count()).max().unwrap_or(0).min(most)
    };
    let (place, text, means) = (width(|row| &row.place, 20), width(|row| &row.text, 32), width(|row| &row.means, 44));
    for row in &rows {
        out.push_str(&format!("  {:<place$}  {:<text$}  {:<means$}  {}\n", row.place, row.text, row.means, row.why));
    }
    out
}

fn rows(site: &Site, article: &Article) -> Vec<Row> {
    let lines: BTreeMap<Spot, String> =
        Text::lines_of(&article.meta).into_iter().map(|(spot, line)| (spot, one_line(&line))).collect();
    let document = &article.document;
    let written = |spot: Spot, range: &std::ops::Range<u32>| -> String {
        let range = range.start as usize..range.end as usize;
        let written = match spot {
            Spot::Body => document.written(range),
            spot => lines.get(&spot).and_then(|line| line.get(range)).map(str::to_string),
        };
        harmless(&one_line(&written.unwrap_or_default()))
    };
    let place = |spot: Spot, range: &std::ops::Range<u32>| -> (String, Value) {
        match spot {
            Spot::Body => {
                let (line, column) = document.position(range.start as usize);
                (format!("{line}:{column}"), json!({"line": line, "column": column}))
            }
            Spot::Judgment(index) => (format!("key_judgments[{index}]"), json!({"index": index})),
            Spot::Event(index) => (format!("events[{index}]"), json!({"index": index})),
            spot => (spot.word().to_string(), json!({})),
        }
    };
    let describe = |kind: &Kind, name: &str| format!("{} ({})", harmless(name), kind.singular.to_lowercase());
    let mut rows: Vec<((Spot, u32), Row)> = Vec::new();
    for mention in &article.found.mentions {
        let entity = site.entity(mention.entity);
        let kind = site.kind_of(entity);
        let text = written(mention.spot, &mention.in_file);
        let (shown, at) = place(mention.spot, &mention.in_file);
        let json = json!({
            "file": article.path.as_str(), "in": mention.spot.word(), "at": at, "text": text,
            "kind": kind.id, "name": entity.name, "url": entity.url.as_str(),
            "by": mention.by.word(), "ground": mention.ground.words(),
            "linked": mention.link == crate::site::mentions::Link::Yes, "link": mention.link.words(),
            "start": mention.in_file.start, "end": mention.in_file.end,
        });
        let why = format!("{}; {}; {}", mention.by.word(), mention.ground.words(), mention.link.words());
        let row = Row { place: shown, text, means: describe(kind, &entity.name), why, json };
        rows.push(((mention.spot, mention.in_file.start), row));
    }
    for doubt in &article.found.doubts {
        let text = harmless(&one_line(&doubt.text));
        let (shown, at) = place(doubt.spot, &doubt.in_file);
        let names: Vec<String> =
            doubt.candidates.iter().map(|meant| describe(&site.config.kinds[meant.kind], &meant.name)).collect();
        let candidates: Vec<Value> = doubt
            .candidates
            .iter()
            .map(|meant| json!({"kind": site.config.kinds[meant.kind].id, "name": meant.name, "slug": meant.slug}))
            .collect();
        let json = json!({
            "file": article.path.as_str(), "in": doubt.spot.word(), "at": at, "text": text,
            "candidates": candidates, "linked": false, "why": doubt.why.words(),
            "start": doubt.in_file.start, "end": doubt.in_file.end,
        });
        let means = format!("{}?", names.join(" or "));
        let row = Row { place: shown, text, means, why: format!("no mention: {}", doubt.why.words()), json };
        rows.push(((doubt.spot, doubt.in_file.start), row));
    }
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Names that deserve a page.
fn suggested(args: &EntitiesArgs, site: &Site) -> String {
    let found = suggestions::find(site, args.min);
    let line = |one: &suggestions::Suggestion| {
        if args.json {
            let files: Vec<&str> = one.articles.iter().map(|id| site.article(*id).path.as_str()).collect();
            let sample = one.sample.text();
            let json =
                json!({"name": one.name, "kind": one.kind, "count": one.count, "articles": files, "sample": sample});
            return format!("{json}\n");
        }
        let kind = one.kind.as_deref().map(|kind| format!(" ({kind}?)")).unwrap_or_default();
        let times = counts(one.count, "time");
        let articles = counts(one.articles.len(), "briefing");
        let sample = harmless(&one.sample.text());
        format!("{}{kind}  {articles}, {times}\n    {sample}\n", harmless(&one.name))
    };
    let mut out: String = found.iter().map(line).collect();
    if !args.json {
        match found.iter().find(|one| one.kind.is_some()).or(found.first()) {
            Some(first) => {
                let kind = first.kind.as_deref().unwrap_or("person");
                out.push_str(&format!(
                    "\nto give one a page: crossbrief entities --suggest --write {kind}:\"{}\"\n",
                    harmless(&first.name)
                ));
            }
            None => out.push_str(&format!("no name without a page stands in {}\n", counts(args.min, "briefing"))),
        }
    }
    out
}

/// Writes the files for the names that were picked; all of them or none.
fn write(args: &EntitiesArgs, root: &std::path::Path, site: &Site) -> Result<Outcome, Failure> {
    let mut files: Vec<(PathBuf, String, String)> = Vec::new();
    for picked in &args.write {
        let known = || site.config.kinds.iter().map(|kind| kind.id.as_str()).collect::<Vec<_>>().join(", ");
        let Some((kind, name)) = picked.split_once(':') else {
            return Err(Failure::new(
                format!("`{picked}` does not say of what kind it is"),
                format!("write `--write person:\"{picked}\"`; kinds are: {}", known()),
            ));
        };
        let Some(kind) = site.config.kinds.iter().find(|one| one.id == kind.trim()) else {
            return Err(Failure::new(format!("there is no kind `{kind}`"), format!("kinds are: {}", known())));
        };
        let name = one_line(name);
        let slug = slugify(&name);
        if slug.is_empty() {
            return Err(Failure::new(format!("`{name}` has no letter to name a file with"), "use `crossbrief new`"));
        }
        let taken = site.registry.find_any(&name).into_iter().map(|id| site.entity(id));
        if let Some(other) = taken.into_iter().find(|entity| fold(&entity.name) == fold(&name) && entity.meta.is_some())
        {
            return Err(Failure::new(format!("`{name}` has a file already"), format!("see {}", other.origin)));
        }
        let path = format!("content/{}/{slug}.md", kind.path);
        let text = new::stub(kind, &name)?;
        files.push((root.join(&path), path, text));
    }
    if let Some((_, path, _)) = files.iter().find(|(target, ..)| target.exists()) {
        return Err(Failure::new(format!("{path} is there already"), "nothing was written"));
    }
    for (target, path, text) in files {
        new::create(&target, &path, &text)?;
        println!("{path}");
    }
    Ok(Outcome::Well)
}

/// `1 time`, `2 times`.
fn counts(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
