//! `crossbrief new`: a new file of content.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::base::suggest::did_you_mean;
use crate::base::text::slugify;
use crate::cli::{AudienceArg, Failure, MessageFormat, Outcome, SiteArgs, load};
use crate::content::kinds::Kind;

/// Make a new briefing, person, or other file of content.
///
/// Starts from `archetypes/KIND.md` of the site when there is one; `{{ title }}`, `{{ date }}` and `{{ slug }}` in it
/// are filled in.
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
    let site = SiteArgs {
        source: args.source.clone(),
        audience: AudienceArg::Red,
        drafts: true,
        base_url: None,
        message_format: MessageFormat::Text,
    };
    let loaded = load(&site, None)?;
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
    let (path, text) = match args.what.as_str() {
        "briefing" | "article" => (
            format!("content/briefings/{day}-{slug}.md"),
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
    let archetype = loaded.root.join("archetypes").join(format!("{}.md", args.what));
    let text = match std::fs::read_to_string(&archetype) {
        Ok(own) => {
            own.replace("{{ title }}", &args.title).replace("{{ date }}", &day.to_string()).replace("{{ slug }}", &slug)
        }
        Err(_) => text,
    };
    create(&loaded.root.join(&path), &path, &text)?;
    println!("{path}");
    Ok(Outcome::Well)
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
