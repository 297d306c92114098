//! `crossbrief list`.

use clap::Args;
use serde_json::json;

use crate::base::dates::Moment;
use crate::base::diagnostics::{Diagnostic, Severity};
use crate::cli::{Failure, Outcome, SiteArgs, load, load_at, print};

/// List articles, entities, drafts, or what is scheduled.
///
/// Without options: the articles that the site shows, newest first, with date, file and title.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// List entities with their number of articles, instead of articles
    #[arg(long, conflicts_with_all = ["scheduled", "withheld"])]
    entities: bool,
    /// List what this audience does not see, and why: drafts, embargoes, markings. For the desk’s eyes only
    #[arg(long, conflicts_with = "scheduled")]
    withheld: bool,
    /// List when an article will appear or expire by itself, the next one first
    #[arg(long)]
    scheduled: bool,
    /// List what the site will hold (or held) at another moment: `2026-06-01T09:00`, in the site’s time zone
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: SiteArgs,
}

pub(super) fn run(args: &ListArgs) -> Result<Outcome, Failure> {
    let mut loaded = load(&args.site, None)?;
    if let Some(text) = &args.at {
        let at =
            Moment::parse(text, &loaded.site.config.zone).map_err(|fault| Failure::new(fault.message, fault.help))?;
        loaded = load_at(&args.site, None, at.instant)?;
        say!("as of {}", at.instant);
    }
    let site = &loaded.site;
    let rows: Vec<(Vec<String>, serde_json::Value)> = if args.entities {
        let all = site
            .all_editions()
            .flat_map(|edition| edition.entities.iter().map(|entity| (edition.config.at_top(&entity.url), entity)));
        let rows = all.map(|(url, entity)| {
            let kind = &site.kind_of(entity).id;
            let count = entity.articles.len();
            (
                vec![kind.clone(), count.to_string(), entity.name.clone(), url.to_string()],
                json!({"kind": kind, "name": entity.name, "url": url.as_str(), "articles": count}),
            )
        });
        rows.collect()
    } else if args.withheld {
        let rows = site.withheld.files.iter().map(|file| {
            let reason = file.reason.word();
            (
                vec![reason.to_string(), file.path.to_string(), file.title.clone()],
                json!({"reason": reason, "file": file.path.as_str(), "title": file.title}),
            )
        });
        rows.collect()
    } else if args.scheduled {
        let rows = site.withheld.scheduled.iter().map(|next| {
            let what = if next.appears { "appears" } else { "expires" };
            (vec![next.at.iso.clone(), what.to_string(), next.path.to_string(), next.title.clone()], json!({"at": next.at.instant.to_string(), "what": what, "file": next.path.as_str(), "title": next.title}))
        });
        rows.collect()
    } else {
        let all = site.all_editions().flat_map(|edition| {
            let own = edition.articles.iter().filter(|article| !article.is_borrowed());
            own.map(|article| (edition.config.at_top(&article.url), article))
        });
        let rows = all.map(|(url, article)| {
            let date = article.meta.date.as_ref().map(|date| date.iso.clone()).unwrap_or_default();
            (
                vec![date.chars().take(10).collect(), article.path.to_string(), article.meta.title.clone()],
                json!({"date": date, "file": article.path.as_str(), "url": url.as_str(), "title": article.meta.title}),
            )
        });
        rows.collect()
    };
    print(&if args.json {
        rows.iter().map(|(_, row)| format!("{row}\n")).collect()
    } else {
        table(rows.into_iter().map(|(row, _)| row).collect())
    })?;
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let errors: Vec<Diagnostic> = loaded.diagnostics.iter().filter(is_error).cloned().collect();
    let errors = args.site.tell(&errors, &|path| loaded.source_text(path))?;
    Ok(if errors { Outcome::SiteHasErrors } else { Outcome::Well })
}

/// Rows with aligned columns; the last column is as long as it is. Control characters are left out.
fn table(rows: Vec<Vec<String>>) -> String {
    let clean = |cell: &String| cell.chars().filter(|c| !c.is_control()).collect::<String>();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = vec![vec!["a".into(), "bb".into()], vec!["ccc".into(), "d\u{1b}".into()]];
        assert_eq!(table(rows), "a    bb\nccc  d\n");
    }
}
