//! Phases over very many rows of a few numbers as one pass: see
//! [`RowTape`](crate::kernel::RowTape).

use super::layout::NARROW;
use super::lower::{Id, Item, Kind, Lowered, Reading, Space, elements};
use super::schedule::{Phase, Storage};
use crate::kernel::{Arithmetic, Fold, MOST_COLUMNS, MOST_SUMS, MapOp, Residual, RowTapeOp};
use std::collections::HashMap;

/// A phase as a tape, without addresses.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    /// What is read row by row: item, numbers of a row, first slot.
    pub(crate) sources: Vec<(Id, usize, usize)>,
    pub(crate) ops: Vec<Op>,
    /// All of the ops at once, where they are a residual and its sums.
    pub(crate) residual: Option<Residual<Id>>,
    /// The items that are sums, in the order of their places.
    pub(crate) sums: Vec<(Id, usize)>,
    pub(crate) slots: usize,
}

/// An op whose numbers are items.
pub(crate) type Op = RowTapeOp<Id, Map>;

/// An elementwise op that the kernel of chains does.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub(crate) op: MapOp,
    pub(crate) operands: Vec<Operand>,
    /// The slot of its result.
    pub(crate) out: usize,
}

/// From where an op reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand {
    Slot(usize),
    Number(Id),
}

/// The tape of a phase, where all of it can be one: products with one column,
/// elementwise ops on one number of each row, and sums over the rows. Whatever
/// else is wanted of single rows needs the instructions.
pub(crate) fn tape(lowered: &Lowered, phase: &Phase, storage: &[Storage]) -> Option<Tape> {
    let own: Vec<Id> = phase.instructions.iter().flat_map(|one| one.items()).collect();
    let mut making = Making {
        items: &lowered.items,
        own: &own,
        slots: HashMap::new(),
        held: None,
        tape: Tape {
            sources: Vec::new(),
            ops: Vec::new(),
            residual: None,
            sums: Vec::new(),
            slots: 0,
        },
    };
    for &id in &own {
        if sum_of(&making.items[id]).is_none() && storage[id] == Storage::Whole {
            return None;
        }
    }
    for &id in &own {
        making.item(id)?;
    }
    let Making { mut tape, .. } = making;
    drop_unread(&mut tape.ops);
    drop_held(&mut tape.ops);
    drop_unread(&mut tape.ops);
    tape.residual = residual(&tape.ops);
    let sums: usize = tape.sums.iter().map(|(_, count)| count).sum();
    (sums > 0 && sums <= MOST_SUMS).then_some(tape)
}

/// What a sum over rows adds up: one number of each row, by itself or times each
/// number of a source.
fn sum_of(item: &Item) -> Option<(Id, Option<Id>)> {
    match item.kind {
        Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, per_row: 1, columns: 1 } => {
            Some((input, None))
        }
        Kind::RowsProductOfBlocks { left, right, per_row: 1, columns: 1, .. } => {
            Some((right, Some(left)))
        }
        _ => None,
    }
}

struct Making<'a> {
    items: &'a [Item],
    own: &'a [Id],
    /// The first slot of each value that has one.
    slots: HashMap<Id, usize>,
    /// The value that the vectors hold.
    held: Option<Id>,
    tape: Tape,
}

impl Making<'_> {
    fn take(&mut self, id: Id, slots: usize) -> usize {
        let slot = self.tape.slots;
        self.tape.slots += slots;
        self.slots.insert(id, slot);
        slot
    }

    /// The first slot of a value with so many numbers in a row.
    fn slot(&mut self, id: Id, columns: usize) -> Option<usize> {
        let item = &self.items[id];
        if item.space != Space::Rows || elements(&item.shape) != columns {
            return None;
        }
        if let Some(slot) = self.slots.get(&id) {
            return Some(*slot);
        }
        if self.own.contains(&id) || columns == 0 || columns > NARROW.0 {
            return None;
        }
        let slot = self.take(id, columns);
        self.tape.sources.push((id, columns, slot));
        Some(slot)
    }

    /// The vectors become a value's.
    fn hold(&mut self, id: Id) -> Option<()> {
        if self.held != Some(id) {
            let slot = self.slot(id, 1)?;
            self.tape.ops.push(RowTapeOp::Load(slot));
            self.held = Some(id);
        }
        Some(())
    }

    fn item(&mut self, id: Id) -> Option<()> {
        let item = &self.items[id];
        if let Some((right, _)) = sum_of(item) {
            // Values of the phase are added up as soon as they are there.
            if !self.own.contains(&right) {
                self.hold(right)?;
                self.sums(right)?;
            }
            return Some(());
        }
        if elements(&item.shape) != 1 {
            return None;
        }
        match &item.kind {
            Kind::Product { left, right, rows: 1, inner, columns: 1, .. } => {
                let slots = self.slot(*left, *inner)?;
                self.tape.ops.push(RowTapeOp::Product { slots, columns: *inner, right: *right });
            }
            Kind::Map { op, operands, width: 0 | 1 } => {
                let mut found = Vec::new();
                for (operand, reading) in operands {
                    found.push(match reading {
                        Reading::Single => Operand::Number(*operand),
                        Reading::Each | Reading::OfRow => Operand::Slot(self.slot(*operand, 1)?),
                        Reading::OfColumn => return None,
                    });
                }
                if !self.arithmetic(*op, operands, &found)? {
                    let out = self.take(id, 1);
                    self.tape.ops.push(RowTapeOp::Map(Map { op: *op, operands: found, out }));
                    self.tape.ops.push(RowTapeOp::Load(out));
                    self.held = Some(id);
                    return self.sums(id);
                }
            }
            _ => return None,
        }
        self.held = Some(id);
        let slot = self.take(id, 1);
        self.tape.ops.push(RowTapeOp::Store(slot));
        self.sums(id)
    }

    /// An op on the vectors, where it is one that they can do.
    fn arithmetic(
        &mut self,
        op: MapOp,
        operands: &[(Id, Reading)],
        found: &[Operand],
    ) -> Option<bool> {
        let (how, reversed) = match op {
            MapOp::Add => (Arithmetic::Add, Arithmetic::Add),
            MapOp::Subtract => (Arithmetic::Subtract, Arithmetic::SubtractFrom),
            MapOp::Multiply => (Arithmetic::Multiply, Arithmetic::Multiply),
            _ => return Some(false),
        };
        let [(left, _), (right, _)] = *operands else { return Some(false) };
        let op = match *found {
            [Operand::Slot(_), Operand::Slot(_)] if left == right && op == MapOp::Multiply => {
                self.hold(left)?;
                RowTapeOp::Square
            }
            [Operand::Slot(slot), Operand::Slot(_)] if self.held == Some(right) => {
                RowTapeOp::Slot(reversed, slot)
            }
            [Operand::Slot(_), Operand::Slot(slot)] => {
                self.hold(left)?;
                RowTapeOp::Slot(how, slot)
            }
            [Operand::Slot(_), Operand::Number(number)] => {
                self.hold(left)?;
                RowTapeOp::Number(how, number)
            }
            [Operand::Number(number), Operand::Slot(_)] => {
                self.hold(right)?;
                RowTapeOp::Number(reversed, number)
            }
            _ => return Some(false),
        };
        self.tape.ops.push(op);
        Some(true)
    }

    /// All sums of the value that the vectors hold.
    fn sums(&mut self, id: Id) -> Option<()> {
        for &sum in self.own {
            let known = self.tape.sums.iter().any(|(known, _)| *known == sum);
            let Some((right, left)) = sum_of(&self.items[sum]) else { continue };
            let place = self.tape.sums.iter().map(|(_, count)| count).sum();
            if known {
                continue;
            }
            if right == id {
                let columns = elements(&self.items[sum].shape);
                let op = match left {
                    None => RowTapeOp::Sum(place),
                    Some(left) => {
                        let slots = self.slot(left, columns)?;
                        RowTapeOp::SumProducts { slots, columns, sums: place }
                    }
                };
                self.tape.ops.push(op);
                self.tape.sums.push((sum, columns));
            } else if left.is_none() && self.is_square(self.summed(right), id) {
                self.tape.ops.push(RowTapeOp::SumSquares(place));
                self.tape.sums.push((sum, 1));
            }
        }
        Some(())
    }

    /// What a sum may add up in the place of a value: 0 + x is x for a sum, which
    /// begins at 0 and so is never -0.
    fn summed(&self, id: Id) -> Id {
        match &self.items[id].kind {
            Kind::Map { op: MapOp::Add, operands, .. } => match operands[..] {
                [(zero, Reading::Single), (value, Reading::Each)] if self.is_zero(zero) => value,
                _ => id,
            },
            _ => id,
        }
    }

    fn is_zero(&self, id: Id) -> bool {
        match &self.items[id].kind {
            Kind::Constant(value) => value.len() == 1 && value.to_f32()[0].to_bits() == 0,
            _ => false,
        }
    }

    fn is_square(&self, id: Id, of: Id) -> bool {
        match &self.items[id].kind {
            Kind::Map { op: MapOp::Multiply, operands, .. } => {
                self.own.contains(&id)
                    && operands.iter().all(|(id, reading)| {
                        *id == of && matches!(reading, Reading::Each | Reading::OfRow)
                    })
            }
            _ => false,
        }
    }
}

/// The residual of a linear model that the ops are, if they are.
fn residual(ops: &[Op]) -> Option<Residual<Id>> {
    let [RowTapeOp::Product { slots, columns, right }, rest @ ..] = ops else { return None };
    let (offset, rest) = match rest {
        [RowTapeOp::Number(Arithmetic::Add, number), rest @ ..] => (Some(*number), rest),
        _ => (None, rest),
    };
    let [RowTapeOp::Slot(Arithmetic::Subtract, target), rest @ ..] = rest else { return None };
    let mut found = Residual {
        slots: *slots,
        columns: *columns,
        weights: *right,
        offset,
        target: *target,
        factors: [None; 2],
        squares: None,
        sum: None,
        products: 0,
    };
    let (mut factors, mut products) = (0, None);
    for op in rest {
        match op {
            RowTapeOp::SumSquares(sum) if factors == 0 && found.squares.is_none() => {
                found.squares = Some(*sum);
            }
            // What is summed up already must not be multiplied again.
            RowTapeOp::Number(Arithmetic::Multiply, number)
                if factors < 2 && found.sum.is_none() && products.is_none() =>
            {
                found.factors[factors] = Some(*number);
                factors += 1;
            }
            RowTapeOp::Sum(sum) if found.sum.is_none() => found.sum = Some(*sum),
            RowTapeOp::SumProducts { slots, columns, sums }
                if (*slots, *columns) == (found.slots, found.columns) && products.is_none() =>
            {
                products = Some(*sums);
            }
            _ => return None,
        }
    }
    found.products = products?;
    (found.columns <= MOST_COLUMNS).then_some(found)
}

/// Leaves out what nobody reads: stores, and ops whose vectors are replaced.
fn drop_unread(ops: &mut Vec<Op>) {
    let mut at = ops.len();
    let mut read: Vec<usize> = Vec::new();
    let mut is_wanted = false;
    while at > 0 {
        at -= 1;
        let keep = match &ops[at] {
            RowTapeOp::Sum(_) | RowTapeOp::SumSquares(_) => {
                is_wanted = true;
                true
            }
            RowTapeOp::SumProducts { slots, .. } => {
                read.push(*slots);
                is_wanted = true;
                true
            }
            RowTapeOp::Store(slot) => {
                let keep = read.contains(slot);
                is_wanted |= keep;
                keep
            }
            RowTapeOp::Load(slot) => {
                let keep = std::mem::take(&mut is_wanted);
                if keep {
                    read.push(*slot);
                }
                keep
            }
            RowTapeOp::Product { .. } => std::mem::take(&mut is_wanted),
            RowTapeOp::Slot(_, slot) => {
                if is_wanted {
                    read.push(*slot);
                }
                is_wanted
            }
            RowTapeOp::Number(..) | RowTapeOp::Square => is_wanted,
            RowTapeOp::Map(map) => {
                let keep = read.contains(&map.out);
                if keep {
                    read.extend(map.operands.iter().filter_map(|operand| match operand {
                        Operand::Slot(slot) => Some(*slot),
                        Operand::Number(_) => None,
                    }));
                }
                // The call leaves nothing in the vectors.
                is_wanted = false;
                keep
            }
        };
        if !keep {
            ops.remove(at);
        }
    }
}

/// Leaves out loads of what the vectors hold.
fn drop_held(ops: &mut Vec<Op>) {
    let mut held = None;
    ops.retain(|op| {
        let before = held;
        match op {
            RowTapeOp::Load(slot) | RowTapeOp::Store(slot) => held = Some(*slot),
            RowTapeOp::Sum(_) | RowTapeOp::SumSquares(_) | RowTapeOp::SumProducts { .. } => {}
            _ => held = None,
        }
        !matches!(op, RowTapeOp::Load(slot) if before == Some(*slot))
    });
}
