use crate::dice::Dice;
use ikhim_graph::{Array, DType, Dim, Graph, N, Role, Shape, Tensor};
use std::sync::Arc;

/// What a graph reads.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) dims: Vec<Dim>,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Source {
    Input,
    Variable,
    /// Integers from 0 up to a number.
    Integers(usize),
}

/// The tensors of a graph that a test looks at.
pub(crate) struct Built<'g> {
    /// In the order of the declarations.
    pub(crate) given: Vec<Tensor<'g>>,
    /// Single numbers: weighted sums of the outputs.
    pub(crate) losses: Vec<Tensor<'g>>,
}

/// The declarations of a graph: sizes that fit together, with and without rows.
pub(crate) fn declare(number: u64) -> Vec<Given> {
    let mut dice = Dice::new(number, 1);
    let (k, m) = (2 + dice.below(3), 2 + dice.below(3));
    let (wide, deep) = (Dim::Fixed(k), Dim::Fixed(m));
    let mut given: Vec<Given> = Vec::new();
    let mut add = |name: &str, dims: &[Dim], source: Source| {
        given.push(Given { name: name.to_string(), dims: dims.to_vec(), source });
    };
    add("rows", &[N, wide], Source::Input);
    add("kernel", &[wide, deep], Source::Variable);
    add("labels", &[N], Source::Integers(k));
    add("places", &[Dim::Fixed(3)], Source::Integers(k));
    let shapes: [(&str, &[Dim], Source); 6] = [
        ("bias", &[wide], Source::Variable),
        ("images", &[N, wide, deep], Source::Input),
        ("scale", &[], Source::Variable),
        ("column", &[N, Dim::Fixed(1)], Source::Input),
        ("numbers", &[N], Source::Input),
        ("stack", &[Dim::Fixed(2), wide, deep], Source::Input),
    ];
    for (name, dims, source) in shapes {
        if dice.chance(60) {
            add(name, dims, source);
        }
    }
    given
}

/// Builds the graph of a number. With `unrelated` nodes in between, it computes
/// the same.
pub(crate) fn build<'g>(
    graph: &'g Graph,
    number: u64,
    declared: &[Given],
    unrelated: bool,
) -> Built<'g> {
    let given: Vec<Tensor<'g>> = declared
        .iter()
        .map(|given| match given.source {
            Source::Input => graph.input(&given.name, DType::F32, &given.dims),
            Source::Integers(_) => graph.input(&given.name, DType::I32, &given.dims),
            Source::Variable => {
                let sizes = Shape::from(given.dims.as_slice()).sizes(0);
                let zeros = Array::f32(&sizes, vec![0.0; sizes.iter().product()]);
                let initial = Arc::new(move |_| zeros.clone());
                graph.variable(&given.name, &sizes, DType::F32, Role::Parameter, initial)
            }
        })
        .collect();
    let named = |name: &str| {
        let place = declared.iter().position(|given| given.name == name);
        place.map(|place| given[place]).expect("it is always declared")
    };
    let mut bench = Bench {
        graph,
        pool: given.iter().copied().filter(|tensor| tensor.dtype() == DType::F32).collect(),
        labels: named("labels"),
        places: named("places"),
        classes: named("rows").dim(1),
        drawn: 0,
    };
    let mut dice = Dice::new(number, 2);
    let mut aside = Dice::new(number, 3);
    let steps = 6 + dice.below(9);
    while bench.drawn < steps {
        if unrelated {
            graph.layer("unrelated", None, || bench.step(&mut aside));
        }
        if let Some(tensor) = bench.step(&mut dice) {
            bench.pool.push(tensor);
            bench.drawn += 1;
        }
    }
    // The last values, so that most of the graph matters.
    let outputs = 1 + dice.below(3);
    let losses = bench.pool.iter().rev().take(outputs).enumerate().map(|(at, output)| {
        let weights = graph.random_normal(&format!("weights {at}"), &output.shape());
        (*output * weights).sum_all()
    });
    let losses = losses.collect();
    Built { given, losses }
}

/// Where a graph is put together.
struct Bench<'g> {
    graph: &'g Graph,
    /// Real values to go on from.
    pool: Vec<Tensor<'g>>,
    labels: Tensor<'g>,
    places: Tensor<'g>,
    /// The labels and places are below this number.
    classes: usize,
    drawn: usize,
}

/// Ways to go on from one or two values.
const WAYS: [&str; 76] = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "negate",
    "abs",
    "sign",
    "floor",
    "exp",
    "exp_m1",
    "log",
    "log_1p",
    "sqrt",
    "square",
    "reciprocal",
    "tanh",
    "erf",
    "sigmoid",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "pow",
    "pow_real",
    "pow_tensor",
    "maximum",
    "minimum",
    "clip",
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "and",
    "or",
    "not",
    "cast_integer",
    "cast_truth",
    "stop_gradient",
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "argmax",
    "argmin",
    "cumsum",
    "matmul",
    "matmul_rows",
    "reshape",
    "flatten",
    "expand_dims",
    "squeeze",
    "transpose",
    "broadcast",
    "slice",
    "pad",
    "concat",
    "stack",
    "gather",
    "gather_rows",
    "scatter_add",
    "one_hot",
    "iota",
    "row_count",
    "softmax",
    "log_softmax",
    "logsumexp",
    "cross_entropy",
    "sigmoid_cross_entropy",
    "dropout",
    "maxout",
];

impl<'g> Bench<'g> {
    /// One of the latest values, or any.
    fn any(&self, dice: &mut Dice) -> Tensor<'g> {
        let recent = if dice.chance(60) { 3.min(self.pool.len()) } else { self.pool.len() };
        self.pool[self.pool.len() - 1 - dice.below(recent)]
    }

    /// A value that is broadcast with another.
    fn partner(&self, dice: &mut Dice, x: Tensor<'g>) -> Tensor<'g> {
        let fits = |y: &Tensor<'g>| {
            let shape = x.shape().broadcast(&y.shape());
            shape.is_some_and(|shape| moderate(&shape))
        };
        let fitting: Vec<Tensor<'g>> = self.pool.iter().copied().filter(fits).collect();
        dice.pick(&fitting)
    }

    /// A fixed axis of at least so many entries.
    fn axis(&self, dice: &mut Dice, x: Tensor<'g>, least: usize) -> Option<isize> {
        let long = |dim: &Dim| matches!(dim, Dim::Fixed(size) if *size >= least);
        let shape = x.shape();
        let axes: Vec<usize> = (0..shape.rank()).filter(|axis| long(&shape[*axis])).collect();
        let axis = if axes.is_empty() { None } else { Some(dice.pick(&axes) as isize) }?;
        // Axes are counted from either end.
        Some(if dice.chance(50) { axis } else { axis - shape.rank() as isize })
    }

    /// Any axes, at least one.
    fn axes(&self, dice: &mut Dice, x: Tensor<'g>) -> Option<Vec<isize>> {
        let axes: Vec<isize> = (0..x.rank() as isize).filter(|_| dice.chance(50)).collect();
        (!axes.is_empty()).then_some(axes)
    }

    /// Goes on from what there is; `None` when the way does not fit.
    fn step(&self, dice: &mut Dice) -> Option<Tensor<'g>> {
        let way = dice.pick(&WAYS);
        let x = self.any(dice);
        let y = self.partner(dice, x);
        let result = self.elementwise(dice, way, x, y).or_else(|| self.moved(dice, way, x))?;
        (moderate(&result.shape()) && result.rank() <= 4).then_some(result)
    }

    fn elementwise(
        &self,
        dice: &mut Dice,
        way: &str,
        x: Tensor<'g>,
        y: Tensor<'g>,
    ) -> Option<Tensor<'g>> {
        let positive = |x: Tensor<'g>| x.square() + 0.5;
        let small = |x: Tensor<'g>| x * 0.25;
        Some(match way {
            "add" => x + y,
            "subtract" => x - y,
            "multiply" => x * y,
            "divide" => x / positive(y),
            "negate" => -x,
            "abs" => x.abs(),
            "sign" => x + x.sign(),
            "floor" => x + x.floor(),
            "exp" => small(x).exp(),
            "exp_m1" => small(x).exp_m1(),
            "log" => positive(x).log(),
            "log_1p" => positive(x).log_1p(),
            "sqrt" => positive(x).sqrt(),
            "square" => x.square(),
            "reciprocal" => positive(x).reciprocal(),
            "tanh" => x.tanh(),
            "erf" => x.erf(),
            "sigmoid" => x.sigmoid(),
            "relu" => x.relu() + y,
            "leaky_relu" => x.leaky_relu(0.1),
            "elu" => x.elu(1.5),
            "selu" => x.selu(),
            "gelu" => x.gelu(),
            "silu" => x.silu(),
            "softplus" => x.softplus(),
            "pow" => small(x).pow(3.0),
            "pow_real" => positive(x).pow(dice.pick(&[1.5, -0.5, -1.0, 0.3])),
            "pow_tensor" => positive(x).pow_tensor(y.tanh()),
            "maximum" => x.maximum(y),
            "minimum" => x.minimum(y),
            "clip" => x.clip(-1.5, 1.5) + y,
            "equal" => x.equal(y).select(y, x * y),
            "not_equal" => x.not_equal(y).select(x * y, x),
            "less" => x.less(y).select(x, y * 0.5),
            "less_equal" => x.less_equal(y).select(x.tanh(), y),
            "greater" => x.greater(y).select(x, y),
            "greater_equal" => x.greater_equal(y).select(x * y, y),
            "and" => x.less(y).and(x.greater(x.graph().scalar(-0.5))).select(x, y),
            "or" => x.less(y).or(x.greater(x.graph().scalar(0.5))).select(x * y, y),
            "not" => (!x.less(y)).select(x, x * y),
            "cast_integer" => x.cast(DType::I32).cast(DType::F32) + y,
            "cast_truth" => x.cast(DType::Bool).cast(DType::F32) * y,
            // Of a value without a slope, since differences see through it.
            "stop_gradient" => y * x.sign().stop_gradient(),
            "sigmoid_cross_entropy" => {
                let shape = x.shape().broadcast(&y.shape())?;
                x.broadcast_to(&shape).sigmoid_cross_entropy(y.broadcast_to(&shape).sigmoid())
            }
            "dropout" => x.dropout(0.3),
            "row_count" => x / self.graph.row_count() + y,
            _ => return None,
        })
    }

    fn moved(&self, dice: &mut Dice, way: &str, x: Tensor<'g>) -> Option<Tensor<'g>> {
        let shape = x.shape();
        let last = shape.last().copied();
        Some(match way {
            "sum" => x.sum(&self.axes(dice, x)?),
            "mean" => x.mean(&self.axes(dice, x)?),
            "max" => x.max(&self.axes(dice, x)?),
            "min" => x.min(&self.axes(dice, x)?),
            "prod" => x.prod(&[self.axis(dice, x, 1)?]),
            "argmax" => {
                let axis = self.axis(dice, x, 2)?;
                x.argmax(axis).cast(DType::F32) + x.mean(&[axis])
            }
            "argmin" => {
                let axis = self.axis(dice, x, 2)?;
                x.argmin(axis).cast(DType::F32) * x.sum(&[axis])
            }
            "cumsum" => {
                let axis = dice.below(shape.rank().max(1)) as isize;
                let reverse = dice.chance(50);
                if shape.rank() == 0 {
                    return None;
                }
                if reverse { x.cumsum_reverse(axis) } else { x.cumsum(axis) }
            }
            "matmul" => {
                let fits = |y: &&Tensor<'g>| {
                    let right = y.shape();
                    let inner = if right.rank() == 1 { 0 } else { right.rank().checked_sub(2)? };
                    let plain = right.batch_axis().is_none() && right.rank() < 3;
                    (plain && last.is_some() && Some(right[inner]) == last).then_some(())
                };
                let fitting: Vec<Tensor<'g>> =
                    self.pool.iter().filter(|y| fits(y).is_some()).copied().collect();
                if fitting.is_empty() {
                    return None;
                }
                x.matmul(dice.pick(&fitting))
            }
            // Over the rows: leaves, joined pairwise.
            "matmul_rows" if shape.rank() == 2 => x.matrix_transpose().matmul(x.tanh()),
            "reshape" => match shape.elements() {
                Dim::Batch(_) if dice.chance(50) => x.reshape(&[shape.elements()]),
                Dim::Batch(width) => x.reshape(&[N, Dim::Fixed(width)]),
                whole => x.reshape(&[whole, Dim::Fixed(1)]),
            },
            "flatten" if shape.rank() > 1 => x.flatten(),
            "expand_dims" => x.expand_dims(dice.below(shape.rank() + 1) as isize),
            "squeeze" if shape.contains(&Dim::Fixed(1)) => x.squeeze(&[]),
            "transpose" if shape.rank() > 1 => {
                let mut order: Vec<usize> = (0..shape.rank()).collect();
                order.rotate_left(1 + dice.below(shape.rank() - 1));
                x.transpose(&order)
            }
            "broadcast" => {
                let larger = [&[Dim::Fixed(2)], &shape[..]].concat();
                x.broadcast_to(&Shape::from(larger))
            }
            "slice" => {
                let axis = self.axis(dice, x, 2)?;
                let size = x.dim(axis);
                x.slice_step(axis, dice.below(2)..size, 1 + dice.below(2))
            }
            "pad" => {
                let axis = self.axis(dice, x, 1)?;
                x.pad(axis, dice.below(2), 1)
            }
            "concat" => {
                let axis = self.axis(dice, x, 1)?;
                Tensor::concat(&[x, x.tanh(), x], axis)
            }
            "stack" => Tensor::stack(&[x.tanh(), x], -1),
            "gather" => {
                let axis = self.axis(dice, x, self.classes)?;
                x.gather(self.places, axis)
            }
            "gather_rows" => {
                let axis = self.axis(dice, x, self.classes)?;
                if shape.batch_axis().is_some() {
                    return None;
                }
                x.gather(self.labels, axis)
            }
            "scatter_add" if shape.first() == Some(&N) => {
                x.scatter_add(self.labels, 0, Dim::Fixed(self.classes + 1))
            }
            "one_hot" if last == Some(Dim::Fixed(self.classes)) && shape.first() == Some(&N) => {
                let rows = self.labels.one_hot(self.classes);
                if shape.rank() != 2 {
                    return None;
                }
                rows * x
            }
            "iota" => match last? {
                Dim::Fixed(size) => x * self.graph.iota(size).cast(DType::F32),
                Dim::Batch(_) => return None,
            },
            "softmax" => x.softmax(self.axis(dice, x, 2)?),
            "log_softmax" => x.log_softmax(self.axis(dice, x, 2)?),
            "logsumexp" => x.logsumexp(self.axis(dice, x, 2)?),
            "cross_entropy" if shape.rank() == 2 && shape[0] == N => {
                if dice.chance(50) && last == Some(Dim::Fixed(self.classes)) {
                    x.cross_entropy(self.labels)
                } else {
                    self.axis(dice, x, 2).filter(|_| shape[1] != Dim::Fixed(1))?;
                    x.cross_entropy(x.tanh().softmax(-1))
                }
            }
            "maxout" => match last? {
                Dim::Fixed(size) if size % 2 == 0 => x.maxout(2),
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Whether a value stays small when graphs grow on it.
fn moderate(shape: &Shape) -> bool {
    let (Dim::Fixed(count) | Dim::Batch(count)) = shape.elements();
    count <= 96
}
