//! The instructions of a worker with their addresses.

use super::elements::put;
use super::plan::{Place, Plan};
use super::registers::{Allocation, chunk_of, register_words, registers};
use super::tile::{ProductTile, loops_of, rows_of_tile, tile_of_chain};
use super::work::{At, Head, Packing, Reduction, RowsFold, RowsProduct, Work, leaf};
use crate::compile::Schedule;
use crate::compile::errand::{is_copied, is_read_anew};
use crate::compile::layout::is_narrow;
use crate::compile::lower::{Id, Item, Kind, Packed, Reading, Space, View, elements};
use crate::compile::packed::refreshed;
use crate::compile::schedule::{Errand, Instruction, Storage};
use crate::compile::window::WindowOp;
use crate::kernel::{Adam, Address, Chain, Fold, MapOp, Origin, SPLAT, Step, WIDE, panel_width};
use crate::memory::Memory;
use ikhim_graph::{Array, DType, Dim};

/// Makes the instructions of one worker.
pub(super) struct Binder<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) plan: &'a Plan,
    pub(super) memory: &'a Memory,
    pub(super) scratch: &'a Memory,
    pub(super) states: &'a [*mut f32],
}

/// The instructions of a phase.
pub(super) struct PhaseWork {
    pub(super) tiled: Vec<Work>,
    /// Those of its errands, each with the number of its tiles.
    pub(super) errands: Vec<(Work, usize)>,
}

impl Binder<'_> {
    fn items(&self) -> &[Item] {
        &self.schedule.lowered.items
    }

    /// All phases with their instructions.
    pub(super) fn phases(&self) -> Vec<PhaseWork> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                let errands = phase.errands.iter().map(|errand| self.errand(errand)).collect();
                if let (Some(tape), true) = (&phase.tape, self.plan.by_tape) {
                    // One instruction does the work of all.
                    let mut tiled = vec![Work::Nothing; phase.instructions.len()];
                    tiled[0] = self.row_tape(tape);
                    return PhaseWork { tiled, errands };
                }
                let tiled = phase.instructions.iter().map(|one| self.instruction(one)).collect();
                PhaseWork { tiled, errands }
            })
            .collect()
    }

    /// What is copied and computed once for all steps of a run.
    pub(super) fn shared(&self) -> Vec<Work> {
        let lowered = &self.schedule.lowered;
        let copied = (0..lowered.items.len())
            .filter(|id| is_copied(lowered, *id) && !is_read_anew(lowered, *id));
        let loads = copied.map(|id| self.load(id));
        loads.chain(self.schedule.shared.iter().map(|one| self.instruction(one))).collect()
    }

    /// What is made before the first step.
    pub(super) fn preparation(&self) -> Vec<Work> {
        self.schedule.preparation.iter().map(|one| self.instruction(one)).collect()
    }

    fn instruction(&self, instruction: &Instruction) -> Work {
        match instruction {
            Instruction::Chain { head, items, width } => self.chain(*head, items, *width),
            Instruction::One(id) if self.comes_along(*id) => Work::Nothing,
            Instruction::One(id) => self.one(*id),
        }
    }

    /// An errand with the number of its tiles.
    fn errand(&self, errand: &Errand) -> (Work, usize) {
        match errand {
            Errand::Load(id) => (self.load(*id), 1),
            Errand::Compute(one) => {
                (self.instruction(one), self.plan.flat_tiles(self.schedule, one))
            }
            Errand::Keep(id) => (self.keep(*id), 1),
        }
    }

    /// The copy of a variable from the state.
    fn load(&self, id: Id) -> Work {
        let item = &self.items()[id];
        let Kind::Read(variable) = item.kind else { unreachable!("a variable") };
        Work::Load {
            from: self.states[variable],
            to: self.base(id),
            count: elements(&item.shape),
            dtype: item.dtype,
        }
    }

    /// A new value to the state and to the copy that the next step reads.
    fn keep(&self, id: Id) -> Work {
        let lowered = &self.schedule.lowered;
        let item = &lowered.items[id];
        let Kind::Store { variable, .. } = item.kind else { unreachable!("a new value") };
        let copy = lowered.items.iter().enumerate().position(|(id, item)| {
            matches!(item.kind, Kind::Read(read) if read == variable)
                && is_copied(lowered, id)
                && !is_read_anew(lowered, id)
        });
        Work::Keep {
            from: self.base(id),
            to: self.states[variable],
            copy: copy.map_or(std::ptr::null_mut(), |copy| self.base(copy)),
            count: elements(&item.shape),
            dtype: item.dtype,
        }
    }

    /// For each phase the values from earlier ones that its rows read: worth
    /// asking for ahead of time.
    pub(super) fn ahead(&self) -> Vec<Vec<At>> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                if !phase.by_row || !self.schedule.tall || self.plan.by_tape {
                    return Vec::new();
                }
                let own: Vec<Id> = phase.instructions.iter().flat_map(Instruction::items).collect();
                let mut read: Vec<Id> =
                    own.iter().flat_map(|id| self.items()[*id].inputs()).collect();
                read.sort_unstable();
                read.dedup();
                let from_before = |id: &Id| {
                    !own.contains(id)
                        && self.items()[*id].space == Space::Rows
                        && matches!(self.plan.places[*id], Place::Whole(_))
                };
                read.into_iter().filter(from_before).map(|id| self.at(id)).collect()
            })
            .collect()
    }

    pub(super) fn base(&self, id: Id) -> *mut f32 {
        match self.plan.places[id] {
            Place::Nowhere => std::ptr::null_mut(),
            Place::Whole(offset) => self.memory.base().wrapping_add(offset),
            Place::Block(offset) => self.scratch.base().wrapping_add(offset),
            Place::State(variable) => self.states[variable],
        }
    }

    fn at(&self, id: Id) -> At {
        At {
            base: self.base(id),
            per_row: elements(&self.items()[id].shape),
            in_block: matches!(self.plan.places[id], Place::Block(_)),
        }
    }

    /// Whether a product over the same rows gives the sums too. It must do so in
    /// the same phase: one behind it may read what the sums are for.
    fn comes_along(&self, id: Id) -> bool {
        let Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. } = self.items()[id].kind else {
            return false;
        };
        let first = self.items().iter().position(|other| {
            matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input: same, .. }
                if same == input)
        });
        let product = self.items().iter().enumerate().any(|(other, item)| {
            self.plan.places[other] != Place::Nowhere
                && matches!(item.kind, Kind::RowsProductOfBlocks { right, .. } if right == input)
                && self.phase_of(other) == self.phase_of(id)
        });
        first == Some(id) && product
    }

    /// The places of largest cells with which the cells themselves come along.
    fn by_places(&self, id: Id) -> Option<Id> {
        let Kind::Windows { op: WindowOp::Max(pool), inputs, by_row } = &self.items()[id].kind
        else {
            return None;
        };
        // A single number is repeated in memory, which its own instruction does.
        let item = &self.items()[id];
        if item.space == Space::Fixed && elements(&item.shape) == 1 {
            return None;
        }
        let phase = self.schedule.spots[id]?.phase;
        let is_same = |item: &Item| match &item.kind {
            Kind::Windows { op: WindowOp::MaxPlace(own), inputs: image, by_row: way } => {
                own.windows() == pool.windows() && image == inputs && way == by_row
            }
            _ => false,
        };
        let places = self.items().iter().position(is_same)?;
        let spot = self.schedule.spots[places].filter(|spot| spot.phase == phase);
        spot.map(|_| places)
    }

    /// The phase in which an item is computed.
    fn phase_of(&self, id: Id) -> Option<usize> {
        let holds = |instruction: &Instruction| instruction.items().contains(&id);
        self.schedule.phases.iter().position(|phase| phase.instructions.iter().any(holds))
    }

    /// Where a register of a chain with so many begins.
    fn register(&self, register: usize, all: usize) -> *mut f32 {
        debug_assert!(register < all);
        self.scratch.base().wrapping_add(register * register_words(all))
    }

    fn chain(&self, head: Option<Id>, chain: &[Id], width: usize) -> Work {
        let items = self.items();
        let mut allocation = Allocation::new(self.schedule, chain);
        let mut steps: Vec<Step> = Vec::new();
        // Repetitions that stand in a register, and the first register of them.
        let mut spread: Vec<((Id, Reading), Address)> = Vec::new();
        let mut counted = Allocation::new(self.schedule, chain);
        counted.all();
        let mut next_spread = counted.most;
        let all = registers(self.schedule, chain);
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
                    _ => self.operand(
                        input,
                        reading,
                        width,
                        &mut steps,
                        &mut spread,
                        &mut next_spread,
                        all,
                    ),
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
            steps.push(Step { op, out, inputs });
        }
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

    #[allow(clippy::too_many_arguments)] // The state of one chain's making.
    fn operand(
        &self,
        input: Id,
        reading: Reading,
        width: usize,
        steps: &mut Vec<Step>,
        spread: &mut Vec<((Id, Reading), Address)>,
        next: &mut usize,
        all: usize,
    ) -> Address {
        let address = self.address(input);
        match reading {
            Reading::Each => address,
            Reading::Single => Address { origin: Origin::Fixed, splat: true, ..address },
            Reading::OfColumn if width >= WIDE => Address { origin: Origin::Column, ..address },
            Reading::OfRow | Reading::OfColumn => {
                if let Some((_, known)) = spread.iter().find(|(key, _)| *key == (input, reading)) {
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
                    base: self.register(*next, all),
                    origin: Origin::Fixed,
                    splat: by_row && width >= WIDE,
                };
                *next += 1;
                let from = Address { origin, ..address };
                steps.push(Step { op, out, inputs: [from, Address::NONE, Address::NONE] });
                spread.push(((input, reading), out));
                out
            }
        }
    }

    fn head(&self, id: Id) -> Head {
        let reduction = match self.items()[id].kind {
            Kind::RowsProduct { left, right, per_row, rows, columns } => {
                Reduction::Product(self.rows_product(left, right, per_row, rows, columns))
            }
            Kind::FoldRows { fold, input, per_row, columns } => {
                Reduction::Fold(self.rows_fold(fold, input, per_row, columns))
            }
            _ => unreachable!("only these stand before a chain"),
        };
        let whole = !matches!(self.plan.places[id], Place::Block(_));
        Head { reduction, out: self.base(id), whole }
    }

    fn pack(&self, id: Id) -> Packing {
        let Kind::Pack(packed) = self.items()[id].kind else { unreachable!("a packed side") };
        let Packed { source, transposed, inner, columns, in_panels, .. } = packed;
        Packing {
            source: self.base(source),
            transposed,
            k: inner,
            n: columns,
            width: if in_panels { panel_width(self.plan.level, columns) } else { 0 },
            out: self.base(id),
        }
    }

    /// Rows of a block in the phase of an item.
    fn block_rows(&self, id: Id) -> usize {
        self.schedule.spots[id].map_or(1, |spot| self.plan.block_rows[spot.phase])
    }

    pub(super) fn kernel_scratch(&self) -> *mut f32 {
        self.scratch.base().wrapping_add(self.plan.kernel_scratch)
    }

    fn rows_product(
        &self,
        left: Id,
        right: Id,
        per_row: usize,
        rows: usize,
        columns: usize,
    ) -> RowsProduct {
        RowsProduct {
            x: At { per_row: rows, ..self.at(left) },
            d: self.base(right),
            width: panel_width(self.plan.level, columns),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }

    fn rows_fold(&self, fold: Fold, input: Id, per_row: usize, columns: usize) -> RowsFold {
        RowsFold {
            fold,
            input: self.at(input),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }

    fn one(&self, id: Id) -> Work {
        let item = &self.items()[id];
        let rows = self.plan.rows;
        let count = elements(&item.shape);
        let block_rows = self.block_rows(id);
        // In a phase that does not go by rows, an op is done for all of them.
        let by_row = self.schedule.spots[id].is_none_or(|spot| spot.by_row);
        let in_tile = match item.space {
            Space::Whole => rows,
            Space::Rows if !by_row => rows,
            Space::Rows | Space::Fixed => 1,
        };
        match item.kind.clone() {
            Kind::Product { left, right, rows: own, inner, columns, .. } => Work::Product {
                a: self.at(left),
                rows: own * in_tile,
                k: inner,
                b: self.base(right),
                width: self.width_of_pack(inner, columns),
                n: columns,
                c: self.at(id),
                tile: ProductTile::of(item, rows, self.plan.level),
            },
            Kind::Pack(_) => Work::Pack(self.pack(id)),
            Kind::Panels { source, columns } => Work::Panels {
                source: self.at(source),
                per_row: count / columns.max(1),
                columns,
                width: panel_width(self.plan.level, columns),
                rows,
                out: self.base(id),
            },
            Kind::RowsProduct { left, right, per_row, rows: own, columns } => Work::RowsProduct {
                product: self.rows_product(left, right, per_row, own, columns),
                rows: own,
                out: self.base(id),
                tile: rows_of_tile(columns),
            },
            Kind::RowsProductOfBlocks { left, right, per_row, rows: own, columns } => {
                // Sums over the same rows come along.
                let sums = self.items().iter().position(|other| {
                    matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. }
                        if input == right)
                });
                let sums = sums.filter(|sums| self.phase_of(*sums) == self.phase_of(id));
                let sums = sums.map_or(std::ptr::null_mut(), |sums| self.base(sums));
                Work::RowsProductOfBlock {
                    sums,
                    x: self.at(left),
                    d: self.at(right),
                    per_row,
                    rows: own,
                    columns,
                    out: self.base(id),
                    block_rows,
                }
            }
            Kind::Fold { fold, input, inner } => Work::Fold {
                fold,
                input: self.at(input),
                groups: count * in_tile,
                inner,
                out: self.at(id),
            },
            Kind::FoldRows { fold, input, per_row, columns } => Work::FoldRows {
                rows: self.rows_fold(fold, input, per_row, columns),
                out: self.base(id),
            },
            Kind::FoldRowsOfBlocks { fold, input, per_row, columns } => Work::FoldRowsOfBlock {
                rows: self.rows_fold(fold, input, per_row, columns),
                per_row,
                out: self.base(id),
                block_rows,
            },
            Kind::JoinBlocks { blocks, .. }
                if self.plan.places[blocks] == self.plan.places[id] && count > 1 =>
            {
                Work::Nothing
            }
            Kind::JoinBlocks { fold, blocks, .. } => Work::JoinBlocks {
                fold,
                blocks: self.base(blocks),
                count: rows.div_ceil(self.block_rows(blocks)),
                width: count,
                out: self.base(id),
            },
            Kind::Gather { table, indices, entries, inner } => Work::Gather {
                table: self.base(table),
                indices: self.at(indices),
                count: elements(&self.items()[indices].shape) * in_tile,
                entries,
                inner,
                out: self.at(id),
                node: item.node,
            },
            Kind::Random { normal, stream, width } => {
                Work::Random { normal, stream, width, out: self.at(id) }
            }
            Kind::EnoughRows(least) => {
                Work::EnoughRows { least, out: self.base(id), node: item.node }
            }
            Kind::Windows { op: WindowOp::Max(_), .. } if self.by_places(id).is_some() => {
                Work::Nothing
            }
            Kind::Loops { inputs, .. } | Kind::Windows { inputs, .. } => {
                let Some(loops) = loops_of(item, rows, self.plan.level) else {
                    unreachable!("an op by loops")
                };
                // What has no rows is the same for all of them.
                let seen = |view: &View| match view.shape.batch_axis() {
                    None => At { per_row: 0, ..self.at(view.item) },
                    Some(_) => self.at(view.item),
                };
                // The values come along with their places.
                let along = match item.kind {
                    Kind::Windows { op: WindowOp::MaxPlace(_), .. } => {
                        (0..self.items().len()).find(|other| self.by_places(*other) == Some(id))
                    }
                    _ => None,
                };
                let along = along.map(|values| self.at(values));
                Work::Loops {
                    loops: Box::new(loops),
                    inputs: inputs.iter().map(seen).chain(along).collect(),
                    out: self.at(id),
                    scratch: self.kernel_scratch(),
                    is_single: item.space == Space::Fixed && count == 1,
                    node: item.node,
                }
            }
            Kind::Input(_)
            | Kind::Read(_)
            | Kind::Constant(_)
            | Kind::RowCount
            | Kind::Map { .. }
            | Kind::Store { .. } => unreachable!("the schedule has it otherwise"),
        }
    }

    /// Columns of a panel of a packed side; 0 where it is not packed.
    fn width_of_pack(&self, inner: usize, columns: usize) -> usize {
        if is_narrow(inner, columns) { 0 } else { panel_width(self.plan.level, columns) }
    }

    /// Puts constants and the number of rows in place.
    pub(super) fn constants(&self) {
        for (id, item) in self.items().iter().enumerate() {
            let Place::Whole(_) = self.plan.places[id] else { continue };
            match &item.kind {
                Kind::Constant(value) => place(value, self.base(id)),
                Kind::RowCount => {
                    place(&Array::scalar(self.plan.rows as f64 as f32), self.base(id));
                }
                _ => {}
            }
        }
    }
}

/// Puts an array in its place, a single number as long as a vector.
pub(super) fn place(array: &Array, to: *mut f32) {
    // SAFETY: The place has room for the value and at least for a vector.
    unsafe {
        put(array, to);
        if array.len() == 1 {
            let number = *to;
            std::slice::from_raw_parts_mut(to, SPLAT).fill(number);
        }
    }
}
