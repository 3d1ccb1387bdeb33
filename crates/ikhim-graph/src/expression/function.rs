use super::window::{average_pool2d, conv2d, max_pool2d};
use crate::{Array, DType, Dim, Graph, Op, Shape, Tensor};
use ikhim_text::Fault;

/// A function of the language: the arrays that it takes, then its settings.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) arrays: &'static [(&'static str, As)],
    pub(super) settings: &'static [(&'static str, Kind)],
    about: &'static str,
    pub(super) build: Build,
}

/// What makes the value out of the arrays and the settings.
pub(super) type Build = for<'a, 'g> fn(&'g Graph, &'a [Tensor<'g>], &'a Settings) -> Tensor<'g>;

/// The type in which a function takes an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum As {
    /// Whatever it is.
    Any,
    /// Real numbers; whole numbers and truth values become real.
    Real,
    /// Truth values.
    Truth,
    /// The type of the others that are taken so; real when they differ.
    Alike,
    /// Numbers of the type of the others that are taken so.
    Number,
    /// Any number of arrays of one type, in a list.
    List,
}

/// What a setting is, with its value where it is not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A whole number.
    Integer(Option<i32>),
    /// A whole number or a list of them; all axes when not given.
    Axes,
    /// A list of sizes.
    Sizes,
    /// A number.
    Real(Option<f64>),
    /// A truth value.
    Truth(bool),
    /// A type: `f32`, `i32` or `bool`.
    Type,
    /// A whole number for height and width, or two; the text of the usual one.
    Pair(&'static str),
    /// `valid`, `same`, or whole numbers of cells.
    Padding,
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    Integers(Option<Vec<i32>>),
    Real(f64),
    Truth(bool),
    Type(DType),
    /// Padding under which windows stand on every cell.
    Same,
}

/// The settings of a call, in the order of their declaration.
pub(super) struct Settings(pub(super) Vec<Setting>);

impl Settings {
    pub(super) fn integers(&self, index: usize) -> Option<Vec<isize>> {
        match self.0.get(index) {
            Some(Setting::Integers(Some(values))) => {
                Some(values.iter().map(|value| *value as isize).collect())
            }
            _ => None,
        }
    }

    fn integer(&self, index: usize) -> isize {
        self.integers(index).and_then(|values| values.first().copied()).unwrap_or(0)
    }

    /// A whole number that counts something; a negative one is a fault.
    pub(super) fn count(&self, graph: &Graph, index: usize, name: &str) -> usize {
        let value = self.integer(index);
        usize::try_from(value).unwrap_or_else(|_| {
            let fault = Fault::of("shape.setting").with("op", name).with("setting", "a size");
            graph.fail(fault.with("expected", "0 or more").with("found", value));
            0
        })
    }

    fn real(&self, index: usize) -> f64 {
        match self.0.get(index) {
            Some(Setting::Real(value)) => *value,
            _ => 0.0,
        }
    }

    fn truth(&self, index: usize) -> bool {
        self.0.get(index) == Some(&Setting::Truth(true))
    }

    fn dtype(&self, index: usize) -> DType {
        match self.0.get(index) {
            Some(Setting::Type(dtype)) => *dtype,
            _ => DType::F32,
        }
    }

    fn shape(&self, graph: &Graph, index: usize, name: &str) -> Vec<Dim> {
        let sizes = self.integers(index).unwrap_or_default();
        let size = |at: usize| Settings(vec![Setting::Integers(Some(vec![sizes[at] as i32]))]);
        (0..sizes.len()).map(|at| Dim::Fixed(size(at).count(graph, 0, name))).collect()
    }
}

/// How each function is written, e.g. `sum(x, axis=all)`, and what it gives, in
/// the order of a reference.
pub fn functions() -> impl Iterator<Item = (String, &'static str)> {
    FUNCTIONS.iter().map(|function| (function.signature(), function.about))
}

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// The function of a name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

impl Function {
    pub(super) fn signature(&self) -> String {
        let arrays = self.arrays.iter().map(|(name, of)| match of {
            As::List => format!("[{name}, …]"),
            _ => name.to_string(),
        });
        let settings = self.settings.iter().map(|(name, kind)| match kind {
            Kind::Integer(Some(value)) => format!("{name}={value}"),
            Kind::Real(Some(value)) => format!("{name}={value}"),
            Kind::Truth(value) => format!("{name}={value}"),
            Kind::Axes => format!("{name}=all"),
            Kind::Padding => format!("{name}=valid"),
            Kind::Pair(usual) if !usual.is_empty() => format!("{name}={usual}"),
            _ => name.to_string(),
        });
        let parameters: Vec<String> = arrays.chain(settings).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

/// A function of one real array.
const fn unary(name: &'static str, about: &'static str, build: Build) -> Function {
    Function { name, arrays: &[("x", As::Real)], settings: &[], about, build }
}

/// A function of two arrays that are broadcast.
const fn binary(
    name: &'static str,
    arrays: &'static [(&'static str, As)],
    about: &'static str,
    build: Build,
) -> Function {
    Function { name, arrays, settings: &[], about, build }
}

/// A function of one real array with settings.
const fn with(
    name: &'static str,
    settings: &'static [(&'static str, Kind)],
    about: &'static str,
    build: Build,
) -> Function {
    Function { name, arrays: &[("x", As::Real)], settings, about, build }
}

/// A function of one array of any type with settings.
const fn moving(
    name: &'static str,
    settings: &'static [(&'static str, Kind)],
    about: &'static str,
    build: Build,
) -> Function {
    Function { name, arrays: &[("x", As::Any)], settings, about, build }
}

const REALS: &[(&str, As)] = &[("x", As::Real), ("y", As::Real)];
const NUMBERS: &[(&str, As)] = &[("x", As::Number), ("y", As::Number)];
const TRUTHS: &[(&str, As)] = &[("x", As::Truth), ("y", As::Truth)];
const AXES: &[(&str, Kind)] = &[("axis", Kind::Axes)];
const LAST_AXIS: &[(&str, Kind)] = &[("axis", Kind::Integer(Some(-1)))];
const AXIS: &[(&str, Kind)] = &[("axis", Kind::Integer(None))];
const POOLING: &[(&str, Kind)] =
    &[("size", Kind::Pair("")), ("stride", Kind::Pair("size")), ("padding", Kind::Padding)];
const SHAPE: &[(&str, Kind)] = &[("shape", Kind::Sizes)];

const FUNCTIONS: &[Function] = &[
    unary("abs", "the magnitude", |_, x, _| x[0].abs()),
    unary("sign", "-1, 0 or 1", |_, x, _| x[0].sign()),
    unary("floor", "the largest integer not above x", |_, x, _| x[0].floor()),
    unary("square", "x·x", |_, x, _| x[0].square()),
    unary("sqrt", "the square root", |_, x, _| x[0].sqrt()),
    unary("reciprocal", "1/x", |_, x, _| x[0].reciprocal()),
    unary("exp", "eˣ", |_, x, _| x[0].exp()),
    unary("exp_m1", "eˣ − 1", |_, x, _| x[0].exp_m1()),
    unary("log", "the natural logarithm", |_, x, _| x[0].log()),
    unary("log_1p", "ln(1 + x)", |_, x, _| x[0].log_1p()),
    unary("tanh", "the hyperbolic tangent", |_, x, _| x[0].tanh()),
    unary("erf", "the error function", |_, x, _| x[0].erf()),
    binary("pow", REALS, "x to the power of y, as x ** y", |_, x, _| power(x[0], x[1])),
    binary("add", REALS, "x + y", |_, x, _| x[0] + x[1]),
    binary("subtract", REALS, "x - y", |_, x, _| x[0] - x[1]),
    binary("multiply", REALS, "x * y", |_, x, _| x[0] * x[1]),
    binary("divide", REALS, "x / y", |_, x, _| x[0] / x[1]),
    unary("negate", "-x", |_, x, _| -x[0]),
    binary("maximum", REALS, "the larger of two", |_, x, _| x[0].maximum(x[1])),
    binary("minimum", REALS, "the smaller of two", |_, x, _| x[0].minimum(x[1])),
    with(
        "clip",
        &[("low", Kind::Real(None)), ("high", Kind::Real(None))],
        "x held between two numbers",
        |_, x, s| x[0].clip(s.real(0), s.real(1)),
    ),
    unary("relu", "max(x, 0)", |_, x, _| x[0].relu()),
    with(
        "leaky_relu",
        &[("negative_slope", Kind::Real(Some(0.01)))],
        "x, or slope·x below 0",
        |_, x, s| x[0].leaky_relu(s.real(0)),
    ),
    with("elu", &[("alpha", Kind::Real(Some(1.0)))], "x, or α(eˣ − 1) below 0", |_, x, s| {
        x[0].elu(s.real(0))
    }),
    unary("selu", "the self-normalizing elu", |_, x, _| x[0].selu()),
    unary("gelu", "x·Φ(x)", |_, x, _| x[0].gelu()),
    unary("silu", "x·sigmoid(x)", |_, x, _| x[0].silu()),
    unary("softplus", "ln(1 + eˣ)", |_, x, _| x[0].softplus()),
    unary("sigmoid", "1/(1 + e⁻ˣ)", |_, x, _| x[0].sigmoid()),
    with(
        "maxout",
        &[("pieces", Kind::Integer(None))],
        "the largest of each group of neighbors",
        |g, x, s| x[0].maxout(s.count(g, 0, "maxout")),
    ),
    binary("equal", NUMBERS, "x == y", |_, x, _| x[0].equal(x[1])),
    binary("not_equal", NUMBERS, "x != y", |_, x, _| x[0].not_equal(x[1])),
    binary("less", NUMBERS, "x < y", |_, x, _| x[0].less(x[1])),
    binary("less_equal", NUMBERS, "x <= y", |_, x, _| x[0].less_equal(x[1])),
    binary("greater", NUMBERS, "x > y", |_, x, _| x[0].greater(x[1])),
    binary("greater_equal", NUMBERS, "x >= y", |_, x, _| x[0].greater_equal(x[1])),
    binary("and", TRUTHS, "whether both are true", |_, x, _| x[0].and(x[1])),
    binary("or", TRUTHS, "whether one is true", |_, x, _| x[0].or(x[1])),
    binary("not", &[("x", As::Truth)], "whether it is false", |_, x, _| !x[0]),
    binary(
        "select",
        &[("condition", As::Truth), ("yes", As::Alike), ("no", As::Alike)],
        "one of two values for each element",
        |_, x, _| x[0].select(x[1], x[2]),
    ),
    moving(
        "cast",
        &[("dtype", Kind::Type)],
        "the same numbers as f32, i32 (cut toward 0) or bool",
        |_, x, s| x[0].cast(s.dtype(0)),
    ),
    with("sum", AXES, "the sum over axes", |_, x, s| match s.integers(0) {
        Some(axes) => x[0].sum(&axes),
        None => x[0].sum_all(),
    }),
    with("mean", AXES, "the mean over axes", |_, x, s| match s.integers(0) {
        Some(axes) => x[0].mean(&axes),
        None => x[0].mean_all(),
    }),
    with("prod", AXES, "the product over axes", |_, x, s| match s.integers(0) {
        Some(axes) => x[0].prod(&axes),
        None => x[0].prod_all(),
    }),
    with("max", AXES, "the largest element over axes", |_, x, s| match s.integers(0) {
        Some(axes) => x[0].max(&axes),
        None => x[0].max_all(),
    }),
    with("min", AXES, "the smallest element over axes", |_, x, s| match s.integers(0) {
        Some(axes) => x[0].min(&axes),
        None => x[0].min_all(),
    }),
    with("argmax", AXIS, "the place of the largest", |_, x, s| x[0].argmax(s.integer(0))),
    with("argmin", AXIS, "the place of the smallest", |_, x, s| x[0].argmin(s.integer(0))),
    with(
        "cumsum",
        &[("axis", Kind::Integer(None)), ("reverse", Kind::Truth(false))],
        "running sums",
        |_, x, s| {
            if s.truth(1) { x[0].cumsum_reverse(s.integer(0)) } else { x[0].cumsum(s.integer(0)) }
        },
    ),
    binary("matmul", REALS, "the product of matrices, as x @ y", |_, x, _| x[0].matmul(x[1])),
    Function {
        name: "conv2d",
        arrays: &[("x", As::Real), ("kernel", As::Real)],
        settings: &[
            ("stride", Kind::Pair("1")),
            ("padding", Kind::Padding),
            ("dilation", Kind::Pair("1")),
            ("groups", Kind::Integer(Some(1))),
        ],
        about: "images [n, height, width, channels] times every window's kernel",
        build: conv2d,
    },
    with("max_pool2d", POOLING, "the largest of each window of images", max_pool2d),
    with("average_pool2d", POOLING, "the mean of each window of images", average_pool2d),
    with("softmax", LAST_AXIS, "eˣ / Σ eˣ", |_, x, s| x[0].softmax(s.integer(0))),
    with("log_softmax", LAST_AXIS, "the logarithm of softmax", |_, x, s| {
        x[0].log_softmax(s.integer(0))
    }),
    with("logsumexp", LAST_AXIS, "ln Σ eˣ", |_, x, s| x[0].logsumexp(s.integer(0))),
    binary(
        "cross_entropy",
        &[("logits", As::Real), ("targets", As::Any)],
        "the loss of each row: targets are classes, or real shares",
        |_, x, _| x[0].cross_entropy(x[1]),
    ),
    binary(
        "sigmoid_cross_entropy",
        &[("logits", As::Real), ("targets", As::Real)],
        "the loss of each yes or no",
        |_, x, _| x[0].sigmoid_cross_entropy(x[1]),
    ),
    moving("reshape", SHAPE, "the same elements in another shape; one size may be -1", reshape),
    moving("flatten", &[], "all axes after the first joined", |_, x, _| x[0].flatten()),
    moving("expand_dims", AXIS, "with an axis of size 1", |_, x, s| x[0].expand_dims(s.integer(0))),
    moving("squeeze", AXES, "without axes of size 1", |_, x, s| {
        x[0].squeeze(&s.integers(0).unwrap_or_default())
    }),
    moving(
        "transpose",
        &[("order", Kind::Axes)],
        "the axes in another order, reversed when none is given",
        transpose,
    ),
    moving("broadcast_to", SHAPE, "repeated to a larger shape", |g, x, s| {
        x[0].broadcast_to(&Shape::from(s.shape(g, 0, "broadcast_to")))
    }),
    moving(
        "pad",
        &[
            ("axis", Kind::Integer(None)),
            ("low", Kind::Integer(None)),
            ("high", Kind::Integer(None)),
        ],
        "zeros before and after",
        |g, x, s| x[0].pad(s.integer(0), s.count(g, 1, "pad"), s.count(g, 2, "pad")),
    ),
    Function {
        name: "concat",
        arrays: &[("x", As::List)],
        settings: &[("axis", Kind::Integer(Some(0)))],
        about: "one after the other along an axis",
        build: |_, x, s| Tensor::concat(x, s.integer(0)),
    },
    Function {
        name: "stack",
        arrays: &[("x", As::List)],
        settings: &[("axis", Kind::Integer(Some(0)))],
        about: "side by side along a new axis",
        build: |_, x, s| Tensor::stack(x, s.integer(0)),
    },
    Function {
        name: "gather",
        arrays: &[("x", As::Any), ("indices", As::Any)],
        settings: &[("axis", Kind::Integer(Some(0)))],
        about: "entries of an axis by their indices",
        build: |_, x, s| x[0].gather(x[1], s.integer(0)),
    },
    Function {
        name: "scatter_add",
        arrays: &[("x", As::Real), ("indices", As::Any)],
        settings: &[("size", Kind::Integer(None))],
        about: "rows added into a table at their indices",
        build: |g, x, s| {
            let size = Dim::Fixed(s.count(g, 0, "scatter_add"));
            x[0].scatter_add(x[1], 0, size)
        },
    },
    Function {
        name: "one_hot",
        arrays: &[("x", As::Any)],
        settings: &[("depth", Kind::Integer(None))],
        about: "a row with a single 1 for each integer",
        build: |g, x, s| x[0].one_hot(s.count(g, 0, "one_hot")),
    },
    moving("zeros_like", &[], "zeros in the same shape", |_, x, _| x[0].zeros_like()),
    moving("ones_like", &[], "ones in the same shape", |_, x, _| x[0].ones_like()),
    Function {
        name: "zeros",
        arrays: &[],
        settings: SHAPE,
        about: "zeros",
        build: |g, _, s| g.scalar(0.0).broadcast_to(&Shape::from(s.shape(g, 0, "zeros"))),
    },
    Function {
        name: "ones",
        arrays: &[],
        settings: SHAPE,
        about: "ones",
        build: |g, _, s| g.scalar(1.0).broadcast_to(&Shape::from(s.shape(g, 0, "ones"))),
    },
    Function {
        name: "iota",
        arrays: &[],
        settings: &[("length", Kind::Integer(None))],
        about: "the integers 0, 1, 2, …",
        build: |g, _, s| g.iota(s.count(g, 0, "iota")),
    },
    Function {
        name: "random_uniform",
        arrays: &[],
        settings: &[("shape", Kind::Sizes), ("seed", Kind::Integer(Some(0)))],
        about: "uniform numbers from 0 to 1",
        build: |g, _, s| g.random_uniform(&seeded(s), &s.shape(g, 0, "random_uniform")),
    },
    Function {
        name: "random_normal",
        arrays: &[],
        settings: &[("shape", Kind::Sizes), ("seed", Kind::Integer(Some(0)))],
        about: "normal numbers with mean 0 and deviation 1",
        build: |g, _, s| g.random_normal(&seeded(s), &s.shape(g, 0, "random_normal")),
    },
    moving("shape", &[], "the sizes of all axes", |g, x, _| {
        let sizes = x[0].shape().sizes(0);
        g.constant(Array::i32(&[sizes.len()], sizes.iter().map(|size| *size as i32).collect()))
    }),
    moving("rank", &[], "the number of axes", |g, x, _| {
        g.constant(Array::i32(&[], vec![x[0].rank() as i32]))
    }),
];

/// A power; one with a single number as exponent is made of products where it
/// can be, so that x ** 2 is the rounded x·x.
fn power<'g>(x: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
    let exponent =
        y.node().and_then(|node| match &y.graph().building.borrow().nodes[node.index()].op {
            Op::Constant(constant) if constant.value.shape().is_empty() => {
                constant.value.to_f64().pop()
            }
            _ => None,
        });
    match exponent {
        Some(exponent) => x.pow(exponent),
        None => x.pow_tensor(y),
    }
}

/// A name that differs by seed, for the numbers of a function without a run.
fn seeded(settings: &Settings) -> String {
    format!("seed {}", settings.integer(1))
}

fn reshape<'g>(graph: &'g Graph, x: &[Tensor<'g>], settings: &Settings) -> Tensor<'g> {
    let mut sizes = settings.integers(0).unwrap_or_default();
    let known: isize = sizes.iter().filter(|size| **size != -1).product();
    let count: usize = x[0].shape().sizes(0).iter().product();
    if let [open] = sizes.iter_mut().filter(|size| **size == -1).collect::<Vec<_>>().as_mut_slice()
        && known > 0
    {
        **open = count as isize / known;
    }
    let sizes = sizes.into_iter().map(|size| size as i32).collect();
    let settings = Settings(vec![Setting::Integers(Some(sizes))]);
    let shape = settings.shape(graph, 0, "reshape");
    x[0].reshape(&shape)
}

fn transpose<'g>(graph: &'g Graph, x: &[Tensor<'g>], settings: &Settings) -> Tensor<'g> {
    let rank = x[0].rank();
    let Some(order) = settings.integers(0) else {
        return x[0].transpose(&(0..rank).rev().collect::<Vec<_>>());
    };
    let resolve = |axis: &isize| crate::tensor::resolve_axis(*axis, rank).ok_or(*axis);
    match order.iter().map(resolve).collect::<Result<Vec<usize>, isize>>() {
        Ok(order) => x[0].transpose(&order),
        Err(axis) => graph.fail(crate::tensor::axis_fault(axis, &x[0].shape())),
    }
}
