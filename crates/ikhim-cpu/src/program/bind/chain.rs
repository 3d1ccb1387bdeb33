//! Chains of elementwise ops with their addresses.

use super::Binder;
use crate::compile::lower::{Id, Kind, Reading, Space, elements};
use crate::compile::packed::refreshed;
use crate::compile::schedule::Storage;
use crate::kernel::{Adam, Address, Chain, MapOp, Origin, Step, WIDE};
use crate::program::plan::Place;
use crate::program::registers::{Allocation, chunk_of, register_words, registers};
use crate::program::tile::tile_of_chain;
use crate::program::work::Work;
use ikhim_graph::{DType, Dim};

/// A chain in the making.
#[derive(Default)]
struct Making {
    /// Elements of a row; 0 where no step knows of rows.
    width: usize,
    steps: Vec<Step>,
    /// Repetitions that stand in a register.
    spread: Vec<((Id, Reading), Address)>,
    /// The first register of the next repetition, and how many registers there are.
    next: usize,
    all: usize,
}

impl Binder<'_> {
    pub(super) fn chain(&self, head: Option<Id>, chain: &[Id], width: usize) -> Work {
        let items = self.items();
        let mut allocation = Allocation::new(self.schedule, chain);
        let mut counted = Allocation::new(self.schedule, chain);
        counted.all();
        let all = registers(self.schedule, chain);
        let mut making = Making { width, all, next: counted.most, ..Making::default() };
        for (at, id) in chain.iter().enumerate() {
            let item = &items[*id];
            let (op, operands): (MapOp, Vec<(Id, Reading)>) = match &item.kind {
                Kind::Map { op, operands, .. } => (*op, operands.clone()),
                Kind::Store { value, .. } => {
                    let op = if item.dtype == DType::F32 { MapOp::Flush } else { MapOp::Copy };
                    (op, vec![(*value, Reading::Each)])
                }
                _ => unreachable!("a chain holds elementwise ops"),
            };
            let mut inputs = [Address::NONE; 3];
            for (operand, (input, reading)) in operands.into_iter().enumerate() {
                inputs[operand] = match chain.iter().position(|other| *other == input) {
                    Some(place) if self.schedule.storage[input] == Storage::Register => {
                        let register = allocation.of[place].unwrap_or(0);
                        Address {
                            base: self.register(register, all),
                            origin: Origin::Fixed,
                            splat: false,
                        }
                    }
                    _ => self.operand(input, reading, &mut making),
                };
            }
            let out = if self.schedule.storage[*id] == Storage::Register {
                let register = allocation.next(at);
                Address { base: self.register(register, all), origin: Origin::Fixed, splat: false }
            } else {
                let deferred = |variable: usize| self.schedule.deferred.contains(&variable);
                match item.kind {
                    Kind::Store { variable, .. } if !deferred(variable) => {
                        Address { base: self.states[variable], origin: Origin::Whole, splat: false }
                    }
                    _ => self.address(*id),
                }
            };
            making.steps.push(Step { op, out, inputs });
        }
        let mut steps = making.steps;
        let first = &items[chain[0]];
        let adam = if width == 0 { Adam::of(&steps) } else { None };
        if let Some((_, before)) = adam {
            steps.truncate(before);
        }
        Work::Chain {
            chain: Chain {
                adam: adam.map(|(adam, _)| adam),
                steps: steps.into_boxed_slice(),
                width,
                chunk: chunk_of(all),
            },
            per_row: elements(&first.shape),
            total: match first.shape.elements() {
                Dim::Fixed(count) => count,
                Dim::Batch(count) => count * self.plan.rows,
            },
            tile: tile_of_chain(self.schedule, &head, chain, width),
            refresh: refreshed(self.schedule, chain)
                .into_iter()
                .map(|pack| self.pack(pack))
                .collect(),
            head: head.map(|head| self.head(head)),
        }
    }

    /// The address of a value that is read or written element by element.
    fn address(&self, id: Id) -> Address {
        let base = self.base(id);
        let item = &self.items()[id];
        let single = item.space == Space::Fixed && elements(&item.shape) == 1;
        let origin = match self.plan.places[id] {
            Place::Block(_) => Origin::Block,
            _ if single => Origin::Fixed,
            _ => Origin::Whole,
        };
        Address { base, origin, splat: false }
    }

    /// Where an op finds what it reads; a number of each row or column is repeated in a
    /// register first.
    fn operand(&self, input: Id, reading: Reading, making: &mut Making) -> Address {
        let address = self.address(input);
        match reading {
            Reading::Each => address,
            Reading::Single => Address { origin: Origin::Fixed, splat: true, ..address },
            Reading::OfColumn if making.width >= WIDE => {
                Address { origin: Origin::Column, ..address }
            }
            Reading::OfRow | Reading::OfColumn => {
                if let Some((_, known)) =
                    making.spread.iter().find(|(key, _)| *key == (input, reading))
                {
                    return *known;
                }
                let by_row = reading == Reading::OfRow;
                let origin = match (by_row, address.origin) {
                    (false, _) => Origin::Fixed,
                    (true, Origin::Block) => Origin::BlockRow,
                    (true, _) => Origin::WholeRow,
                };
                let op = if by_row { MapOp::SpreadRows } else { MapOp::SpreadColumns };
                let out = Address {
                    base: self.register(making.next, making.all),
                    origin: Origin::Fixed,
                    splat: by_row && making.width >= WIDE,
                };
                making.next += 1;
                let from = Address { origin, ..address };
                making.steps.push(Step { op, out, inputs: [from, Address::NONE, Address::NONE] });
                making.spread.push(((input, reading), out));
                out
            }
        }
    }

    /// Where a register of a chain with so many begins.
    fn register(&self, register: usize, all: usize) -> *mut f32 {
        debug_assert!(register < all);
        self.scratch.base().wrapping_add(register * register_words(all))
    }
}
