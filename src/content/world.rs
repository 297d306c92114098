//! The outlines of countries, for maps: those that come with Crossbrief, or a site's own.
//!
//! Read from TopoJSON (with an object `countries`) or GeoJSON. The map that comes along follows the United Nations'
//! view and has no opinion of its own; a desk that needs another sets `maps: {geometry: …}`.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use crate::content::countries::{self, Country};

/// The map that comes along; made by `cargo xtask countries`.
const BUILT_IN: &str = include_str!("world.json");

/// Who made it.
const BUILT_IN_CREDIT: &str = "Natural Earth, after Visionscarto";

/// The outlines of countries.
#[derive(Debug, Default)]
pub struct World {
    /// Lines between borders' meeting points; outlines are made of them, and neighbours share them.
    pub arcs: Vec<Vec<Point>>,
    /// Countries, and land that is none.
    pub shapes: Vec<Shape>,
    /// Whose map it is, for the line below it.
    pub credit: String,
}

/// A place on the globe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// The same as a vector of length 1: to longitude 0 on the equator, to 90 degrees east on it, to the north pole.
    pub vector: [f64; 3],
}

/// A country, or land that is none.
#[derive(Debug)]
pub struct Shape {
    /// The country.
    pub country: Option<&'static Country>,
    /// Its outlines: islands, and holes in them, each a closed ring.
    pub rings: Vec<Ring>,
}

/// A closed line: arcs one after the other, each in its own direction or backwards.
#[derive(Debug)]
pub struct Ring {
    /// Places of arcs, and whether they are read backwards.
    pub arcs: Vec<(usize, bool)>,
    /// The middle of its points, as a vector of length 1.
    pub middle: [f64; 3],
    /// The cosine of the angle from the middle to the farthest point.
    pub reach: f64,
    /// Its area in square degrees at the equator, in the rough.
    pub area: f64,
    /// Whether longitudes west of the Bering Strait are counted on beyond 180 degrees, so that its points stay together
    /// in the plane: it lies beyond the strait, or on both sides of 180 degrees.
    pub wraps: bool,
}

impl Point {
    /// The place at these degrees.
    pub fn new(lon: f64, lat: f64) -> Self {
        // `libm` and not the machine's own functions: their last digits differ from system to system.
        let (lambda, phi) = (lon.to_radians(), lat.to_radians());
        let across = libm::cos(phi);
        Self { lon, lat, vector: [across * libm::cos(lambda), across * libm::sin(lambda), libm::sin(phi)] }
    }
}

impl World {
    /// The map that comes along.
    pub fn built_in() -> Arc<Self> {
        static WORLD: OnceLock<Arc<World>> = OnceLock::new();
        let read = || Self::read(BUILT_IN, Some(BUILT_IN_CREDIT.to_string())).unwrap_or_else(|_| Self::default());
        WORLD.get_or_init(|| Arc::new(read())).clone()
    }

    /// Reads TopoJSON or GeoJSON; the fault says what is wrong with it.
    pub fn read(text: &str, credit: Option<String>) -> Result<Self, String> {
        let mut world = World { credit: credit.unwrap_or_default(), ..Self::default() };
        if text.contains("\"Topology\"") {
            let topology: Topology = serde_json::from_str(text).map_err(|error| error.to_string())?;
            world.add_topology(topology)?;
        } else {
            let collection: Collection = serde_json::from_str(text).map_err(|error| error.to_string())?;
            world.add_collection(collection)?;
        }
        if world.shapes.iter().all(|shape| shape.country.is_none()) {
            return Err("none of its shapes has the ISO 3166-1 code of a country as its `id`, `a3` or `iso_a3`".into());
        }
        world.measure();
        Ok(world)
    }

    /// The points of a ring, each once, the last before the first again.
    pub fn points<'a>(&'a self, ring: &'a Ring) -> impl Iterator<Item = &'a Point> {
        ring.arcs.iter().flat_map(move |(arc, backwards)| {
            let points = &self.arcs[*arc];
            let last = points.len().saturating_sub(1);
            (0..last).map(move |at| if *backwards { &points[last - at] } else { &points[at] })
        })
    }

    /// The country whose outline holds a place.
    pub fn country_at(&self, lon: f64, lat: f64) -> Option<&'static Country> {
        let holds = |shape: &&Shape| {
            let crossings = shape.rings.iter().map(|ring| {
                let lon = if ring.wraps && lon < BERING_STRAIT { lon + 360.0 } else { lon };
                let points: Vec<(f64, f64)> = self.points(ring).map(|point| (ring.lon(point), point.lat)).collect();
                let edges = points.iter().zip(points.iter().cycle().skip(1));
                let is_crossed = |(from, to): &(&(f64, f64), &(f64, f64))| {
                    (from.1 > lat) != (to.1 > lat) && lon < (to.0 - from.0) * (lat - from.1) / (to.1 - from.1) + from.0
                };
                edges.filter(is_crossed).count()
            });
            crossings.sum::<usize>() % 2 == 1
        };
        self.shapes.iter().find(holds)?.country
    }

    fn add_topology(&mut self, topology: Topology) -> Result<(), String> {
        let quantized = topology.transform.is_some();
        let Transform { scale, translate } = topology.transform.unwrap_or_default();
        for arc in topology.arcs {
            let (mut x, mut y) = (0.0, 0.0);
            let points = arc.into_iter().map(|step| {
                let [right, up] = [step.first(), step.get(1)].map(|number| number.copied().unwrap_or(0.0));
                // With a transform each point is told by its distance from the one before.
                (x, y) = if quantized { (x + right, y + up) } else { (right, up) };
                Point::new(x * scale[0] + translate[0], y * scale[1] + translate[1])
            });
            let points: Vec<Point> = points.collect();
            if points.len() < 2 {
                return Err("an arc has fewer than two points".into());
            }
            self.arcs.push(points);
        }
        let countries = topology.objects.get("countries").ok_or("it has no object `countries`")?;
        let geometries = countries["geometries"].as_array().ok_or("its object `countries` is no collection")?;
        for geometry in geometries {
            let polygons: Vec<Vec<Vec<i64>>> = match geometry["type"].as_str() {
                Some("Polygon") => vec![serde_json::from_value(geometry["arcs"].clone()).map_err(|e| e.to_string())?],
                Some("MultiPolygon") => serde_json::from_value(geometry["arcs"].clone()).map_err(|e| e.to_string())?,
                _ => continue,
            };
            let mut rings = Vec::new();
            for ring in polygons.into_iter().flatten() {
                let arcs: Option<Vec<(usize, bool)>> = ring
                    .into_iter()
                    .map(|arc| {
                        let place = usize::try_from(if arc < 0 { !arc } else { arc }).ok()?;
                        (place < self.arcs.len()).then_some((place, arc < 0))
                    })
                    .collect();
                rings.push(Ring::of(arcs.ok_or("an outline names an arc that is not there")?));
            }
            self.shapes.push(Shape { country: country_of(geometry), rings });
        }
        Ok(())
    }

    fn add_collection(&mut self, collection: Collection) -> Result<(), String> {
        for feature in collection.features {
            let geometry = &feature["geometry"];
            let polygons: Vec<Vec<Vec<Vec<f64>>>> = match geometry["type"].as_str() {
                Some("Polygon") => {
                    vec![serde_json::from_value(geometry["coordinates"].clone()).map_err(|error| error.to_string())?]
                }
                Some("MultiPolygon") => {
                    serde_json::from_value(geometry["coordinates"].clone()).map_err(|error| error.to_string())?
                }
                _ => continue,
            };
            let mut rings = Vec::new();
            for ring in polygons.into_iter().flatten() {
                let points: Vec<Point> = ring
                    .iter()
                    .map(|pair| Point::new(*pair.first().unwrap_or(&0.0), *pair.get(1).unwrap_or(&0.0)))
                    .collect();
                if points.len() < 4 {
                    return Err("an outline has fewer than four points".into());
                }
                self.arcs.push(points);
                rings.push(Ring::of(vec![(self.arcs.len() - 1, false)]));
            }
            self.shapes.push(Shape { country: country_of(&feature), rings });
        }
        Ok(())
    }

    /// Finds where the rings lie.
    fn measure(&mut self) {
        let mut shapes = std::mem::take(&mut self.shapes);
        for ring in shapes.iter_mut().flat_map(|shape| &mut shape.rings) {
            let points: Vec<Point> = self.points(ring).copied().collect();
            let sum = points.iter().fold([0.0; 3], |sum, point| [0, 1, 2].map(|axis| sum[axis] + point.vector[axis]));
            let middle = unit(sum);
            let reach = points.iter().map(|point| dot(middle, point.vector)).fold(1.0, f64::min);
            let edges = points.iter().zip(points.iter().cycle().skip(1));
            ring.wraps = points.iter().all(|point| point.lon < BERING_STRAIT)
                || points.iter().any(|point| point.lon > 90.0) && points.iter().any(|point| point.lon < -90.0);
            let cross = |(from, to): (&Point, &Point)| ring.lon(from) * to.lat - ring.lon(to) * from.lat;
            let twice: f64 = edges.map(cross).sum();
            let at = libm::sqrt((1.0 - middle[2] * middle[2]).max(0.0));
            (ring.middle, ring.reach, ring.area) = (middle, reach, twice.abs() / 2.0 * at);
        }
        self.shapes = shapes;
    }
}

impl Ring {
    fn of(arcs: Vec<(usize, bool)>) -> Self {
        Self { arcs, middle: [1.0, 0.0, 0.0], reach: 1.0, area: 0.0, wraps: false }
    }

    /// The longitude of one of its points, in the plane.
    pub fn lon(&self, point: &Point) -> f64 {
        if self.wraps && point.lon < BERING_STRAIT { point.lon + 360.0 } else { point.lon }
    }
}

/// The meridian between Cape Prince of Wales and Big Diomede.
const BERING_STRAIT: f64 = -168.9;

/// The cosine of the angle between two vectors of length 1.
pub fn dot(left: [f64; 3], right: [f64; 3]) -> f64 {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
}

/// A vector of length 1 in the same direction.
pub fn unit(vector: [f64; 3]) -> [f64; 3] {
    let length = libm::sqrt(dot(vector, vector)).max(f64::MIN_POSITIVE);
    vector.map(|part| part / length)
}

/// The country that a shape is, by the codes that are customary in such files.
fn country_of(shape: &Value) -> Option<&'static Country> {
    let properties = &shape["properties"];
    let codes = [
        &shape["id"],
        &properties["a3"],
        &properties["iso_a3"],
        &properties["ISO_A3"],
        &properties["iso_a2"],
        &properties["ISO_A2"],
    ];
    codes.into_iter().find_map(|code| {
        let code = match code {
            Value::String(code) => code.to_ascii_uppercase(),
            Value::Number(number) => format!("{:03}", number.as_u64()?),
            _ => return None,
        };
        countries::all().iter().find(|one| [one.code, one.alpha3, one.numeric].contains(&code.as_str()))
    })
}

#[derive(Deserialize)]
struct Topology {
    transform: Option<Transform>,
    objects: serde_json::Map<String, Value>,
    arcs: Vec<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

impl Default for Transform {
    fn default() -> Self {
        Self { scale: [1.0, 1.0], translate: [0.0, 0.0] }
    }
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_at(lon: f64, lat: f64) -> Option<&'static str> {
        World::built_in().country_at(lon, lat).map(|country| country.code)
    }

    #[test]
    fn the_map_follows_the_united_nations() {
        // Simferopol and Dakhla: what the common `world-atlas` draws into Russia and Morocco.
        assert_eq!(code_at(34.10, 44.95), Some("UA"));
        assert_eq!(code_at(-15.0, 23.7), Some("EH"));
        // Hargeisa, Kyrenia, Gaza, Ramallah, Taipei, Pristina, Juba.
        assert_eq!(code_at(44.06, 9.56), Some("SO"));
        assert_eq!(code_at(33.32, 35.30), Some("CY"));
        assert_eq!(code_at(34.40, 31.42), Some("PS"));
        assert_eq!(code_at(35.20, 31.90), Some("PS"));
        assert_eq!(code_at(121.5, 25.0), Some("TW"));
        assert_eq!(code_at(21.16, 42.66), Some("XK"));
        assert_eq!(code_at(31.6, 4.85), Some("SS"));
        // Anadyr and Uelen lie on both sides of 180 degrees, Nome beyond the strait.
        assert_eq!(
            (code_at(177.0, 64.9), code_at(-171.0, 66.3), code_at(-164.0, 65.0)),
            (Some("RU"), Some("RU"), Some("US"))
        );
        assert_eq!(code_at(-30.0, 40.0), None);
    }

    #[test]
    fn nearly_every_country_is_on_the_map() {
        let world = World::built_in();
        let missing: Vec<&str> = countries::all()
            .iter()
            .filter(|one| {
                !world.shapes.iter().any(|shape| shape.country.is_some_and(|country| country.code == one.code))
            })
            .map(|one| one.code)
            .collect();
        // Overseas parts that the map draws with their states, and islands too small for it.
        assert_eq!(missing, ["BQ", "BV", "CC", "CX", "GF", "GI", "GP", "MQ", "RE", "SJ", "TK", "UM", "YT"]);
    }

    #[test]
    fn a_site_may_bring_its_own() {
        let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ISO_A3":"UKR"},"geometry":{"type":"Polygon","coordinates":[[[20,45],[40,45],[40,52],[20,52],[20,45]]]}}]}"#;
        let world = World::read(square, None).unwrap();
        assert_eq!(world.country_at(30.0, 50.0).map(|country| country.code), Some("UA"));
        for (bad, why) in [
            ("{}", "missing field `features`"),
            ("[", "EOF"),
            (r#"{"features":[]}"#, "ISO 3166-1"),
            (r#"{"type":"Topology","objects":{},"arcs":[]}"#, "no object `countries`"),
            (
                r#"{"type":"Topology","objects":{"countries":{"geometries":[{"type":"Polygon","arcs":[[7]]}]}},"arcs":[]}"#,
                "not there",
            ),
        ] {
            let fault = World::read(bad, None).unwrap_err();
            assert!(fault.contains(why), "{bad}: {fault}");
        }
    }
}
