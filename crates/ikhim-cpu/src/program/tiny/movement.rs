//! Values whose elements come from other places, known beforehand or by indices.

use super::compile::{Compiler, When};
use super::draft::Draft;
use crate::compile::lower::Id;
use crate::kernel::TapeOp;
use crate::program::elements::put;
use ikhim_graph::{Array, Data, Feed, Op, Shape, evaluate};

impl Compiler<'_> {
    /// Room for so many elements.
    pub(super) fn room(&mut self, count: usize) -> u32 {
        let place = self.words.len();
        self.words.resize(place + count.next_multiple_of(self.lanes), 0);
        place as u32
    }

    /// Vectors of words, each whole, in memory once.
    pub(super) fn table(&mut self, words: Vec<u32>) -> u32 {
        if let Some(known) = self.tables.get(&words) {
            return *known;
        }
        let place = self.room(words.len());
        self.words[place as usize..][..words.len()].copy_from_slice(&words);
        self.tables.insert(words, place);
        place
    }

    pub(super) fn constant(&mut self, array: &Array) -> u32 {
        let place = self.room(array.len());
        let to = &mut self.words[place as usize..];
        // SAFETY: There is room for the elements.
        unsafe { put(array, to.as_mut_ptr().cast()) };
        let lanes = self.lanes;
        for at in array.len()..array.len().next_multiple_of(lanes) {
            to[at] = to[at / lanes * lanes];
        }
        place
    }

    /// The addresses of a vector's elements, filled up with the first one.
    pub(super) fn filled(&self, addresses: &[u32]) -> Vec<u32> {
        (0..self.lanes).map(|lane| *addresses.get(lane).unwrap_or(&addresses[0])).collect()
    }

    /// A value whose elements are those at the addresses.
    pub(super) fn shuffle(&mut self, when: When, addresses: Vec<u32>) -> u32 {
        let key = (when, addresses);
        if let Some(known) = self.shuffles.get(&key) {
            return *known;
        }
        let out = self.room(key.1.len());
        for (at, part) in key.1.chunks(self.lanes).enumerate() {
            self.shuffle_vector(when, part, out + (at * self.lanes) as u32);
        }
        self.shuffles.insert(key, out);
        out
    }

    pub(super) fn shuffle_vector(&mut self, when: When, addresses: &[u32], out: u32) {
        let lanes = self.lanes as u32;
        let addresses = self.filled(addresses);
        let mut sources: Vec<u32> = addresses.iter().map(|at| at / lanes * lanes).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut partial = None;
        for (at, source) in sources.iter().enumerate() {
            let is_last = at + 1 == sources.len();
            let to = if is_last { out } else { self.room(self.lanes) };
            let mut words: Vec<u32> = addresses.iter().map(|address| address % lanes).collect();
            let draft = match partial {
                None => {
                    let table = self.table(words);
                    Draft { table, ..Draft::new(TapeOp::Permute, to, &[*source]) }
                }
                Some(partial) => {
                    let own = |address: &u32| {
                        if address / lanes * lanes == *source { u32::MAX } else { 0 }
                    };
                    words.extend(addresses.iter().map(own));
                    let table = self.table(words);
                    Draft { table, ..Draft::new(TapeOp::Merge, to, &[*source, partial]) }
                }
            };
            self.push(when, draft);
            partial = Some(to);
        }
    }

    pub(super) fn gather(
        &mut self,
        id: Id,
        table: Id,
        indices: Id,
        entries: usize,
        inner: usize,
    ) -> Option<u32> {
        let (numbers, places) = (self.place(table)?, self.place(indices)?);
        let (count, lanes) = (self.totals[id], self.lanes);
        let out = self.room(count);
        let vectors = |place: u32, count: usize| {
            (0..count.div_ceil(lanes)).map(move |at| place + (at * lanes) as u32)
        };
        let read =
            vectors(numbers, self.totals[table]).chain(vectors(places, self.totals[indices]));
        let draft = Draft {
            op: TapeOp::Gather,
            out,
            inputs: vec![places, entries as u32, inner as u32],
            table: numbers,
            count: self.totals[indices] as u32,
            reads: read.collect(),
            writes: vectors(out, count).collect(),
        };
        self.push(self.when[id], draft);
        Some(out)
    }

    /// Elements moved to other places: where to is what the op makes of numbers
    /// that name the places.
    pub(super) fn movement(&mut self, id: Id, op: &Op, inputs: &[(Id, &Shape)]) -> Option<u32> {
        let shape = &self.schedule.lowered.items[id].shape;
        // A place filled up by the op is 0, as the constant that stands there is.
        let zero = self.table(vec![0; self.lanes]);
        let mut places = Vec::new();
        for (input, shape) in inputs {
            let first = self.place(*input)?;
            let named = (0..self.totals[*input]).map(|at| (first as usize + at) as i32).collect();
            places.push((*shape, Array::i32(&shape.sizes(self.rows), named)));
        }
        let moved = evaluate(op, &places, shape, &Feed::rows(self.rows)).ok()?;
        let Data::I32(moved) = moved.data() else { return None };
        let address = |place: &i32| if *place == 0 { zero } else { *place as u32 };
        let addresses: Vec<u32> = moved.iter().map(address).collect();
        Some(self.shuffle(self.when[id], addresses))
    }
}
