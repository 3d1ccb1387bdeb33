//! The registers of chains: what lies between two of its ops, a chunk long.

use crate::compile::Schedule;
use crate::compile::lower::{Id, Kind, Reading};
use crate::compile::schedule::{Instruction, Storage};
use crate::kernel::{CHUNKS, SPLAT};

/// Words that the registers and the operands of a chain may fill: most of the
/// first cache.
const CHAIN_WORDS: usize = 5 * 1024;

/// Operands of a chain that are in memory, more or less.
const STREAMS: usize = 4;

/// Elements of a chunk of a chain with so many registers.
pub(super) fn chunk_of(registers: usize) -> usize {
    let fitting = CHAIN_WORDS / (registers + STREAMS);
    (fitting / 64 * 64).clamp(CHUNKS.0, CHUNKS.1)
}

/// Words of a register: a chunk, with room for a vector beyond.
pub(super) fn register_words(registers: usize) -> usize {
    chunk_of(registers) + SPLAT
}

/// The most words that the registers of any chain need.
pub(super) fn register_room(schedule: &Schedule) -> usize {
    schedule
        .instructions()
        .map(|instruction| match instruction {
            Instruction::Chain { items, .. } => {
                let registers = registers(schedule, items);
                registers * register_words(registers)
            }
            Instruction::One(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

/// The registers that a chain needs at once: for values and for repetitions.
pub(super) fn registers(schedule: &Schedule, chain: &[Id]) -> usize {
    let mut needed = Allocation::new(schedule, chain);
    needed.all();
    needed.most + spreads(schedule, chain)
}

/// How many repetitions a chain reads.
pub(super) fn spreads(schedule: &Schedule, chain: &[Id]) -> usize {
    chain
        .iter()
        .map(|id| match &schedule.lowered.items[*id].kind {
            Kind::Map { operands, .. } => {
                let repeated =
                    |reading: &Reading| matches!(reading, Reading::OfRow | Reading::OfColumn);
                operands.iter().filter(|(_, reading)| repeated(reading)).count()
            }
            _ => 0,
        })
        .sum()
}

/// Which register holds which item of a chain.
pub(super) struct Allocation<'a> {
    schedule: &'a Schedule,
    chain: &'a [Id],
    /// For each item of the chain the last place in it that reads it.
    last: Vec<usize>,
    free: Vec<usize>,
    pub(super) of: Vec<Option<usize>>,
    pub(super) most: usize,
}

impl<'a> Allocation<'a> {
    pub(super) fn new(schedule: &'a Schedule, chain: &'a [Id]) -> Allocation<'a> {
        let items = &schedule.lowered.items;
        let last = chain
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let users =
                    (at + 1..chain.len()).filter(|user| items[chain[*user]].inputs().contains(id));
                users.max().unwrap_or(at)
            })
            .collect();
        Allocation { schedule, chain, last, free: Vec::new(), of: vec![None; chain.len()], most: 0 }
    }

    /// The register of the item at a place of the chain; those that nobody
    /// reads any more are free from then on.
    pub(super) fn next(&mut self, at: usize) -> usize {
        for before in 0..at {
            if self.last[before] < at
                && let Some(register) = self.of[before].take()
            {
                self.free.push(register);
            }
        }
        let register = self.free.pop().unwrap_or_else(|| {
            self.most += 1;
            self.most - 1
        });
        self.of[at] = Some(register);
        register
    }

    pub(super) fn all(&mut self) {
        for at in 0..self.chain.len() {
            if self.schedule.storage[self.chain[at]] == Storage::Register {
                self.next(at);
            }
        }
    }
}
