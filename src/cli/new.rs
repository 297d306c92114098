//! `crossbrief new`: a new file of content.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::base::suggest::did_you_mean;
use crate::base::text::slugify;
use crate::cli::{Failure, Outcome, SiteArgs, load};
use crate::content::kinds::Kind;

/// Make a new briefing, person, or other file of content.
///
/// Prints the path of the new file. It starts from `archetypes/WHAT.md` of the site when there is one, such as
/// `archetypes/briefing.md`; `{{ title }}`, `{{ date }}` and `{{ slug }}` in it are filled in.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// What: `briefing`, `page`, `author`, or an entity kind of the site (`person`, `country`, `topic`, ...)
    what: String,
    /// Its title or name
    title: String,
    /// The site’s folder
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    source: PathBuf,
}

pub(super) fn run(args: &NewArgs) -> Result<Outcome, Failure> {
    let loaded = load(&SiteArgs::whole(&args.source), None)?;
    let config = &loaded.site.config;
    let slug = slugify(&args.title);
    if slug.is_empty() {
        return Err(Failure::new(
            format!("`{}` has no letter to name a file with", args.title),
            "use a title with letters",
        ));
    }
    let day = Timestamp::now().to_zoned_datetime(config.zone.clone()).date();
    let quoted = serde_json::to_string(&args.title)?;
    let what = if args.what == "article" { "briefing" } else { args.what.as_str() };
    // In a folder of Markdown without `content/` every text is a briefing.
    let bare = loaded.site.content_root.is_empty() && !loaded.site.by_source.is_empty();
    let (path, text) = match what {
        "briefing" => (
            if bare { format!("{day}-{slug}.md") } else { format!("content/briefings/{day}-{slug}.md") },
            format!(
                "---\ntitle: {quoted}\nsummary: \ntype: report\npeople: []\ncountries: []\ntopics: []\nbottom_line: \nsources:\n  # - {{id: s1, title: , url: , publisher: , accessed: {day}}}\ndraft: true\n---\n\n"
            ),
        ),
        "page" => (format!("content/{slug}.md"), format!("---\ntitle: {quoted}\nsummary: \n---\n\n")),
        "author" => (format!("content/authors/{slug}.md"), format!("---\nname: {quoted}\nrole: \nsummary: \n---\n\n")),
        what => match config.kinds.iter().find(|kind| kind.id == what) {
            Some(kind) => (format!("content/{}/{slug}.md", kind.path), stub(kind, &args.title)?),
            None => {
                let known: Vec<&str> = ["briefing", "page", "author"]
                    .into_iter()
                    .chain(config.kinds.iter().map(|kind| kind.id.as_str()))
                    .collect();
                let help = did_you_mean(what, known.iter().copied())
                    .unwrap_or_else(|| format!("there are: {}", known.join(", ")));
                return Err(Failure::new(format!("there is nothing called `{what}` to make"), help));
            }
        },
    };
    if bare && what != "briefing" {
        return Err(Failure::new(
            format!("without a folder `content/` every file of this site is a briefing, and {path} would be no {what}"),
            "move the briefings into `content/briefings/` first",
        ));
    }
    let archetype = format!("archetypes/{what}.md");
    let text = match std::fs::read_to_string(loaded.root.join(&archetype)) {
        Ok(own) => {
            let day = day.to_string();
            let values = [("title", args.title.as_str()), ("date", day.as_str()), ("slug", slug.as_str())];
            fill(&own, &values).map_err(|message| Failure::new(format!("{archetype}: {message}"), KNOWN))?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => text,
        Err(error) => return Err(Failure::from(format!("cannot read {archetype}: {error}"))),
    };
    create(&loaded.root.join(&path), &path, &text)?;
    println!("{path}");
    Ok(Outcome::Well)
}

/// What may stand between braces in an archetype.
const KNOWN: &str = "there are `{{ title }}`, `{{ date }}` and `{{ slug }}`";

/// Fills the placeholders of an archetype. In the front matter a value that stands for a whole text of YAML, with or
/// without quotation marks, is quoted as YAML wants it.
fn fill(archetype: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let mut filled = String::with_capacity(archetype.len() + 64);
    let mut fences = 0;
    for line in archetype.split_inclusive('\n') {
        fences += usize::from(line.trim_end() == "---");
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            let name = name.trim();
            let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
                return Err(format!("there is no `{{{{ {name} }}}}`"));
            };
            let quote = before.chars().last().filter(|c| fences == 1 && (*c == '"' || *c == '\''));
            let quoted = quote.filter(|quote| after.starts_with(*quote));
            let plain = fences == 1 && before.trim_end().ends_with([':', '-']) && after.trim_start().is_empty();
            let before = if quoted.is_some() { &before[..before.len() - 1] } else { before };
            filled.push_str(before);
            // A text between double quotes as JSON writes it is YAML too.
            if quoted.is_some() || plain && name == "title" {
                filled.push_str(&serde_json::to_string(value).map_err(|error| error.to_string())?);
            } else {
                filled.push_str(value);
            }
            rest = quoted.and_then(|quote| after.strip_prefix(quote)).unwrap_or(after);
        }
        filled.push_str(rest);
    }
    Ok(filled)
}

/// The file of an entity of which only the name is known.
pub(super) fn stub(kind: &Kind, name: &str) -> Result<String, Failure> {
    let quoted = serde_json::to_string(name)?;
    let more = if kind.is_person() { "given_name: \nfamily_name: \n" } else { "" };
    Ok(format!("---\nname: {quoted}\n{more}aliases: []\nsummary: \n---\n\n"))
}

/// Writes a new file; one that is there stays as it is. `path` is what messages call it.
pub(super) fn create(target: &Path, path: &str, text: &str) -> Result<(), Failure> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::File::create_new(target).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::new(format!("{path} is there already"), "give it another title"),
        _ => Failure::from(format!("cannot write {path}: {error}")),
    })?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archetypes_are_filled_as_yaml_wants_it() {
        let values = [("title", "He said \"no\": a \\ b"), ("date", "2026-01-02"), ("slug", "he-said")];
        for (archetype, filled) in [
            ("---\ntitle: {{ title }}\n---\n", "---\ntitle: \"He said \\\"no\\\": a \\\\ b\"\n---\n"),
            ("---\ntitle: \"{{title}}\"\n---\n", "---\ntitle: \"He said \\\"no\\\": a \\\\ b\"\n---\n"),
            ("---\ntitle: '{{ title }}' # x\n---\n", "---\ntitle: \"He said \\\"no\\\": a \\\\ b\" # x\n---\n"),
            ("---\ndate: {{ date }}\nslug: {{ slug }}-x\n---\n", "---\ndate: 2026-01-02\nslug: he-said-x\n---\n"),
            ("---\n---\n# {{ title }} {{ open\n", "---\n---\n# He said \"no\": a \\ b {{ open\n"),
        ] {
            assert_eq!(fill(archetype, &values).as_deref(), Ok(filled));
        }
        assert_eq!(fill("{{ titel }}", &values), Err("there is no `{{ titel }}`".to_string()));
    }
}
