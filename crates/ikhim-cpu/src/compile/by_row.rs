//! Which ops work on each row of the batch alone.

use super::lower::{Space, View, space};
use ikhim_graph::{Op, Shape, op};

/// Whether each row of the result depends on the same row of the inputs only,
/// so that some of the rows can be computed alone.
pub(super) fn is_by_row(op: &Op, inputs: &[View], shape: &Shape) -> bool {
    if space(shape) != Space::Rows || inputs.is_empty() {
        return false;
    }
    let batch = shape.batch_axis();
    let rows_alike = inputs.iter().all(|view| match space(&view.shape) {
        Space::Fixed => true,
        Space::Rows => {
            let axis = view.shape.batch_axis();
            axis.map(|axis| view.shape[axis]) == batch.map(|axis| shape[axis])
        }
        Space::Whole => false,
    });
    if !rows_alike {
        return false;
    }
    let own = |view: &View| view.shape.batch_axis();
    match op {
        Op::Broadcast(_) => true,
        Op::Matmul(_) => {
            // The batch axis is an outer one or that of the left rows.
            own(&inputs[0]) == batch
                && own(&inputs[1]).is_none_or(|axis| Some(axis) == batch && axis + 2 < shape.rank())
        }
        Op::Transpose(transpose) => {
            let axis = own(&inputs[0]);
            transpose.order.iter().position(|from| Some(*from) == axis) == batch
        }
        Op::Slice(op::Slice { axis, .. })
        | Op::Pad(op::Pad { axis, .. })
        | Op::Concat(op::Concat { axis })
        | Op::Cumsum(op::Cumsum { axis, .. })
        | Op::Argmax(op::Argmax { axis })
        | Op::Argmin(op::Argmin { axis }) => {
            inputs.iter().all(|view| own(view).is_some_and(|batch| *axis > batch))
        }
        Op::Sum(op::Sum { axes })
        | Op::Prod(op::Prod { axes })
        | Op::Max(op::Max { axes })
        | Op::Min(op::Min { axes }) => {
            own(&inputs[0]).is_some_and(|batch| axes.iter().all(|axis| *axis > batch))
        }
        Op::Gather(op::Gather { axis }) => match (own(&inputs[0]), own(&inputs[1])) {
            (None, Some(_)) => true,
            (Some(batch), None) => *axis > batch,
            _ => false,
        },
        Op::Conv2d(_)
        | Op::Conv2dInputGrad(_)
        | Op::MaxPoolIndex(_)
        | Op::TakePooled(_)
        | Op::MaxUnpool(_) => own(&inputs[0]) == batch,
        Op::Recur(_) | Op::RecurGrad(_) => own(&inputs[0]) == batch && own(&inputs[1]).is_none(),
        Op::ScatterAdd(op::ScatterAdd { axis, .. }) => {
            own(&inputs[1]).is_none() && own(&inputs[0]).is_some_and(|batch| *axis > batch)
        }
        _ => false,
    }
}
