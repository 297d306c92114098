//! `crossbrief build --timings`: where the time went, as a table and as a page with a chart.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::base::text::escape_html;
use crate::build::incremental::{Built, Came};
use crate::build::laps::{Lap, Laps};

/// Rows of the lists of what was slowest.
const ROWS: usize = 10;

/// What all outputs of one sort, or all uses of one template, took.
#[derive(Default)]
struct Sum {
    count: usize,
    took: Duration,
    longest: Duration,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, took: Duration, bytes: u64) {
        self.count += 1;
        self.took += took;
        self.longest = self.longest.max(took);
        self.bytes += bytes;
    }
}

/// Sorts and templates with their sums, those that took most first.
fn sums<'a>(entries: impl Iterator<Item = (&'a str, Duration, u64)>) -> Vec<(&'a str, Sum)> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    entries.for_each(|(name, took, bytes)| sums.entry(name).or_default().add(took, bytes));
    let mut sums: Vec<(&str, Sum)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.took));
    sums
}

/// The sort of an output without what tells it from others of its sort: `copy of x.png` is a copy.
fn sort(name: &str) -> &str {
    ["copy", "file", "redirect", "texts to search", "tombstone"]
        .into_iter()
        .find(|sort| name.starts_with(&format!("{sort} ")))
        .unwrap_or(name)
}

fn milliseconds(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() * 1000.0)
}

/// The tables, as text.
pub(super) fn table(built: &Built, laps: &Laps) -> String {
    let mut text = String::from("\nstage                        ms\n");
    for Lap { name, from, to } in laps.laps() {
        let _ = writeln!(text, "{name:<22} {:>8}", milliseconds(*to - *from));
    }
    let made: Vec<_> =
        built.outputs.iter().zip(&built.times).filter(|((_, came), _)| matches!(came, Came::Made(_))).collect();
    let shared = built.shared.taken;
    let _ = write!(text, "\n{} outputs made, {} kept", made.len(), built.outputs.len() - made.len() - shared);
    let _ = if shared > 0 { writeln!(text, ", {shared} from the shared cache") } else { writeln!(text) };
    if made.is_empty() {
        return text;
    }
    let rows = |text: &mut String, head: &str, sums: Vec<(&str, Sum)>| {
        let _ = writeln!(
            text,
            "\n{head:<28} {:>8} {:>10} {:>9} {:>10} {:>9}",
            "count", "ms", "mean ms", "longest ms", "kB each"
        );
        for (name, sum) in sums.into_iter().take(ROWS) {
            let mean = sum.took / u32::try_from(sum.count).unwrap_or(u32::MAX).max(1);
            let each = sum.bytes as f64 / sum.count as f64 / 1000.0;
            let _ = writeln!(
                text,
                "{name:<28} {:>8} {:>10} {:>9} {:>10} {each:>9.1}",
                sum.count,
                milliseconds(sum.took),
                milliseconds(mean),
                milliseconds(sum.longest)
            );
        }
    };
    let sorts = sums(made.iter().map(|(_, timed)| (sort(&timed.sort), timed.took, timed.bytes)));
    rows(&mut text, "outputs by sort", sorts);
    let templates =
        made.iter().flat_map(|(_, timed)| timed.templates.iter().map(|(name, took)| (&**name, *took, timed.bytes)));
    rows(&mut text, "templates", sums(templates));
    let mut slowest: Vec<_> = made;
    slowest.sort_by_key(|(_, timed)| std::cmp::Reverse(timed.took));
    text.push_str("\nslowest outputs              ms\n");
    for ((path, _), timed) in slowest.into_iter().take(ROWS) {
        let _ = writeln!(text, "{:>31}  {path}", milliseconds(timed.took));
    }
    text
}

/// Width of the chart, height of a lane, in pixels.
const WIDTH: f64 = 1200.0;
const LANE: f64 = 22.0;

/// The page: the same tables under a chart of the stages and of what each thread did when.
pub(super) fn page(built: &Built, laps: &Laps) -> String {
    let end = laps.laps().last().map_or(Duration::ZERO, |lap| lap.to).max(Duration::from_millis(1));
    let x = |at: Duration| at.as_secs_f64() / end.as_secs_f64() * WIDTH;
    let lanes = built.times.iter().map(|timed| timed.thread + 1).max().unwrap_or(0);
    let height = LANE * (lanes + 2) as f64 + 24.0;
    let mut svg = String::new();
    let mut bar = |from: Duration, took: Duration, lane: usize, class: &str, words: &str, label: bool| {
        let (left, width) = (x(from), x(took).max(0.3));
        let top = LANE * lane as f64;
        let _ = write!(
            svg,
            "<g class=\"{class}\"><title>{} ({} ms)</title><rect x=\"{left:.2}\" y=\"{top}\" width=\"{width:.2}\" height=\"{}\"/>",
            escape_html(words),
            milliseconds(took),
            LANE - 3.0
        );
        if label && width > 7.0 * words.len() as f64 {
            let _ = write!(svg, "<text x=\"{:.2}\" y=\"{}\">{}</text>", left + 4.0, top + 14.0, escape_html(words));
        }
        svg.push_str("</g>");
    };
    for (index, Lap { name, from, to }) in laps.laps().iter().enumerate() {
        bar(*from, *to - *from, 0, if index % 2 == 0 { "even" } else { "odd" }, name, true);
    }
    // What is too short to be seen is drawn with its neighbours, as one bar.
    let least = end / (WIDTH as u32 * 2);
    for lane in 0..lanes {
        let mut here: Vec<_> =
            built.outputs.iter().zip(&built.times).filter(|(_, timed)| timed.thread == lane).collect();
        here.sort_by_key(|(_, timed)| timed.from);
        let mut few: Option<(Duration, Duration, usize)> = None;
        for ((path, _), timed) in here {
            let until = timed.from + timed.took;
            if timed.took >= least {
                if let Some((from, to, count)) = few.take() {
                    bar(from, to - from, lane + 2, "many", &format!("{count} short ones"), false);
                }
                bar(timed.from, timed.took, lane + 2, "one", path.as_str(), true);
                continue;
            }
            few = match few {
                Some((from, to, count)) if timed.from < to + least * 4 => Some((from, until, count + 1)),
                Some((from, to, count)) => {
                    bar(from, to - from, lane + 2, "many", &format!("{count} short ones"), false);
                    Some((timed.from, until, 1))
                }
                None => Some((timed.from, until, 1)),
            };
        }
        if let Some((from, to, count)) = few {
            bar(from, to - from, lane + 2, "many", &format!("{count} short ones"), false);
        }
    }
    let scale = (0..=10).map(|tenth| {
        let at = end * tenth / 10;
        format!(
            "<text class=\"scale\" x=\"{:.1}\" y=\"{:.1}\">{:.2} s</text>",
            (x(at)).min(WIDTH - 36.0),
            height - 6.0,
            at.as_secs_f64()
        )
    });
    let scale: String = scale.collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Timings of a build</title>\n<style>\n\
body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:{WIDTH}px;padding:0 1rem;color:#222;background:#fff}}\n\
svg{{width:100%;height:auto;font:11px system-ui,sans-serif}}\n\
.even rect{{fill:#2f5d8a}}.odd rect{{fill:#5d8ab5}}.even text,.odd text,.one text{{fill:#fff}}.one rect{{fill:#9a4b24}}.many rect{{fill:#d9b8a4}}\n\
.scale{{fill:#666}}pre{{font:13px/1.45 ui-monospace,monospace;overflow:auto}}\n\
@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#161616}}.many rect{{fill:#5b4437}}.scale{{fill:#999}}}}\n\
</style>\n<h1>Timings of a build</h1>\n<p>Above the stages, below what each thread made when. Point at a bar for its name and time.</p>\n\
<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Stages and threads of the build over time\">{svg}{scale}</svg>\n<pre>{}</pre>\n</html>\n",
        escape_html(&table(built, laps))
    )
}
