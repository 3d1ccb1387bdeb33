//! Elementwise ops, products and reductions as entries of a tape.

use super::compile::{Compiler, When};
use super::draft::Draft;
use crate::compile::lower::{Id, Reading};
use crate::kernel::{Fold, MapOp, TapeOp};
use ikhim_numeric::reduction::LANES;

impl Compiler<'_> {
    pub(super) fn vectors(&self, count: usize) -> usize {
        count.div_ceil(self.lanes)
    }

    pub(super) fn push(&mut self, when: When, draft: Draft) {
        self.drafts.entry(when).or_default().push(draft);
    }

    /// The place of an item; what an item reads stands before it.
    pub(super) fn place(&self, id: Id) -> Option<u32> {
        self.places[id]
    }

    /// When a part of an item's value can be moved for another item.
    pub(super) fn when_moved(&self, source: Id, user: Id) -> When {
        if self.when[source] == When::Setup { When::Setup } else { self.when[user] }
    }

    /// The place of an operand as it is read by an elementwise op, and the
    /// distance of its vectors.
    pub(super) fn operand(
        &mut self,
        user: Id,
        input: Id,
        reading: Reading,
        width: usize,
    ) -> Option<(u32, u32)> {
        let (place, count) = (self.place(input)?, self.totals[user]);
        let from: &dyn Fn(usize) -> usize = match reading {
            _ if self.totals[input] == 1 => return Some((place, 0)),
            Reading::Single => return None,
            Reading::Each if self.totals[input] == count => {
                return Some((place, self.lanes as u32));
            }
            Reading::Each => return None,
            Reading::OfRow => &|at| at / width,
            Reading::OfColumn => &|at| at % width,
        };
        let addresses = (0..count).map(|at| place + from(at) as u32).collect();
        let when = self.when_moved(input, user);
        Some((self.shuffle(when, addresses), self.lanes as u32))
    }

    /// The place of an operand that is read element by element, or a single
    /// number, and the distance of its vectors.
    pub(super) fn operand_of_all(&self, user: Id, input: Id) -> Option<(u32, u32)> {
        match self.totals[input] {
            1 => Some((self.place(input)?, 0)),
            count if count == self.totals[user] => Some((self.place(input)?, self.lanes as u32)),
            _ => None,
        }
    }

    pub(super) fn map(
        &mut self,
        id: Id,
        op: MapOp,
        operands: &[(Id, Reading)],
        width: usize,
    ) -> Option<u32> {
        let (op, operands) = match self.sigmoid(id) {
            Some((operand, _)) => (TapeOp::Sigmoid, vec![operand]),
            None => (TapeOp::Map(op), operands.to_vec()),
        };
        let places: Vec<(u32, u32)> = operands
            .iter()
            .map(|(input, reading)| self.operand(id, *input, *reading, width))
            .collect::<Option<_>>()?;
        let count = self.totals[id];
        let out = self.room(count);
        for at in 0..self.vectors(count) as u32 {
            let inputs: Vec<u32> = places.iter().map(|(place, step)| place + at * step).collect();
            let draft = Draft::new(op, out + at * self.lanes as u32, &inputs);
            self.push(self.when[id], draft);
        }
        Some(out)
    }

    /// Whether a value lies in one vector.
    pub(super) fn is_vector(&self, id: Id) -> bool {
        self.totals[id] <= self.lanes
    }

    /// Chains over ascending `k` of products of elements, whose places in both
    /// values follow from `k` and the place in the result.
    pub(super) fn product(
        &mut self,
        id: Id,
        inner: usize,
        left: Id,
        right: Id,
        places: impl Fn(usize, usize) -> (usize, usize),
    ) -> Option<u32> {
        let (a, b) = (self.place(left)?, self.place(right)?);
        let (count, lanes) = (self.totals[id], self.lanes as u32);
        let out = self.room(count);
        let address = |k: usize, at: usize| {
            let (left, right) = places(k, at);
            (a + left as u32, b + right as u32)
        };
        if [id, left, right].iter().all(|id| self.is_vector(*id)) {
            let mut words = Vec::new();
            for k in 0..inner {
                let (left, right): (Vec<u32>, Vec<u32>) =
                    (0..count).map(|at| address(k, at)).unzip();
                words.extend(self.filled(&left).iter().map(|at| at % lanes));
                words.extend(self.filled(&right).iter().map(|at| at % lanes));
            }
            let table = self.table(words);
            let draft = Draft::new(TapeOp::Product, out, &[a, b]);
            self.push(self.when[id], Draft { table, count: inner as u32, ..draft });
            return Some(out);
        }
        let zero = self.table(vec![0; self.lanes]);
        let when = self.when[id];
        let (when_left, when_right) = (self.when_moved(left, id), self.when_moved(right, id));
        for first in (0..count).step_by(self.lanes) {
            let all = first..count.min(first + self.lanes);
            let target = out + first as u32;
            let mut sum = zero;
            for k in 0..inner {
                let (left, right) = all.clone().map(|at| address(k, at)).unzip();
                let factors = [self.shuffle(when_left, left), self.shuffle(when_right, right)];
                let to = if k + 1 == inner { target } else { self.room(self.lanes) };
                self.push(
                    when,
                    Draft::new(TapeOp::MultiplyAdd, to, &[factors[0], factors[1], sum]),
                );
                sum = to;
            }
            if inner == 0 {
                self.push(when, Draft::new(TapeOp::Map(MapOp::Copy), target, &[zero]));
            }
        }
        Some(out)
    }

    /// Elements combined one after the other, from what the fold starts from.
    pub(super) fn chain(
        &mut self,
        id: Id,
        fold: Fold,
        input: Id,
        length: usize,
        place: impl Fn(usize, usize) -> usize,
    ) -> Option<u32> {
        let (count, out) = (self.totals[id], self.room(self.totals[id]));
        self.chain_to(id, fold, input, length, &place, count, out)?;
        Some(out)
    }

    #[allow(clippy::too_many_arguments)] // A chain and where it goes.
    pub(super) fn chain_to(
        &mut self,
        id: Id,
        fold: Fold,
        input: Id,
        length: usize,
        place: &dyn Fn(usize, usize) -> usize,
        count: usize,
        out: u32,
    ) -> Option<()> {
        let (from, lanes, when) = (self.place(input)?, self.lanes as u32, self.when[id]);
        let when_moved = self.when_moved(input, id);
        let address = |k: usize, at: usize| from + place(k, at) as u32;
        if self.is_vector(input) && count <= self.lanes {
            let mut words = Vec::new();
            for k in 0..length {
                let places: Vec<u32> = (0..count).map(|at| address(k, at)).collect();
                words.extend(self.filled(&places).iter().map(|at| at % lanes));
            }
            let table = self.table(words);
            let draft = Draft::new(TapeOp::Chain(fold), out, &[from]);
            self.push(when, Draft { table, count: length as u32, ..draft });
            return Some(());
        }
        let identity = self.table(vec![fold.identity().to_bits(); self.lanes]);
        for first in (0..count).step_by(self.lanes) {
            let all = first..count.min(first + self.lanes);
            let mut folded = identity;
            for k in 0..length {
                let part = self.shuffle(when_moved, all.clone().map(|at| address(k, at)).collect());
                let is_last = k + 1 == length;
                let to = if is_last { out + first as u32 } else { self.room(self.lanes) };
                self.push(when, Draft::new(TapeOp::Map(op_of(fold)), to, &[folded, part]));
                folded = to;
            }
        }
        (length > 0).then_some(())
    }

    /// Neighbors combined by lanes, and the lanes by their tree.
    pub(super) fn fold(&mut self, id: Id, fold: Fold, input: Id, inner: usize) -> Option<u32> {
        let (count, when) = (self.totals[id], self.when[id]);
        let mut parts = Vec::new();
        for lane in 0..inner.min(LANES) {
            let length = (inner - lane).div_ceil(LANES);
            let out = self.room(count);
            let place = |k: usize, at: usize| at * inner + lane + k * LANES;
            self.chain_to(id, fold, input, length, &place, count, out)?;
            parts.push(out);
        }
        // The other lanes hold what changes nothing.
        for half in [8, 4, 2, 1] {
            for lane in half..parts.len() {
                let out = self.room(count);
                for at in (0..count.next_multiple_of(self.lanes) as u32).step_by(self.lanes) {
                    let inputs = [parts[lane - half] + at, parts[lane] + at];
                    self.push(when, Draft::new(TapeOp::Map(op_of(fold)), out + at, &inputs));
                }
                parts[lane - half] = out;
            }
            parts.truncate(half);
        }
        parts.first().copied()
    }
}

/// The op that combines two values as a fold does.
fn op_of(fold: Fold) -> MapOp {
    match fold {
        Fold::Sum => MapOp::Add,
        Fold::Product => MapOp::Multiply,
        Fold::Max => MapOp::Maximum,
        Fold::Min => MapOp::Minimum,
    }
}
