//! Whether what the site leads to elsewhere is still there: `crossbrief check --links external`.
//!
//! [`leads`](crate::site::elsewhere::leads) says where the site leads to; [`check`] asks each address once, unless it is
//! remembered from a run before, and tells of those where nothing is any more. Nothing else of Crossbrief asks the
//! network about content, and this only when it is told to.
//!
//! Why not `lychee-lib` (0.24.2, MIT or Apache-2.0, well kept): it brings 107 packages that we do not have, and 196 seconds
//! of compiling them one by one (in the dev profile): a client of GitHub’s interface with the
//! cryptography of its tokens, a second TLS library, a second XML parser of a version with known holes. What it does
//! besides asking, to find links in files, is done here by the parser of the site, which knows what is withheld. `reqwest`,
//! which publishing uses already, asks as well.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use reqwest::Url;

use crate::base::diagnostics::Diagnostic;
use crate::base::text::excerpt;
use crate::check::asking::{Asker, Manners};
use crate::check::remembered::{Copied, Copy, Remembered};
use crate::config::Config;
use crate::config::external_links::ExternalLinks;
use crate::site::elsewhere::Lead;

pub mod asking;
pub mod remembered;

pub use asking::Finding;

/// What came of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is to be told, strictness not applied.
    pub diagnostics: Vec<Diagnostic>,
    /// Addresses that are looked at.
    pub addresses: usize,
    /// Those that were asked now; the others are remembered.
    pub asked: usize,
    /// Those where something is.
    pub alive: usize,
    /// Those where nothing is any more.
    pub dead: usize,
    /// Those that there was no time for.
    pub left: usize,
    /// Whether hosts were asked and none of them answered: likely it is us.
    pub is_offline: bool,
}

/// Asks the addresses that the site leads to, and tells what is wrong with them. `remembered` is what is known from runs
/// before, and becomes what is known now; `keep` is called with it now and then. `told` is called for each address that
/// was asked, with the number of those to ask.
pub fn check(
    leads: &[Lead],
    config: &Config,
    manners: Manners,
    remembered: &mut Remembered,
    now: Timestamp,
    keep: &dyn Fn(&Remembered),
    told: &dyn Fn(usize),
) -> Result<Checked, String> {
    let own = format!("{}{}", config.origin, config.base_path);
    let is_asked = |address: &Url| !address.as_str().starts_with(&own) && !is_ignored(&config.external_links, address);
    let leads: Vec<(&Lead, Url)> = leads
        .iter()
        .filter_map(|lead| Some((lead, address_of(&lead.address)?)))
        .filter(|(_, address)| is_asked(address))
        .collect();
    let addresses: BTreeSet<&Url> = leads.iter().map(|(_, address)| address).collect();
    remembered.forget(now);
    let open: Vec<Url> =
        addresses.iter().filter(|address| !remembered.knows(address, now)).map(|address| (*address).clone()).collect();
    let mut checked = Checked { addresses: addresses.len(), ..Checked::default() };
    if !open.is_empty() {
        let number = open.len();
        let asker = Asker::new(manners)?;
        let mut found = Vec::new();
        asker.ask_all(open, &mut |address, finding| {
            told(number);
            remembered.note(&address, finding, now);
            found.push(address);
            if found.len() % KEEP == 0 {
                keep(remembered);
            }
        });
        (checked.asked, checked.left) = (found.len(), number - found.len());
        let (hosts, answered) = asker.hosts();
        checked.is_offline = answered == 0 && hosts >= FEW;
        if answered == 0 {
            // Perhaps it is we who know no host now.
            found.iter().for_each(|address| remembered.doubt(address));
        }
        look_for_copies(&leads, &config.external_links, &asker, remembered);
        keep(remembered);
    }
    let findings: BTreeMap<&Url, &Finding> =
        addresses.iter().filter_map(|address| Some((*address, remembered.finding(address)?))).collect();
    checked.alive = findings.values().filter(|finding| finding.is_alive()).count();
    checked.dead = findings.values().filter(|finding| finding.is_dead()).count();
    checked.diagnostics = leads.iter().filter_map(|(lead, address)| diagnostic(lead, address, remembered)).collect();
    Ok(checked)
}

/// Addresses after which what is known is kept.
const KEEP: usize = 100;

/// With fewer hosts than these it may be chance that none answers.
const FEW: usize = 3;

/// The address to ask: without its fragment, which hosts never see, and without a name and password.
fn address_of(written: &str) -> Option<Url> {
    let whole = if written.starts_with("//") { format!("https:{written}") } else { written.to_string() };
    let mut address = Url::parse(&whole).ok().filter(|address| matches!(address.scheme(), "http" | "https"))?;
    address.set_fragment(None);
    address.set_username("").and_then(|()| address.set_password(None)).ok()?;
    Some(address)
}

fn is_ignored(settings: &ExternalLinks, address: &Url) -> bool {
    settings.ignore.0.iter().any(|start| address.as_str().starts_with(start.as_str()))
}

/// Asks the archive for copies of what is gone, unless the site names one that is there.
fn look_for_copies(leads: &[(&Lead, Url)], settings: &ExternalLinks, asker: &Asker, remembered: &mut Remembered) {
    let mut wanted = BTreeMap::new();
    for (lead, address) in leads {
        let is_gone = remembered.finding(address).is_some_and(Finding::is_dead);
        if is_gone && !remembered.has_looked(address) && own_copy(lead, remembered).is_none() {
            wanted.entry(address).or_insert(lead.seen);
        }
    }
    let Some(archive) = address_of(&settings.archive) else { return };
    let questions = wanted.into_iter().map(|(address, seen)| {
        let mut question = archive.clone();
        question.query_pairs_mut().append_pair("url", address.as_str());
        if let Some(seen) = seen {
            question.query_pairs_mut().append_pair("timestamp", &seen.strftime("%Y%m%d").to_string());
        }
        (address, question)
    });
    for (address, question) in questions {
        // An archive that does not answer is asked again next time.
        let Some(text) = asker.read(&question) else { return };
        remembered.note_copy(address, Copy::parse(&text).map_or(Copied::Nowhere, Copied::At));
    }
}

/// The archived copy that a source names, unless nothing is there either.
fn own_copy<'a>(lead: &'a Lead, remembered: &Remembered) -> Option<&'a str> {
    let copy = lead.archived.as_deref()?;
    let is_gone = address_of(copy).is_some_and(|copy| remembered.finding(&copy).is_some_and(Finding::is_dead));
    (!is_gone).then_some(copy)
}

/// What there is to tell of an address at one of its places.
fn diagnostic(lead: &Lead, address: &Url, remembered: &Remembered) -> Option<Diagnostic> {
    let shown = excerpt(&lead.address, 100);
    let told = match remembered.finding(address)? {
        Finding::Alive { moved: Some(moved) } => {
            Diagnostic::note("moved-link", format!("`{shown}` has moved to `{}` for good", excerpt(moved, 200)))
                .help("write the new address")
        }
        Finding::Alive { moved: None } | Finding::Closed { .. } => return None,
        finding @ (Finding::Gone { .. } | Finding::NoHost) => match own_copy(lead, remembered) {
            Some(copy) => {
                let message = format!("`{shown}` is dead: {finding}; readers have its archived copy");
                Diagnostic::note("archived-link", message).help(format!("the copy is `{}`", excerpt(copy, 200)))
            }
            None => {
                let told = Diagnostic::warning("dead-link", format!("`{shown}` is dead: {finding}"));
                told.help(proposal(lead, remembered.copy(address)))
            }
        },
        finding @ Finding::Unknown { .. } => {
            let told =
                Diagnostic::note("unanswered-link", format!("nobody knows whether `{shown}` is there: {finding}"));
            told.help("it is asked again by the next check in an hour or later")
        }
    };
    Some(told.at(lead.place.clone()))
}

/// What to do about a dead address.
fn proposal(lead: &Lead, copied: Option<&Copied>) -> String {
    match copied {
        Some(Copied::At(copy)) => {
            let day = copy.day.as_ref().map(|day| format!(" of {day}")).unwrap_or_default();
            let url = excerpt(&copy.url, 300);
            match lead.is_source {
                true => format!("there is an archived copy{day}: add `archive_url: {url}` to the source"),
                false => format!("there is an archived copy{day}: link to `{url}` instead"),
            }
        }
        Some(Copied::Nowhere) => "the archive has no copy: link to another source, or take the link out".to_string(),
        None => "link to an archived copy or to another source, or take the link out".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_asked_without_what_is_for_browsers_only() {
        let asked = |written: &str| address_of(written).map(|address| address.to_string());
        assert_eq!(asked("//Example.org/a#part").as_deref(), Some("https://example.org/a"));
        assert_eq!(asked("http://name:word@example.org").as_deref(), Some("http://example.org/"));
        for none in ["mailto:a@b", "https://", "http://[::1", "file:///etc/passwd"] {
            assert_eq!(asked(none), None, "{none}");
        }
    }
}
