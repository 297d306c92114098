//! A serde deserializer over the tree, whose errors keep what serde knows: which key, which words, which place.
//!
//! Reads scalars exactly as the fast path does (YAML 1.2 core schema as `serde_yaml` understands it: `NO` is a text,
//! `007` is a text, `0x1F` a number), so that both give the same values.

use std::fmt;

use serde::de::{self, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Kind, NodeId, Tree};

/// What serde had to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A key that the type does not have.
    UnknownKey { key: String, known: &'static [&'static str] },
    /// A word that the type does not have.
    UnknownWord { word: String, known: &'static [&'static str] },
    /// Another type of value. Both in serde's words.
    WrongType { found: Found, expected: String },
    /// The right type, and a value that will not do.
    WrongValue { found: Found, expected: String },
    /// A key that has to be there.
    Missing(&'static str),
    /// A key that was seen before.
    Duplicate(&'static str),
    /// Anything else, in the words of the type.
    Custom(String),
}

/// What stood there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Truth(bool),
    Number(String),
    Text(String),
    List,
    Mapping,
}

impl From<Unexpected<'_>> for Found {
    fn from(unexpected: Unexpected) -> Self {
        match unexpected {
            Unexpected::Bool(truth) => Found::Truth(truth),
            Unexpected::Unsigned(number) => Found::Number(number.to_string()),
            Unexpected::Signed(number) => Found::Number(number.to_string()),
            Unexpected::Float(number) => Found::Number(number.to_string()),
            Unexpected::Char(letter) => Found::Text(letter.to_string()),
            Unexpected::Str(text) => Found::Text(text.to_string()),
            Unexpected::Seq => Found::List,
            Unexpected::Map => Found::Mapping,
            Unexpected::Unit | Unexpected::Option => Found::Nothing,
            other => Found::Text(other.to_string()),
        }
    }
}

/// Why a tree is no value of a type, and the node that stands in the way.
#[derive(Debug)]
pub(super) struct Mistake(Box<(Why, Option<NodeId>)>);

impl Mistake {
    fn new(why: Why) -> Self {
        Self(Box::new((why, None)))
    }

    /// What is wrong.
    pub fn why(&self) -> &Why {
        &self.0.0
    }

    /// The node.
    pub fn node(&self) -> Option<NodeId> {
        self.0.1
    }

    /// Says where it is, unless that was said nearer to it.
    fn at(mut self, node: NodeId) -> Self {
        self.0.1.get_or_insert(node);
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.why())
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Why::Custom(message.to_string()))
    }

    fn invalid_type(found: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(Why::WrongType { found: found.into(), expected: expected.to_string() })
    }

    fn invalid_value(found: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(Why::WrongValue { found: found.into(), expected: expected.to_string() })
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(Why::Custom(format!("this has {length} entries, and should be {expected}")))
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(Why::UnknownWord { word: word.to_string(), known })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Why::UnknownKey { key: key.to_string(), known })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Why::Missing(key))
    }

    fn duplicate_field(key: &'static str) -> Self {
        Self::new(Why::Duplicate(key))
    }
}

/// Decodes the tree.
pub(super) fn from_tree<'t, T: de::Deserialize<'t>>(tree: &'t Tree) -> Result<T, Mistake> {
    T::deserialize(Reader { tree, node: tree.root })
}

enum Meaning {
    Null,
    Truth(bool),
    Unsigned(u64),
    Signed(i64),
    Wide(u128),
    WideSigned(i128),
    Float(f64),
    Text,
}

fn meaning(scalar: &str) -> Meaning {
    if scalar.is_empty() || is_null(scalar) {
        return Meaning::Null;
    }
    if let Some(truth) = truth(scalar) {
        return Meaning::Truth(truth);
    }
    if let Some(number) = unsigned(scalar, u64::from_str_radix) {
        return Meaning::Unsigned(number);
    }
    if let Some(number) = negative(scalar, i64::from_str_radix) {
        return Meaning::Signed(number);
    }
    if let Some(number) = unsigned(scalar, u128::from_str_radix) {
        return Meaning::Wide(number);
    }
    if let Some(number) = negative(scalar, i128::from_str_radix) {
        return Meaning::WideSigned(number);
    }
    match float(scalar).filter(|_| !has_leading_zero(scalar)) {
        Some(number) => Meaning::Float(number),
        None => Meaning::Text,
    }
}

fn is_null(scalar: &str) -> bool {
    matches!(scalar, "null" | "Null" | "NULL" | "~")
}

fn truth(scalar: &str) -> Option<bool> {
    match scalar {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Digits with a zero in front are a text: a postal code, not a number.
fn has_leading_zero(scalar: &str) -> bool {
    let digits = scalar.strip_prefix(['-', '+']).unwrap_or(scalar);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

type FromRadix<T> = fn(&str, u32) -> Result<T, std::num::ParseIntError>;
const RADIXES: [(&str, u32); 3] = [("0x", 16), ("0o", 8), ("0b", 2)];

fn unsigned<T>(scalar: &str, from_radix: FromRadix<T>) -> Option<T> {
    let digits = scalar.strip_prefix('+').unwrap_or(scalar);
    for (prefix, radix) in RADIXES {
        if let Some(rest) = digits.strip_prefix(prefix) {
            if rest.starts_with(['+', '-']) {
                return None;
            }
            if let Ok(number) = from_radix(rest, radix) {
                return Some(number);
            }
        }
    }
    if digits.starts_with(['+', '-']) || has_leading_zero(scalar) {
        return None;
    }
    from_radix(digits, 10).ok()
}

fn negative<T>(scalar: &str, from_radix: FromRadix<T>) -> Option<T> {
    for (prefix, radix) in RADIXES {
        let digits = scalar.strip_prefix('-').and_then(|rest| rest.strip_prefix(prefix));
        if let Some(number) = digits.and_then(|digits| from_radix(&format!("-{digits}"), radix).ok()) {
            return Some(number);
        }
    }
    if has_leading_zero(scalar) { None } else { from_radix(scalar, 10).ok() }
}

fn signed<T>(scalar: &str, from_radix: FromRadix<T>) -> Option<T> {
    if scalar.starts_with('-') { negative(scalar, from_radix) } else { unsigned(scalar, from_radix) }
}

fn float(scalar: &str) -> Option<f64> {
    let number = scalar.strip_prefix('+').unwrap_or(scalar);
    if number.len() < scalar.len() && number.starts_with(['+', '-']) {
        return None;
    }
    match (number, scalar) {
        (".inf" | ".Inf" | ".INF", _) => Some(f64::INFINITY),
        (_, "-.inf" | "-.Inf" | "-.INF") => Some(f64::NEG_INFINITY),
        (_, ".nan" | ".NaN" | ".NAN") => Some(f64::NAN.copysign(1.0)),
        _ => number.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// One node, to be read as any type.
#[derive(Clone, Copy)]
struct Reader<'t> {
    tree: &'t Tree,
    node: NodeId,
}

impl<'t> Reader<'t> {
    fn kind(self) -> &'t Kind {
        &self.tree.node(self.node).kind
    }

    /// The text of a scalar without quotes.
    fn plain(self) -> Option<&'t str> {
        match self.kind() {
            Kind::Scalar { value, plain: true } => Some(value),
            _ => None,
        }
    }

    fn wrong_type<T>(self, expected: &dyn Expected) -> Result<T, Mistake> {
        let found = match self.kind() {
            Kind::Nothing => Unexpected::Unit,
            Kind::List { .. } => Unexpected::Seq,
            Kind::Mapping { .. } => Unexpected::Map,
            Kind::Scalar { value, plain: false } => Unexpected::Str(value),
            Kind::Scalar { value, plain: true } => match meaning(value) {
                Meaning::Null => Unexpected::Unit,
                Meaning::Truth(truth) => Unexpected::Bool(truth),
                Meaning::Unsigned(number) => Unexpected::Unsigned(number),
                Meaning::Signed(number) => Unexpected::Signed(number),
                Meaning::Float(number) => Unexpected::Float(number),
                Meaning::Wide(_) | Meaning::WideSigned(_) | Meaning::Text => Unexpected::Str(value),
            },
        };
        Err(de::Error::invalid_type(found, expected))
    }

    fn list<V: Visitor<'t>>(self, items: &'t [NodeId], visitor: V) -> Result<V::Value, Mistake> {
        let mut entries = Entries { tree: self.tree, left: items.iter() };
        let value = visitor.visit_seq(&mut entries)?;
        match entries.left.next() {
            Some(_) => Err(de::Error::invalid_length(items.len(), &"a shorter list")),
            None => Ok(value),
        }
    }

    fn mapping<V: Visitor<'t>>(self, entries: &'t [(NodeId, NodeId)], visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(Pairs { tree: self.tree, left: entries.iter(), value: None })
    }
}

macro_rules! read_integer {
    ($($method:ident $visit:ident $parse:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
            let number = self.plain().and_then(|scalar| $parse(scalar, <$type>::from_str_radix));
            match number {
                Some(number) => visitor.$visit(number),
                None => self.wrong_type(&visitor),
            }
            .map_err(|mistake: Mistake| mistake.at(self.node))
        }
    )*};
}

impl<'t> de::Deserializer<'t> for Reader<'t> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::Nothing => visitor.visit_none(),
            Kind::Scalar { value, plain: false } => visitor.visit_borrowed_str(value),
            Kind::Scalar { value, plain: true } => match meaning(value) {
                Meaning::Null => visitor.visit_unit(),
                Meaning::Truth(truth) => visitor.visit_bool(truth),
                Meaning::Unsigned(number) => visitor.visit_u64(number),
                Meaning::Signed(number) => visitor.visit_i64(number),
                Meaning::Wide(number) => visitor.visit_u128(number),
                Meaning::WideSigned(number) => visitor.visit_i128(number),
                Meaning::Float(number) => visitor.visit_f64(number),
                Meaning::Text => visitor.visit_borrowed_str(value),
            },
            Kind::List { items, .. } => self.list(items, visitor),
            Kind::Mapping { entries, .. } => self.mapping(entries, visitor),
        }
        .map_err(|mistake: Mistake| mistake.at(self.node))
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.plain().and_then(truth) {
            Some(truth) => visitor.visit_bool(truth),
            None => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    read_integer! {
        deserialize_i8 visit_i64 signed i64;
        deserialize_i16 visit_i64 signed i64;
        deserialize_i32 visit_i64 signed i64;
        deserialize_i64 visit_i64 signed i64;
        deserialize_i128 visit_i128 signed i128;
        deserialize_u8 visit_u64 unsigned u64;
        deserialize_u16 visit_u64 unsigned u64;
        deserialize_u32 visit_u64 unsigned u64;
        deserialize_u64 visit_u64 unsigned u64;
        deserialize_u128 visit_u128 unsigned u128;
    }

    fn deserialize_f32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.plain().and_then(float) {
            Some(number) => visitor.visit_f64(number),
            None => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    fn deserialize_char<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    /// A text is whatever stands there: `title: 12` is the text `12`.
    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::Scalar { value, .. } => visitor.visit_borrowed_str(value),
            _ => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let is_none = match self.kind() {
            Kind::Nothing => true,
            Kind::Scalar { value, plain: true } => value.is_empty() || is_null(value),
            _ => false,
        };
        if is_none { visitor.visit_none() } else { visitor.visit_some(self) }
            .map_err(|mistake: Mistake| mistake.at(self.node))
    }

    fn deserialize_unit<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::Nothing => visitor.visit_unit(),
            Kind::Scalar { value, plain: true } if value.is_empty() || is_null(value) => visitor.visit_unit(),
            _ => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    fn deserialize_unit_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self).map_err(|mistake: Mistake| mistake.at(self.node))
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::List { items, .. } => self.list(items, visitor),
            Kind::Nothing => self.list(&[], visitor),
            Kind::Scalar { value, plain: true } if value.is_empty() => self.list(&[], visitor),
            _ => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    fn deserialize_tuple<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::Mapping { entries, .. } => self.mapping(entries, visitor),
            Kind::Nothing => self.mapping(&[], visitor),
            Kind::Scalar { value, plain: true } if value.is_empty() => self.mapping(&[], visitor),
            _ => self.wrong_type(&visitor),
        }
        .map_err(|mistake| mistake.at(self.node))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }

    /// Only words are read as variants; variants that hold something would need tags, which are not used here.
    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.kind() {
            Kind::Scalar { value, .. } => visitor.visit_enum(value.as_str().into_deserializer()),
            _ => self.wrong_type(&"one word"),
        }
        .map_err(|mistake: Mistake| mistake.at(self.node))
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <V: Visitor<'t>> bytes byte_buf }
}

/// The entries of a list.
struct Entries<'t> {
    tree: &'t Tree,
    left: std::slice::Iter<'t, NodeId>,
}

impl<'t> de::SeqAccess<'t> for Entries<'t> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let Some(&node) = self.left.next() else { return Ok(None) };
        seed.deserialize(Reader { tree: self.tree, node }).map(Some).map_err(|mistake| mistake.at(node))
    }
}

/// The entries of a mapping.
struct Pairs<'t> {
    tree: &'t Tree,
    left: std::slice::Iter<'t, (NodeId, NodeId)>,
    value: Option<NodeId>,
}

impl<'t> de::MapAccess<'t> for Pairs<'t> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some(&(key, value)) = self.left.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Reader { tree: self.tree, node: key }).map(Some).map_err(|mistake| mistake.at(key))
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let node =
            self.value.take().ok_or_else(|| <Mistake as de::Error>::custom("a value was asked for before its key"))?;
        seed.deserialize(Reader { tree: self.tree, node }).map_err(|mistake| mistake.at(node))
    }
}
