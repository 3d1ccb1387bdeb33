//! Time of a training step against width, depth, rows and threads, of a
//! convolutional one against side, channels, rows and threads, and of a recurrent one
//! against steps, units and rows, as CSV on standard output:
//! `cargo run --release -p ikhim-cpu --example growth`. An axis alone is asked for by
//! its name, some of its sizes behind it: `growth units 256 512`.
//!
//! The networks are classifiers of 10 classes under Adam, built as anyone would
//! build them. A time is the least of several measurements of many steps each,
//! in rounds over all sizes, so that a busy minute of the machine spoils none.

use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, Feed, State};
use ikhim_nn::{
    Activation, Adam, Conv2d, CrossEntropy, Dense, GlobalAveragePool2d, Lstm, MaxPool2d, Mlp,
    Model, Objective, Padding, Sequential, Spec, Target, training,
};
use ikhim_text::Result;
use std::time::Instant;

/// A measurement covers steps of at least this many seconds.
const SECONDS: f64 = 0.05;

/// Measurements of a round.
const TIMES: usize = 3;

/// Rounds over all sizes.
const ROUNDS: usize = 5;

/// What is trained.
enum Network {
    /// Dense layers with ReLU.
    Dense { features: usize, hidden: Vec<usize> },
    /// Two convolutions of 3×3 with ReLU, a pooling between them, on images as wide
    /// as high that have as many channels as the layers.
    Convolutions { side: usize, channels: usize },
    /// An LSTM over a sequence, its last state classified.
    Recurrence { steps: usize, features: usize, units: usize },
}

/// A network and how it is run.
struct Case {
    network: Network,
    rows: usize,
    threads: usize,
}

impl Network {
    /// The model, and the sizes of a row.
    fn model(&self) -> (Box<dyn Model>, Vec<usize>) {
        match self {
            Network::Dense { features, hidden } => {
                (Box::new(Mlp::new(hidden.clone())), vec![*features])
            }
            Network::Convolutions { side, channels } => {
                let conv = || {
                    let same = Conv2d::new(*channels, 3).padding(Padding::Same);
                    same.activation(Activation::Relu)
                };
                let layers = Sequential::new()
                    .then(conv())
                    .then(MaxPool2d::new(2))
                    .then(conv())
                    .then(GlobalAveragePool2d::new())
                    .then(Dense::auto());
                (Box::new(layers), vec![*side, *side, *channels])
            }
            Network::Recurrence { steps, features, units } => {
                let layers = Sequential::new()
                    .then(Lstm::new(*units).return_sequences(false))
                    .then(Dense::auto());
                (Box::new(layers), vec![*steps, *features])
            }
        }
    }
}

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1);
    let sizes: Vec<usize> = std::env::args().skip(2).filter_map(|it| it.parse().ok()).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let powers = |last: u32| (0..=last).map(|power| 1_usize << power);
    let mut axes: Vec<(&str, usize, Case)> = Vec::new();
    let mut add = |axis, size, network, rows, threads| {
        axes.push((axis, size, Case { network, rows, threads }));
    };
    let dense = |features, hidden| Network::Dense { features, hidden };
    for width in powers(12).filter(|width| *width >= 16) {
        add("width", width, dense(width, vec![width; 2]), 64, cores);
    }
    for depth in powers(6) {
        add("depth", depth, dense(128, vec![128; depth]), 64, cores);
    }
    for rows in powers(12) {
        add("batch", rows, dense(784, vec![256; 2]), rows, cores);
    }
    for threads in powers(3) {
        add("threads", threads, dense(784, vec![512; 4]), 100, threads);
    }
    let images = |side, channels| Network::Convolutions { side, channels };
    for side in [16, 24, 32, 48, 64, 96, 128] {
        add("side", side, images(side, 32), 8, cores);
    }
    for channels in [16, 32, 64, 128, 256] {
        add("channels", channels, images(16, channels), 8, cores);
    }
    for rows in powers(8) {
        add("images", rows, images(28, 32), rows, cores);
    }
    for threads in powers(3) {
        add("threads-of-images", threads, images(28, 64), 32, threads);
    }
    let sequences = |steps, units| Network::Recurrence { steps, features: 64, units };
    for steps in powers(10).filter(|steps| *steps >= 16) {
        add("steps", steps, sequences(steps, 128), 32, cores);
    }
    for units in powers(10).filter(|units| *units >= 32) {
        add("units", units, sequences(64, units), 32, cores);
    }
    for rows in powers(8) {
        add("sequences", rows, sequences(64, 128), rows, cores);
    }
    axes.retain(|(axis, size, _)| {
        let is_wanted = wanted.as_deref().is_none_or(|wanted| wanted == *axis);
        is_wanted && (sizes.is_empty() || sizes.contains(size))
    });
    let mut found = vec![(0, f64::INFINITY); axes.len()];
    for _ in 0..ROUNDS {
        for ((.., case), (operations, least)) in axes.iter().zip(&mut found) {
            let (counted, seconds) = case.measure()?;
            *operations = counted;
            *least = least.min(seconds);
        }
    }
    println!("axis,size,threads,operations,seconds,ns_per_operation");
    for ((axis, size, case), (operations, seconds)) in axes.iter().zip(found) {
        let each = 1e9 * seconds / operations as f64;
        println!("{axis},{size},{},{operations},{seconds:.3e},{each:.4}", case.threads);
    }
    Ok(())
}

impl Case {
    /// The arithmetic of a step and its seconds.
    fn measure(&self) -> Result<(usize, f64)> {
        let (model, sizes) = self.network.model();
        let spec = Spec::new(sizes.clone(), Target::class(10));
        let objective = Objective::new(CrossEntropy::new(), Adam::new(1e-3));
        let definition = training(model.as_ref(), &spec, &objective)?;
        let mut state = State::initial(&definition, 1);
        let program = Program::updating(definition.into(), &["loss"])?;
        let runtime = Runtime::builder().threads(self.threads).build();
        let x = numbers(&[&[self.rows], sizes.as_slice()].concat());
        let classes = (0..self.rows).map(|row| row as i32 % 10).collect();
        let (target, rate) = (Array::i32(&[self.rows], classes), Array::scalar(1e-3));
        let feed = Feed::rows(self.rows).input("features", &x).input("target", &target);
        let feed = feed.input("learning_rate", &rate);
        let operations = program.profile(&runtime, &state, &feed, 1)?.operations();

        let mut seconds = |steps: u64| -> Result<f64> {
            let start = Instant::now();
            program.run_steps(&runtime, &mut state, &feed, steps)?;
            Ok(start.elapsed().as_secs_f64())
        };
        let mut steps = 1;
        while seconds(steps)? < SECONDS {
            steps *= 2;
        }
        let mut least = f64::INFINITY;
        for _ in 0..TIMES {
            least = least.min(seconds(steps)? / steps as f64);
        }
        Ok((operations, least))
    }
}

/// Numbers in [-1, 1) without a visible order.
fn numbers(sizes: &[usize]) -> Array {
    let count: usize = sizes.iter().product();
    let number =
        |at: usize| ((at as u32).wrapping_mul(2_654_435_761) >> 12) as f32 / 524_288.0 - 1.0;
    Array::f32(sizes, (0..count).map(number).collect())
}
