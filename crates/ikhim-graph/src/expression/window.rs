//! Convolution and pooling as functions of an expression: images are
//! `[images, height, width, channels]`, kernels
//! `[height, width, channels / groups, filters]`.

use super::function::{Setting, Settings};
use crate::op::Window;
use crate::{Dim, Graph, Shape, Tensor};
use ikhim_text::Fault;

/// `conv2d(x, kernel, stride, padding, dilation, groups)`.
pub(super) fn conv2d<'g>(graph: &'g Graph, x: &[Tensor<'g>], settings: &Settings) -> Tensor<'g> {
    let (image, kernel) = (sizes(&x[0].shape(), 1), sizes(&x[1].shape(), 0));
    let window = Window::default()
        .stride(pair(graph, settings, 0, ("conv2d", "stride"), [1, 1]))
        .dilation(pair(graph, settings, 2, ("conv2d", "dilation"), [1, 1]))
        .groups(settings.count(graph, 3, "conv2d"));
    let padding = padding(graph, settings, 1, "conv2d", &window, image, kernel);
    x[0].conv2d(x[1], window.padding(padding))
}

/// `max_pool2d(x, size, stride, padding)`.
pub(super) fn max_pool2d<'g>(
    graph: &'g Graph,
    x: &[Tensor<'g>],
    settings: &Settings,
) -> Tensor<'g> {
    let (size, stride, padding) = pooling(graph, x[0], settings, "max_pool2d");
    x[0].max_pool2d(size, stride, padding)
}

/// `average_pool2d(x, size, stride, padding)`: padding is not among the cells of
/// which the mean is taken.
pub(super) fn average_pool2d<'g>(
    graph: &'g Graph,
    x: &[Tensor<'g>],
    settings: &Settings,
) -> Tensor<'g> {
    let (size, stride, padding) = pooling(graph, x[0], settings, "average_pool2d");
    x[0].average_pool2d(size, stride, padding, false)
}

type Pooling = ([usize; 2], [usize; 2], [[usize; 2]; 2]);

fn pooling(graph: &Graph, x: Tensor<'_>, settings: &Settings, name: &str) -> Pooling {
    let size = pair(graph, settings, 0, (name, "size"), [1, 1]);
    let stride = pair(graph, settings, 1, (name, "stride"), size);
    let window = Window::default().stride(stride);
    let image = sizes(&x.shape(), 1);
    (size, stride, padding(graph, settings, 2, name, &window, image, size))
}

/// The sizes of two axes; 1 where there are none, which the op itself tells.
fn sizes(shape: &Shape, axis: usize) -> [usize; 2] {
    let size = |axis: usize| match shape.get(axis) {
        Some(Dim::Fixed(size)) => *size,
        _ => 1,
    };
    [size(axis), size(axis + 1)]
}

/// One number for both axes, or one for each.
fn pair(
    graph: &Graph,
    settings: &Settings,
    index: usize,
    (op, name): (&str, &str),
    usual: [usize; 2],
) -> [usize; 2] {
    let Some(values) = settings.integers(index) else { return usual };
    match numbers(&values).as_deref() {
        Some([both]) => [*both; 2],
        Some([tall, wide]) => [*tall, *wide],
        _ => {
            graph.fail(unfit(op, name, "one or two numbers from 0 on", &values));
            usual
        }
    }
}

/// Cells of padding before and after, of each axis.
fn padding(
    graph: &Graph,
    settings: &Settings,
    index: usize,
    op: &str,
    window: &Window,
    image: [usize; 2],
    kernel: [usize; 2],
) -> [[usize; 2]; 2] {
    if settings.0.get(index) == Some(&Setting::Same) {
        return [0, 1].map(|axis| window.along(axis, kernel[axis]).same(image[axis]));
    }
    let values = settings.integers(index).unwrap_or_default();
    match numbers(&values).as_deref() {
        Some([all]) => [[*all; 2]; 2],
        Some([tall, wide]) => [[*tall; 2], [*wide; 2]],
        Some([top, bottom, left, right]) => [[*top, *bottom], [*left, *right]],
        _ => {
            let expected = "`valid`, `same`, or 1, 2 or 4 numbers from 0 on";
            graph.fail(unfit(op, "padding", expected, &values));
            [[0; 2]; 2]
        }
    }
}

/// The numbers, where none is negative.
fn numbers(values: &[isize]) -> Option<Vec<usize>> {
    values.iter().map(|value| usize::try_from(*value).ok()).collect()
}

fn unfit(op: &str, setting: &str, expected: &str, found: &[isize]) -> Fault {
    Fault::of("shape.setting")
        .with("op", op)
        .with("setting", setting)
        .with("expected", expected)
        .with("found", format!("{found:?}"))
}
