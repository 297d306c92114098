//! What a template uses, however indirectly: other templates, shortcodes and components, assets, parts of `site`, data.
//!
//! Read off the texts, between the braces only, and never too little: a quoted word that is a template's name counts as
//! used, so does a word that is a component's name, and `site` by itself stands for all of it. A template whose
//! closure has the same digest makes the same of the same values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::base::hash::{Digest, Digester};

/// The digests of all templates and components.
#[derive(Debug, Default)]
pub(super) struct Closures {
    templates: HashMap<String, Closure>,
    components: HashMap<String, Digest>,
}

/// What is known of a template.
#[derive(Debug, Default)]
struct Closure {
    digest: Digest,
    /// Fields of `page` that it uses; the empty one is all of it.
    page: BTreeSet<String>,
}

/// What one text uses directly.
#[derive(Default)]
struct Uses<'a> {
    quoted: BTreeSet<&'a str>,
    words: BTreeSet<&'a str>,
    /// Paths into `site`: `title`, `counts.years`; the empty path is all of it.
    site: BTreeSet<String>,
    /// Fields of `page`; the empty one is all of it.
    page: BTreeSet<&'a str>,
    defines: BTreeSet<&'a str>,
}

impl Closures {
    /// Reads the closures of `files`, by full name; `resolve` says which file a plain name means, `globals` are the values
    /// that all templates see, `assets` stands for the addresses of assets.
    pub(super) fn of(
        files: &BTreeMap<String, &str>,
        resolve: impl Fn(&str) -> Option<String>,
        globals: &BTreeMap<&str, Value>,
        assets: Digest,
    ) -> Self {
        let uses: BTreeMap<&str, Uses> = files.iter().map(|(name, text)| (name.as_str(), Uses::of(text))).collect();
        let mut definers: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, uses) in &uses {
            uses.defines.iter().for_each(|component| definers.entry(component).or_default().push(name));
        }
        let closure = |starts: &[&str]| {
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut site: BTreeSet<&str> = BTreeSet::new();
            let mut words: BTreeSet<&str> = BTreeSet::new();
            let mut page: BTreeSet<String> = BTreeSet::new();
            let mut next: Vec<&str> = starts.to_vec();
            while let Some(name) = next.pop() {
                let Some((name, uses)) = uses.get_key_value(name) else { continue };
                if !reached.insert(name) {
                    continue;
                }
                site.extend(uses.site.iter().map(String::as_str));
                words.extend(&uses.words);
                page.extend(uses.page.iter().map(ToString::to_string));
                let quoted = uses.quoted.iter().filter_map(|name| resolve(name));
                next.extend(quoted.filter_map(|name| files.get_key_value(&name).map(|(name, _)| name.as_str())));
                next.extend(uses.words.iter().filter_map(|word| definers.get(word)).flatten());
            }
            let mut digester = Digester::default();
            for name in &reached {
                digester.take(&(name, files.get(*name)));
            }
            if ["asset", "asset_integrity", "asset_imports"].iter().any(|function| words.contains(function)) {
                digester.take(&assets);
            }
            let all = words.contains("__tera_context");
            page.extend(all.then(String::new));
            for (global, value) in globals {
                if *global == "site" && !all {
                    for path in &site {
                        digester.take(&(path, at(value, path).to_string()));
                    }
                } else if all || words.contains(global) {
                    digester.take(&(global, value.to_string()));
                }
            }
            Closure { digest: digester.digest(), page }
        };
        let mut closures = Self::default();
        for name in files.keys() {
            closures.templates.insert(name.clone(), closure(&[name]));
            // By its plain name too, as the first layer that has it.
            let plain =
                name.split_once('/').filter(|_| name.starts_with('@')).map_or(name.as_str(), |(_, plain)| plain);
            if let Some(full) = resolve(plain) {
                closures.templates.insert(plain.to_string(), closure(&[&full]));
            }
        }
        for (component, names) in &definers {
            closures.components.insert((*component).to_string(), closure(names).digest);
        }
        closures
    }

    pub(super) fn template(&self, name: &str) -> Digest {
        self.templates.get(name).map(|closure| closure.digest).unwrap_or_default()
    }

    /// Whether a template may use a field of `page`.
    pub(super) fn uses_of_page(&self, template: &str, field: &str) -> bool {
        let uses = |closure: &Closure| closure.page.contains("") || closure.page.contains(field);
        self.templates.get(template).is_none_or(uses)
    }

    pub(super) fn component(&self, name: &str) -> Digest {
        self.components.get(name).copied().unwrap_or_default()
    }
}

/// The value at a dotted path; null where there is none.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').filter(|part| !part.is_empty()).fold(value, |value, part| value.get(part).unwrap_or(&Value::Null))
}

impl<'a> Uses<'a> {
    fn of(text: &'a str) -> Self {
        let mut uses = Self::default();
        let mut rest = text;
        while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
            let inside = &rest[start + 2..];
            let close = if rest[start..].starts_with("{{") { "}}" } else { "%}" };
            // A brace in a quoted word ends nothing: take what follows too, rather too much than too little.
            let end = inside.find(close).unwrap_or(inside.len());
            uses.tag(&inside[..end]);
            rest = &inside[end..];
        }
        uses
    }

    fn tag(&mut self, text: &'a str) {
        let tokens = tokens(text);
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Quoted(name) => drop(self.quoted.insert(name)),
                Token::Word("site") if at == 0 || tokens[at - 1] != Token::Sign('.') => {
                    let mut path = Vec::new();
                    let mut next = at + 1;
                    while let (Some(Token::Sign('.')), Some(Token::Word(part))) =
                        (tokens.get(next), tokens.get(next + 1))
                    {
                        path.push(*part);
                        next += 2;
                        if path.len() == 2 {
                            break;
                        }
                    }
                    self.site.insert(path.join("."));
                }
                Token::Word(word) => {
                    if *word == "page" && (at == 0 || tokens[at - 1] != Token::Sign('.')) {
                        self.page.insert(match (tokens.get(at + 1), tokens.get(at + 2)) {
                            (Some(Token::Sign('.')), Some(Token::Word(field))) => field,
                            _ => "",
                        });
                    }
                    if at > 0 && tokens[at - 1] == Token::Word("component") {
                        self.defines.insert(word);
                    }
                    self.words.insert(word);
                }
                Token::Sign(_) => {}
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '"' | '\'' | '`' => {
                let inside = &rest[1..];
                let end = inside.find(first).unwrap_or(inside.len());
                tokens.push(Token::Quoted(&inside[..end]));
                (end + 2).min(rest.len())
            }
            _ if is_word(first) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                end
            }
            _ => {
                // `?.` looks like `.` from here.
                if first != '?' {
                    tokens.push(Token::Sign(first));
                }
                first.len_utf8()
            }
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closures(files: &[(&str, &str)], site: Value) -> Closures {
        let files: BTreeMap<String, &str> = files.iter().map(|(name, text)| (name.to_string(), *text)).collect();
        let known: Vec<String> = files.keys().cloned().collect();
        let resolve = |name: &str| known.iter().find(|one| *one == name).cloned();
        let globals = BTreeMap::from([("site", site), ("data", serde_json::json!({"a": 1}))]);
        Closures::of(&files, resolve, &globals, Digest::of("assets"))
    }

    #[test]
    fn what_a_template_uses_of_the_page_is_known() {
        let files = [
            ("base.html", "{{ page.title }}{% block main %}{% endblock %}"),
            ("article.html", "{% extends \"base.html\" %}{% include 'head.html' %}{{ other.page.kind }}"),
            ("head.html", "{{ page?.json_ld | safe }}"),
            ("whole.html", "{{ page | json_encode }}"),
            ("by_key.html", "{{ page[key] }}"),
            ("given.html", "{{ <card of={page} /> }}"),
            ("all.html", "{{ __tera_context }}"),
        ];
        let closures = closures(&files, Value::Null);
        let uses = |template: &str| ["title", "json_ld", "kind"].map(|field| closures.uses_of_page(template, field));
        assert_eq!(uses("base.html"), [true, false, false]);
        assert_eq!(uses("article.html"), [true, true, false]);
        for all in ["whole.html", "by_key.html", "given.html", "all.html", "not-there.html"] {
            assert_eq!(uses(all), [true; 3], "{all}");
        }
    }

    #[test]
    fn a_change_reaches_those_who_use_it_and_no_others() {
        let base = |text: &'static str| {
            closures(
                &[
                    ("base.html", text),
                    ("a.html", "{% extends \"base.html\" %}{% block x %}{{ <chip x={1} /> }}{% endblock %}"),
                    ("b.html", "no more than text about site and data and chip"),
                    ("c.html", "{% component chip(x: number) %}{{ x }}{% endcomponent chip %}"),
                ],
                Value::Null,
            )
        };
        let (old, new) = (base("<i>"), base("<b>"));
        assert_ne!(old.template("a.html"), new.template("a.html"));
        for same in ["b.html", "c.html"] {
            assert_eq!(old.template(same), new.template(same), "{same}");
        }
        assert_eq!(old.component("chip"), new.component("chip"));
        assert_eq!(old.template("none.html"), Digest::default());
    }

    #[test]
    fn parts_of_the_site_count_where_they_are_named() {
        let with = |articles: u32, years: &str| {
            let site = serde_json::json!({"title": "T", "counts": {"articles": articles, "years": years}});
            closures(
                &[
                    ("title.html", "site {{ site.title }}"),
                    ("years.html", "{% if site.counts.years %}{{ x.site }}{% endif %}"),
                    ("counts.html", "{% for x in site?.counts %}{% endfor %}"),
                    ("all.html", "{{ site }}"),
                ],
                site,
            )
        };
        let (old, new) = (with(1, "2025"), with(2, "2025"));
        let changed = |name: &str| old.template(name) != new.template(name);
        assert!(!changed("title.html") && !changed("years.html"));
        assert!(changed("counts.html") && changed("all.html"));
        assert_ne!(old.template("years.html"), with(1, "2026").template("years.html"));
    }
}
