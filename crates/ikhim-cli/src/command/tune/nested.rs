//! `ikhim tune` with `tune.nested`: one number for the whole tuning.

use super::{append, begin, known, settings};
use crate::command::{Answer, data};
use crate::console::Console;
use crate::document::Document;
use crate::experiment_source::ExperimentSource;
use crate::project::{Project, relative, typed};
use crate::signal::Signals;
use ikhim_cpu::Runtime;
use ikhim_data::statistics::{maximum, mean, minimum, standard_deviation};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::RunFolder;
use ikhim_run::experiment::Experiment;
use ikhim_text::{Result, sentence};
use ikhim_train::tune::{Nested, OuterFold};

/// Whether the experiment asks for it.
pub(super) fn is_asked(experiment: &Experiment) -> bool {
    let tune = experiment.tune.as_ref();
    tune.is_some_and(|tune| tune.choice().settings.table("nested").is_some())
}

/// The outer folds that are done, a line for each.
const JOURNAL: &str = "nested.jsonl";

pub(super) fn run(
    source: &ExperimentSource,
    folder: Option<RunFolder>,
    project: &Project,
    signals: &Signals,
    runtime: &Runtime,
    console: &Console,
) -> Result<Answer> {
    let nested = Nested::new(&source.experiment, &source.base, project.ledger())?;
    nested.prepared().keep_assignment()?;
    let folder = match folder {
        Some(folder) => folder,
        None => begin(project, &source.experiment, nested.prepared())?,
    };
    data::headline(&nested.prepared().dataset, console);
    let [outer, inner] = nested.folds();
    console.say(
        sentence::NESTED_BEFORE,
        &[
            ("outer", outer.to_string()),
            ("inner", inner.to_string()),
            ("trials", nested.trials().to_string()),
            ("metric", nested.metric().name().to_string()),
        ],
    );
    let known = known(&folder, JOURNAL);
    let found = nested.run(runtime, &signals.interrupt(), &known, |fold| {
        if console.is_watched() {
            let settings = fold.winner.arguments().join(", ");
            console.warn(format!("{:>4}  {}  {settings}", fold.fold, number(fold.outer)));
        }
        append(&folder.file(JOURNAL), fold)
    })?;
    folder.write("nested.csv", csv(&found))?;
    console.text(&format!("\n{}\n", table(&nested, &found, console)));
    let outer: Vec<f64> = found.iter().map(|fold| fold.outer).collect();
    let inner = mean(&found.iter().map(|fold| fold.inner).collect::<Vec<_>>());
    let spread = [
        ("mean", mean(&outer)),
        ("standard_deviation", standard_deviation(&outer)),
        ("lowest", minimum(&outer)),
        ("highest", maximum(&outer)),
    ];
    let folds: Vec<Document> = found.iter().map(part).collect();
    let document = Document::new("nested")
        .with("folder", relative(folder.path()).display().to_string())
        .with("metric", nested.metric().name())
        .with("outer_folds", nested.folds()[0])
        .with("inner_folds", nested.folds()[1])
        .with("folds", folds);
    let document = spread
        .iter()
        .fold(document, |document, (name, value)| document.number(name, *value))
        .number("inner_mean", inner);
    if signals.interrupt().is_requested() {
        console.warn(format!("ikhim tune --resume {}", typed(folder.path())));
        return Ok(Answer { document, exit: signals.exit() });
    }
    console.say(
        sentence::NESTED_AFTER,
        &[
            ("metric", nested.metric().name().to_string()),
            ("folds", found.len().to_string()),
            ("mean", number(spread[0].1)),
            ("sd", number(spread[1].1)),
            ("low", number(spread[2].1)),
            ("high", number(spread[3].1)),
            ("inner", number(inner)),
        ],
    );
    Ok(Answer::done(document))
}

fn part(fold: &OuterFold) -> Document {
    Document::part()
        .with("fold", fold.fold)
        .with("rows", fold.rows)
        .with("trial", fold.winner.number)
        .with("settings", settings(&fold.winner))
        .number("inner", fold.inner)
        .number("outer", fold.outer)
}

fn table(nested: &Nested, found: &[OuterFold], console: &Console) -> String {
    let name = nested.metric().name();
    let mut table = Table::new([
        (console.word(sentence::COLUMN_FOLD), Side::Right),
        (console.word(sentence::COLUMN_ROWS), Side::Right),
        (format!("{} {name}", console.word(sentence::COLUMN_INNER)), Side::Right),
        (format!("{} {name}", console.word(sentence::COLUMN_OUTER)), Side::Right),
        (console.word(sentence::COLUMN_TRIAL), Side::Left),
    ]);
    for fold in found {
        table.row([
            fold.fold.to_string(),
            fold.rows.to_string(),
            number(fold.inner),
            number(fold.outer),
            fold.winner.arguments().join(", "),
        ]);
    }
    table.render(console.columns(), console.glyphs())
}

/// All folds, for pandas.
fn csv(found: &[OuterFold]) -> String {
    let mut text = "fold,rows,trial,inner,outer\n".to_string();
    for fold in found {
        let OuterFold { winner, rows, inner, outer, .. } = fold;
        text += &format!("{},{rows},{},{inner},{outer}\n", fold.fold, winner.number);
    }
    text
}
