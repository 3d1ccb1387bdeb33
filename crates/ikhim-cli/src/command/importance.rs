use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::report::page;
use crate::run::KeptRun;
use crate::score;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_report::terminal::{Side, Table};
use ikhim_report::{count, number};
use ikhim_run::metric::Metric;
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::{Importance, permutation_importance};
use std::num::NonZero;

/// Measure how much a run depends on each column
#[derive(Debug, Args)]
#[command(after_help = "\
The values of one column change places among the validation rows, and the metric is
measured anew. The sealed rows stay sealed. The result is added to the run's report.")]
pub(crate) struct Arguments {
    /// A run: its path, its name, the beginning of its name, or `latest`
    run: String,
    /// The metric that gets worse, instead of the one that selected the run
    #[arg(long, value_name = "METRIC")]
    metric: Option<String>,
    /// How often the values of a column change places
    #[arg(long, value_name = "N", default_value = "5")]
    repetitions: NonZero<u32>,
    /// What drives the places: the same seed gives the same numbers
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let run = KeptRun::find(&project, &arguments.run)?;
    let model = run.model(runtime)?;
    let metric = metric(arguments.metric.as_deref(), &model.metrics())?;
    let prepared = run.prepared(&project)?;
    let repetitions = arguments.repetitions.get() as usize;
    let found =
        permutation_importance(&model, &prepared.data, &metric, repetitions, arguments.seed)?;
    let (rows, role) = prepared.data.judged();
    page::add_importance(&run.folder, &metric, role, rows.rows, &found)?;
    show(&found, &metric, role, rows.rows, console);
    let columns: Vec<Document> = found.iter().map(column).collect();
    let document = Document::new("importance")
        .with("run", run.path().display().to_string())
        .with("id", &run.record.id)
        .with("metric", metric.name())
        .with("role", role)
        .with("n", rows.rows)
        .with("repetitions", repetitions)
        .with("seed", arguments.seed)
        .with("columns", columns);
    Ok(Answer::done(document))
}

fn metric(asked: Option<&str>, own: &[Metric]) -> Result<Metric> {
    match asked {
        Some(name) => Metric::named(name).ok_or_else(|| {
            let known: Vec<&str> = Metric::names().collect();
            Fault::of("usage.arguments")
                .with("found", format!("`--metric {name}` is none of {}", known.join(", ")))
        }),
        None => own.first().cloned().ok_or_else(|| Fault::of("train.no_metric")),
    }
}

fn column(importance: &Importance) -> Document {
    Document::part()
        .with("column", &importance.column)
        .number("mean", importance.mean)
        .number("standard_deviation", importance.standard_deviation)
        .with("losses", &importance.losses)
}

fn show(found: &[Importance], metric: &Metric, role: &str, rows: usize, console: &Console) {
    let name = ("metric", metric.name().to_string());
    let mut table = Table::new([
        (console.word(sentence::COLUMN_COLUMN), Side::Left),
        (console.sentence(sentence::COLUMN_WORSE, std::slice::from_ref(&name)), Side::Right),
        (console.word(sentence::COLUMN_DEVIATION), Side::Right),
    ]);
    for column in found {
        let numbers = [number(column.mean), number(column.standard_deviation)];
        table.row([column.column.clone()].into_iter().chain(numbers));
    }
    let repetitions = found.first().map_or(0, |column| column.losses.len());
    console.say(
        sentence::IMPORTANCE_WHAT,
        &[
            name,
            ("n", count(rows as u64)),
            ("part", console.word(score::role(role))),
            ("repetitions", repetitions.to_string()),
        ],
    );
    console.text(&format!("\n{}\n", table.render(console.columns(), console.glyphs())));
}
