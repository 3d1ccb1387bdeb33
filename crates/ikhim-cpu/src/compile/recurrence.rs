//! Recurrences over steps: their kernel in panels, and the rows of a block that
//! go through all steps together.

use super::item::{Item, Kind, Reading, Space, View, elements};
use super::layout::Layout;
use super::lower::Id;
use crate::kernel::MapOp;
use ikhim_graph::{Dim, Op};

/// The most rows of a block that goes through the steps of a recurrence: enough
/// to keep the multipliers busy. With more, what the way back needs of all steps
/// lies farther away.
const MOST_ROWS: usize = 8;

/// Whether an item goes through the steps of a recurrence.
pub(crate) fn is_recurrence(items: &[Item], id: Id) -> bool {
    matches!(items[id].kind, Kind::Loops { op: Op::Recur(_) | Op::RecurGrad(_), .. })
}

/// The most rows where the recurrent kernel does not fit the second cache beside all
/// else: every block reads all of it in every step, so there are few blocks.
const MOST_ROWS_FROM_AFAR: usize = 32;

/// Words of a recurrent kernel that do not fit.
const KERNEL_WORDS: usize = 192 << 10;

/// Rows of a block where a phase has recurrences, the largest recurrent kernel of
/// which has so many words: all workers have as many blocks, none of which is small,
/// for each step is a product over its rows.
pub(crate) fn block_rows(rows: usize, workers: usize, kernel: usize) -> usize {
    let most = if kernel > KERNEL_WORDS { MOST_ROWS_FROM_AFAR } else { MOST_ROWS };
    let own = rows.div_ceil(workers).max(1);
    own.div_ceil(own.div_ceil(most))
}

/// Words of the recurrent kernel of an item; 0 where it is no recurrence.
pub(crate) fn kernel_words(items: &[Item], id: Id) -> usize {
    match &items[id].kind {
        Kind::Loops { op: Op::Recur(_) | Op::RecurGrad(_), inputs, .. } => {
            elements(&inputs[1].shape)
        }
        _ => 0,
    }
}

/// The arithmetic of a recurrence, in operations for each row or in all.
pub(crate) fn operations(op: &Op, inputs: &[View], item: &Item) -> usize {
    let parts: usize = match op {
        Op::Recur(recur) => recur.cell.parts().iter().sum(),
        Op::RecurGrad(grad) => grad.recur.cell.slope_parts().iter().sum(),
        _ => return 0,
    };
    let [Dim::Fixed(units), Dim::Fixed(width)] = *inputs[1].shape else { return 0 };
    // A function of a gate is about as much as 20 additions.
    elements(&item.shape) / (parts * units).max(1) * width * (2 * units + 20)
}

impl Layout {
    /// The recurrent kernel in panels: as it is on the way forth, turned on the way
    /// back. A bias that stands between a product and the recurrence alone is read
    /// by the recurrence, behind the inputs that the op has: the sums need not pass
    /// through memory once more.
    pub(super) fn recurrent_inputs(
        &mut self,
        op: &Op,
        old: &[Id],
        inputs: &mut Vec<View>,
        item: &Item,
    ) {
        let transposed = match op {
            Op::Recur(_) => false,
            Op::RecurGrad(_) => true,
            _ => return,
        };
        let [Dim::Fixed(units), Dim::Fixed(width)] = *inputs[1].shape else { return };
        let (inner, columns) = if transposed { (width, units) } else { (units, width) };
        inputs[1].item = self.pack(inputs[1].item, transposed, 1, inner, columns, item);
        if transposed || self.users[old[0]] != 1 {
            return;
        }
        let Kind::Map { op: MapOp::Add, operands, width: own } = &self.items[inputs[0].item].kind
        else {
            return;
        };
        if let [(sums, Reading::Each), (bias, Reading::OfColumn)] = operands[..]
            && *own == width
            && self.items[sums].space == Space::Rows
        {
            inputs[0].item = sums;
            inputs.push(View { item: bias, shape: [width].map(Dim::Fixed).into_iter().collect() });
        }
    }
}
