//! Packs of a shared cache: the bytes of outputs, in blocks that are packed each by itself.

use std::collections::BTreeMap;
use std::io;

use rayon::prelude::*;

use crate::base::paths::OutputPath;
use crate::build::cache::table::{Block, EFFORT, Spot};
use crate::build::manifest::Fingerprint;
use crate::build::traces::Traces;

/// A block ends with the output that makes it as long as this. Pages of one sort are much alike: packed by the hundred they
/// take a tenth of their bytes, one by one a quarter.
pub(super) const BLOCK: u64 = 1 << 20;

/// A pack ends with the block that makes it as long as this: so much of it is in memory at once.
const PACK: usize = 1 << 25;

/// Longest output that is shared.
pub(in crate::build) const LONGEST: u64 = 1 << 26;

/// What was packed and sent.
pub(super) struct Packs {
    pub(super) places: BTreeMap<OutputPath, Spot>,
    pub(super) blocks: Vec<Block>,
    /// The names of the packs.
    pub(super) names: Vec<String>,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// Packs outputs, in this order, and sends the packs. An output that cannot be read, or is another by now, is left out.
pub(super) fn send(
    traces: &Traces,
    outputs: &[OutputPath],
    read: &(dyn Fn(&OutputPath) -> io::Result<Vec<u8>> + Sync),
    send: &dyn Fn(&str, Vec<u8>) -> Result<(), String>,
) -> Result<Packs, String> {
    let known = |path: &OutputPath| Some((path.clone(), traces.outputs.get(path)?.fingerprint));
    let wanted: Vec<(OutputPath, Fingerprint)> = outputs.iter().filter_map(known).collect();
    let groups = grouped(&wanted);
    let mut all = Packs { places: BTreeMap::new(), blocks: Vec::new(), names: Vec::new(), bytes: 0 };
    let mut pack = Vec::new();
    // As many at once as make a pack, so that no more than two of them are in memory.
    for some in groups.chunks(64) {
        for (packed, length, within) in some.par_iter().map(|group| packed(group, read)).collect::<Vec<_>>() {
            let block = u32::try_from(all.blocks.len()).unwrap_or(u32::MAX);
            let Ok(long) = u32::try_from(packed.len()) else { continue };
            if within.is_empty() {
                continue;
            }
            let number = u32::try_from(all.names.len()).unwrap_or(u32::MAX);
            all.blocks.push(Block { pack: number, at: pack.len() as u64, packed: long, length });
            all.places.extend(within.into_iter().map(|(path, at)| (path, Spot { block, at })));
            pack.extend_from_slice(&packed);
            if pack.len() >= PACK {
                ship(&mut all, std::mem::take(&mut pack), send)?;
            }
        }
    }
    if !pack.is_empty() {
        ship(&mut all, pack, send)?;
    }
    Ok(all)
}

fn ship(all: &mut Packs, pack: Vec<u8>, send: &dyn Fn(&str, Vec<u8>) -> Result<(), String>) -> Result<(), String> {
    let name = format!("{}.pack", blake3::hash(&pack).to_hex());
    all.bytes += pack.len() as u64;
    send(&name, pack)?;
    all.names.push(name);
    Ok(())
}

/// The outputs of each block.
fn grouped(wanted: &[(OutputPath, Fingerprint)]) -> Vec<&[(OutputPath, Fingerprint)]> {
    let mut groups = Vec::new();
    let (mut from, mut length) = (0, 0);
    for (at, (_, fingerprint)) in wanted.iter().enumerate() {
        length += fingerprint.length;
        if length >= BLOCK {
            groups.push(&wanted[from..=at]);
            (from, length) = (at + 1, 0);
        }
    }
    groups.extend((from < wanted.len()).then(|| &wanted[from..]));
    groups
}

/// A block: its bytes, its length unpacked, and where in it each output begins.
fn packed(
    group: &[(OutputPath, Fingerprint)],
    read: &(dyn Fn(&OutputPath) -> io::Result<Vec<u8>> + Sync),
) -> (Vec<u8>, u32, Vec<(OutputPath, u32)>) {
    let mut plain = Vec::with_capacity(group.iter().map(|(_, fingerprint)| fingerprint.length as usize).sum());
    let mut within = Vec::with_capacity(group.len());
    for (path, fingerprint) in group {
        if let Ok(bytes) = read(path)
            && Fingerprint::of(&bytes) == *fingerprint
        {
            within.push((path.clone(), plain.len() as u32));
            plain.extend_from_slice(&bytes);
        }
    }
    let length = plain.len() as u32;
    (zstd::bulk::compress(&plain, EFFORT).unwrap_or_default(), length, within)
}
