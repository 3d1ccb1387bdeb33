//! Tapes with their addresses.

use super::bind::Binder;
use super::work::Work;
use crate::compile::lower::Id;
use crate::compile::row_tape::{Map, Operand, Tape};
use crate::kernel::{
    Address, Chain, Origin, Residual, RowTape, RowTapeOp, RowTapeOps, SLOT, Source, Step, SumsOf,
};

impl Binder<'_> {
    /// The instruction of a phase that goes by a tape.
    pub(super) fn row_tape(&self, tape: &Tape) -> Work {
        let source = |&(id, columns, slot)| Source { from: self.base(id), columns, slot };
        let result = |&(id, count)| SumsOf { count, to: self.base(id) };
        let op = |op: &RowTapeOp<usize, Map>| match *op {
            RowTapeOp::Load(slot) => RowTapeOp::Load(slot),
            RowTapeOp::Store(slot) => RowTapeOp::Store(slot),
            RowTapeOp::Slot(how, slot) => RowTapeOp::Slot(how, slot),
            RowTapeOp::Number(how, id) => RowTapeOp::Number(how, self.base(id).cast_const()),
            RowTapeOp::Square => RowTapeOp::Square,
            RowTapeOp::Product { slots, columns, right } => {
                RowTapeOp::Product { slots, columns, right: self.base(right).cast_const() }
            }
            RowTapeOp::Map(ref map) => RowTapeOp::Map(self.map_of_slots(map)),
            RowTapeOp::Sum(sum) => RowTapeOp::Sum(sum),
            RowTapeOp::SumSquares(sum) => RowTapeOp::SumSquares(sum),
            RowTapeOp::SumProducts { slots, columns, sums } => {
                RowTapeOp::SumProducts { slots, columns, sums }
            }
        };
        Work::RowTape {
            tape: RowTape {
                sources: tape.sources.iter().map(source).collect(),
                ops: match &tape.residual {
                    Some(residual) => RowTapeOps::Residual(self.residual(residual)),
                    None => RowTapeOps::Each(tape.ops.iter().map(op).collect()),
                },
                results: tape.sums.iter().map(result).collect(),
                sums: tape.sums.iter().map(|(_, count)| count).sum(),
                slots: self.kernel_scratch(),
            },
            block_rows: self.plan.block_rows.first().copied().unwrap_or(1),
        }
    }

    fn residual(&self, residual: &Residual<Id>) -> Residual {
        let number = |id: Id| self.base(id).cast_const();
        Residual {
            slots: residual.slots,
            columns: residual.columns,
            weights: number(residual.weights),
            offset: residual.offset.map(number),
            target: residual.target,
            factors: residual.factors.map(|factor| factor.map(number)),
            squares: residual.squares,
            sum: residual.sum,
            products: residual.products,
        }
    }

    /// A chain of one op from slots to a slot.
    fn map_of_slots(&self, map: &Map) -> Chain {
        let slot = |slot: usize| Address {
            base: self.kernel_scratch().wrapping_add(slot * SLOT),
            origin: Origin::Fixed,
            splat: false,
        };
        let mut inputs = [Address::NONE; 3];
        for (input, operand) in inputs.iter_mut().zip(&map.operands) {
            *input = match *operand {
                Operand::Slot(at) => slot(at),
                Operand::Number(id) => {
                    Address { base: self.base(id), origin: Origin::Fixed, splat: true }
                }
            };
        }
        let step = Step { op: map.op, out: slot(map.out), inputs };
        Chain { steps: Box::new([step]), width: 0, chunk: SLOT, adam: None }
    }
}
