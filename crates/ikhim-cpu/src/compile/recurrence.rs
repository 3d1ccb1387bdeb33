//! Recurrences over steps: their kernel in panels, and the rows of a block that
//! go through all steps together.

use super::item::{Item, Kind, View, elements};
use super::layout::Layout;
use super::lower::Id;
use ikhim_graph::{Dim, Op};

/// The most rows of a block that goes through the steps of a recurrence. Fewer
/// read the recurrent kernel more often than they must, more do not gain.
const MOST_ROWS: usize = 24;

/// Whether an item goes through the steps of a recurrence.
pub(crate) fn is_recurrence(items: &[Item], id: Id) -> bool {
    matches!(items[id].kind, Kind::Loops { op: Op::Recur(_) | Op::RecurGrad(_), .. })
}

/// Rows of a block where a phase has a recurrence: all workers have as many
/// blocks, none of which is small, for each step is a product over its rows.
pub(crate) fn block_rows(rows: usize, workers: usize) -> usize {
    let own = rows.div_ceil(workers).max(1);
    own.div_ceil(own.div_ceil(MOST_ROWS))
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
    /// back.
    pub(super) fn recurrent_kernel(&mut self, op: &Op, inputs: &mut [View], item: &Item) {
        let transposed = match op {
            Op::Recur(_) => false,
            Op::RecurGrad(_) => true,
            _ => return,
        };
        let [Dim::Fixed(units), Dim::Fixed(width)] = *inputs[1].shape else { return };
        let (inner, columns) = if transposed { (width, units) } else { (units, width) };
        inputs[1].item = self.pack(inputs[1].item, transposed, 1, inner, columns, item);
    }
}
