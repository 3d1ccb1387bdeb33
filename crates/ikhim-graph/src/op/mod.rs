//! The primitives: a closed set of operations, each in a file of its own with
//! its equation, shape rule, gradient rule, reference evaluation and tests.
//! Everything else is composed of them.

use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Result, Shape, Tensor};

/// Type and sizes of an input, as the shape rule sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operand<'a> {
    pub(crate) dtype: DType,
    pub(crate) shape: &'a Shape,
}

/// An input's value with its symbolic sizes, as the evaluation sees it.
pub(crate) struct Argument<'a, T> {
    pub(crate) shape: &'a Shape,
    pub(crate) value: &'a Value<T>,
}

/// What an evaluation may know besides its inputs.
pub(crate) struct Run<'a> {
    /// The symbolic sizes of the result.
    pub(crate) shape: &'a Shape,
    /// The number of rows, the value of `N`.
    pub(crate) rows: usize,
    /// The seed of random numbers.
    pub(crate) seed: u64,
    /// The step of random numbers.
    pub(crate) step: u64,
    /// The id of each row, the logical index of its random numbers.
    pub(crate) row_ids: &'a [u64],
}

impl Run<'_> {
    /// The sizes of the result.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.shape.sizes(self.rows)
    }
}

/// The rules of one primitive.
pub(crate) trait Primitive {
    /// Its name in traces and errors.
    fn name(&self) -> &'static str;

    /// What it computes of inputs with these names, as `ikhim eval` writes it:
    /// a call, unless there is a sign for it or it has settings.
    fn equation(&self, inputs: &[&str]) -> String {
        format!("{}({})", self.name(), inputs.join(", "))
    }

    /// The shape rule: type and sizes of the result, or what does not fit.
    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)>;

    /// The gradient rule: the derivative by each input, `None` where there is
    /// none.
    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>>;

    /// The reference evaluation.
    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>>;
}

mod groups;
mod window;
mod winograd;
mod winograd_slopes;

pub use recur::Cell;
pub(crate) use recur::recur;
pub use window::{Along, Window};
pub use winograd::Method;

/// Declares the modules, the closed enum and its dispatch.
macro_rules! primitives {
    ($($module:ident: $($(#[$doc:meta])* $name:ident),+;)+) => {
        $(mod $module;)+
        $(pub use $module::{$($name),+};)+

        /// A primitive operation.
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        pub enum Op {
            $($(
                $(#[$doc])*
                $name($name),
            )+)+
        }

        impl Op {
            /// The names of all variants.
            #[cfg(test)]
            pub(crate) const VARIANTS: &[&str] = &[$($(stringify!($name),)+)+];

            /// The name of the variant; that of the operation may belong to two.
            #[cfg(test)]
            pub(crate) fn variant(&self) -> &'static str {
                match self { $($(Op::$name(_) => stringify!($name),)+)+ }
            }

            /// The name of the operation in traces and errors.
            pub fn name(&self) -> &'static str {
                match self { $($(Op::$name(op) => op.name(),)+)+ }
            }

            /// What it computes of inputs with these names, in one line, e.g.
            /// `x @ kernel`.
            ///
            /// ```
            /// use ikhim_graph::{DType, Graph, N};
            /// let graph = Graph::new();
            /// let x = graph.input("x", DType::F32, &[N, 3.into()]);
            /// graph.output("total", x.sum(&[1]));
            /// let definition = graph.finish()?;
            /// let last = definition.nodes().last().unwrap();
            /// assert_eq!(last.op.equation(&["x"]), "sum(x, axis=1)");
            /// # Ok::<(), ikhim_text::Fault>(())
            /// ```
            pub fn equation(&self, inputs: &[&str]) -> String {
                match self { $($(Op::$name(op) => op.equation(inputs),)+)+ }
            }

            pub(crate) fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                match self { $($(Op::$name(op) => op.output(inputs),)+)+ }
            }

            pub(crate) fn gradient<'g>(
                &self,
                derivative: &Derivative<'_, 'g>,
            ) -> Vec<Option<Tensor<'g>>> {
                match self { $($(Op::$name(op) => op.gradient(derivative),)+)+ }
            }

            pub(crate) fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                match self { $($(Op::$name(op) => op.evaluate(inputs, run),)+)+ }
            }
        }
    };
}

primitives! {
    leaf:
        /// A value given at each run.
        Input,
        /// A variable's value.
        Read,
        /// A value fixed while building.
        Constant,
        /// The number of rows of the run.
        RowCount;
    arithmetic:
        /// `x + y`.
        Add,
        /// `x − y`.
        Subtract,
        /// `x · y`.
        Multiply,
        /// `x / y`.
        Divide;
    negate:
        /// `−x`.
        Negate;
    function:
        /// `|x|`.
        Abs,
        /// −1, 0 or 1.
        Sign,
        /// The largest integer not above x.
        Floor,
        /// `eˣ`.
        Exp,
        /// `eˣ − 1`.
        ExpM1,
        /// `ln x`.
        Log,
        /// `ln(1 + x)`.
        Log1p,
        /// `√x`.
        Sqrt,
        /// The hyperbolic tangent.
        Tanh,
        /// The error function.
        Erf;
    power:
        /// `x^y`.
        Power;
    maximum:
        /// The larger of two numbers.
        Maximum,
        /// The smaller of two numbers.
        Minimum;
    comparison:
        /// `x = y`.
        Equal,
        /// `x ≠ y`.
        NotEqual,
        /// `x < y`.
        Less,
        /// `x ≤ y`.
        LessEqual,
        /// `x > y`.
        Greater,
        /// `x ≥ y`.
        GreaterEqual;
    logic:
        /// Both are true.
        And,
        /// One is true.
        Or,
        /// It is false.
        Not;
    select:
        /// One of two values for each element.
        Select;
    cast:
        /// The same numbers in another type.
        Cast;
    stop_gradient:
        /// The same value without a slope.
        StopGradient;
    sum:
        /// Sum over axes.
        Sum;
    broadcast:
        /// Repetition along axes of size 1.
        Broadcast;
    reshape:
        /// The same elements under other sizes.
        Reshape;
    transpose:
        /// Axes in another order.
        Transpose;
    matmul:
        /// Product of matrices.
        Matmul;
    random:
        /// Uniform random numbers.
        RandomUniform,
        /// Normal random numbers.
        RandomNormal;
    iota:
        /// The integers 0, 1, 2, …
        Iota;
    slice:
        /// A part of one axis.
        Slice;
    pad:
        /// Zeros along one axis.
        Pad;
    concat:
        /// Tensors joined along an axis.
        Concat;
    gather:
        /// Entries of an axis by their indices.
        Gather;
    scatter_add:
        /// Values added into an axis at their indices.
        ScatterAdd;
    prod:
        /// Product over axes.
        Prod;
    extremum:
        /// The largest element over axes.
        Max,
        /// The smallest element over axes.
        Min;
    arg_extremum:
        /// The place of the largest element along an axis.
        Argmax,
        /// The place of the smallest element along an axis.
        Argmin;
    cumsum:
        /// Running sums along an axis.
        Cumsum;
    conv2d:
        /// Convolution of images with kernels.
        Conv2d;
    conv2d_input_grad:
        /// The slope of a convolution by its image: the convolution turned around.
        Conv2dInputGrad;
    conv2d_weight_grad:
        /// The slope of a convolution by its kernel.
        Conv2dWeightGrad;
    max_pool:
        /// The places of the largest cells of windows.
        MaxPoolIndex,
        /// The cells of an image at saved places.
        TakePooled,
        /// Values added into an image at saved places.
        MaxUnpool;
    recur:
        /// A recurrence over the steps of a sequence.
        Recur;
    recur_grad:
        /// The slopes of a recurrence.
        RecurGrad;
    enough_rows:
        /// The number of rows, of which there must be enough.
        EnoughRows;
}

impl Op {
    /// How many inputs the op takes; `None` for one that takes any number.
    pub(crate) fn arity(&self) -> Option<usize> {
        match self {
            Op::Concat(_) => None,
            Op::Recur(recur) => Some(recur.arity()),
            Op::RecurGrad(grad) => Some(grad.arity()),
            Op::Select(_) => Some(3),
            Op::Input(_)
            | Op::Read(_)
            | Op::Constant(_)
            | Op::RowCount(_)
            | Op::EnoughRows(_)
            | Op::RandomUniform(_)
            | Op::RandomNormal(_)
            | Op::Iota(_) => Some(0),
            Op::Add(_)
            | Op::Subtract(_)
            | Op::Multiply(_)
            | Op::Divide(_)
            | Op::Power(_)
            | Op::Maximum(_)
            | Op::Minimum(_)
            | Op::Equal(_)
            | Op::NotEqual(_)
            | Op::Less(_)
            | Op::LessEqual(_)
            | Op::Greater(_)
            | Op::GreaterEqual(_)
            | Op::And(_)
            | Op::Or(_)
            | Op::Matmul(_)
            | Op::Gather(_)
            | Op::ScatterAdd(_)
            | Op::Conv2d(_)
            | Op::Conv2dInputGrad(_)
            | Op::Conv2dWeightGrad(_)
            | Op::TakePooled(_)
            | Op::MaxUnpool(_) => Some(2),
            _ => Some(1),
        }
    }
}

/// Forms of equations that several ops share.
mod form {
    use crate::Shape;

    /// A sign between two inputs.
    pub(super) fn infix(sign: &str, inputs: &[&str]) -> String {
        inputs.join(&format!(" {sign} "))
    }

    /// A call over one axis or several.
    pub(super) fn over(name: &str, inputs: &[&str], axes: &[usize]) -> String {
        match axes {
            [axis] => format!("{name}({}, axis={axis})", inputs.join(", ")),
            axes => format!("{name}({}, axis={axes:?})", inputs.join(", ")),
        }
    }

    /// A call that leads to a shape.
    pub(super) fn shaped(name: &str, inputs: &[&str], shape: &Shape) -> String {
        format!("{name}({}, {shape})", inputs.join(", "))
    }
}

/// Shape rules that several ops share.
pub(crate) mod rule {
    use super::Operand;
    use crate::{DType, Result, Shape};
    use ikhim_text::Fault;

    /// All inputs are real.
    pub(crate) fn reals(name: &str, inputs: &[Operand<'_>]) -> Result<()> {
        of_type(name, inputs, DType::F32)
    }

    /// All inputs have one given type.
    pub(crate) fn of_type(name: &str, inputs: &[Operand<'_>], dtype: DType) -> Result<()> {
        match inputs.iter().find(|input| input.dtype != dtype) {
            None => Ok(()),
            Some(input) => Err(Fault::of("shape.dtype")
                .with("op", name)
                .with("expected", dtype)
                .with("found", input.dtype)),
        }
    }

    /// One real input: the result is like it.
    pub(crate) fn unary(name: &str, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        reals(name, inputs)?;
        Ok((DType::F32, inputs[0].shape.clone()))
    }

    /// Two real inputs of equal shape: the result is like them. Broadcasting
    /// stands before the op as nodes of its own.
    pub(crate) fn binary(name: &str, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        reals(name, inputs)?;
        equal_shapes(name, inputs)?;
        Ok((DType::F32, inputs[0].shape.clone()))
    }

    /// At most one axis carries `N`.
    pub(crate) fn one_batch_axis(shape: &Shape) -> Result<()> {
        if shape.iter().filter(|dim| dim.is_batch()).count() <= 1 {
            return Ok(());
        }
        Err(Fault::of("shape.mismatch")
            .with("expected", "the number of rows in one axis only")
            .with("found", shape))
    }

    /// All inputs have the shape of the first.
    pub(crate) fn equal_shapes(name: &str, inputs: &[Operand<'_>]) -> Result<()> {
        match inputs.iter().find(|input| input.shape != inputs[0].shape) {
            None => Ok(()),
            Some(input) => Err(Fault::of("shape.unequal")
                .with("op", name)
                .with("expected", inputs[0].shape)
                .with("found", input.shape)),
        }
    }
}
