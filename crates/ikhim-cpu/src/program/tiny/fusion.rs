//! Ops that are one entry together, where nobody else wants what lies between.

use super::compile::{Compiler, When};
use crate::compile::lower::{Id, Kind, Reading};
use crate::kernel::MapOp;
use ikhim_graph::DType;

impl Compiler<'_> {
    /// The operands of an elementwise op without rows, where it is the expected
    /// one.
    pub(super) fn operands(&self, id: Id, expected: MapOp) -> Option<&[(Id, Reading)]> {
        match &self.schedule.lowered.items[id].kind {
            Kind::Map { op, operands, width: 0 } if *op == expected => Some(operands),
            _ => None,
        }
    }

    /// Marks what a sigmoid, or a step down a gradient, computes on its way.
    pub(super) fn absorb(&mut self, id: Id) {
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
    pub(super) fn sigmoid(&self, id: Id) -> Option<((Id, Reading), [Id; 3])> {
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
    pub(super) fn descent(&self, id: Id) -> Option<([Id; 3], [Id; 2])> {
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

    pub(super) fn is_one(&self, id: Id) -> bool {
        match &self.schedule.lowered.items[id].kind {
            Kind::Constant(value) => {
                value.dtype() == DType::F32 && value.len() == 1 && value.to_f32()[0] == 1.0
            }
            _ => false,
        }
    }

    /// Whether an item is a variable that the step changes.
    pub(super) fn is_stored(&self, id: Id) -> bool {
        matches!(self.schedule.lowered.items[id].kind, Kind::Read(_))
            && self.when[id] != When::Setup
    }
}
