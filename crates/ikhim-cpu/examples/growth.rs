//! Time of a training step against width, depth, rows and threads, as CSV on
//! standard output: `cargo run --release -p ikhim-cpu --example growth`.
//!
//! The networks are classifiers of 10 classes under Adam, built as anyone would
//! build them. A time is the least of several measurements of many steps each,
//! in rounds over all sizes, so that a busy minute of the machine spoils none.

use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, Feed, State};
use ikhim_nn::{Adam, CrossEntropy, Mlp, Objective, Spec, Target, training};
use ikhim_text::Result;
use std::time::Instant;

/// A measurement covers steps of at least this many seconds.
const SECONDS: f64 = 0.05;

/// Measurements of a round.
const TIMES: usize = 3;

/// Rounds over all sizes.
const ROUNDS: usize = 5;

/// A network and how it is run.
struct Case {
    features: usize,
    hidden: Vec<usize>,
    rows: usize,
    threads: usize,
}

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let powers = |last: u32| (0..=last).map(|power| 1_usize << power);
    let mut axes: Vec<(&str, usize, Case)> = Vec::new();
    for width in powers(12).filter(|width| *width >= 16) {
        let hidden = vec![width; 2];
        axes.push(("width", width, Case { features: width, hidden, rows: 64, threads: cores }));
    }
    for depth in powers(6) {
        let hidden = vec![128; depth];
        axes.push(("depth", depth, Case { features: 128, hidden, rows: 64, threads: cores }));
    }
    for rows in powers(12) {
        let hidden = vec![256; 2];
        axes.push(("batch", rows, Case { features: 784, hidden, rows, threads: cores }));
    }
    for threads in powers(3) {
        let hidden = vec![512; 4];
        axes.push(("threads", threads, Case { features: 784, hidden, rows: 100, threads }));
    }
    axes.retain(|(axis, ..)| wanted.as_deref().is_none_or(|wanted| wanted == *axis));
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
        let spec = Spec::new([self.features], Target::class(10));
        let objective = Objective::new(CrossEntropy::new(), Adam::new(1e-3));
        let definition = training(&Mlp::new(self.hidden.clone()), &spec, &objective)?;
        let mut state = State::initial(&definition, 1);
        let program = Program::updating(definition.into(), &["loss"])?;
        let runtime = Runtime::builder().threads(self.threads).build();
        let x = numbers(&[self.rows, self.features]);
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
