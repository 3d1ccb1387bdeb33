//! Programs so small that every value is a vector or a few: they run as tapes.
//!
//! What a step computes is worth less than what surrounds a kernel, so there are
//! none: each op is one entry of a [tape](crate::kernel::Tapes), variables stay
//! in the tape's memory from step to step, and repetitions, transposes and
//! slices are permutations known beforehand. What depends on given values alone
//! is computed once for all steps of a run; what only the fetched values need,
//! in its last step.

mod arithmetic;
mod compile;
mod draft;
mod fusion;
mod movement;

use super::elements::{keep, load, put};
use crate::kernel::{Entry, Tapes};
use crate::memory::Memory;
use ikhim_graph::{DType, Definition, Feed, Shape};

/// A program as tapes. Every type has 32 bits, and each vector of a value is
/// filled up with its first element, so that a single number fills a vector.
pub(super) struct Tiny {
    tapes: Tapes,
    memory: Memory,
    /// What all steps share.
    setup: Box<[Entry]>,
    /// A step that is not the last: all of it.
    whole: Box<[Entry]>,
    /// A step up to the values that it stores.
    step: Box<[Entry]>,
    /// What only the fetched values need.
    fetch: Box<[Entry]>,
    /// New values to the variables.
    stores: Box<[Entry]>,
    /// Whether an index may be out of range.
    may_fail: bool,
    inputs: Vec<Given>,
    variables: Vec<Variable>,
    fetches: Vec<Fetched>,
}

/// An input by its place among all, and its place in memory.
struct Given {
    input: usize,
    place: u32,
}

struct Variable {
    variable: usize,
    place: u32,
    count: usize,
    dtype: DType,
    is_stored: bool,
}

struct Fetched {
    place: u32,
    shape: Shape,
    dtype: DType,
}

impl Tiny {
    fn at(&self, place: u32) -> *mut f32 {
        self.memory.base().wrapping_add(place as usize)
    }

    /// Fills up the last vector of a value.
    fn fill(&self, place: u32, count: usize) {
        let lanes = self.tapes.lanes;
        for at in count..count.next_multiple_of(lanes) {
            // SAFETY: A value has room for whole vectors.
            unsafe { *self.at(place).add(at) = *self.at(place).add(at / lanes * lanes) };
        }
    }

    /// Takes inputs and variables, and computes what all steps share.
    pub(super) fn begin(&self, definition: &Definition, feed: &Feed<'_>, states: &[*mut f32]) {
        for given in &self.inputs {
            if let Some(array) = feed.get(&definition.inputs()[given.input].name) {
                // SAFETY: The value has its place; it was checked against the graph.
                unsafe { put(array, self.at(given.place)) };
                self.fill(given.place, array.len());
            }
        }
        for variable in &self.variables {
            let (from, to) = (states[variable.variable], self.at(variable.place));
            // SAFETY: The state holds the elements, and the value has its place.
            unsafe { load(from, to, variable.count, variable.dtype) };
            self.fill(variable.place, variable.count);
        }
        // SAFETY: The tape was made for this memory.
        unsafe { self.tapes.run(&self.setup, self.memory.base()) };
    }

    /// Runs so many steps; the number of good ones where one fails.
    pub(super) fn run(&self, steps: u64) -> Result<(), u64> {
        let base = self.memory.base();
        for step in 0..steps {
            let is_last = step + 1 == steps;
            // SAFETY: The tapes were made for this memory.
            unsafe {
                if !is_last && !self.may_fail {
                    self.tapes.run(&self.whole, base);
                    continue;
                }
                base.cast::<u32>().write(0);
                self.tapes.run(&self.step, base);
                if base.cast::<u32>().read() != 0 {
                    return Err(step);
                }
                if is_last {
                    self.tapes.run(&self.fetch, base);
                }
                self.tapes.run(&self.stores, base);
            }
        }
        Ok(())
    }

    /// Brings the variables into the state.
    pub(super) fn end(&self, states: &[*mut f32]) {
        for variable in self.variables.iter().filter(|variable| variable.is_stored) {
            let (from, to) = (self.at(variable.place), states[variable.variable]);
            // SAFETY: As they were taken.
            unsafe { keep(from, to, variable.count, variable.dtype) };
        }
    }

    /// The fetched values where they lie, in the order of the fetches.
    pub(super) fn each_fetched(
        &self,
        rows: usize,
        see: &mut dyn FnMut(*const f32, &[usize], DType),
    ) {
        for fetched in &self.fetches {
            see(self.at(fetched.place), &fetched.shape.sizes(rows), fetched.dtype);
        }
    }

    /// Whether a step can fail, so that the other way of running must be ready.
    pub(super) fn may_fail(&self) -> bool {
        self.may_fail
    }
}
