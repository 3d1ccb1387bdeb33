//! Networks with batch norm, whose sums are found row by row, and whose values the way
//! back computes again.

use crate::support::{Case, runtimes};
use ikhim_graph::{Shape, Tensor};
use ikhim_nn::{
    Activation, Adam, Apply, BatchNorm, Conv1d, Conv2d, CrossEntropy, Dense, Flatten, MaxPool2d,
    Model, Objective, Padding, ResNet, Sequential, Sgd, Spec, Target, from_fn,
};

fn check(name: &str, model: &dyn Model, sizes: &[usize], rows: &[usize]) {
    let spec = Spec::new(sizes, Target::class(4));
    for rows in rows {
        let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.1).momentum(0.9));
        let case = Case::training(model, &spec, &objective, *rows);
        let name = format!("{name}, {rows} rows");
        case.check(&name, &["loss"], 2, &runtimes(&[1, 2, 3]));
    }
}

fn conv(filters: usize) -> Conv2d {
    Conv2d::new(filters, 3).padding(Padding::Same).use_bias(false)
}

#[test]
fn a_residual_network_has_the_bits_of_the_evaluator() {
    check("a residual network", &ResNet::new(8), &[8, 9, 3], &[3, 33]);
}

/// Channels that do not fill vectors, and as many as are taken row by row; what is
/// rectified goes on, is joined, pooled, or read by one layer alone.
#[test]
fn every_width_of_channels_has_the_bits_of_the_evaluator() {
    for filters in [1, 7, 8, 20, 64, 260] {
        let network = from_fn(move |x| {
            let first = x.apply(conv(filters)).apply(BatchNorm::new()).relu();
            let second = first.apply(conv(filters)).apply(BatchNorm::new());
            let both = (second + first).relu();
            let third = both.apply(conv(5)).apply(BatchNorm::new()).relu();
            let pooled = third.apply(MaxPool2d::new(2));
            let fourth = pooled.apply(BatchNorm::new()).apply(Activation::Tanh);
            fourth.apply(Flatten::new()).apply(Dense::new(4))
                + both.mean(&[1, 2, 3]).expand_dims(-1)
        });
        check(&format!("{filters} filters"), &network, &[4, 5, 2], &[2, 35]);
    }
}

#[test]
fn sequences_and_rows_have_the_bits_of_the_evaluator() {
    let sequences = Sequential::new()
        .then(Conv1d::new(16, 3_usize))
        .then(BatchNorm::new())
        .then(Activation::Relu)
        .then(Conv1d::new(9, 2_usize))
        .then(BatchNorm::new())
        .then(Flatten::new())
        .then(Dense::new(4));
    check("sequences", &sequences, &[9, 3], &[2, 70]);
    let rows = Sequential::new()
        .then(Dense::new(40))
        .then(BatchNorm::new())
        .then(Activation::Relu)
        .then(Dense::new(4));
    check("rows", &rows, &[6], &[2, 100]);
    let narrow = Sequential::new().then(Dense::new(3)).then(BatchNorm::new()).then(Dense::new(4));
    check("narrow rows", &narrow, &[2], &[2, 300]);
}

/// The statistics are values too: something may be learned through them.
#[test]
fn losses_of_statistics_have_the_bits_of_the_evaluator() {
    let network = from_fn(|x: Tensor<'_>| {
        let inner = x.apply(conv(16));
        let one = inner.graph().scalar(1.0).broadcast_to(&Shape::from(&[16_usize][..]));
        let all = inner.batch_norm(one, one * 0.5, 1e-3);
        let joined = all.value * all.variance + all.mean;
        joined.relu().apply(Flatten::new()).apply(Dense::new(4))
    });
    let spec = Spec::new([5, 4, 3], Target::class(4));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    let case = Case::training(&network, &spec, &objective, 20);
    case.check("statistics", &["loss"], 2, &runtimes(&[1, 3]));
}
