//! Elements in other places: a transpose, a repetition, a part of an axis, zeros
//! around one, and values one after the other, all by loops with strides.

use super::{Axis, Span, joined, strides};
use ikhim_graph::{Dim, Op, Shape, op};
use std::slice::from_raw_parts_mut;

/// Elements in other places. A unit is an entry of the first axis that is longer
/// than 1.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    units: usize,
    /// Elements of a unit.
    unit: usize,
    /// Whether places without an element are 0.
    is_filled: bool,
    parts: Box<[Part]>,
}

/// What comes from one input.
#[derive(Debug, Clone)]
struct Part {
    input: usize,
    /// The first element that is read, and its place.
    from: usize,
    to: usize,
    /// How far it is from one unit to the next in the input.
    unit: usize,
    /// The other axes.
    axes: Box<[Axis]>,
}

/// Elements that are turned together: a line of the cache.
const LINE: usize = 16;

impl Copy {
    pub(super) fn new(op: &Op, inputs: &[&Shape], shape: &Shape, rows: usize) -> Copy {
        let sizes = shape.sizes(rows);
        let to = strides(&sizes);
        // Along this axis the parts are not those of the result.
        let cut = match op {
            Op::Pad(op::Pad { axis, .. }) | Op::Concat(op::Concat { axis }) => Some(*axis),
            _ => None,
        };
        let first = shape.iter().position(|dim| *dim != Dim::Fixed(1));
        let unit_axis = first.filter(|axis| Some(*axis) != cut);
        let after = unit_axis.map_or(0, |axis| axis + 1);
        let mut before = 0;
        let parts = inputs.iter().enumerate().map(|(input, from)| {
            let own = from.sizes(rows);
            let steps = strides(&own);
            let axis = |axis: usize| Axis { count: sizes[axis], from: steps[axis], to: to[axis] };
            let mut starts = (0, 0);
            let axes: Vec<Axis> = match op {
                Op::Transpose(op) => {
                    let order = op.order.iter().enumerate();
                    order
                        .map(|(at, own)| Axis { from: steps[*own], ..axis_of(&sizes, &to, at) })
                        .collect()
                }
                Op::Broadcast(_) => {
                    let missing = sizes.len() - own.len();
                    let step = |at: usize| match at.checked_sub(missing) {
                        Some(own) if from[own] != Dim::Fixed(1) => steps[own],
                        _ => 0,
                    };
                    (0..sizes.len())
                        .map(|at| Axis { from: step(at), ..axis_of(&sizes, &to, at) })
                        .collect()
                }
                Op::Slice(op) => {
                    starts.0 = op.start * steps[op.axis];
                    let step = |at: usize| if at == op.axis { op.step } else { 1 };
                    (0..sizes.len())
                        .map(|at| Axis { from: steps[at] * step(at), ..axis(at) })
                        .collect()
                }
                Op::Pad(op) => {
                    starts.1 = op.low * to[op.axis];
                    let step = |at: usize| if at == op.axis { op.interior + 1 } else { 1 };
                    (0..sizes.len())
                        .map(|at| Axis { count: own[at], from: steps[at], to: to[at] * step(at) })
                        .collect()
                }
                Op::Concat(op) => {
                    starts.1 = before * to[op.axis];
                    before += own[op.axis];
                    (0..sizes.len()).map(|at| Axis { count: own[at], ..axis(at) }).collect()
                }
                _ => unreachable!("it moves no elements"),
            };
            Part {
                input,
                from: starts.0,
                to: starts.1,
                unit: unit_axis.map_or(0, |axis| axes[axis].from),
                axes: joined(axes[after..].iter().copied()),
            }
        });
        let parts = parts.collect();
        Copy {
            units: unit_axis.map_or(1, |axis| sizes[axis]),
            unit: sizes[after..].iter().product(),
            is_filled: matches!(op, Op::Pad(_)),
            parts,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.units
    }

    pub(super) fn unit(&self) -> usize {
        self.unit
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let count = span.units.len();
        let first = span.out.wrapping_add(span.units.start * self.unit).cast::<u32>();
        // SAFETY: As the caller promises; every type has 32 bits.
        unsafe {
            if self.is_filled {
                from_raw_parts_mut(first, count * self.unit).fill(0);
            }
            for part in &self.parts {
                let from = span.input(part.input).cast::<u32>();
                let units = Axis { count, from: part.unit, to: self.unit };
                let from = from.add(part.from + span.units.start * part.unit);
                nest(units, &part.axes, from, first.add(part.to));
            }
        }
    }
}

/// An axis of the result as it stands.
fn axis_of(sizes: &[usize], to: &[usize], axis: usize) -> Axis {
    Axis { count: sizes[axis], from: 0, to: to[axis] }
}

/// A loop with those inside of it.
unsafe fn nest(axis: Axis, inside: &[Axis], from: *const u32, to: *mut u32) {
    // SAFETY: As the caller promises.
    unsafe {
        match inside {
            [] => line(axis, from, to),
            [inner] if axis.from == 1 && inner.from != 1 && inner.to == 1 => {
                turn(axis, *inner, from, to);
            }
            [next, inside @ ..] => {
                for at in 0..axis.count {
                    nest(*next, inside, from.add(at * axis.from), to.add(at * axis.to));
                }
            }
        }
    }
}

/// One loop alone.
unsafe fn line(axis: Axis, from: *const u32, to: *mut u32) {
    // SAFETY: As the caller promises.
    unsafe {
        match (axis.from, axis.to) {
            (1, 1) if axis.count >= LINE => std::ptr::copy_nonoverlapping(from, to, axis.count),
            (0, 1) if axis.count > 0 => from_raw_parts_mut(to, axis.count).fill(*from),
            _ => {
                for at in 0..axis.count {
                    *to.add(at * axis.to) = *from.add(at * axis.from);
                }
            }
        }
    }
}

/// Two loops of which one follows the source and the other the result: by lines,
/// so that each line of the source is read once.
unsafe fn turn(outer: Axis, inner: Axis, from: *const u32, to: *mut u32) {
    for first in (0..outer.count).step_by(LINE) {
        let end = (first + LINE).min(outer.count);
        for at in 0..inner.count {
            for place in first..end {
                // SAFETY: As the caller promises.
                unsafe {
                    *to.add(place * outer.to + at) = *from.add(at * inner.from + place);
                }
            }
        }
    }
}
