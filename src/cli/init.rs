//! `crossbrief init`: a new site that builds at once.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};

use crate::cli::{Failure, Outcome, schema};
use crate::content::kinds::Kind;
use crate::content::page::title_of;

/// Make a new site, ready to build.
///
/// Asks nothing. Writes `site.yaml`, a section, a first briefing, and the schemas by which editors complete and check
/// front matter. Nothing that is there is changed.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Folder of the site; made when it is not there
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Title [default: the folder’s name]
    #[arg(long)]
    title: Option<String>,
    /// Address of the site
    #[arg(long, value_name = "URL", default_value = "https://example.org/")]
    base_url: String,
    /// Let a service build and publish the site at every push and by the clock: writes its workflow and the target
    #[arg(long, value_name = "SERVICE")]
    deploy: Option<Service>,
}

/// A service that builds sites, or shows them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Service {
    /// GitHub Actions, and Pages from the branch `gh-pages`
    Github,
    /// GitLab CI, to the branch `pages` (GitLab Pages shows it where its settings say so)
    Gitlab,
    /// GitHub Actions, to a site at Netlify
    Netlify,
    /// GitHub Actions, to a project at Cloudflare Pages
    Cloudflare,
}

impl Service {
    /// The target of the site, whose folder is called so.
    fn target(self, name: &str) -> String {
        match self {
            Service::Github => "{type: git, branch: gh-pages}".to_string(),
            Service::Gitlab => "{type: git, branch: pages}".to_string(),
            Service::Netlify => format!("{{type: netlify, site: {name}.netlify.app}}"),
            Service::Cloudflare => format!("{{type: cloudflare-pages, project: {name}}}"),
        }
    }

    /// The path of the workflow, and its text.
    fn workflow(self) -> (&'static str, String) {
        let github = |permission: &str, what: &str, variables: &[&str]| {
            let secret = |name: &&str| format!("          {name}: ${{{{ secrets.{name} }}}}\n");
            let secrets: String = variables.iter().map(secret).collect();
            let env = if secrets.is_empty() { String::new() } else { format!("        env:\n{secrets}") };
            let text = format!("{what}{}{env}", GITHUB.replace("PERMISSION", permission));
            (".github/workflows/publish.yaml", text)
        };
        match self {
            Service::Github => github("write", "", &[]),
            Service::Gitlab => (".gitlab-ci.yml", GITLAB.to_string()),
            Service::Netlify => github("read", OF_NETLIFY, &["NETLIFY_AUTH_TOKEN"]),
            Service::Cloudflare => github("read", OF_CLOUDFLARE, &["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"]),
        }
    }
}

const OF_NETLIFY: &str = "\
# Before the first push: make the site at Netlify without linking it to this repository, write its name to the target in
# site.yaml, and put a personal access token into the secret NETLIFY_AUTH_TOKEN of this repository.
";

const OF_CLOUDFLARE: &str = "\
# Before the first push: make the project at Cloudflare Pages for direct upload, write its name to the target in
# site.yaml, and put a token that may edit Cloudflare Pages into the secret CLOUDFLARE_API_TOKEN of this repository, and
# the number of the account into CLOUDFLARE_ACCOUNT_ID.
";

const GITHUB: &str = "\
# Publishes the site at every push, and four times an hour: an embargo may have ended.
name: publish
on:
  push:
    branches: [main]
  schedule:
    - cron: \"*/15 * * * *\"
  workflow_dispatch:
concurrency: publish
permissions:
  contents: PERMISSION
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/cache@v4
        with:
          path: ~/.cargo/bin/crossbrief
          key: crossbrief-VERSION-${{ runner.os }}
      - run: crossbrief --version || cargo install crossbrief --version VERSION --locked
      - run: crossbrief publish live --yes
";

const GITLAB: &str = "\
# Publishes the site at every push to the main branch; a scheduled pipeline does so when an embargo may have ended.
# A project access token with `write_repository` goes into the variable PUBLISH_TOKEN (masked).
publish:
  image: rust:1
  resource_group: publish
  variables:
    GIT_DEPTH: 0
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    key: crossbrief-VERSION
    paths: [.cargo-home/bin]
  script:
    - export CARGO_HOME=$PWD/.cargo-home PATH=$PWD/.cargo-home/bin:$PATH
    - crossbrief --version || cargo install crossbrief --version VERSION --locked
    - git config http.extraHeader \"Authorization: Basic $(printf 'publish:%s' \"$PUBLISH_TOKEN\" | base64 -w0)\"
    - crossbrief publish live --yes

# GitLab Pages shows what this job hands over: the branch, as it was just published.
pages:
  needs: [publish]
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - git fetch origin pages
    - mkdir public && git archive FETCH_HEAD | tar x -C public
  artifacts:
    paths: [public]
";

pub(super) fn run(args: &InitArgs) -> Result<Outcome, Failure> {
    std::fs::create_dir_all(&args.dir).map_err(|error| format!("cannot make {}: {error}", args.dir.display()))?;
    let whole = std::fs::canonicalize(&args.dir)?;
    let name = whole.file_name().map_or_else(|| "briefings".to_string(), |name| name.to_string_lossy().into_owned());
    let title = args.title.clone().unwrap_or_else(|| title_of(&name));
    if crate::config::split_base_url(&args.base_url).is_none() {
        return Err(Failure::new(
            format!("`{}` is not the address of a site", args.base_url),
            "write it such as `https://example.org/`",
        ));
    }
    let day = Timestamp::now().to_zoned_datetime(TimeZone::UTC).date();
    let quoted = serde_json::to_string(&title)?;
    let first = format!("content/briefings/{day}-first-briefing.md");
    let workflow = args.deploy.map(Service::workflow);
    let target = |service: Service| format!("targets:\n  live: {}\n", service.target(&slug(&name)));
    let targets = args.deploy.map(target).unwrap_or_default();
    let mut files = vec![
        ("site.yaml", format!("# yaml-language-server: $schema=.crossbrief/site.schema.json\n# `crossbrief schema site` prints every key that may stand here; `crossbrief schema --write` writes that file anew.\ntitle: {quoted}\nbase_url: {}\nlanguage: en\ntime_zone: UTC\ndescription: Briefings, linked to the people, countries and topics they speak of.\nauthors: [Editors]\n{targets}", args.base_url)),
        ("content/briefings/_index.md", "---\ntitle: Briefings\nsummary: Everything that we publish, newest first.\n---\n".to_string()),
        (
            first.as_str(),
            "---\ntitle: Your first briefing\nsummary: What a briefing looks like, and what Crossbrief makes of it.\ntype: brief\ncountries: [Ukraine]\ntopics: [Getting started]\nbottom_line: Write in `content/briefings/`, build with `crossbrief build`, and every name in the front matter gets a page.\n---\n\nThis text is Markdown. Change it, or make another with `crossbrief new briefing \"A headline\"`.\n\n## What happens by itself\n\n- Ukraine, named above, has a page that gathers every briefing on it.\n- So has each person, topic or organisation that you name.\n- `crossbrief check` tells of every mistake, with line and column.\n".to_string(),
        ),
        (".gitignore", "/public/\n/.crossbrief/\n".to_string()),
    ];
    if let Some((path, text)) = workflow {
        files.push((path, text.replace("VERSION", env!("CARGO_PKG_VERSION"))));
    }
    // A folder of Markdown is a site already; beside settings its files would be left out.
    if is_bare(&whole)? {
        return Err(Failure::new(
            "this folder holds Markdown files, and no folder `content/`: they would not be part of the new site",
            "`crossbrief build` builds them as they are; for settings, move them into `content/briefings/` first",
        ));
    }
    let taken: Vec<&str> = files
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| *path != ".gitignore" && args.dir.join(path).exists())
        .collect();
    if !taken.is_empty() {
        return Err(Failure::new(
            format!("there is a site here already: {}", taken.join(", ")),
            "choose another folder, or run `crossbrief build`",
        ));
    }
    for (path, text) in files {
        let path = args.dir.join(path);
        if path.exists() {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        say!("  made {}", shown(&path));
    }
    schema::write(&args.dir, &Kind::built_in())?;
    say!("  made {} (what editors know of the keys)", shown(&args.dir.join(".crossbrief")));
    let at = if args.dir.as_os_str() == "." { String::new() } else { format!(" --source {}", args.dir.display()) };
    say!("now run: crossbrief build{at}");
    Ok(Outcome::Well)
}

/// A name as services take it: small letters, digits and hyphens.
fn slug(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "briefings".to_string() } else { parts.join("-") }
}

/// Whether a folder holds texts and no content folder.
fn is_bare(folder: &Path) -> std::io::Result<bool> {
    let mut texts = false;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().to_lowercase();
        if name == "content" {
            return Ok(false);
        }
        texts |= name.ends_with(".md") && name != "readme.md";
    }
    Ok(texts)
}

/// A path without the dot in front.
fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(".").unwrap_or(path).display()
}
