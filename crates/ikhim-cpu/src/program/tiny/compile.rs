//! From a scheduled graph to tapes.

use super::draft::{Draft, tape};
use super::{Fetched, Given, Tiny, Variable};
use crate::Level;
use crate::compile::Schedule;
use crate::compile::lower::{Id, Item, Kind, Reading};
use crate::kernel::{Fold, MapOp, TapeOp, Tapes};
use crate::memory::Memory;
use crate::program::elements::put;
use ikhim_graph::{Array, DType, Data, Dim, Feed, Op, Shape, evaluate};
use ikhim_numeric::reduction::{LANES, LEAF_ROWS};
use std::collections::HashMap;

/// The most elements of a value.
const MOST: usize = 64;

/// The most entries of a step, each operation of a chain counted.
const LONGEST: u32 = 400;

/// When an item is computed, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum When {
    /// Once for all steps of a run.
    Setup,
    /// In each step.
    Step,
    /// In the last step of a run.
    Fetch,
    /// At the end of each step.
    Store,
}

impl Tiny {
    /// The tapes of a program over so many rows, where it is small enough and
    /// has only ops that a tape knows.
    pub(in crate::program) fn new(schedule: &Schedule, rows: usize, level: Level) -> Option<Tiny> {
        // The rows are a single leaf.
        if rows == 0 || rows > LEAF_ROWS {
            return None;
        }
        let items = &schedule.lowered.items;
        let needed = needed(schedule);
        let total = |item: &Item| match item.shape.elements() {
            Dim::Fixed(count) => count,
            Dim::Batch(count) => count * rows,
        };
        let mut widest = 0;
        for item in items.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(item, _)| item) {
            let is_another_form = matches!(item.kind, Kind::Pack { .. } | Kind::Panels { .. });
            if !is_another_form && !(1..=MOST).contains(&total(item)) || !is_known(&item.kind) {
                return None;
            }
            widest = widest.max(total(item));
        }
        // Where eight lanes hold every value, longer vectors only take longer.
        let is_short = level == Level::Avx512 && widest <= Tapes::of(Level::Avx2).lanes;
        let tapes = Tapes::of(if is_short { Level::Avx2 } else { level });
        let mut compiler = Compiler {
            schedule,
            rows,
            lanes: tapes.lanes,
            when: when(schedule, &needed),
            users: users(schedule, &needed),
            absorbed: vec![false; items.len()],
            totals: items.iter().map(total).collect(),
            // The first vector tells of an index out of range.
            words: vec![0; tapes.lanes],
            places: vec![None; items.len()],
            drafts: HashMap::new(),
            tables: HashMap::new(),
            shuffles: HashMap::new(),
            variables: HashMap::new(),
        };
        for id in (0..items.len()).filter(|id| needed[*id]) {
            compiler.absorb(id);
        }
        for id in (0..items.len()).filter(|id| needed[*id]) {
            if !compiler.absorbed[id] {
                compiler.item(id)?;
            }
        }
        let fetches = compiler.fetches()?;
        compiler.finish(tapes, fetches)
    }
}

/// Whether a tape can compute it.
fn is_known(kind: &Kind) -> bool {
    match kind {
        Kind::Random { .. } => false,
        Kind::Other { op, .. } => is_movement(op),
        _ => true,
    }
}

/// Whether an op only moves elements, by places that are known beforehand.
fn is_movement(op: &Op) -> bool {
    matches!(op, Op::Broadcast(_) | Op::Transpose(_) | Op::Slice(_) | Op::Pad(_) | Op::Concat(_))
}

fn roots(schedule: &Schedule) -> Vec<Id> {
    let items = schedule.lowered.items.iter().enumerate();
    let stores = items.filter(|(_, item)| matches!(item.kind, Kind::Store { .. }));
    stores.map(|(id, _)| id).collect()
}

/// What others need, with them.
fn with_inputs(schedule: &Schedule, from: Vec<Id>) -> Vec<bool> {
    let items = &schedule.lowered.items;
    let mut found = vec![false; items.len()];
    let mut stack = from;
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut found[id], true) {
            stack.extend(items[id].inputs());
        }
    }
    found
}

fn needed(schedule: &Schedule) -> Vec<bool> {
    let fetched = schedule.lowered.fetches.iter().map(|view| view.item);
    with_inputs(schedule, roots(schedule).into_iter().chain(fetched).collect())
}

/// When each item is computed. What can fail is computed in each step, as nobody
/// may go on after a fault.
fn when(schedule: &Schedule, needed: &[bool]) -> Vec<When> {
    let items = &schedule.lowered.items;
    let gathers = (0..items.len())
        .filter(|id| needed[*id] && matches!(items[*id].kind, Kind::Gather { .. }));
    let in_step = with_inputs(schedule, roots(schedule).into_iter().chain(gathers).collect());
    let is_stored = |variable: usize| {
        items.iter().any(|item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable))
    };
    let mut when = Vec::with_capacity(items.len());
    for (id, item) in items.iter().enumerate() {
        let changes = match item.kind {
            Kind::Read(variable) => is_stored(variable),
            Kind::Store { .. } | Kind::Gather { .. } => true,
            _ => item.inputs().iter().any(|input| when[*input] != When::Setup),
        };
        when.push(match (changes, in_step[id]) {
            (false, _) => When::Setup,
            (true, true) => When::Step,
            (true, false) => When::Fetch,
        });
    }
    when
}

/// How often each item is read, a fetch counted.
fn users(schedule: &Schedule, needed: &[bool]) -> Vec<usize> {
    let items = &schedule.lowered.items;
    let mut users = vec![0; items.len()];
    let read = (0..items.len()).filter(|id| needed[*id]).flat_map(|id| items[id].inputs());
    read.chain(schedule.lowered.fetches.iter().map(|view| view.item)).for_each(|id| users[id] += 1);
    users
}

struct Compiler<'a> {
    schedule: &'a Schedule,
    rows: usize,
    lanes: usize,
    when: Vec<When>,
    users: Vec<usize>,
    /// What lies between the ops of an entry that computes several.
    absorbed: Vec<bool>,
    /// Elements of each item over all rows.
    totals: Vec<usize>,
    /// The memory as it is before the first step.
    words: Vec<u32>,
    /// Where each item is.
    places: Vec<Option<u32>>,
    drafts: HashMap<When, Vec<Draft>>,
    tables: HashMap<Vec<u32>, u32>,
    /// Values of elements from other places.
    shuffles: HashMap<(When, Vec<u32>), u32>,
    variables: HashMap<usize, u32>,
}

impl Compiler<'_> {
    /// Room for so many elements.
    fn room(&mut self, count: usize) -> u32 {
        let place = self.words.len();
        self.words.resize(place + count.next_multiple_of(self.lanes), 0);
        place as u32
    }

    fn vectors(&self, count: usize) -> usize {
        count.div_ceil(self.lanes)
    }

    fn push(&mut self, when: When, draft: Draft) {
        self.drafts.entry(when).or_default().push(draft);
    }

    /// Vectors of words, each whole, in memory once.
    fn table(&mut self, words: Vec<u32>) -> u32 {
        if let Some(known) = self.tables.get(&words) {
            return *known;
        }
        let place = self.room(words.len());
        self.words[place as usize..][..words.len()].copy_from_slice(&words);
        self.tables.insert(words, place);
        place
    }

    /// The place of an item; what an item reads stands before it.
    fn place(&self, id: Id) -> Option<u32> {
        self.places[id]
    }

    fn constant(&mut self, array: &Array) -> u32 {
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
    fn filled(&self, addresses: &[u32]) -> Vec<u32> {
        (0..self.lanes).map(|lane| *addresses.get(lane).unwrap_or(&addresses[0])).collect()
    }

    /// A value whose elements are those at the addresses.
    fn shuffle(&mut self, when: When, addresses: Vec<u32>) -> u32 {
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

    fn shuffle_vector(&mut self, when: When, addresses: &[u32], out: u32) {
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
                    let own = |address: &u32| if address / lanes * lanes == *source { u32::MAX } else { 0 };
                    words.extend(addresses.iter().map(own));
                    let table = self.table(words);
                    Draft { table, ..Draft::new(TapeOp::Merge, to, &[*source, partial]) }
                }
            };
            self.push(when, draft);
            partial = Some(to);
        }
    }

    /// When a part of an item's value can be moved for another item.
    fn when_moved(&self, source: Id, user: Id) -> When {
        if self.when[source] == When::Setup { When::Setup } else { self.when[user] }
    }

    fn item(&mut self, id: Id) -> Option<()> {
        let item = &self.schedule.lowered.items[id];
        let place = match item.kind.clone() {
            Kind::Input(_) => self.room(self.totals[id]),
            Kind::Read(variable) => self.variable(variable, self.totals[id]),
            Kind::Constant(value) => self.constant(&value),
            Kind::RowCount => self.constant(&Array::scalar(self.rows as f64 as f32)),
            Kind::Map { op, operands, width } => self.map(id, op, &operands, width)?,
            Kind::Product { left, right, rows: _, inner, columns, .. } => {
                let (source, transposed) = match self.schedule.lowered.items[right].kind {
                    Kind::Pack { source, transposed, .. } => (source, transposed),
                    _ => (right, false),
                };
                let step = if transposed { (1, inner) } else { (columns, 1) };
                self.product(id, inner, left, source, |k, at| {
                    let (row, column) = (at / columns, at % columns);
                    (row * inner + k, k * step.0 + column * step.1)
                })?
            }
            Kind::RowsProduct { left, right, per_row, rows, columns }
            | Kind::RowsProductOfBlocks { left, right, per_row, rows, columns } => {
                let right = match self.schedule.lowered.items[right].kind {
                    Kind::Panels { source, .. } => source,
                    _ => right,
                };
                self.product(id, per_row * self.rows, left, right, |k, at| {
                    (k * rows + at / columns, k * columns + at % columns)
                })?
            }
            Kind::Fold { fold, input, inner } => self.fold(id, fold, input, inner)?,
            Kind::FoldRows { fold, input, per_row, columns }
            | Kind::FoldRowsOfBlocks { fold, input, per_row, columns } => {
                let entries = per_row * self.rows;
                self.chain(id, fold, input, entries, |k, at| k * columns + at)?
            }
            // All rows are one block.
            Kind::JoinBlocks { blocks, .. } => self.place(blocks)?,
            Kind::Gather { table, indices, entries, inner } => {
                self.gather(id, table, indices, entries, inner)?
            }
            Kind::Other { op, inputs, .. } => {
                let inputs: Vec<(Id, &Shape)> =
                    inputs.iter().map(|view| (view.item, &view.shape)).collect();
                self.movement(id, &op, &inputs)?
            }
            Kind::Store { variable, value } => self.store(id, variable, value)?,
            // Products find the elements where they are.
            Kind::Pack { .. } | Kind::Panels { .. } => return Some(()),
            Kind::Random { .. } => return None,
        };
        self.places[id] = Some(place);
        Some(())
    }

    fn variable(&mut self, variable: usize, count: usize) -> u32 {
        if let Some(known) = self.variables.get(&variable) {
            return *known;
        }
        let place = self.room(count);
        self.variables.insert(variable, place);
        place
    }

    /// The place of an operand as it is read by an elementwise op, and the
    /// distance of its vectors.
    fn operand(&mut self, user: Id, input: Id, reading: Reading, width: usize) -> Option<(u32, u32)> {
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

    fn map(&mut self, id: Id, op: MapOp, operands: &[(Id, Reading)], width: usize) -> Option<u32> {
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
    fn is_vector(&self, id: Id) -> bool {
        self.totals[id] <= self.lanes
    }

    /// Chains over ascending `k` of products of elements, whose places in both
    /// values follow from `k` and the place in the result.
    fn product(
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
                let (left, right): (Vec<u32>, Vec<u32>) = (0..count).map(|at| address(k, at)).unzip();
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
                self.push(when, Draft::new(TapeOp::MultiplyAdd, to, &[factors[0], factors[1], sum]));
                sum = to;
            }
            if inner == 0 {
                self.push(when, Draft::new(TapeOp::Map(MapOp::Copy), target, &[zero]));
            }
        }
        Some(out)
    }

    /// Elements combined one after the other, from what the fold starts from.
    fn chain(
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
    fn chain_to(
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
    fn fold(&mut self, id: Id, fold: Fold, input: Id, inner: usize) -> Option<u32> {
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

    fn gather(
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
        let read = vectors(numbers, self.totals[table]).chain(vectors(places, self.totals[indices]));
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
    fn movement(&mut self, id: Id, op: &Op, inputs: &[(Id, &Shape)]) -> Option<u32> {
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

    /// The operands of an elementwise op without rows, where it is the expected
    /// one.
    fn operands(&self, id: Id, expected: MapOp) -> Option<&[(Id, Reading)]> {
        match &self.schedule.lowered.items[id].kind {
            Kind::Map { op, operands, width: 0 } if *op == expected => Some(operands),
            _ => None,
        }
    }

    /// Marks what a sigmoid, or a step down a gradient, computes on its way.
    fn absorb(&mut self, id: Id) {
        let parts: Vec<Id> = if let Some((_, parts)) = self.sigmoid(id) {
            parts.to_vec()
        } else if let Some((_, parts)) = self.descent(id) {
            parts.to_vec()
        } else {
            return;
        };
        parts.into_iter().for_each(|part| self.absorbed[part] = true);
    }

    /// What a sigmoid is of, where the item is `1 / (e⁻ˣ + 1)` and nobody else
    /// wants what lies between.
    fn sigmoid(&self, id: Id) -> Option<((Id, Reading), [Id; 3])> {
        let [(one, _), (sum, Reading::Each)] = self.operands(id, MapOp::Divide)? else {
            return None;
        };
        let [(power, Reading::Each), (other, _)] = self.operands(*sum, MapOp::Add)? else {
            return None;
        };
        let [(negative, Reading::Each)] = self.operands(*power, MapOp::Exp)? else { return None };
        let [operand @ (_, Reading::Each)] = self.operands(*negative, MapOp::Negate)? else {
            return None;
        };
        let parts = [*sum, *power, *negative];
        let fits = self.is_one(*one)
            && self.is_one(*other)
            && parts.iter().all(|part| self.users[*part] == 1);
        fits.then_some((*operand, parts))
    }

    /// The operands of `w - s · g`, where the item stores it as the new value of
    /// `w` and nobody else wants what lies between.
    fn descent(&self, id: Id) -> Option<([Id; 3], [Id; 2])> {
        let items = &self.schedule.lowered.items;
        let Kind::Store { variable, value } = items[id].kind else { return None };
        let [(old, _), (step, Reading::Each)] = self.operands(value, MapOp::Subtract)? else {
            return None;
        };
        let [(left, _), (right, _)] = self.operands(*step, MapOp::Multiply)? else { return None };
        let fits = matches!(items[*old].kind, Kind::Read(read) if read == variable)
            && [*left, *right].iter().all(|factor| !self.is_stored(*factor))
            && [value, *step].iter().all(|part| self.users[*part] == 1);
        fits.then_some(([*old, *left, *right], [value, *step]))
    }

    /// Whether an item is a variable that the step changes.
    fn is_stored(&self, id: Id) -> bool {
        matches!(self.schedule.lowered.items[id].kind, Kind::Read(_)) && self.when[id] != When::Setup
    }

    /// A variable's new value, at the end of the step.
    fn store(&mut self, id: Id, variable: usize, value: Id) -> Option<u32> {
        let count = self.totals[id];
        let to = self.variable(variable, count);
        let is_real = self.schedule.lowered.items[id].dtype == DType::F32;
        let (op, from) = match self.descent(id) {
            Some((operands, _)) => {
                let each = |input: Id| self.operand_of_all(value, input);
                (TapeOp::Descend, operands.into_iter().map(each).collect::<Option<Vec<_>>>()?)
            }
            None => {
                let op = if is_real { MapOp::Flush } else { MapOp::Copy };
                let mut from = self.operand_of_all(id, value)?;
                if self.is_stored(value) {
                    // Another store may come before.
                    from.0 = self.copy(When::Step, from.0, count);
                }
                (TapeOp::Map(op), vec![from])
            }
        };
        for at in 0..self.vectors(count) as u32 {
            let inputs: Vec<u32> = from.iter().map(|(place, step)| place + at * step).collect();
            self.push(When::Store, Draft::new(op, to + at * self.lanes as u32, &inputs));
        }
        Some(to)
    }

    /// The place of an operand that is read element by element, or a single
    /// number, and the distance of its vectors.
    fn operand_of_all(&self, user: Id, input: Id) -> Option<(u32, u32)> {
        match self.totals[input] {
            1 => Some((self.place(input)?, 0)),
            count if count == self.totals[user] => Some((self.place(input)?, self.lanes as u32)),
            _ => None,
        }
    }

    fn copy(&mut self, when: When, from: u32, count: usize) -> u32 {
        let out = self.room(count);
        for at in (0..count as u32).step_by(self.lanes) {
            self.push(when, Draft::new(TapeOp::Map(MapOp::Copy), out + at, &[from + at]));
        }
        out
    }

    /// The fetched values. That of a variable is the one before the step.
    fn fetches(&mut self) -> Option<Vec<Fetched>> {
        let lowered = &self.schedule.lowered;
        let fetches = lowered.fetches.iter();
        fetches
            .map(|view| {
                let mut place = self.place(view.item)?;
                if self.is_stored(view.item) {
                    place = self.copy(When::Fetch, place, self.totals[view.item]);
                }
                let dtype = lowered.items[view.item].dtype;
                Some(Fetched { place, shape: view.shape.clone(), dtype })
            })
            .collect()
    }

    fn finish(mut self, tapes: Tapes, fetches: Vec<Fetched>) -> Option<Tiny> {
        let items = &self.schedule.lowered.items;
        let mut drafts = |when: When| self.drafts.remove(&when).unwrap_or_default();
        let (setup, step) = (drafts(When::Setup), drafts(When::Step));
        let (fetch, stores) = (drafts(When::Fetch), drafts(When::Store));
        let all = [&setup, &step, &fetch, &stores];
        let length: u32 = all.iter().flat_map(|tape| tape.iter()).map(Draft::length).sum();
        if length > LONGEST {
            return None;
        }
        let whole: Vec<Draft> = step.iter().chain(&stores).cloned().collect();
        let memory = Memory::new(self.words.len());
        // SAFETY: The memory has room for the words.
        unsafe {
            let to = memory.base().cast::<u32>();
            std::ptr::copy_nonoverlapping(self.words.as_ptr(), to, self.words.len());
        }
        let mut inputs = Vec::new();
        let mut variables: Vec<Variable> = Vec::new();
        for (id, item) in items.iter().enumerate() {
            let Some(place) = self.places[id] else { continue };
            match item.kind {
                Kind::Input(input) => inputs.push(Given { input, place }),
                Kind::Read(variable) | Kind::Store { variable, .. } => {
                    let is_stored = matches!(item.kind, Kind::Store { .. });
                    match variables.iter_mut().find(|known| known.variable == variable) {
                        Some(known) => known.is_stored |= is_stored,
                        None => variables.push(Variable {
                            variable,
                            place,
                            count: self.totals[id],
                            dtype: item.dtype,
                            is_stored,
                        }),
                    }
                }
                _ => {}
            }
        }
        Some(Tiny {
            setup: tape(&setup, &tapes),
            whole: tape(&whole, &tapes),
            step: tape(&step, &tapes),
            fetch: tape(&fetch, &tapes),
            stores: tape(&stores, &tapes),
            may_fail: step.iter().any(|draft| draft.op == TapeOp::Gather),
            tapes,
            memory,
            inputs,
            variables,
            fetches,
        })
    }

    fn is_one(&self, id: Id) -> bool {
        match &self.schedule.lowered.items[id].kind {
            Kind::Constant(value) => {
                value.dtype() == DType::F32 && value.len() == 1 && value.to_f32()[0] == 1.0
            }
            _ => false,
        }
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
