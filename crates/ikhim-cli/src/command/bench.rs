//! `ikhim bench`.

mod check;
mod timing;
mod workload;

pub(crate) use timing::Beginning;

use crate::arguments::positive_number;
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::Args;
use ikhim_cpu::{Limits, Profile, Runtime};
use ikhim_graph::{Array, Feed};
use ikhim_report::terminal::{Side, Table};
use ikhim_text::{Result, sentence};
use std::path::PathBuf;
use timing::Taken;
use workload::{Rates, Task, Workload};

/// Time one of the known workloads
#[derive(Debug, Args)]
#[command(after_help = "\
Workloads, each on rows that are drawn once:
  linreg     1,000,000 rows of 3 numbers to 1, one step of gradient descent
  xor        4 rows, a 2-2-1 network of sigmoids, 10,001 steps as one
  softmax    784 to 10, 100 rows, gradient descent
  mlp        784-256-256-10 with ReLU, 100 rows, Adam
  mlp_deep   784-512-512-512-512-10 with ReLU and dropout 0.3, 100 rows, Adam
  infer_mlp  the prediction of the mlp for 1 row
  cnn        images of 28x28: three convolutions of 3x3 (32, 64, 128 filters),
             each with ReLU and a pooling, 625, 10, dropout 0.3, 100 rows, Adam
  cnn_small  two of these (32, 64 filters) and a layer of 10, 100 rows, Adam
  resnet20   the residual network for 32x32x3, 128 rows, momentum
  infer_cnn  the prediction of the cnn for 1 row

After a second to warm up, at least 30 steps are timed, and at least --seconds.
startup_s is the processor's time before main and the time from there to the end
of the first step. bench/compare.py runs the same work in other frameworks.")]
pub(crate) struct Arguments {
    /// What is timed
    #[arg(value_enum)]
    workload: Task,
    /// Seconds of timed steps, at least
    #[arg(long, value_name = "S", default_value = "3", value_parser = positive_number)]
    seconds: f64,
    /// Also start from the data and weights of a file and give the losses
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Also show what each instruction of a step costs
    #[arg(long)]
    profile: bool,
}

/// Steps of which a profile is made.
const PROFILED: u64 = 20;

pub(crate) fn run(
    arguments: Arguments,
    runtime: &Runtime,
    beginning: &Beginning,
    console: &Console,
) -> Result<Answer> {
    let workload = arguments.workload.workload();
    let (startup, taken, profile) =
        time(&workload, runtime, beginning, arguments.seconds, arguments.profile)?;
    // The memory of the timed work, before any other is done.
    let memory = timing::peak_memory();
    let losses = match &arguments.check {
        Some(path) => Some(check::losses(&workload, path, runtime)?),
        None => None,
    };
    let document = Document::new("bench")
        .with("workload", arguments.workload.name())
        .with("framework", "ikhim")
        .with("variant", runtime.level().name())
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("threads", runtime.threads())
        .with("steps", taken.steps)
        .number("seconds_per_step_median", taken.median)
        .and(spread(&taken))
        .number("samples_per_s", workload.rows as f64 / taken.median)
        .maybe("peak_rss_mb", memory.map(|bytes| bytes as f64 / f64::from(1 << 20)))
        .number("startup_s", startup);
    let document = match &losses {
        Some(losses) => {
            let part = |document: Document, (step, loss): &(u64, f64)| {
                document.number(&step.to_string(), *loss)
            };
            let losses = losses.iter().fold(Document::part(), part);
            document.with("check", Document::part().with("losses", losses))
        }
        None => document,
    };
    let document = match &profile {
        Some(profile) => {
            let parts: Vec<_> = profile.instructions.iter().map(instruction).collect();
            document.with("profile", parts)
        }
        None => document,
    };
    let shares = profile.as_ref().map(|profile| Shares::of(profile, &taken, runtime));
    let document = match &shares {
        Some(shares) => document.with("limits", shares.document()),
        None => document,
    };
    show(&arguments, &workload, runtime, &taken, startup, memory, losses.as_deref(), console);
    if let Some(profile) = &profile {
        console.text(&format!("\n{profile}"));
    }
    if let Some(shares) = &shares {
        console.text(&format!("\n{shares}\n"));
    }
    Ok(Answer::done(document))
}

/// What a step is beside what the processor can do at most.
struct Shares {
    limits: Limits,
    /// Of a step's time, what its arithmetic takes at the greatest rate.
    arithmetic: f64,
    /// The same for one reading of the program's memory.
    reading: f64,
}

impl Shares {
    fn of(profile: &Profile, taken: &Taken, runtime: &Runtime) -> Shares {
        let bytes = profile.words * size_of::<f32>();
        let limits = Limits::measure(runtime, bytes);
        let share = |amount: usize, rate: f64| amount as f64 / rate / taken.median;
        Shares {
            limits,
            arithmetic: share(profile.operations(), limits.operations),
            reading: share(bytes, limits.bytes),
        }
    }

    fn document(&self) -> Document {
        Document::part()
            .number("operations_per_s", self.limits.operations)
            .number("bytes_per_s", self.limits.bytes)
            .number("share_of_operations", self.arithmetic)
            .number("share_of_bytes", self.reading)
    }
}

impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "At most {:.1} GFLOP/s in registers, and {:.1} GB/s read from as much memory: at these \
             rates\nthe arithmetic is {:.1} % of the median step, one reading of its memory {:.1} %.",
            self.limits.operations / 1e9,
            self.limits.bytes / 1e9,
            100.0 * self.arithmetic,
            100.0 * self.reading
        )
    }
}

/// One row of a profile.
fn instruction(part: &ikhim_cpu::InstructionProfile) -> Document {
    Document::part()
        .with("phase", part.phase)
        .with("ops", part.ops.join(" "))
        .with("layers", part.layers.join(" "))
        .with("kernel", part.kernel.as_str())
        .number("seconds", part.seconds)
        .number("share", part.share)
        .with("operations", part.operations)
        .with("bytes", part.bytes)
}

/// The percentiles of single steps, or the total of steps that are one.
fn spread(taken: &Taken) -> Document {
    let part = Document::part();
    let part = match taken.percentiles {
        Some((low, high)) => part.number("p10", low).number("p90", high),
        None => part,
    };
    match taken.total {
        Some(total) => part.number("total_s", total),
        None => part,
    }
}

/// Seconds to the end of the first step, and what the steps took.
fn time(
    workload: &Workload,
    runtime: &Runtime,
    beginning: &Beginning,
    seconds: f64,
    is_profiled: bool,
) -> Result<(f64, Taken, Option<Profile>)> {
    let rates = Rates::of(workload);
    let built = workload.build(&rates, workload.dropout)?;
    let program = built.program.on(runtime.clone());
    let mut state = built.initial;
    let (features, target) = workload.data();
    let rate = Array::f64(&[], vec![rates.learning_rate]);
    let mut feed = Feed::rows(workload.rows).input("features", &features);
    if workload.is_trained {
        feed = feed.input("target", &target).input("learning_rate", &rate);
    }
    let mut done = 0;
    let mut work = |steps: u64| -> Result<()> {
        // Dropout draws other numbers in every step; the rows stay.
        feed = std::mem::take(&mut feed).random(0, done);
        let rows = if done == 0 { feed.clone() } else { feed.clone().unchanged() };
        done += steps;
        program.run_steps(&mut state, &rows, steps).map(drop)
    };
    work(1)?;
    let startup = beginning.elapsed();
    let taken = match workload.whole_loop {
        Some(steps) => timing::whole_loop(|| work(steps), steps, seconds)?,
        None => timing::steps(|| work(1), seconds)?,
    };
    let profile = match is_profiled {
        true => program.profile(&state, &feed, PROFILED)?,
        false => None,
    };
    Ok((startup, taken, profile))
}

#[expect(clippy::too_many_arguments, reason = "everything that was measured, shown once")]
fn show(
    arguments: &Arguments,
    workload: &Workload,
    runtime: &Runtime,
    taken: &Taken,
    startup: f64,
    memory: Option<u64>,
    losses: Option<&[(u64, f64)]>,
    console: &Console,
) {
    let mut table = Table::new([
        (arguments.workload.name().to_string(), Side::Left),
        (format!("{} × {}", runtime.level(), runtime.threads()), Side::Right),
    ]);
    let mut row = |name, value: String| table.row([console.word(name), value]);
    row(sentence::BENCH_STEP, duration(taken.median));
    if let Some((low, high)) = taken.percentiles {
        row(sentence::BENCH_RANGE, format!("{} … {}", duration(low), duration(high)));
    }
    if let Some(total) = taken.total {
        row(sentence::BENCH_TOTAL, duration(total));
    }
    row(sentence::BENCH_STEPS, taken.steps.to_string());
    row(sentence::BENCH_ROWS, format!("{:.0}", workload.rows as f64 / taken.median));
    row(sentence::BENCH_START, duration(startup));
    row(sentence::BENCH_MEMORY, crate::command::doctor::size(memory));
    console.text(&table.render(console.columns(), console.glyphs()));
    for (step, loss) in losses.unwrap_or_default() {
        let values = [("step", step.to_string()), ("loss", loss.to_string())];
        console.say(sentence::BENCH_LOSS, &values);
    }
}

/// Seconds for a person.
fn duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-3 => format!("{:.2} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.3} ms", seconds * 1e3),
        _ => format!("{seconds:.3} s"),
    }
}
