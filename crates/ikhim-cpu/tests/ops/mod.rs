//! Every op that runs by loops over its axes, along the rows and across them.

use ikhim_graph::{Array, DType, Definition, Dim, Feed, Graph, N, Shape, Tensor};
use std::sync::Arc;

/// A graph with one result `y`, and the kernel that an op of it must have.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) kernel: &'static str,
    pub(crate) definition: Arc<Definition>,
}

/// Sizes of a row of the input `x`.
const SIZES: (usize, usize) = (12, 64);

/// Entries that the input `places` counts.
const ENTRIES: usize = 5;

/// What the graphs are given.
pub(crate) struct Given {
    x: Array,
    places: Array,
    rows: usize,
}

impl Given {
    pub(crate) fn rows(rows: usize) -> Given {
        let count = rows * SIZES.0 * SIZES.1;
        // Numbers of both signs and many sizes, some of them equal.
        let number = |at: usize| {
            let bits = (at as u32).wrapping_mul(2_654_435_769) >> 12;
            (bits % 4096) as f32 / 1024.0 - 2.0
        };
        let places = (0..rows).map(|row| (row * 7 % 23 % ENTRIES) as i32).collect();
        Given {
            x: Array::f32(&[rows, SIZES.0, SIZES.1], (0..count).map(number).collect()),
            places: Array::i32(&[rows], places),
            rows,
        }
    }

    pub(crate) fn feed(&self) -> Feed<'_> {
        Feed::rows(self.rows).input("x", &self.x).input("places", &self.places).random(3, 4)
    }
}

fn case(
    name: &'static str,
    kernel: &'static str,
    build: impl for<'g> Fn(&'g Graph, Tensor<'g>, Tensor<'g>) -> Tensor<'g>,
) -> Case {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, SIZES.0.into(), SIZES.1.into()]);
    let places = graph.input("places", DType::I32, &[N]);
    graph.output("y", build(&graph, x, places));
    Case { name, kernel, definition: Arc::new(graph.finish().unwrap()) }
}

/// The rows inside, where no row can be taken alone.
fn inside(x: Tensor<'_>) -> Tensor<'_> {
    x.transpose(&[1, 0, 2])
}

/// Indices of the middle axis, in no order and some of them twice.
fn some(graph: &Graph) -> Tensor<'_> {
    graph.constant(Array::i32(&[SIZES.0], (0..SIZES.0).map(|at| (at * 5 % 9) as i32).collect()))
}

pub(crate) fn all() -> Vec<Case> {
    let like_x = Shape::from(vec![N, SIZES.0.into(), SIZES.1.into()]);
    let across = Shape::from(vec![SIZES.0.into(), N, SIZES.1.into()]);
    vec![
        case("transpose", "copy", |_, x, _| x.transpose(&[0, 2, 1])),
        case("transpose of rows", "copy", |_, x, _| inside(x)),
        case("transpose to rows", "copy", |_, x, _| inside(x).cumsum(1).transpose(&[1, 2, 0])),
        case("slice", "copy", |_, x, _| x.slice(1, 2..9)),
        case("slice by steps", "copy", |_, x, _| inside(x).slice_step(2, 3..60, 5)),
        case("pad", "copy", |_, x, _| x.pad(2, 1, 2)),
        case("pad between", "copy", |_, x, _| inside(x).pad(0, 1, 1)),
        case("concat", "copy", |_, x, _| Tensor::concat(&[x, x.slice(2, 0..7), x], 2)),
        case("concat across", "copy", |_, x, _| Tensor::concat(&[inside(x), inside(x)], 0)),
        case("stack", "copy", |_, x, _| Tensor::stack(&[x, x.exp()], 1)),
        case("broadcast", "copy", |_, x, _| x.slice(1, 0..1).broadcast_to(&like_x)),
        case("broadcast across", "copy", |_, x, _| {
            x.slice(1, 0..1).reshape(&[N, SIZES.1.into()]).broadcast_to(&across)
        }),
        case("sum", "fold", |_, x, _| x.sum(&[1])),
        case("prod", "fold", |_, x, _| x.prod(&[1])),
        case("max", "fold", |_, x, _| inside(x).max(&[0])),
        case("min", "fold", |_, x, _| inside(x).min(&[0, 2])),
        case("sum over rows", "fold", |_, x, _| x.sum(&[0, 1])),
        case("prod over rows", "copy", |_, x, _| inside(x).prod(&[1])),
        case("argmax", "extremum", |_, x, _| x.argmax(1)),
        case("argmin", "extremum", |_, x, _| x.argmin(2)),
        case("argmax over rows", "extremum", |_, x, _| x.argmax(0)),
        case("cumsum", "cumsum", |_, x, _| x.cumsum(1)),
        case("cumsum from the end", "cumsum", |_, x, _| x.cumsum_reverse(2)),
        case("cumsum over rows", "cumsum", |_, x, _| x.cumsum(0)),
        case("gather", "gather", |graph, x, _| x.gather(some(graph), 1)),
        case("gather rows", "gather", |_, x, places| x.gather(places, 0)),
        case("scatter_add", "scatter_add", |graph, x, _| {
            x.scatter_add(some(graph), 1, Dim::Fixed(SIZES.0))
        }),
        case("scatter_add of rows", "scatter_add", |_, x, places| {
            x.scatter_add(places, 0, Dim::Fixed(ENTRIES))
        }),
        case("products", "products", |_, x, _| x.matmul(x.transpose(&[0, 2, 1]))),
        case("narrow products", "products", |_, x, _| {
            x.slice(2, 0..9).matmul(x.slice(2, 0..9).transpose(&[0, 2, 1]).slice(2, 0..3))
        }),
        case("products over rows", "products", |_, x, _| {
            inside(x).transpose(&[0, 2, 1]).matmul(inside(x))
        }),
        case("a product with rows on its right", "products", |_, x, _| {
            let x = x.reshape(&[N, (SIZES.0 * SIZES.1).into()]).slice(1, 0..256);
            let left = x.transpose(&[1, 0]).cumsum(1);
            left.matmul(x).matmul(x.transpose(&[1, 0]))
        }),
        case("random numbers", "random_rows", |graph, _, _| {
            graph.random_normal("noise", &[Dim::Fixed(700), N])
        }),
        case("random numbers without rows", "random_rows", |graph, _, _| {
            graph.random_uniform("noise", &[Dim::Fixed(700), Dim::Fixed(3)])
        }),
    ]
}
