//! Many entities in one file: `content/people.yaml`, `.csv` or `.json`, a row each.
//!
//! A row has the keys of an entity's front matter. In CSV a list is written with `;` between its entries, and lists of
//! mappings (roles, relations) cannot be written.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::base::diagnostics::{Diagnostic, FieldPath, Place};
use crate::base::paths::SourcePath;
use crate::base::suggest::did_you_mean;
use crate::base::yaml;
use crate::base::yaml::values::List;
use crate::content::article::Check;
use crate::content::entity::{self, EntityInput};
use crate::content::front_matter;
use crate::content::kinds::Kind;
use crate::content::read::ParsedEntity;

/// Parses a table of entities of one kind.
pub fn parse(
    path: &SourcePath,
    place: &SourcePath,
    bytes: &[u8],
    kind: &Kind,
    zone: &TimeZone,
) -> (Vec<ParsedEntity>, Vec<Diagnostic>) {
    let (text, mut diagnostics) = front_matter::text(path, bytes);
    let Some(text) = text else { return (Vec::new(), diagnostics) };
    let mut check = Check { path, place, zone, diagnostics: Vec::new() };
    let rows = if path.extension() == "csv" {
        csv_rows(&text, &mut check)
    } else {
        // JSON is YAML: one reader for both.
        let (rows, found) = yaml::decode::<Vec<EntityInput>>(path, &text, 0);
        diagnostics.extend(found);
        let rows = rows.unwrap_or_default();
        rows.into_iter().enumerate().map(|(index, input)| (FieldPath::default().index(index), input)).collect()
    };
    let entities = rows
        .into_iter()
        .map(|(field, input)| {
            let meta = entity::meta(input, kind, None, &field, &mut check);
            ParsedEntity { path: path.clone(), field, meta: meta.into(), document: None }
        })
        .collect();
    diagnostics.extend(check.diagnostics);
    (entities, diagnostics)
}

/// The columns that a table may have, each with how its cell is put into an entity.
type Put = fn(&mut EntityInput, &str);
const COLUMNS: &[(&str, Put)] = &[
    ("name", |entity, cell| entity.name = Some(cell.into())),
    ("slug", |entity, cell| entity.slug = Some(cell.into())),
    ("given_name", |entity, cell| entity.given_name = Some(cell.into())),
    ("family_name", |entity, cell| entity.family_name = Some(cell.into())),
    ("native_name", |entity, cell| entity.native_name = Some(cell.into())),
    ("honorific", |entity, cell| entity.honorific = Some(cell.into())),
    ("aliases", |entity, cell| entity.aliases = list(cell).0.into()),
    ("weak_aliases", |entity, cell| entity.weak_aliases = list(cell)),
    ("summary", |entity, cell| entity.summary = Some(cell.into())),
    ("wikidata", |entity, cell| entity.wikidata = Some(cell.into())),
    ("same_as", |entity, cell| entity.same_as = list(cell)),
    ("born", |entity, cell| entity.born = Some(cell.into())),
    ("countries", |entity, cell| entity.countries = list(cell)),
    ("demonyms", |entity, cell| entity.demonyms = list(cell)),
    ("metonyms", |entity, cell| entity.metonyms = list(cell)),
    ("iptc", |entity, cell| entity.iptc = Some(cell.into())),
    ("parent", |entity, cell| entity.parent = Some(cell.into())),
    ("tlp", |entity, cell| entity.tlp = Some(cell.into())),
];

fn list(cell: &str) -> List {
    List(cell.split(';').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_string).collect())
}

/// Reads the rows of a CSV table.
fn csv_rows(text: &str, check: &mut Check) -> Vec<(FieldPath, EntityInput)> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let path = Arc::new(check.path.clone());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            check.push(csv_fault(&path, &error));
            return Vec::new();
        }
    };
    let columns: Vec<Option<Put>> = header
        .iter()
        .map(|column| {
            let found = COLUMNS.iter().find(|(name, _)| *name == column).map(|(_, put)| *put);
            if found.is_none() {
                let known = COLUMNS.iter().map(|(name, _)| *name);
                check.push(
                    Diagnostic::error("unknown-key", format!("unknown column `{column}`"))
                        .at(Place::line_column(&path, 1, 1))
                        .maybe_help(did_you_mean(column, known))
                        .help("roles and relations need a YAML table or a file of their own"),
                );
            }
            found
        })
        .collect();
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        match record {
            Ok(record) => {
                let mut entity = EntityInput::default();
                for (cell, column) in record.iter().zip(&columns).filter(|(cell, _)| !cell.is_empty()) {
                    if let Some(put) = column {
                        put(&mut entity, cell);
                    }
                }
                rows.push((FieldPath::default().index(index), entity));
            }
            Err(error) => check.push(csv_fault(&path, &error)),
        }
    }
    rows
}

fn csv_fault(path: &SourcePath, error: &csv::Error) -> Diagnostic {
    let line = error.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1));
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this row has {len} cells, and the first line has {expected_len}")
        }
        _ => "this table cannot be read as CSV".to_string(),
    };
    Diagnostic::error("bad-table", message)
        .at(Place::line_column(path, line, 1))
        .help("put a cell that holds a comma between double quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let kind = &Kind::built_in()[0];
        let path = SourcePath::new(file);
        let (rows, diagnostics) = parse(&path, &path, text.as_bytes(), kind, &TimeZone::UTC);
        let names = rows.into_iter().map(|row| format!("{} {:?}", row.meta.name, row.meta.input.countries.0)).collect();
        (names, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    #[test]
    fn reads_yaml_json_and_csv_alike() {
        let expected = (vec!["Li Qiang [\"CN\"]".to_string(), "Kaja Kallas [\"EE\", \"EU\"]".to_string()], vec![]);
        assert_eq!(
            names(
                "content/people.yaml",
                "- {name: Li Qiang, countries: CN}\n- {name: Kaja Kallas, countries: [EE, EU]}\n"
            ),
            expected
        );
        assert_eq!(
            names(
                "content/people.json",
                r#"[{"name":"Li Qiang","countries":["CN"]},{"name":"Kaja Kallas","countries":["EE","EU"]}]"#
            ),
            expected
        );
        assert_eq!(names("content/people.csv", "name,countries\nLi Qiang,CN\nKaja Kallas,EE; EU\n"), expected);
    }

    #[test]
    fn faults_of_csv_are_told() {
        let (_, faults) = names("content/people.csv", "name,contries\nA,B,C\n,x\n");
        assert_eq!(
            faults,
            ["unknown column `contries`", "this row has 3 cells, and the first line has 2", "this person has no name"]
        );
    }
}
