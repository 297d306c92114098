//! Who appears with an entity, as a small picture and in words.
//!
//! The entity stands in the middle, those that appear with it most on either side of it, one below the other, so that
//! no name covers another; the line is the thicker, the more briefings there are with both.

use crate::render::view::{DiagramNode, DiagramView};
use crate::render::views::Views;
use crate::site::connections::Connection;
use crate::site::ids::EntityId;
use crate::words::message::Arg;

/// Most entities in the picture, and of one kind.
const MOST: usize = 10;
const MOST_OF_KIND: usize = 4;

/// Width of the picture, distance of the names, room above the first, in units of the picture.
const WIDTH: i32 = 400;
const STEP: i32 = 30;
const MARGIN: i32 = 18;

/// How far from the middle the nodes stand, at the top and at the waist.
const NEAR: i32 = 32;
const FAR: i32 = 48;

/// Longest line of a name in the picture, in characters.
const LONGEST: usize = 20;

/// Entities that the words name.
const IN_WORDS: usize = 3;

/// The picture of who appears with an entity; none when fewer than three do.
pub fn diagram(views: &Views, id: EntityId) -> Option<DiagramView> {
    let mut of_kind = vec![0_usize; views.config().kinds.len()];
    let company: Vec<&Connection> = views
        .company(id)
        .iter()
        .filter(|one| {
            let count = &mut of_kind[views.kind_of(one.entity)];
            *count += 1;
            *count <= MOST_OF_KIND
        })
        .take(MOST)
        .collect();
    if company.len() < 3 {
        return None;
    }
    let most = company.iter().map(|one| one.together).max().unwrap_or(1).max(1);
    // The right side first, from the top; the left side has the rest.
    let right = company.len().div_ceil(2);
    let height = 2 * MARGIN + STEP * (i32::try_from(right).unwrap_or(1) - 1);
    let middle = (WIDTH / 2, height / 2);
    let nodes = company.iter().enumerate().map(|(index, one)| {
        let (at, of, side) = if index < right { (index, right, 1) } else { (index - right, company.len() - right, -1) };
        let (at, of) = (i32::try_from(at).unwrap_or(0), i32::try_from(of).unwrap_or(1));
        let y = middle.1 - STEP * (of - 1) / 2 + STEP * at;
        // On a bow: the nodes at the waist stand farther out than those above and below.
        let slant =
            if height > 2 * MARGIN { (y - middle.1).abs() * 2 * (FAR - NEAR) / (height - 2 * MARGIN) } else { 0 };
        let x = middle.0 + side * (FAR - slant);
        let share = one.together * 100 / most;
        DiagramNode {
            entity: views.entity_ref(one.entity),
            lines: lines(views.name(one.entity)),
            count: one.together,
            x,
            y,
            label_x: x + side * 11,
            anchor: if side > 0 { "start" } else { "end" },
            radius: tenths(30 + share * 4 / 10),
            width: tenths(10 + share * 5 / 10),
        }
    });
    let language = views.language();
    let named: Vec<String> = company
        .iter()
        .take(IN_WORDS)
        .map(|one| {
            let (name, count) = (views.in_phrase(one.entity), Arg::Number(one.together.into()));
            language.say("name-with-briefings", &[("name", Arg::Text(&name)), ("count", count)])
        })
        .collect();
    Some(DiagramView {
        width: WIDTH,
        height,
        x: middle.0,
        y: middle.1,
        nodes: nodes.collect(),
        words: language.list(&named),
    })
}

fn tenths(number: u32) -> f64 {
    f64::from(number) / 10.0
}

/// A name in at most two lines; what has no room in them is left out.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let full = lines.len() == 2;
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LONGEST => {
                line.push(' ');
                line.push_str(word);
            }
            _ if full => break,
            _ => lines.push(word.chars().take(LONGEST).collect()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_two_lines_at_most() {
        assert_eq!(lines("Xi Jinping"), ["Xi Jinping"]);
        assert_eq!(lines("Nuclear non-proliferation"), ["Nuclear", "non-proliferation"]);
        assert_eq!(lines("Foreign Intelligence Service of Ukraine"), ["Foreign Intelligence", "Service of Ukraine"]);
        assert_eq!(lines("One of the very long names that there are here")[1], "names that there are");
    }
}
