//! A table of a shared cache: traces of outputs, and where their bytes lie.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::base::paths::OutputPath;
use crate::build::cache::pack;
use crate::build::traces::Traces;

/// Where the bytes of an output begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Spot {
    /// The block.
    pub(super) block: u32,
    /// Within the block, unpacked.
    pub(super) at: u32,
}

/// Outputs that are packed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Block {
    /// The pack that it lies in.
    pub(super) pack: u32,
    /// Where it begins in it.
    pub(super) at: u64,
    /// Its length there.
    pub(super) packed: u32,
    /// Its length unpacked.
    pub(super) length: u32,
}

/// A table.
pub(super) struct Table {
    pub(super) traces: Traces,
    pub(super) places: HashMap<OutputPath, Spot>,
    pub(super) blocks: Vec<Block>,
    /// Names of packs.
    pub(super) packs: Vec<String>,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    traces: Traces,
    /// In the order of the traces.
    places: Vec<Spot>,
    blocks: Vec<Block>,
    packs: Vec<String>,
}

/// Longest table, unpacked.
const LONGEST: usize = 1 << 30;

/// Longest block, packed or not: there is no room for more than a long output behind short ones.
const LONGEST_BLOCK: usize = (pack::LONGEST + pack::BLOCK) as usize;

/// How hard tables and blocks are packed: a step more takes twice the time and saves a hundredth.
pub(super) const EFFORT: i32 = 3;

impl Table {
    pub(super) fn new(
        traces: Traces,
        places: &BTreeMap<OutputPath, Spot>,
        blocks: Vec<Block>,
        packs: Vec<String>,
    ) -> Self {
        Self { traces, places: places.iter().map(|(path, spot)| (path.clone(), *spot)).collect(), blocks, packs }
    }

    /// Its bytes.
    pub(super) fn packed(&self) -> Vec<u8> {
        let places = self.traces.outputs.iter().filter_map(|(path, _)| self.places.get(path).copied()).collect();
        let written =
            Written { traces: self.traces.clone(), places, blocks: self.blocks.clone(), packs: self.packs.clone() };
        // Neither can fail: there is memory for it, and nothing in it is of a kind that cannot be written.
        let plain = postcard::to_stdvec(&written).unwrap_or_default();
        zstd::bulk::compress(&plain, EFFORT).unwrap_or_default()
    }

    /// Reads one; none when anything in it does not fit.
    pub(super) fn parse(packed: &[u8]) -> Option<Self> {
        let length = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten()?;
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
        let plain = zstd::bulk::decompress(packed, length).ok()?;
        let Written { traces, places, blocks, packs } = postcard::from_bytes(&plain).ok()?;
        let fits = |block: &Block| {
            let is_short = block.packed.max(block.length) as usize <= LONGEST_BLOCK;
            is_short && (block.pack as usize) < packs.len() && block.at < 1 << 40
        };
        let is_name =
            |name: &String| name.len() <= 100 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        if !traces.is_sound()
            || traces.outputs.len() != places.len()
            || !blocks.iter().all(fits)
            || !packs.iter().all(is_name)
        {
            return None;
        }
        let ends_in = |spot: &Spot, length: u64| {
            blocks
                .get(spot.block as usize)
                .is_some_and(|block| u64::from(spot.at).saturating_add(length) <= u64::from(block.length))
        };
        let mut by_path = HashMap::with_capacity(places.len());
        for ((path, trace), spot) in traces.outputs.iter().zip(places) {
            if !ends_in(&spot, trace.fingerprint.length) {
                return None;
            }
            by_path.insert(path.clone(), spot);
        }
        Some(Self { traces, places: by_path, blocks, packs })
    }
}
