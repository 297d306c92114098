//! Data files: `data/*.yaml|json|csv|toml`, seen by templates as `data`.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::base::diagnostics::{Diagnostic, Place};
use crate::base::source_text;
use crate::base::yaml;
use crate::build::fs::{self, Role, SourceFile};
use crate::build::fs_error::FsError;

/// Reads the data files; a folder becomes a mapping, a file the value under its name without extension.
pub fn load(files: &[SourceFile]) -> Result<(Value, Vec<Diagnostic>), FsError> {
    let mut data = Map::new();
    let mut diagnostics = Vec::new();
    for file in files.iter().filter(|file| file.role == Role::Data) {
        let extension = file.path.extension();
        if !matches!(extension.as_str(), "yaml" | "yml" | "json" | "csv" | "toml") {
            continue;
        }
        let (text, faults) = source_text::read(&file.path, &fs::read(file)?);
        diagnostics.extend(faults);
        let Some(text) = text else { continue };
        let value = match extension.as_str() {
            "csv" => csv_rows(&text),
            "toml" => toml::from_str::<Value>(&text).map_err(|error| Unreadable {
                message: error.message().to_string(),
                at: error.span().map(|span| span.start..span.end.min(text.len())),
            }),
            _ => {
                let (value, faults) = yaml::decode::<Value>(&file.path, &text, 0);
                diagnostics.extend(faults);
                Ok(value.unwrap_or(Value::Null))
            }
        };
        let value = value.unwrap_or_else(|Unreadable { message, at }| {
            let message = crate::base::text::one_line(&message);
            let place = at.map_or_else(|| Place::file(&file.path), |at| Place::span(&file.path, at));
            diagnostics.push(Diagnostic::error("bad-data", format!("this file cannot be read: {message}")).at(place));
            Value::Null
        });
        let inner = file.path.as_str().strip_prefix("data/").unwrap_or(file.path.as_str());
        let mut folders: Vec<&str> = inner.split('/').collect();
        folders.pop();
        if !put(&mut data, &folders, file.path.stem(), value) {
            let fault = Diagnostic::error("address-clash", format!("two data files are called `{}`", file.path.stem()));
            diagnostics.push(fault.at(Place::file(&file.path)).help("give one of them another name"));
        }
    }
    Ok((Value::Object(data), diagnostics))
}

/// Puts a value below folders; `false` when something of that name is there already.
fn put(data: &mut Map<String, Value>, folders: &[&str], name: &str, value: Value) -> bool {
    match folders {
        [] => data.insert(name.to_string(), value).is_none(),
        [first, rest @ ..] => match data.entry(*first).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(inner) => put(inner, rest, name, value),
            _ => false,
        },
    }
}

/// Why a data file cannot be read, and the bytes that show it.
struct Unreadable {
    message: String,
    at: Option<Range<usize>>,
}

/// The rows of a table, each a mapping by the names of the first line.
fn csv_rows(text: &str) -> Result<Value, Unreadable> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| {
        let line = |start: usize| start..text[start..].find('\n').map_or(text.len(), |end| start + end);
        let at = error.position().and_then(|position| usize::try_from(position.byte()).ok());
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("this row has {len} cells, and the first line has {expected_len}")
            }
            _ => error.to_string(),
        };
        Unreadable { message, at: at.filter(|at| text.is_char_boundary(*at)).map(line) }
    };
    let header = reader.headers().map_err(unreadable)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        rows.push(Value::Object(header.iter().map(str::to_string).zip(record.iter().map(Value::from)).collect()));
    }
    Ok(Value::Array(rows))
}
