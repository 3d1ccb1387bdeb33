//! Loops over any axes, for the ops that have no kernel of their own: they move
//! elements, or visit them in the order that the op fixes.
//!
//! Every op is cut into units, parts of its result that do not depend on each
//! other and follow one another in memory. A block of rows and a tile are ranges
//! of units.

mod centered;
mod convolution;
mod copy;
mod cumsum;
mod entries;
mod extremum;
mod fold;
mod frame;
mod leaves;
mod pooling;
mod product;
mod recurrence;
mod weight_grad;
mod winograd;
mod winograd_slopes;

use super::tile::TILE;
use super::work::{At, Context};
use crate::Level;
use crate::compile::window::WindowOp;
use crate::kernel::{self, Kernels, RandomRows};
use centered::CenteredSum;
use convolution::Convolution;
use copy::Copy;
use cumsum::Cumsum;
use entries::{Gather, ScatterAdd};
use extremum::Extremum;
use fold::Fold;
use frame::Frame;
use ikhim_graph::{Op, Shape, op};
use ikhim_numeric::Stream;
use ikhim_text::Result;
use pooling::{Places, Pooling, What};
use product::Product;
use recurrence::Recurrence;
use std::ops::Range;
use weight_grad::WeightGrad;
use winograd::{SpreadKernel, Winograd};
use winograd_slopes::WinogradSlopes;

/// An op as loops, for a number of rows.
#[derive(Debug, Clone)]
pub(crate) enum Loops {
    /// Elements in other places.
    Copy(Copy),
    /// A reduction without the batch axis, over any axes.
    Fold(Fold),
    /// The places of the largest or smallest elements.
    Extremum(Extremum),
    /// Running sums.
    Cumsum(Cumsum),
    /// Entries of an axis.
    Gather(Gather),
    /// Values added into the entries of an axis.
    ScatterAdd(ScatterAdd),
    /// Products of matrices, one after the other.
    Product(Product),
    /// Images with zeros around them.
    Frame(Frame),
    /// Convolutions, and those turned around.
    Convolution(Convolution),
    /// The same by the method of Winograd.
    Winograd(Winograd),
    /// The weights for it.
    SpreadKernel(SpreadKernel),
    /// The slope of a convolution's weights.
    WeightGrad(WeightGrad),
    /// The same by the method of Winograd.
    WinogradSlopes(WinogradSlopes),
    /// Max pooling and its way back.
    Pooling(Pooling),
    /// Cells of images at any places.
    Places(Places),
    /// Sums of rows around centers.
    CenteredSum(CenteredSum),
    /// Recurrences over steps and their slopes.
    Recurrence(Recurrence),
    /// Random numbers that do not follow the rows.
    Random {
        /// Normal instead of uniform.
        normal: bool,
        /// The stream that they come from.
        stream: u64,
        /// How many.
        count: usize,
    },
}

/// The units to compute, and where.
pub(crate) struct Span<'a> {
    pub(crate) inputs: &'a [At],
    /// The row of the batch that the first unit begins at.
    pub(crate) row: usize,
    /// Where unit 0 of the result is.
    pub(crate) out: *mut f32,
    pub(crate) units: Range<usize>,
    pub(crate) kernels: &'static Kernels,
    /// Room for [`Loops::scratch`] numbers.
    pub(crate) scratch: *mut f32,
    pub(crate) context: Context,
}

impl Span<'_> {
    /// Where unit 0 finds an input.
    fn input(&self, input: usize) -> *const f32 {
        self.inputs[input].row(self.row, self.row)
    }
}

/// An axis that a loop goes along: how often, and how far in the source and in
/// the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    count: usize,
    from: usize,
    to: usize,
}

impl Loops {
    /// The loops of an op over so many rows. Those that take each row alone are
    /// made for one row; further rows are further units.
    pub(crate) fn new(
        op: &Op,
        inputs: &[&Shape],
        shape: &Shape,
        rows: usize,
        level: Level,
    ) -> Option<Loops> {
        let sizes = |input: usize| inputs[input].sizes(rows);
        let fold = |fold, axes: &[usize]| Loops::Fold(Fold::new(fold, inputs[0], axes, rows));
        let count = || shape.sizes(rows).iter().product();
        Some(match op {
            Op::Transpose(_) | Op::Broadcast(_) | Op::Slice(_) | Op::Pad(_) | Op::Concat(_) => {
                Loops::Copy(Copy::new(op, inputs, shape, rows))
            }
            Op::Sum(op) => fold(kernel::Fold::Sum, &op.axes),
            Op::Prod(op) => fold(kernel::Fold::Product, &op.axes),
            Op::Max(op) => fold(kernel::Fold::Max, &op.axes),
            Op::Min(op) => fold(kernel::Fold::Min, &op.axes),
            Op::Argmax(op::Argmax { axis }) => {
                Loops::Extremum(Extremum::new("argmax", &sizes(0), *axis))
            }
            Op::Argmin(op::Argmin { axis }) => {
                Loops::Extremum(Extremum::new("argmin", &sizes(0), *axis))
            }
            Op::Cumsum(op) => Loops::Cumsum(Cumsum::new(&sizes(0), op.axis, op.reverse)),
            Op::Gather(op) => Loops::Gather(Gather::new(&sizes(0), &sizes(1), op.axis)),
            Op::ScatterAdd(op) => {
                Loops::ScatterAdd(ScatterAdd::new(&shape.sizes(rows), &sizes(1), op.axis))
            }
            Op::Matmul(_) => Loops::Product(Product::new(inputs[0], inputs[1], rows, level)),
            Op::Recur(op) => {
                Loops::Recurrence(Recurrence::new(op, None, inputs, shape, rows, level))
            }
            Op::RecurGrad(grad) => Loops::Recurrence(Recurrence::new(
                &grad.recur,
                Some(*grad),
                inputs,
                shape,
                rows,
                level,
            )),
            Op::RandomUniform(op) => {
                Loops::Random { normal: false, stream: op.stream, count: count() }
            }
            Op::RandomNormal(op) => {
                Loops::Random { normal: true, stream: op.stream, count: count() }
            }
            _ => return None,
        })
    }

    /// The same of an op over windows; workers may share an image where `is_shared`.
    pub(crate) fn of_windows(
        op: &WindowOp,
        inputs: &[&Shape],
        shape: &Shape,
        rows: usize,
        level: Level,
        is_shared: bool,
    ) -> Option<Loops> {
        let (from, to) = (inputs[0].sizes(rows), shape.sizes(rows));
        Some(match op {
            WindowOp::Frame(border) => Loops::Frame(Frame::new(border, &from)),
            WindowOp::Conv { .. } | WindowOp::InputGrad { .. } => {
                let new = Convolution::new(op, inputs, shape, rows, level)?;
                Loops::Convolution(if is_shared { new.shared() } else { new })
            }
            WindowOp::Winograd { .. } => {
                Loops::Winograd(Winograd::new(inputs[0], shape, rows, level, is_shared))
            }
            WindowOp::SpreadKernel { turned } => {
                Loops::SpreadKernel(SpreadKernel::new(&from, *turned, level))
            }
            WindowOp::WeightGrad { window, kernel, pooled } => {
                Loops::WeightGrad(WeightGrad::new(window, *kernel, pooled, inputs, rows, level))
            }
            WindowOp::WinogradSlopes { pooled, .. } => {
                Loops::WinogradSlopes(WinogradSlopes::new(pooled, inputs, rows, level))
            }
            WindowOp::Max(pool) => Loops::Pooling(Pooling::new(pool, What::Values, &from, &to)),
            WindowOp::MaxPlace(pool) => {
                Loops::Pooling(Pooling::new(pool, What::Places, &from, &to))
            }
            WindowOp::Unpool(pool) => Loops::Pooling(Pooling::new(pool, What::Image, &to, &from)),
            WindowOp::Take => Loops::Places(Places::new(&from, &to, false)),
            WindowOp::Add => Loops::Places(Places::new(&to, &from, true)),
            WindowOp::CenteredSum => Loops::CenteredSum(CenteredSum::new(inputs, rows)),
        })
    }

    /// How many units there are.
    pub(crate) fn units(&self) -> usize {
        match self {
            Loops::Copy(copy) => copy.units(),
            Loops::Fold(fold) => fold.units(),
            Loops::Extremum(extremum) => extremum.units(),
            Loops::Cumsum(cumsum) => cumsum.units(),
            Loops::Gather(gather) => gather.units(),
            Loops::ScatterAdd(scatter) => scatter.units(),
            Loops::Product(product) => product.units(),
            Loops::Frame(frame) => frame.units(),
            Loops::Convolution(convolution) => convolution.units(),
            Loops::Winograd(winograd) => winograd.units(),
            Loops::SpreadKernel(spread) => spread.units(),
            Loops::WeightGrad(weights) => weights.units(),
            Loops::WinogradSlopes(weights) => weights.units(),
            Loops::Pooling(pooling) => pooling.units(),
            Loops::Places(places) => places.units(),
            Loops::CenteredSum(sum) => sum.units(),
            Loops::Recurrence(recurrence) => recurrence.units(),
            Loops::Random { .. } => 1,
        }
    }

    /// Units of a tile.
    pub(crate) fn tile(&self) -> usize {
        let words = match self {
            Loops::Copy(copy) => copy.unit(),
            Loops::Fold(fold) => fold.unit(),
            Loops::Extremum(extremum) => extremum.unit(),
            Loops::Cumsum(cumsum) => cumsum.unit(),
            Loops::Gather(gather) => gather.unit(),
            Loops::ScatterAdd(scatter) => scatter.unit(),
            Loops::Product(product) => return product.tile(),
            Loops::Frame(frame) => frame.unit(),
            Loops::Convolution(convolution) => convolution.unit(),
            Loops::Winograd(winograd) => winograd.unit(),
            Loops::SpreadKernel(spread) => spread.unit(),
            Loops::Pooling(pooling) => pooling.unit(),
            Loops::Places(places) => places.unit(),
            Loops::CenteredSum(sum) => sum.unit(),
            Loops::Recurrence(recurrence) => return recurrence.tile(),
            Loops::WeightGrad(_) | Loops::WinogradSlopes(_) | Loops::Random { .. } => return 1,
        };
        (TILE / words.max(1)).max(1)
    }

    /// Numbers of a worker's own that they need.
    pub(crate) fn scratch(&self) -> usize {
        match self {
            Loops::Product(product) => product.scratch(),
            Loops::Winograd(winograd) => winograd.scratch(),
            Loops::WeightGrad(weights) => weights.scratch(),
            Loops::WinogradSlopes(weights) => weights.scratch(),
            Loops::Recurrence(recurrence) => recurrence.scratch(),
            _ => 0,
        }
    }

    /// Computes units.
    ///
    /// # Safety
    /// The inputs can be read and the units of the result written, and no other
    /// thread works on them.
    pub(crate) unsafe fn run(&self, span: &Span<'_>) -> Result<()> {
        // SAFETY: As the caller promises.
        unsafe {
            match self {
                Loops::Copy(copy) => copy.run(span),
                Loops::Fold(fold) => fold.run(span),
                Loops::Extremum(extremum) => extremum.run(span)?,
                Loops::Cumsum(cumsum) => cumsum.run(span),
                Loops::Gather(gather) => gather.run(span)?,
                Loops::ScatterAdd(scatter) => scatter.run(span)?,
                Loops::Product(product) => product.run(span),
                Loops::Frame(frame) => frame.run(span),
                Loops::Convolution(convolution) => convolution.run(span),
                Loops::Winograd(winograd) => winograd.run(span),
                Loops::SpreadKernel(spread) => spread.run(span),
                Loops::WeightGrad(weights) => weights.run(span),
                Loops::WinogradSlopes(weights) => weights.run(span),
                Loops::Pooling(pooling) => pooling.run(span),
                Loops::Places(places) => places.run(span)?,
                Loops::CenteredSum(sum) => sum.run(span),
                Loops::Recurrence(recurrence) => recurrence.run(span),
                Loops::Random { normal, stream, count } => {
                    // Their index counts from 0, whatever the rows are called.
                    static WHOLE: u64 = 0;
                    (span.kernels.random_rows)(&RandomRows {
                        normal: *normal,
                        key: Stream::new(span.context.seed, *stream).key(),
                        step: span.context.step,
                        ids: &raw const WHOLE,
                        rows: 1,
                        width: *count,
                        out: span.out,
                    });
                }
            }
        }
        Ok(())
    }
}

/// The row-major strides of sizes.
fn strides(sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; sizes.len()];
    for axis in (1..sizes.len()).rev() {
        strides[axis - 1] = strides[axis] * sizes[axis];
    }
    strides
}

/// The numbers of elements before and after an axis.
fn around(sizes: &[usize], axis: usize) -> (usize, usize) {
    (sizes[..axis].iter().product(), sizes[axis + 1..].iter().product())
}

/// The axes without those that do not count, neighbors in memory as one.
fn joined(axes: impl IntoIterator<Item = Axis>) -> Box<[Axis]> {
    let mut joined: Vec<Axis> = Vec::new();
    for axis in axes.into_iter().filter(|axis| axis.count != 1) {
        match joined.last_mut() {
            Some(last)
                if last.from == axis.count * axis.from && last.to == axis.count * axis.to =>
            {
                *last = Axis { count: last.count * axis.count, ..axis };
            }
            _ => joined.push(axis),
        }
    }
    joined.into_boxed_slice()
}
