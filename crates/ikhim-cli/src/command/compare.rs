use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::run::KeptRun;
use crate::score;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_data::statistics::standard_deviation;
use ikhim_data::{LedgerState, SplitRecord};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::Judgement;
use ikhim_run::metric::{Difference, Metric};
use ikhim_text::{Fault, Result, sentence};
use std::collections::BTreeMap;

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
    let first_value = metric.value(&first.judgement.outcome);
    let noise = SeedNoise::of(&project, &arguments.first, &metric, first_value, runtime)?;
    table.row([first.name.clone(), number(first_value)]);
    let mut documents =
        vec![Document::part().with("run", &first.name).number("value", first_value)];
    let mut ledger = LedgerState::Whole;
    first.tell_ledger(&mut ledger, console);
    for meant in &arguments.others {
        let other = Judged::of(&project, meant, runtime)?;
        other.metric(Some(metric.name()))?;
        let difference = first.difference(&other, &metric)?;
        other.tell_ledger(&mut ledger, console);
        let value = metric.value(&other.judgement.outcome);
        let better = metric.direction().improves(value, first_value, 0.0);
        let verdict = match (difference.is_clear(), better) {
            (false, _) => sentence::COMPARE_CHANCE,
            (true, true) => sentence::COMPARE_BETTER,
            (true, false) => sentence::COMPARE_WORSE,
        };
        let in_noise = noise.as_ref().filter(|noise| noise.holds(difference.value));
        let verdict = match in_noise {
            Some(noise) => console.sentence(
                sentence::COMPARE_SEEDS,
                &[("sd", number(noise.sd)), ("seeds", noise.seeds.to_string())],
            ),
            None => console.sentence(verdict, &[("p", probability(difference.p))]),
        };
        table.row([
            other.name.clone(),
            number(value),
            format!("{:+.4}", difference.value),
            format!("{:+.4} … {:+.4}", difference.low, difference.high),
            verdict,
        ]);
        let document = document(&other, value, &difference);
        documents
            .push(document.with("within_seed_noise", noise.as_ref().map(|_| in_noise.is_some())));
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
        .with("ledger", ledger)
        .with("runs", documents);
    Ok(Answer::done(document))
}

/// A probability with two digits; a tiny one by its bound.
fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_string() } else { format!("= {}", number((p * 1e3).round() / 1e3)) }
}

fn document(run: &Judged, value: f64, difference: &Difference) -> Document {
    let document = Document::part()
        .with("run", &run.name)
        .number("value", value)
        .number("difference", difference.value)
        .interval("interval", [difference.low, difference.high])
        .with("level", difference.level)
        .with("method", &difference.method)
        .number("p", difference.p)
        .with("clear", difference.is_clear());
    match difference.only_right {
        Some((first, second)) => {
            document.with("only_first_right", first).with("only_this_right", second)
        }
        None => document,
    }
}

/// How far a metric moves when nothing but the seed changes.
struct SeedNoise {
    sd: f64,
    seeds: usize,
}

/// Fewer seeds tell little of their spread.
const FEWEST_SEEDS: usize = 3;
/// More are not looked at: each is a model to be judged.
const MOST_SEEDS: usize = 10;

impl SeedNoise {
    /// The spread over the runs of the project that are this one but for the
    /// seed; none where there are fewer than three.
    fn of(
        project: &Project,
        meant: &str,
        metric: &Metric,
        value: f64,
        runtime: &Runtime,
    ) -> Result<Option<SeedNoise>> {
        let own = KeptRun::find(project, meant)?;
        let family = family(&own);
        let mut values = BTreeMap::new();
        let runs = ikhim_run::folder::list(&project.runs()).unwrap_or_default();
        for run in runs.iter().filter_map(|name| KeptRun::find(project, name).ok()) {
            let same = run.record.data_hash == own.record.data_hash && self::family(&run) == family;
            if same && values.len() < MOST_SEEDS && run.record.seed != own.record.seed {
                // A run that is under way, or was broken off, is no result yet.
                if !matches!(run.record.status.as_str(), "completed" | "early_stopped") {
                    continue;
                }
                let Ok(judged) = Judged::of(project, &run.folder.name(), runtime) else { continue };
                values.insert(run.record.seed, metric.value(&judged.judgement.outcome));
            }
        }
        values.insert(own.record.seed, value);
        let values: Vec<f64> = values.into_values().collect();
        let noise = SeedNoise { sd: standard_deviation(&values), seeds: values.len() };
        Ok(Some(noise).filter(|noise| noise.seeds >= FEWEST_SEEDS && noise.sd.is_finite()))
    }

    /// Whether a difference is no larger than that of two seeds: within two
    /// standard deviations of a difference of two.
    fn holds(&self, difference: f64) -> bool {
        difference.abs() <= 2.0 * std::f64::consts::SQRT_2 * self.sd
    }
}

/// The experiment of a run without its seed, its name and the place of its data.
fn family(run: &KeptRun) -> Option<String> {
    let text = std::fs::read_to_string(run.folder.file("experiment.toml")).ok()?;
    let own = text.split("\n[resolved").next().unwrap_or(&text);
    let (top, rest) = own.split_once("\n[").unwrap_or((own, ""));
    let key = |line: &str| line.split('=').next().unwrap_or("").trim().to_string();
    let top = top.lines().filter(|line| !matches!(key(line).as_str(), "seed" | "name"));
    let rest = rest.lines().filter(|line| key(line) != "path");
    Some(top.chain(rest).collect::<Vec<_>>().join("\n"))
}

/// A run judged again on the rows that it was selected on.
struct Judged {
    name: String,
    role: &'static str,
    split: SplitRecord,
    judgement: Judgement,
    ledger: LedgerState,
}

impl Judged {
    fn of(project: &Project, meant: &str, runtime: &Runtime) -> Result<Judged> {
        let run = KeptRun::find(project, meant)?;
        let model = run.model(runtime)?;
        let prepared = run.prepared(project)?;
        let ledger = run.ledger_state(project)?;
        let (rows, role) = prepared.data.judged();
        let judgement = model.judge(rows, &model.metrics())?;
        Ok(Judged { name: run.folder.name(), role, split: prepared.split, judgement, ledger })
    }

    /// Says where the ledger is not what this run saw; the first that is told of is
    /// that of the comparison.
    fn tell_ledger(&self, first: &mut LedgerState, console: &Console) {
        let Some(notice) = self.ledger.notice() else { return };
        console.warn(format!("{}: {}", self.name, notice.text(console.language)));
        if *first == LedgerState::Whole {
            *first = self.ledger.clone();
        }
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
