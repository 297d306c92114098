//! Maps drawn at build time: where a country lies, and the world shaded by number of briefings.
//!
//! A locator map is a Lambert azimuthal equal-area projection around the country, so that no country lies at an edge
//! and none looks larger than it is. The world map is the Equal Earth projection (Šavrič, Patterson and Jenny, 2018,
//! doi:10.1080/13658816.2018.1504949), cut in the Bering Strait. All lengths are whole units of the `viewBox`; lines
//! are thinned to what can be seen at that size (Douglas and Peucker, 1973).

use std::collections::HashMap;

use crate::content::countries::Country;
use crate::content::world::{Point, Ring, Shape, World, dot, unit};
use crate::render::view::{LocatorView, WorldCountry, WorldView};
use crate::render::views::{KindEntry, Views};

/// Size of a locator map.
const LOCATOR: (i32, i32) = (600, 400);

/// Width of the world map.
const WORLD_WIDTH: i32 = 1000;

/// How far a line may be thinned, in units: a locator map is shown at two thirds of its size, the world at its own.
const TOLERANCE: f64 = 1.6;
const WORLD_TOLERANCE: f64 = 0.7;

/// Smallest island that is drawn, in square units.
const SMALLEST: f64 = 12.0;

/// A country smaller than this has a circle around it.
const SMALL: i32 = 16;

/// Angles of view from the middle to the upper edge: the least, and the most, in degrees.
const VIEW: (f64, f64) = (7.0, 80.0);

/// How much wider than the country the view is: a small one, and by how much less one that reaches so many degrees from
/// its middle.
const ROOM: f64 = 1.9;
const LESS_ROOM: f64 = 0.7;
const LARGE: f64 = 30.0;

/// Parts of a country farther away from its main part than so many times that part's reach, and than this many degrees,
/// do not widen the view; nor do parts of less than a fiftieth of the area. French Guiana is not on the map of France.
const FAR: f64 = 3.0;
const FAR_DEGREES: f64 = 15.0;
const MINOR: f64 = 50.0;

/// Latitudes between which the world map lies: Cape Horn has room, Antarctica does not.
const NORTH: f64 = 83.7;
const SOUTH: f64 = -57.0;

/// Longitude in the middle of the world map: the cut, on the other side, goes through the Bering Strait.
const MERIDIAN: f64 = 11.0;

type Xy = (f64, f64);

/// Draws where a country lies; none when the map does not have it.
pub fn locator(world: &World, country: &Country) -> Option<LocatorView> {
    let own = world.shapes.iter().find(|shape| shape.country.is_some_and(|one| one.code == country.code))?;
    let main = own.rings.iter().max_by(|left, right| left.area.total_cmp(&right.area))?;
    let (middle, reach) = frame(world, own, main)?;
    let room = ROOM - LESS_ROOM * (reach.to_degrees() / LARGE).min(1.0);
    let half = (reach * room).clamp(VIEW.0.to_radians(), VIEW.1.to_radians());
    let (width, height) = LOCATOR;
    let projection = Azimuthal::new(middle, f64::from(height) / 2.0 / (2.0 * libm::sin(half / 2.0)));
    // The corner of the picture as an angle from the middle: what lies beyond is not drawn.
    let corner = libm::hypot(f64::from(width), f64::from(height)) / 2.0 / projection.scale / 2.0;
    let sight = if corner >= 1.0 { -1.0 } else { 1.0 - 2.0 * corner * corner };
    let mut lines: HashMap<usize, Vec<Xy>> = HashMap::new();
    let (mut land, mut mine) = (Path::default(), Path::default());
    let mut own_box = Box::default();
    for shape in &world.shapes {
        let is_own = std::ptr::eq(shape, own);
        for ring in shape.rings.iter().filter(|ring| is_near(ring, middle, sight)) {
            let line = outline(world, ring, &mut lines, TOLERANCE, |point| projection.point(point));
            let clipped = clip(&line, LOCATOR);
            if std::ptr::eq(ring, main) {
                line.iter().for_each(|point| own_box.add(*point));
            }
            if clipped.len() >= 3 && (area(&clipped) >= SMALLEST || std::ptr::eq(ring, main)) {
                if is_own { mine.ring(&clipped) } else { land.ring(&clipped) }
            }
        }
    }
    let (x, y) = own_box.middle();
    let small = own_box.longest() < SMALL;
    Some(LocatorView {
        width,
        height,
        land: land.text,
        own: mine.text,
        x,
        y,
        circle: small,
        credit: world.credit.clone(),
    })
}

/// The middle of a country and the angle from there to its end, without what lies far off.
fn frame(world: &World, shape: &Shape, main: &Ring) -> Option<([f64; 3], f64)> {
    let far = (libm::acos(main.reach.clamp(-1.0, 1.0)) * FAR).max(FAR_DEGREES.to_radians());
    let parts = shape.rings.iter().filter(|ring| {
        std::ptr::eq(*ring, main)
            || ring.area * MINOR >= main.area && dot(ring.middle, main.middle) > libm::cos(far.min(3.0))
    });
    let points: Vec<[f64; 3]> = parts.flat_map(|ring| world.points(ring)).map(|point| point.vector).collect();
    // Ritter's bounding sphere: from the two points farthest apart, widened until it holds all.
    let farthest =
        |from: [f64; 3]| points.iter().copied().min_by(|left, right| dot(from, *left).total_cmp(&dot(from, *right)));
    let first = farthest(main.middle)?;
    let second = farthest(first)?;
    let mut middle = unit([0, 1, 2].map(|axis| first[axis] + second[axis]));
    let angle = |left: [f64; 3], right: [f64; 3]| libm::acos(dot(left, right).clamp(-1.0, 1.0));
    let mut reach = angle(first, second) / 2.0;
    for point in &points {
        let distance = angle(middle, *point);
        if distance > reach {
            let new = (reach + distance) / 2.0;
            let share = (distance - new) / distance;
            middle = unit([0, 1, 2].map(|axis| middle[axis] * (1.0 - share) + point[axis] * share));
            reach = new;
        }
    }
    Some((middle, reach))
}

/// Whether a ring may be within sight: the cosine of the angle of view is `sight`.
fn is_near(ring: &Ring, middle: [f64; 3], sight: f64) -> bool {
    let away = libm::acos(dot(ring.middle, middle).clamp(-1.0, 1.0));
    away - libm::acos(ring.reach.clamp(-1.0, 1.0)) < libm::acos(sight)
}

/// Lambert's azimuthal equal-area projection around a place.
struct Azimuthal {
    middle: [f64; 3],
    east: [f64; 3],
    north: [f64; 3],
    scale: f64,
}

impl Azimuthal {
    fn new(middle: [f64; 3], scale: f64) -> Self {
        let [x, y, z] = middle;
        let east = if x == 0.0 && y == 0.0 { [0.0, 1.0, 0.0] } else { unit([-y, x, 0.0]) };
        let north = [-z * east[1], z * east[0], x * east[1] - y * east[0]];
        Self { middle, east, north, scale }
    }

    fn point(&self, point: &Point) -> Xy {
        let stretch = libm::sqrt(2.0 / (1.0 + dot(point.vector, self.middle)).max(1e-6)) * self.scale;
        (
            f64::from(LOCATOR.0) / 2.0 + stretch * dot(point.vector, self.east),
            f64::from(LOCATOR.1) / 2.0 - stretch * dot(point.vector, self.north),
        )
    }
}

/// Draws the world, each country shaded by its number of briefings; `entities` are those with a page.
pub fn world(views: &Views, world: &World, entities: &[KindEntry]) -> Option<WorldView> {
    let with_page: HashMap<&str, &KindEntry> =
        entities.iter().filter_map(|entity| Some((entity.country?.code, entity))).collect();
    let most = with_page.values().map(|entity| entity.count).max().unwrap_or(0);
    if most == 0 {
        return None;
    }
    let (left, right) = (equal_earth(-180.0, 0.0).0, equal_earth(180.0, 0.0).0);
    let (top, bottom) = (equal_earth(0.0, NORTH).1, equal_earth(0.0, SOUTH).1);
    let scale = f64::from(WORLD_WIDTH) / (right - left);
    let size = (WORLD_WIDTH, ((top - bottom) * scale) as i32);
    let mut land = Path::default();
    let mut countries: Vec<(&str, WorldCountry)> = Vec::new();
    let (mut lines, mut wrapped) = (HashMap::new(), HashMap::new());
    for shape in &world.shapes {
        let entity = shape.country.and_then(|country| with_page.get(country.code));
        let mut path = Path::default();
        let mut own_box = Box::default();
        for ring in &shape.rings {
            let lines = if ring.wraps { &mut wrapped } else { &mut lines };
            let line = outline(world, ring, lines, WORLD_TOLERANCE, |point| {
                let lat = point.lat.clamp(SOUTH - 5.0, 90.0);
                let (x, y) = equal_earth(ring.lon(point) - MERIDIAN, lat);
                ((x - left) * scale, (top - y) * scale)
            });
            let clipped = clip(&line, size);
            if clipped.len() >= 3 && (area(&clipped) >= SMALLEST / 3.0 || entity.is_some()) {
                clipped.iter().for_each(|point| own_box.add(*point));
                path.ring(&clipped);
            }
        }
        match entity {
            None => land.text.push_str(&path.text),
            Some(entity) if !path.text.is_empty() => {
                let (x, y) = own_box.middle();
                countries.push((
                    entity.name,
                    WorldCountry {
                        entity: views.entity_ref(entity.id),
                        count: entity.count,
                        shade: shade(entity.count, most),
                        path: path.text,
                        x,
                        y,
                        circle: own_box.longest() < SMALL / 2,
                    },
                ));
            }
            Some(_) => {}
        }
    }
    // In the order of the keyboard: by name, and small ones drawn over large ones.
    countries.sort_by(|left, right| left.1.circle.cmp(&right.1.circle).then_with(|| left.0.cmp(right.0)));
    let countries = countries.into_iter().map(|(_, country)| country).collect();
    Some(WorldView { width: size.0, height: size.1, land: land.text, countries, most, credit: world.credit.clone() })
}

/// A shade from 0 (no briefing) to 5 by the share of the largest number, each twice the one before.
fn shade(count: usize, most: usize) -> u8 {
    match count * 32 / most.max(1) {
        _ if count == 0 => 0,
        0..2 => 1,
        2..4 => 2,
        4..8 => 3,
        8..16 => 4,
        _ => 5,
    }
}

/// The Equal Earth projection of degrees; on a globe of radius 1.
fn equal_earth(lon: f64, lat: f64) -> Xy {
    const A: [f64; 4] = [1.340264, -0.081106, 0.000893, 0.003796];
    let half_root_three = libm::sqrt(3.0) / 2.0;
    let theta = libm::asin(half_root_three * libm::sin(lat.to_radians()));
    let square = theta * theta;
    let sixth = square * square * square;
    let slope = A[0] + 3.0 * A[1] * square + sixth * (7.0 * A[2] + 9.0 * A[3] * square);
    let y = theta * (A[0] + A[1] * square + sixth * (A[2] + A[3] * square));
    (lon.to_radians() * libm::cos(theta) / (half_root_three * slope), y)
}

/// The outline of a ring, thinned arc by arc, so that neighbours share their border.
fn outline(
    world: &World,
    ring: &Ring,
    lines: &mut HashMap<usize, Vec<Xy>>,
    tolerance: f64,
    project: impl Fn(&Point) -> Xy,
) -> Vec<Xy> {
    let mut outline: Vec<Xy> = Vec::new();
    for (arc, backwards) in &ring.arcs {
        let line = lines
            .entry(*arc)
            .or_insert_with(|| thinned(&world.arcs[*arc].iter().map(&project).collect::<Vec<_>>(), tolerance));
        push(&mut outline, line, *backwards);
    }
    outline
}

/// Adds a line without its last point, which the next one begins with.
fn push(outline: &mut Vec<Xy>, line: &[Xy], backwards: bool) {
    let last = line.len().saturating_sub(1);
    if backwards {
        outline.extend(line[1.min(last)..].iter().rev());
    } else {
        outline.extend(&line[..last]);
    }
}

/// A line without the points that lie nearer than `tolerance` to what is left of it.
fn thinned(line: &[Xy], tolerance: f64) -> Vec<Xy> {
    let last = line.len().saturating_sub(1);
    let mut keep = vec![false; line.len()];
    let mut open = vec![(0, last)];
    // A closed line is opened at the point farthest from its end.
    if line.len() > 3 && line[0] == line[last] {
        let far = |at: &usize| libm::hypot(line[*at].0 - line[0].0, line[*at].1 - line[0].1);
        let split = (1..last).max_by(|left, right| far(left).total_cmp(&far(right))).unwrap_or(last / 2);
        keep[split] = true;
        open = vec![(0, split), (split, last)];
    }
    for end in [0, last] {
        if let Some(end) = keep.get_mut(end) {
            *end = true;
        }
    }
    while let Some((from, to)) = open.pop() {
        let mut away = tolerance * tolerance;
        let mut farthest = None;
        for (at, point) in line.iter().enumerate().take(to).skip(from + 1) {
            let this = squared_distance(*point, line[from], line[to]);
            if this > away {
                (away, farthest) = (this, Some(at));
            }
        }
        if let Some(far) = farthest {
            keep[far] = true;
            open.extend([(from, far), (far, to)]);
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// How far a point lies from a stretch, squared: a root costs more than all else here.
fn squared_distance(point: Xy, from: Xy, to: Xy) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 { 0.0 } else { ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length };
    let along = along.clamp(0.0, 1.0);
    let (x, y) = (point.0 - from.0 - along * dx, point.1 - from.1 - along * dy);
    x * x + y * y
}

/// Room around the picture within which lines go on, so that no edge of a cut shows.
const BLEED: f64 = 6.0;

/// The part of an area within the picture (Sutherland and Hodgman, 1974).
fn clip(ring: &[Xy], size: (i32, i32)) -> Vec<Xy> {
    let (right, bottom) = (f64::from(size.0) + BLEED, f64::from(size.1) + BLEED);
    let mut ring: Vec<Xy> = ring.to_vec();
    let sides: [(fn(Xy) -> f64, f64, f64); 4] =
        [(|p| p.0, -BLEED, 1.0), (|p| p.0, right, -1.0), (|p| p.1, -BLEED, 1.0), (|p| p.1, bottom, -1.0)];
    for (axis, edge, sign) in sides {
        let inside = |point: Xy| (axis(point) - edge) * sign >= 0.0;
        if ring.iter().all(|point| inside(*point)) {
            continue;
        }
        let mut kept: Vec<Xy> = Vec::with_capacity(ring.len());
        for (at, point) in ring.iter().copied().enumerate() {
            let before = ring[if at == 0 { ring.len() - 1 } else { at - 1 }];
            if inside(point) != inside(before) {
                let share = (edge - axis(before)) / (axis(point) - axis(before));
                kept.push((before.0 + share * (point.0 - before.0), before.1 + share * (point.1 - before.1)));
            }
            if inside(point) {
                kept.push(point);
            }
        }
        ring = kept;
    }
    ring
}

/// The area within a ring, in square units.
fn area(ring: &[Xy]) -> f64 {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges.map(|(from, to)| from.0 * to.1 - to.0 * from.1).sum::<f64>().abs() / 2.0
}

/// The data of an SVG path, in whole units, each point told by its distance from the one before.
#[derive(Default)]
struct Path {
    text: String,
}

impl Path {
    fn ring(&mut self, points: &[Xy]) {
        let start = self.text.len();
        if self.points(points) < 3 {
            self.text.truncate(start);
        } else {
            self.text.push('z');
        }
    }

    /// Writes points; returns how many differ in whole units.
    fn points(&mut self, points: &[Xy]) -> usize {
        let whole = |point: &Xy| (point.0.round() as i32, point.1.round() as i32);
        let mut at: Option<(i32, i32)> = None;
        let mut written = 0;
        for (x, y) in points.iter().map(whole) {
            match at {
                Some((before_x, before_y)) if (x, y) != (before_x, before_y) => {
                    let (dx, dy) = (x - before_x, y - before_y);
                    self.text.push_str(if written == 1 {
                        "l"
                    } else if dx < 0 {
                        ""
                    } else {
                        " "
                    });
                    self.text.push_str(&if dy < 0 { format!("{dx}{dy}") } else { format!("{dx} {dy}") });
                    written += 1;
                }
                None => {
                    self.text.push_str(&format!("M{x} {y}"));
                    written = 1;
                }
                _ => {}
            }
            at = Some((x, y));
        }
        written
    }
}

/// The box around points.
#[derive(Default)]
struct Box {
    corners: Option<(Xy, Xy)>,
}

impl Box {
    fn add(&mut self, point: Xy) {
        let (low, high) = self.corners.get_or_insert((point, point));
        (low.0, low.1) = (low.0.min(point.0), low.1.min(point.1));
        (high.0, high.1) = (high.0.max(point.0), high.1.max(point.1));
    }

    fn middle(&self) -> (i32, i32) {
        let ((left, top), (right, bottom)) = self.corners.unwrap_or_default();
        (((left + right) / 2.0).round() as i32, ((top + bottom) / 2.0).round() as i32)
    }

    fn longest(&self) -> i32 {
        let ((left, top), (right, bottom)) = self.corners.unwrap_or_default();
        (right - left).max(bottom - top) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::countries;

    #[test]
    fn every_locator_is_small_and_in_the_picture() {
        let world = World::built_in();
        let mut total = 0;
        for country in countries::all() {
            let Some(map) = locator(&world, country) else { continue };
            let bytes = map.land.len() + map.own.len();
            total += bytes;
            assert!(bytes < 11_000, "{}: {bytes}", country.name);
            assert!((0..map.width).contains(&map.x) && (0..map.height).contains(&map.y), "{}: {map:?}", country.name);
            assert!(map.own.starts_with('M') || map.circle, "{}", country.name);
        }
        assert!(total / 237 < 4_000, "{total}");
    }

    #[test]
    fn the_projection_has_equal_areas() {
        // Known points of Equal Earth, from its authors' reference implementation.
        let (x, y) = equal_earth(180.0, 0.0);
        assert!((x - 2.7066).abs() < 1e-4 && y.abs() < 1e-9, "{x}");
        assert!((equal_earth(0.0, 90.0).1 - 1.3173).abs() < 1e-4);
        // A square degree has its area wherever it lies.
        let at = |lat: f64| {
            let [a, b, c] = [equal_earth(0.0, lat), equal_earth(1.0, lat), equal_earth(0.0, lat + 1.0)];
            (b.0 - a.0) * (c.1 - a.1) / libm::cos((lat + 0.5).to_radians())
        };
        assert!((at(0.0) / at(60.0) - 1.0).abs() < 0.01, "{} {}", at(0.0), at(60.0));
    }

    #[test]
    fn lines_are_thinned_and_cut() {
        let line = [(0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 10.0)];
        assert_eq!(thinned(&line, 1.0), [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]);
        let mut path = Path::default();
        path.ring(&clip(&[(-100.0, 0.0), (50.0, 0.0), (50.0, 50.0), (-100.0, 50.0)], (100, 100)));
        assert_eq!(path.text, "M-6 0l56 0 0 50-56 0z");
    }
}
