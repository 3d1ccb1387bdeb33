use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::{Project, relative};
use crate::run::KeptRun;
use clap::Args;
use ikhim_report::number;
use ikhim_report::report::{Role, Score, Test};
use ikhim_report::terminal::{Side, Table};
use ikhim_run::folder;
use ikhim_text::{Result, sentence};

/// List the runs of this project
#[derive(Debug, Args)]
#[command(after_help = "\
RUN in other commands is a path, a name from this list, the beginning of one when
no other begins so, or `latest`.")]
pub(crate) struct Arguments {}

pub(crate) fn run(_: Arguments, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let folder = project.runs();
    let names = folder::list(&folder)?;
    let runs: Vec<KeptRun> =
        names.iter().filter_map(|name| KeptRun::open(&folder.join(name)).ok()).collect();
    if runs.is_empty() {
        console.say(sentence::RUNS_NONE, &[("path", relative(&folder).display().to_string())]);
    } else {
        console.text(&table(&runs, console));
    }
    let documents: Vec<Document> = runs.iter().map(document).collect();
    Ok(Answer::done(Document::new("runs").with("runs", documents)))
}

fn table(runs: &[KeptRun], console: &Console) -> String {
    let mut table = Table::new([
        (console.word(sentence::COLUMN_RUN), Side::Left),
        (console.word(sentence::COLUMN_STATUS), Side::Left),
        (console.word(sentence::COLUMN_SEED), Side::Right),
        (console.word(sentence::COLUMN_EPOCHS), Side::Right),
        (console.word(sentence::COLUMN_VALUE), Side::Left),
        (console.word(sentence::ROLE_TEST), Side::Left),
        (console.word(sentence::COLUMN_STARTED), Side::Left),
    ]);
    for run in runs {
        let record = &run.record;
        let test = opened(run).map_or(String::new(), |(metric, value, look)| {
            format!("{metric} {} ({look})", number(value))
        });
        let value = selected(run).map_or(String::new(), |score| {
            let role = if score.role == Role::Train { "train " } else { "" };
            format!("{role}{} {}", score.metric, number(score.value))
        });
        table.row([
            run.folder.name(),
            record.status.clone(),
            record.seed.to_string(),
            record.epochs.to_string(),
            value,
            test,
            record.started.clone(),
        ]);
    }
    table.render(console.columns(), console.glyphs())
}

/// The number by which the run was selected.
fn selected(run: &KeptRun) -> Option<Score> {
    run.report().ok()?.scores.into_iter().next()
}

/// The last look at the test part: metric, value, number of the look.
fn opened(run: &KeptRun) -> Option<(String, f64, u64)> {
    match run.report().ok()?.test {
        Test::Opened(look) => Some((look.metric, look.value, look.look)),
        _ => None,
    }
}

fn document(run: &KeptRun) -> Document {
    let record = &run.record;
    let document = Document::part()
        .with("run", run.path().display().to_string())
        .with("name", run.folder.name())
        .with("id", &record.id)
        .with("status", &record.status)
        .with("seed", record.seed)
        .with("epochs", record.epochs)
        .with("steps", record.steps)
        .number("seconds", record.seconds)
        .with("started", &record.started)
        .with("ended", &record.ended)
        .with("parent", &record.parent);
    let document = match selected(run) {
        Some(score) => document
            .with("role", score.role)
            .with("metric", score.metric)
            .number("value", score.value)
            .with("n", score.n),
        None => document,
    };
    match opened(run) {
        Some((metric, value, look)) => {
            let test = Document::part().with("metric", metric).number("value", value);
            document.with("test", test.with("look", look))
        }
        None => document,
    }
}
