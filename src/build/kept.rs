//! The site of the last whole build in one file, so that a new run need not read all texts again to change a
//! sentence or a title.
//!
//! It is written when a site was assembled, lies beside the [`Memory`], and is trusted only
//! when it is whole, of this very program, and of a site that was asked for in the same way. What has changed since is
//! put into it as the preview does (`revise.rs`, `again.rs`), so it is not written again for every edit. It holds the texts of the
//! desk and never leaves it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use rayon::prelude::*;

use crate::base::diagnostics::Diagnostic;
use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::build::again::{self, load_again};
use crate::build::disk::Stamp;
use crate::build::fs::{Role, SourceFile};
use crate::build::fs_error::FsError;
use crate::build::git::Head;
use crate::build::incremental::{self, Before, Built, Known, Rest};
use crate::build::memory::{self, Memory};
use crate::build::revise::revise;
use crate::build::sink::Sink;
use crate::build::{
    Dress, Frame, Globals, Loaded, Look, Request, Sources, Told, asked, fonts_of, is_left_out, plan, theme,
    without_text,
};
use crate::site::faces::Faces;
use crate::site::ids::ArticleId;
use crate::site::kept::{Around, pack, parts, unpack};

/// A kept site of which only the list of files is read so far.
#[derive(Debug)]
pub struct Kept {
    file: File,
    table: Table,
    /// Tells this one from all others.
    pub id: Digest,
    places: HashMap<SourcePath, usize>,
}

/// What stands behind the site, since it is known only when the site was written.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct Table {
    /// Stands for what was asked for.
    asked: Digest,
    /// The newest commit, where histories of briefings may be shown.
    head: Option<(String, bool)>,
    /// The moments between which the same files give the same site, in nanoseconds since 1970.
    from: i128,
    until: Option<i128>,
    /// What each file was: how it lay, where the disk tells, and its digest.
    files: Vec<(SourcePath, Option<Stamp>, Digest)>,
    /// Length and hash of each part, from the first line on.
    parts: Vec<(usize, [u8; 32])>,
}

/// What is kept of a loaded site besides the site itself.
#[derive(BorshSerialize, BorshDeserialize)]
struct Beside<'a> {
    diagnostics: Cow<'a, [Diagnostic]>,
    told: Cow<'a, Told>,
    of_look: Cow<'a, [Diagnostic]>,
    assets: Digest,
    faces: Cow<'a, Faces>,
}

/// What there is to see of a site that was kept.
#[derive(Debug)]
pub enum Sight {
    /// What there was then, but for these articles, whose texts may have changed since the build that is asked about.
    Then(Faces, BTreeSet<ArticleId>),
    /// What there is now: more than texts has changed.
    Now(Faces),
}

/// A site that was kept, as it is now.
#[derive(Debug)]
pub struct Resumed {
    /// The site, with what has changed put into it.
    pub loaded: Loaded,
    /// What there is to see of it.
    pub sight: Sight,
    /// The files that have changed since it was kept.
    pub since: BTreeSet<SourcePath>,
}

/// A site that was kept, gone on from.
#[derive(Debug)]
pub struct Continued {
    /// The site as it is now.
    pub loaded: Loaded,
    /// What was made of it.
    pub built: Built,
    /// Whether to keep the site anew: else the next build, too, has to put together what has changed since.
    pub keep_anew: bool,
}

fn named(head: &Head) -> (String, bool) {
    (head.commit.clone(), head.is_shallow)
}

fn bad() -> io::Error {
    ErrorKind::InvalidData.into()
}

fn first_line() -> String {
    format!("crossbrief site {}\n", memory::PROGRAM)
}

/// The next bytes of a file; none when there are fewer.
fn take(file: &mut File, length: usize) -> Option<Vec<u8>> {
    // A length that a damaged file tells may be any number.
    let most = file.metadata().ok()?.len();
    let mut bytes = Vec::with_capacity(length.min(usize::try_from(most).ok()?));
    file.take(length as u64).read_to_end(&mut bytes).ok()?;
    (bytes.len() == length).then_some(bytes)
}

/// Reads bytes from a place in a file, whatever other threads read.
#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Reads bytes from a place in a file, whatever other threads read.
#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => (bytes, at) = (&mut bytes[read..], at + read as u64),
        }
    }
    Ok(())
}

/// Bytes of what ends the file: the length of the table and its hash.
const LAST: i64 = 8 + 32;

impl Kept {
    /// Where the kept site lies whose memory lies at `memory`.
    pub fn place(memory: &Path) -> PathBuf {
        memory.with_extension("site")
    }

    /// Where the preview of the site in `root` keeps it.
    pub fn of_preview(root: &Path) -> PathBuf {
        root.join(memory::FOLDER).join("preview.site")
    }

    /// Opens a kept site; none when there is none, or none that can be trusted.
    pub fn open(place: &Path) -> Option<Self> {
        let mut file = File::open(place).ok()?;
        let line = first_line();
        (take(&mut file, line.len())? == line.as_bytes()).then_some(())?;
        file.seek(SeekFrom::End(-LAST)).ok()?;
        let length = u64::from_le_bytes(take(&mut file, 8)?.try_into().ok()?);
        let sum = take(&mut file, 32)?;
        file.seek(SeekFrom::End(0_i64.checked_sub_unsigned(length)?.checked_sub(LAST)?)).ok()?;
        let table = take(&mut file, usize::try_from(length).ok()?)?;
        (blake3::hash(&table).as_bytes() == sum.as_slice()).then_some(())?;
        let id = Digest::of(&*table);
        let table: Table = borsh::from_slice(&table).ok()?;
        let places = table.files.iter().enumerate().map(|(at, (path, ..))| (path.clone(), at)).collect();
        Some(Self { file, table, id, places })
    }

    /// The digest of a file that lies as it did when the site was kept.
    pub(super) fn digest(&self, path: &SourcePath, stamp: Stamp) -> Option<Digest> {
        let (_, known, digest) = &self.table.files[*self.places.get(path)?];
        (*known == Some(stamp)).then_some(*digest)
    }

    /// The files that have changed since; none when they are too many, or others than texts of articles and templates.
    fn changed(&self, sources: &Sources) -> Option<BTreeSet<SourcePath>> {
        let now = sources.found.files.iter().zip(&*sources.digests);
        let mut changed = BTreeSet::new();
        if sources.found.files.len() != self.table.files.len() {
            return None;
        }
        for ((file, digest), (path, _, known)) in now.zip(&self.table.files) {
            if file.path != *path {
                return None;
            }
            if digest != known {
                let is_known = matches!(file.role, Role::Content | Role::Template | Role::Asset | Role::Theme);
                (is_known && !theme::is_of_words(&file.path)).then_some(())?;
                changed.insert(path.clone());
                (changed.len() <= again::MOST).then_some(())?;
            }
        }
        Some(changed)
    }

    /// Wakes the site up and puts into it what has changed, and looks again at `again` too; none when it cannot be
    /// trusted, or when more has changed than can be put into it.
    pub fn resume(self, request: &Request, sources: &Sources, again: &BTreeSet<SourcePath>) -> Option<Resumed> {
        (self.table.asked == asked(request, sources.found.bare)).then_some(())?;
        (self.table.head == sources.head.as_ref().map(named)).then_some(())?;
        let (now, table) = (request.now.as_nanosecond(), &self.table);
        (table.from <= now && table.until.is_none_or(|until| now < until)).then_some(())?;
        (sources.found.diagnostics.is_empty()).then_some(())?;
        let since = self.changed(sources)?;
        let (before, faces) = self.wake(request, sources).ok()?;
        let all: BTreeSet<SourcePath> = since.union(again).cloned().collect();
        let mut laps = before.laps.clone();
        let (mut loaded, sight) = if all.is_empty() {
            (before, Sight::Then(faces, BTreeSet::new()))
        } else if let Some((loaded, articles)) = revise(&before, request, &all) {
            (loaded, Sight::Then(faces, articles))
        } else {
            let (loaded, faces) = load_again(&before, &faces, request, &all)?;
            (loaded, Sight::Now(faces))
        };
        loaded.inputs = sources.inputs;
        laps.end("put in what has changed");
        loaded.laps = laps;
        Some(Resumed { loaded, sight, since })
    }

    /// Makes what shows something that has changed since the last build, and lets the sink keep the rest; none when the
    /// site must be loaded anew. `memory` is that of the last build.
    pub fn revised(
        self,
        request: &Request,
        sources: &Sources,
        memory: &Memory,
        sink: &dyn Sink,
    ) -> Result<Option<Continued>, FsError> {
        if memory.kept != Some(self.id) {
            return Ok(None);
        }
        let Some(resumed) = self.resume(request, sources, &memory.since) else { return Ok(None) };
        let Resumed { loaded, sight, since } = resumed;
        let sight = match sight {
            // What was edited in between had other outputs.
            Sight::Then(..) if memory.traces.outputs.len() != loaded.outputs.len() => {
                Sight::Now(Faces::of(&loaded.site))
            }
            sight => sight,
        };
        // The last build had to put the same changes together, or others.
        let keep_anew = matches!(sight, Sight::Now(_)) && !memory.since.is_empty();
        let built = match sight {
            Sight::Then(faces, articles) => {
                let before = Before { memory, faces: &faces, told: &memory.told };
                incremental::render_revised(&loaded, &before, &articles, Rest::Keep, sink, &|| {})?
            }
            Sight::Now(faces) => {
                let built = incremental::render_seen(&loaded, faces, Known::here(Some(memory)), sink, &|| {})?;
                let memory = Memory { kept: memory.kept, ..built.memory };
                Some(Built { memory, ..built })
            }
        };
        Ok(built.map(|mut built| {
            built.memory.since = since;
            Continued { loaded, built, keep_anew }
        }))
    }

    /// The site as it was kept, but for its templates, which are those of now.
    fn wake(self, request: &Request, sources: &Sources) -> io::Result<(Loaded, Faces)> {
        let mut laps = sources.laps.clone();
        let mut places = Vec::with_capacity(self.table.parts.len());
        let mut at = first_line().len() as u64;
        for (length, sum) in &self.table.parts {
            places.push((at, *length, sum));
            at = at.checked_add(*length as u64).ok_or_else(bad)?;
        }
        let is_there = self.file.metadata()?.len() >= at && !places.is_empty();
        is_there.then_some(()).ok_or_else(bad)?;
        // Each is read where it is unpacked: all of them are half as large as the site.
        let part = |number: usize| {
            let (at, length, sum) = places[number];
            let mut bytes = vec![0; length];
            read_exact_at(&self.file, &mut bytes, at)?;
            if blake3::hash(&bytes).as_bytes() == sum { Ok(bytes) } else { Err(bad()) }
        };
        let failed = |error: FsError| io::Error::other(error.to_string());
        let found = &sources.found;
        let Frame { config, salt, .. } = Frame::of(request, &found.files, found.bare).map_err(failed)?;
        let files = found.files.iter().filter(|file| !is_left_out(file, &config)).cloned().collect();
        let Dress { theme, world, words, data, .. } = Dress::of(files, &config).map_err(failed)?;
        let config = Arc::new(config);
        let around = Around { config: config.clone(), now: request.now, clearance: request.clearance, world, words };
        let (site, beside) = rayon::join(
            || unpack(places.len() - 1, &|at| part(at + 1), around),
            || borsh::from_slice::<Beside>(&part(0)?),
        );
        let (site, Beside { diagnostics, told, of_look, assets, faces }) = (site?, beside?);
        let (told, of_look) = (told.into_owned(), of_look.into_owned());
        laps.end("unpack the kept site");
        let fonts = Arc::new(fonts_of(&found.files, &theme, &config));
        let globals = Globals::of(&site, tera::Value::from_serializable(&data));
        let (files, look) = Look::of(theme, Vec::new(), &config, &site.words, globals);
        laps.end("templates");
        let (outputs, _) = plan(&site, &files);
        laps.end("plan");
        let loaded = Loaded {
            templates: look.templates.clone(),
            // What was told of the templates then; those of now are looked at when they are put in.
            look: Look { told: of_look, assets, ..look },
            site,
            outputs: outputs.into(),
            assets: files.into(),
            diagnostics: diagnostics.into_owned(),
            root: found.root.clone(),
            request: request.clone(),
            files: Arc::new(found.files.iter().map(without_text).collect()),
            digests: sources.digests.clone(),
            since: BTreeSet::new(),
            bare: found.bare,
            told: told.into(),
            inputs: sources.inputs,
            head: sources.head.clone(),
            laps,
            salt,
            // A site of which little has changed is not worth asking for.
            ground: None,
            fonts,
        };
        Ok((loaded, faces.into_owned()))
    }
}

/// Keeps a site that was assembled, when it is in one language; returns what tells it from all others.
pub fn write(loaded: &Loaded, faces: &Faces, place: &Path) -> io::Result<Digest> {
    if !loaded.site.editions.is_empty() {
        // An earlier site in one language, which lies there still, fits these settings no more.
        return Err(io::ErrorKind::Unsupported.into());
    }
    let beside = Beside {
        diagnostics: Cow::Borrowed(&loaded.diagnostics),
        told: Cow::Borrowed(&loaded.told),
        of_look: Cow::Borrowed(&loaded.look.told),
        assets: loaded.look.assets,
        faces: Cow::Borrowed(faces),
    };
    let files = loaded.files.iter().zip(&*loaded.digests);
    let stamp = |file: &SourceFile| file.stamp.filter(|_| !loaded.since.contains(&file.path));
    let files = files.map(|(file, digest)| (file.path.clone(), stamp(file), *digest)).collect();
    let asked = asked(&loaded.request, loaded.bare);
    let (from, until) = (loaded.site.now.as_nanosecond(), loaded.next_change().map(Timestamp::as_nanosecond));
    let head = loaded.head.as_ref().map(named);
    let mut table = Table { asked, head, from, until, files, parts: Vec::new() };
    let packed = |at: usize| -> io::Result<(Vec<u8>, [u8; 32])> {
        let part = if at == 0 { borsh::to_vec(&beside)? } else { pack(&loaded.site, at - 1)? };
        let sum = *blake3::hash(&part).as_bytes();
        Ok((part, sum))
    };
    let all: Vec<usize> = (0..=parts(&loaded.site)).collect();
    let mut id = Digest::default();
    memory::replace(place, |file| {
        file.write_all(first_line().as_bytes())?;
        // A few at a time: all of them together are as large as the site.
        for some in all.chunks(2 * rayon::current_num_threads()) {
            for (part, sum) in some.par_iter().map(|at| packed(*at)).collect::<io::Result<Vec<_>>>()? {
                file.write_all(&part)?;
                table.parts.push((part.len(), sum));
            }
        }
        let table = borsh::to_vec(&table)?;
        id = Digest::of(&*table);
        file.write_all(&table)?;
        file.write_all(&(table.len() as u64).to_le_bytes())?;
        file.write_all(blake3::hash(&table).as_bytes())
    })?;
    remove_old(place);
    Ok(id)
}

/// How long a kept site lies unused before it is removed: that of an output folder which nobody builds to any more.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes what other outputs of the same site left long ago: it is large.
fn remove_old(place: &Path) {
    let siblings = place.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    for path in siblings.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|name| name == "site")) {
        let memory = path.with_extension("memory");
        let age = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok()?.elapsed().ok();
        let is_old = |path: &Path| age(path).is_some_and(|age| age > UNUSED);
        // The memory is written at each build that finds something to do.
        if path != place && is_old(&path) && (is_old(&memory) || !memory.exists()) {
            let _ = std::fs::remove_file(&path);
            let _ = std::fs::remove_file(&memory);
            let _ = std::fs::remove_dir_all(Memory::spare(&memory));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::discover_knowing;
    use crate::build::incremental::render;
    use crate::build::sink::MemorySink;
    use crate::content::vocabulary::Tlp;

    fn request(root: &Path) -> Request {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let (clearance, skip) = (Tlp::Clear, Vec::new());
        Request { root: root.to_path_buf(), skip, clearance, drafts: false, embargoed: false, now, base_url: None }
    }

    #[test]
    fn what_lies_as_it_did_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put("site.yaml", "title: T\n");
        put("content/briefings/2025-01-01-a.md", "---\ntitle: A\nsummary: S.\n---\nOne.\n");
        put("content/briefings/2025-01-02-b.md", "---\ntitle: B\nsummary: S.\n---\nTwo.\n");
        let request = request(folder.path());
        let discover = |kept: Option<&Kept>| loop {
            // The disk’s clock goes on, and then says what is old enough to be known by its stamp.
            let sources = discover_knowing(&request, kept).unwrap();
            if sources.found.files.iter().all(|file| file.stamp.is_some()) {
                break sources;
            }
        };
        let place = folder.path().join(".crossbrief/a.site");
        let loaded = crate::build::load_sources(&request, discover(None)).unwrap();
        let built = render(&loaded, Known::default(), &MemorySink::new(), &|| {}).unwrap();
        write(&loaded, &built.faces, &place).unwrap();

        put("content/briefings/2025-01-02-b.md", "---\ntitle: B\nsummary: S.\n---\nThree.\n");
        let kept = Kept::open(&place).unwrap();
        let sources = discover(Some(&kept));
        let read = sources.found.files.iter().filter(|file| file.text.is_some()).map(|file| file.path.as_str());
        assert_eq!(read.collect::<Vec<_>>(), ["content/briefings/2025-01-02-b.md", "site.yaml"]);
        assert_eq!(sources.inputs, discover(None).inputs, "read or not, the files are the same");
        let resumed = kept.resume(&request, &sources, &BTreeSet::new()).unwrap();
        let articles = resumed.loaded.site.articles.iter();
        let texts: Vec<String> = articles.map(|one| one.document.open(&one.path).body().text.to_string()).collect();
        assert!(texts[0].ends_with("Three.\n") && texts[1].ends_with("One.\n"), "{texts:?}");
        // A damaged one: anywhere, or cut off.
        let whole = std::fs::read(&place).unwrap();
        let wakes = |bytes: &[u8]| {
            std::fs::write(&place, bytes).unwrap();
            Kept::open(&place).is_some_and(|kept| kept.resume(&request, &sources, &BTreeSet::new()).is_some())
        };
        for at in (0..64).map(|part| part * (whole.len() - 1) / 63) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(!wakes(&damaged), "byte {at} of {}", whole.len());
        }
        assert!([0, 30, whole.len() / 2, whole.len() - 1].iter().all(|length| !wakes(&whole[..*length])));
        assert!(wakes(&whole));
        // Another moment, another audience, another file.
        let open = || Kept::open(&place).unwrap();
        let earlier = Request { now: "2025-12-31T00:00:00Z".parse().unwrap(), ..request.clone() };
        assert!(open().resume(&earlier, &sources, &BTreeSet::new()).is_none());
        let higher = Request { clearance: Tlp::Amber, ..request.clone() };
        assert!(open().resume(&higher, &sources, &BTreeSet::new()).is_none());
        put("content/briefings/2025-01-03-c.md", "---\ntitle: C\n---\n");
        assert!(open().resume(&request, &discover(None), &BTreeSet::new()).is_none());
    }

    #[test]
    fn what_nobody_uses_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, days: u64| {
            let path = folder.path().join(name);
            let file = std::fs::File::create(&path).unwrap();
            file.set_modified(std::time::SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
        };
        for (name, days) in [("a.site", 90), ("b.site", 31), ("c.site", 31), ("c.memory", 1), ("d.site", 29)] {
            put(name, days);
        }
        put("b.memory", 40);
        for name in ["b.spare", "c.spare"] {
            std::fs::create_dir_all(folder.path().join(name).join("tree/a")).unwrap();
        }
        remove_old(&folder.path().join("a.site"));
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["a.site", "c.memory", "c.site", "c.spare", "d.site"]);
    }
}
