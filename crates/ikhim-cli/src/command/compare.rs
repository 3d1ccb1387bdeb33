use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::run::KeptRun;
use crate::score;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_data::SplitRecord;
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::Judgement;
use ikhim_run::metric::{Difference, Metric};
use ikhim_text::{Fault, Result, sentence};

/// Compare runs on the same validation rows
#[derive(Debug, Args)]
#[command(after_help = "\
Each run stands beside the first one: the difference of the metric, and its 95 %
interval over the rows that both were judged on. Runs of different splits are
refused.")]
pub(crate) struct Arguments {
    /// The run that the others are compared with
    first: String,
    /// Further runs
    #[arg(required = true)]
    others: Vec<String>,
    /// The metric; else the one by which the first run was selected
    #[arg(long, value_name = "NAME")]
    metric: Option<String>,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let first = Judged::of(&project, &arguments.first, runtime)?;
    let metric = first.metric(arguments.metric.as_deref())?;
    let mut table = Table::new([
        (console.word(sentence::COLUMN_RUN), Side::Left),
        (metric.name().to_string(), Side::Right),
        (console.word(sentence::COLUMN_DIFFERENCE), Side::Right),
        (console.word(sentence::COLUMN_INTERVAL), Side::Right),
        (String::new(), Side::Left),
    ]);
    let value = metric.value(&first.judgement.outcome);
    table.row([first.name.clone(), number(value)]);
    let mut documents = vec![Document::part().with("run", &first.name).number("value", value)];
    for meant in &arguments.others {
        let other = Judged::of(&project, meant, runtime)?;
        other.metric(Some(metric.name()))?;
        let difference = first.difference(&other, &metric)?;
        let value = metric.value(&other.judgement.outcome);
        let verdict =
            if difference.is_clear() { sentence::COMPARE_CLEAR } else { sentence::COMPARE_CHANCE };
        table.row([
            other.name.clone(),
            number(value),
            format!("{:+.4}", difference.value),
            format!("{:+.4} … {:+.4}", difference.low, difference.high),
            console.word(verdict),
        ]);
        documents.push(document(&other, value, &difference));
    }
    console.say(
        sentence::COMPARE_ROWS,
        &[("n", first.judgement.rows.to_string()), ("part", console.word(score::role(first.role)))],
    );
    console.text(&format!("\n{}", table.render(console.columns(), console.glyphs())));
    let document = Document::new("compare")
        .with("metric", metric.name())
        .with("role", first.role)
        .with("n", first.judgement.rows)
        .with("runs", documents);
    Ok(Answer::done(document))
}

fn document(run: &Judged, value: f64, difference: &Difference) -> Document {
    let document = Document::part()
        .with("run", &run.name)
        .number("value", value)
        .number("difference", difference.value)
        .interval("interval", [difference.low, difference.high])
        .with("level", difference.level)
        .with("method", &difference.method)
        .with("clear", difference.is_clear());
    match difference.only_right {
        Some((first, second)) => {
            document.with("only_first_right", first).with("only_this_right", second)
        }
        None => document,
    }
}

/// A run judged again on the rows that it was selected on.
struct Judged {
    name: String,
    role: &'static str,
    split: SplitRecord,
    judgement: Judgement,
}

impl Judged {
    fn of(project: &Project, meant: &str, runtime: &Runtime) -> Result<Judged> {
        let run = KeptRun::find(project, meant)?;
        let model = run.model(runtime)?;
        let prepared = run.prepared(project)?;
        let (rows, role) = prepared.data.judged();
        let judgement = model.judge(rows, &model.metrics())?;
        Ok(Judged { name: run.folder.name(), role, split: prepared.split, judgement })
    }

    /// The metric of a name, or the one that selected.
    fn metric(&self, name: Option<&str>) -> Result<Metric> {
        let Some(name) = name else {
            let first = self.judgement.first().map(|(metric, _)| metric.clone());
            return first.ok_or_else(|| Fault::of("train.no_metric"));
        };
        Metric::named(name).filter(|metric| metric.judges(&self.judgement.outcome)).ok_or_else(
            || Fault::of("usage.other_metric").with("metric", name).with("found", &self.name),
        )
    }

    fn difference(&self, other: &Judged, metric: &Metric) -> Result<Difference> {
        let same = self.split.validation == other.split.validation && self.role == other.role;
        let same = same && (self.role != "train" || self.split.train == other.split.train);
        let found = Difference::of(metric, &self.judgement.outcome, &other.judgement.outcome);
        found.filter(|_| same).ok_or_else(|| {
            Fault::of("usage.other_rows").with("expected", &self.name).with("found", &other.name)
        })
    }
}
