//! One message: read out of a Fluent file, and said with arguments.
//!
//! What a message refers to (other messages, terms) is put into it when it is read, so that to say it is to walk through
//! its parts once. The rules of Fluent that this leaves out: functions other than `NUMBER`, and its options besides
//! `type`. Knows nothing of files and languages.

use std::collections::BTreeSet;

use fluent_syntax::ast::{CallArguments, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::unicode::unescape_unicode_to_string;

use crate::base::suggest::did_you_mean;
use crate::base::text::escape_html;
use crate::words::rules::{Category, Rules};

/// Most parts that a message may have, with all that it refers to.
const MOST_PARTS: usize = 1000;

/// Longest way of references from a message.
const DEEPEST: usize = 16;

/// A message, ready to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    parts: Box<[Part]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Variable(Box<str>),
    Select(Select),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Select {
    on: Box<str>,
    is_ordinal: bool,
    variants: Box<[(Key, Box<[Part]>)]>,
    default: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Word(Box<str>),
    Number(Box<str>),
}

/// What a message is given.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// A text.
    Text(&'a str),
    /// HTML: where the message becomes HTML it is left as it is.
    Html(&'a str),
    /// A whole number.
    Number(i64),
    /// Any other number.
    Decimal(f64),
    /// Any number of this category, told by a text that stands for it.
    Any(Category, &'a str),
}

/// Why a message cannot be said: what it needs and was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacks(pub String);

impl Message {
    /// The message as a text, when it needs nothing.
    pub fn plain(&self) -> Option<&str> {
        match &*self.parts {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What it needs.
    pub fn variables(&self) -> BTreeSet<&str> {
        fn walk<'a>(parts: &'a [Part], found: &mut BTreeSet<&'a str>) {
            for part in parts {
                match part {
                    Part::Text(_) => {}
                    Part::Variable(name) => drop(found.insert(name)),
                    Part::Select(select) => {
                        found.insert(&select.on);
                        select.variants.iter().for_each(|(_, parts)| walk(parts, found));
                    }
                }
            }
        }
        let mut found = BTreeSet::new();
        walk(&self.parts, &mut found);
        found
    }

    /// The forms that it has for sorts of a number, and for exact ones.
    #[cfg(test)]
    pub(super) fn forms(&self, name: &str) -> BTreeSet<String> {
        let selects = self.parts.iter().filter_map(|part| match part {
            Part::Select(select) if *select.on == *name => Some(select),
            _ => None,
        });
        let keys = selects.flat_map(|select| select.variants.iter().map(|(key, _)| key));
        keys.map(|key| match key {
            Key::Word(text) | Key::Number(text) => text.to_string(),
        })
        .collect()
    }

    /// Says the message. As HTML, all but what is HTML already is escaped.
    pub fn say<'a>(&self, rules: &Rules, html: bool, args: &dyn Fn(&str) -> Option<Arg<'a>>) -> Result<String, Lacks> {
        let mut said = String::new();
        say(&self.parts, rules, html, args, &mut said)?;
        Ok(said)
    }
}

fn say<'a>(
    parts: &[Part],
    rules: &Rules,
    html: bool,
    args: &dyn Fn(&str) -> Option<Arg<'a>>,
    said: &mut String,
) -> Result<(), Lacks> {
    let given = |name: &str| args(name).ok_or_else(|| Lacks(name.to_string()));
    for part in parts {
        match part {
            Part::Text(text) if html => said.push_str(&escape_html(text)),
            Part::Text(text) => said.push_str(text),
            Part::Variable(name) => match given(name)? {
                Arg::Number(number) => said.push_str(&rules.number(number)),
                Arg::Decimal(number) => said.push_str(&rules.decimal(number)),
                Arg::Any(_, text) => said.push_str(text),
                Arg::Html(text) => said.push_str(&rules.isolated(text)),
                Arg::Text(text) if html => said.push_str(&rules.isolated(&escape_html(text))),
                Arg::Text(text) => said.push_str(&rules.isolated(text)),
            },
            Part::Select(select) => say(select.chosen(rules, given(&select.on)?), rules, html, args, said)?,
        }
    }
    Ok(())
}

impl Select {
    fn chosen(&self, rules: &Rules, arg: Arg) -> &[Part] {
        let find = |wanted: &dyn Fn(&Key) -> bool| self.variants.iter().position(|(key, _)| wanted(key));
        let by_category = |category: Category| {
            find(&|key| matches!(key, Key::Word(word) if **word == *rules.category_name(category)))
        };
        let found = match arg {
            Arg::Text(text) | Arg::Html(text) => find(&|key| matches!(key, Key::Word(word) if **word == *text)),
            Arg::Number(number) => {
                let exact = number.to_string();
                find(&|key| matches!(key, Key::Number(number) if **number == *exact))
                    .or_else(|| by_category(rules.category(number, self.is_ordinal)))
            }
            Arg::Decimal(number) => by_category(rules.category_of_decimal(number)),
            Arg::Any(category, _) => by_category(category),
        };
        &self.variants[found.unwrap_or(self.default)].1
    }
}

/// What a message can refer to.
pub(super) trait Scope<'s> {
    /// A message, or an attribute of one as `name.attribute`.
    fn message(&self, name: &str) -> Option<&'s Pattern<&'s str>>;
    /// A term.
    fn term(&self, name: &str) -> Option<&'s Pattern<&'s str>>;
}

/// What is wrong with a message: the piece of the file, what, and what to do.
#[derive(Debug)]
pub(super) struct Wrong<'s> {
    pub(super) piece: &'s str,
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads a message.
pub(super) fn read<'s>(pattern: &'s Pattern<&'s str>, scope: &dyn Scope<'s>) -> Result<Message, Wrong<'s>> {
    let mut reader = Reader { scope, room: MOST_PARTS };
    let mut parts = Vec::new();
    reader.pattern(pattern, &[], 0, &mut parts)?;
    Ok(Message { parts: parts.into() })
}

struct Reader<'r, 's> {
    scope: &'r dyn Scope<'s>,
    room: usize,
}

/// The arguments that a term is given.
type Given<'s> = [(&'s str, &'s str)];

impl<'s> Reader<'_, 's> {
    fn pattern(
        &mut self,
        pattern: &'s Pattern<&'s str>,
        given: &Given<'s>,
        depth: usize,
        parts: &mut Vec<Part>,
    ) -> Result<(), Wrong<'s>> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text(value, value, parts)?,
                PatternElement::Placeable { expression } => self.expression(expression, given, depth, parts)?,
            }
        }
        Ok(())
    }

    fn text(&mut self, piece: &'s str, text: &str, parts: &mut Vec<Part>) -> Result<(), Wrong<'s>> {
        if let Some(Part::Text(last)) = parts.last_mut() {
            *last = format!("{last}{text}").into();
        } else {
            parts.push(Part::Text(text.into()));
        }
        // Repeated references make long texts out of few words, and each piece that is put to them moves them.
        self.took(piece, 1 + text.len() / 64)
    }

    fn took(&mut self, piece: &'s str, parts: usize) -> Result<(), Wrong<'s>> {
        self.room = self.room.checked_sub(parts).ok_or_else(|| Wrong {
            piece,
            message: "this message is too long with all that it refers to".to_string(),
            help: "refer to fewer other messages".to_string(),
        })?;
        Ok(())
    }

    fn expression(
        &mut self,
        expression: &'s Expression<&'s str>,
        given: &Given<'s>,
        depth: usize,
        parts: &mut Vec<Part>,
    ) -> Result<(), Wrong<'s>> {
        let (selector, variants) = match expression {
            Expression::Inline(inline) => return self.inline(inline, given, depth, parts),
            Expression::Select { selector, variants } => (selector, variants),
        };
        let default = variants.iter().position(|variant| variant.default).unwrap_or(variants.len() - 1);
        let (on, is_ordinal) = match selector {
            InlineExpression::VariableReference { id } => (id.name, false),
            InlineExpression::FunctionReference { id, arguments } => self.number(id.name, arguments)?,
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                return Err(Wrong {
                    piece: value,
                    message: "what is chosen here is always the same".to_string(),
                    help: "choose by a variable, such as `{ $count -> … }`".to_string(),
                });
            }
            _ => {
                let piece = variants.first().map_or("", |variant| key_text(&variant.key));
                return Err(Wrong {
                    piece,
                    message: "a message cannot be chosen by".to_string(),
                    help: "choose by a variable, such as `{ $count -> … }`".to_string(),
                });
            }
        };
        if let Some((_, value)) = given.iter().find(|(name, _)| *name == on) {
            let chosen = variants.iter().position(|variant| key_text(&variant.key) == *value).unwrap_or(default);
            return self.pattern(&variants[chosen].value, given, depth, parts);
        }
        let mut read = Vec::with_capacity(variants.len());
        for variant in variants {
            let key = match variant.key {
                VariantKey::Identifier { name } => Key::Word(name.into()),
                VariantKey::NumberLiteral { value } => Key::Number(value.into()),
            };
            let mut of_variant = Vec::new();
            self.pattern(&variant.value, given, depth, &mut of_variant)?;
            self.took(on, 1)?;
            read.push((key, of_variant.into()));
        }
        parts.push(Part::Select(Select { on: on.into(), is_ordinal, variants: read.into(), default }));
        Ok(())
    }

    fn inline(
        &mut self,
        inline: &'s InlineExpression<&'s str>,
        given: &Given<'s>,
        depth: usize,
        parts: &mut Vec<Part>,
    ) -> Result<(), Wrong<'s>> {
        match inline {
            InlineExpression::StringLiteral { value } => self.text(value, &unescape_unicode_to_string(value), parts),
            InlineExpression::NumberLiteral { value } => self.text(value, value, parts),
            InlineExpression::FunctionReference { id, arguments } => {
                let (name, _) = self.number(id.name, arguments)?;
                parts.push(Part::Variable(name.into()));
                self.took(id.name, 1)
            }
            InlineExpression::VariableReference { id } => {
                match given.iter().find(|(name, _)| *name == id.name) {
                    Some((_, value)) => return self.text(id.name, value, parts),
                    None => parts.push(Part::Variable(id.name.into())),
                }
                self.took(id.name, 1)
            }
            InlineExpression::MessageReference { id, attribute } => {
                let name =
                    attribute.as_ref().map_or_else(|| id.name.to_string(), |one| format!("{}.{}", id.name, one.name));
                let found = self.scope.message(&name);
                self.reference(id.name, found, &name, given, depth, parts)
            }
            InlineExpression::TermReference { id, arguments, .. } => {
                let named = arguments.iter().flat_map(|arguments| &arguments.named);
                let given: Vec<(&str, &str)> = named
                    .filter_map(|argument| match &argument.value {
                        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                            Some((argument.name.name, *value))
                        }
                        _ => None,
                    })
                    .collect();
                let found = self.scope.term(id.name);
                self.reference(id.name, found, &format!("-{}", id.name), &given, depth, parts)
            }
            InlineExpression::Placeable { expression } => self.expression(expression, given, depth, parts),
        }
    }

    fn reference(
        &mut self,
        piece: &'s str,
        found: Option<&'s Pattern<&'s str>>,
        name: &str,
        given: &Given<'s>,
        depth: usize,
        parts: &mut Vec<Part>,
    ) -> Result<(), Wrong<'s>> {
        let Some(pattern) = found else {
            return Err(Wrong {
                piece,
                message: format!("there is no message `{name}` to refer to"),
                help: "messages and terms are looked for in the files of the same language".to_string(),
            });
        };
        if depth == DEEPEST {
            return Err(Wrong {
                piece,
                message: "this message refers to itself, or to too many others one after another".to_string(),
                help: "write the words here instead of referring to them".to_string(),
            });
        }
        self.took(piece, 1)?;
        self.pattern(pattern, given, depth + 1, parts)
    }

    /// The variable that `NUMBER` is called with, and whether as the number of an order.
    fn number(&self, name: &'s str, arguments: &'s CallArguments<&'s str>) -> Result<(&'s str, bool), Wrong<'s>> {
        if name != "NUMBER" {
            return Err(Wrong {
                piece: name,
                message: format!("there is no function `{name}` here"),
                help: did_you_mean(name, ["NUMBER"]).unwrap_or_else(|| {
                    "write `{ $name }`: texts and dates come ready, and numbers are written as the language does"
                        .to_string()
                }),
            });
        }
        let [InlineExpression::VariableReference { id }] = arguments.positional.as_slice() else {
            return Err(Wrong {
                piece: name,
                message: "`NUMBER` takes one variable".to_string(),
                help: "write `NUMBER($count)`".to_string(),
            });
        };
        let is_ordinal = |value: &InlineExpression<&str>| matches!(value, InlineExpression::StringLiteral { value } if *value == "ordinal");
        Ok((id.name, arguments.named.iter().any(|one| one.name.name == "type" && is_ordinal(&one.value))))
    }
}

fn key_text<'s>(key: &VariantKey<&'s str>) -> &'s str {
    match key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    }
}
