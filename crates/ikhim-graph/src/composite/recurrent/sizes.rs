//! What the inputs of a recurrence must have in common.

use super::Recurrence;
use crate::{DType, Dim, Shape, Tensor};
use ikhim_text::Fault;

/// The number of units and of steps of a recurrence of so many gates, or the
/// fault of inputs that do not fit together.
#[track_caller]
pub(super) fn checked(
    name: &str,
    gates: usize,
    projected: Tensor<'_>,
    kernel: Tensor<'_>,
    states: &[Tensor<'_>],
    recurrence: &Recurrence<'_>,
) -> Option<(usize, usize)> {
    let graph = projected.graph();
    let given = [projected, kernel].into_iter().chain(states.iter().copied());
    if given.chain(recurrence.inputs()).any(|tensor| tensor.node().is_none()) {
        return None;
    }
    let shape = projected.shape();
    let kernel_shape = kernel.shape();
    let units = match *kernel_shape {
        [Dim::Fixed(units), Dim::Fixed(width)] if width == gates * units && units > 0 => units,
        _ => {
            let expected = match gates {
                1 => "[units, units]".to_string(),
                gates => format!("[units, {gates}·units]"),
            };
            let fault = Fault::of("shape.rank").with("expected", expected);
            graph.fail(fault.with("found", kernel_shape));
            return None;
        }
    };
    let steps = match *shape {
        [_, Dim::Fixed(steps), width] if steps > 0 && width == Dim::Fixed(gates * units) => steps,
        _ => {
            let expected = format!("[N, steps, {}]", gates * units);
            graph.fail(Fault::of("shape.rank").with("expected", expected).with("found", shape));
            return None;
        }
    };
    let state = Shape::from(vec![shape[0], Dim::Fixed(units)]);
    let mask = Shape::from(vec![shape[0], Dim::Fixed(steps)]);
    let unequal = |found: Tensor<'_>, expected: &Shape| {
        let fault = Fault::of("shape.unequal").with("op", name).with("expected", expected);
        graph.fail(fault.with("found", found.shape()));
    };
    for found in states.iter().copied().chain(recurrence.keep) {
        if found.shape() != state {
            unequal(found, &state);
            return None;
        }
    }
    match recurrence.mask {
        Some(found) if found.shape() != mask => {
            unequal(found, &mask);
            None
        }
        Some(found) if found.dtype() != DType::Bool => {
            let fault = Fault::of("shape.dtype").with("op", name).with("expected", DType::Bool);
            graph.fail(fault.with("found", found.dtype()));
            None
        }
        _ => Some((units, steps)),
    }
}
