use crate::arguments::Changes;
use crate::command::{Answer, data, doctor};
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use crate::experiment_source::ExperimentSource;
use crate::report::progress;
use clap::Args;
use ikhim_data::{EncodedValues, Notice};
use ikhim_doctor::Chart;
use ikhim_graph::{Array, Definition, Precision, State};
use ikhim_nn::{LayerRow, SkippedCells, skipped_cells};
use ikhim_report::count;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::{Finding, Program, Severity, Treatment, Wording, zeros};
use ikhim_text::{Result, sentence};
use ikhim_train::experiment::Prepared;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Resolve an experiment and show its network; trains nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim check houses.toml
  ikhim check houses.toml --resolved > resolved.toml   every key with its value")]
pub(crate) struct Arguments {
    /// An experiment file, a table, a folder of images or of idx files, or the name of a data set
    source: String,
    /// The column to be learned, of data without an experiment; may be repeated
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    /// Print the whole file with every default, and nothing else
    #[arg(long)]
    resolved: bool,
    /// Exit with 3 when a finding is at least so grave
    #[arg(long, value_name = "SEVERITY", value_parser = ["warning", "error"])]
    fail_on: Option<String>,
    #[command(flatten)]
    changes: Changes,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    let source = ExperimentSource::of(
        Some(&arguments.source),
        &arguments.target,
        &arguments.changes,
        console,
    )?;
    let ignored = source.experiment.ignored(console.language);
    let prepared = Prepared::new(&source.experiment, &source.base)?;
    let layers = prepared.layers()?;
    let size = Sizes::of(&prepared, &layers)?;
    let notices: Vec<&Notice> = prepared.notices.iter().chain(&prepared.report.notices).collect();
    let chart = Chart::before(&prepared, prepared.experiment.seed)?;
    let mut findings = ikhim_doctor::examine(&chart);
    findings.extend(prepared.report.notices.iter().filter_map(finding));
    let unseen = skipped(&prepared)?;
    let resolved = prepared.experiment.resolved_toml();
    if arguments.resolved {
        console.text(&resolved);
    } else {
        ignored.iter().for_each(|sentence| console.warn(sentence));
        show(&prepared, &notices, &layers, &size, console);
        for finding in &unseen {
            for evidence in &finding.evidence {
                console.warn(format!("{}: {}", finding.place, evidence.text(console.language)));
            }
        }
        findings.iter().filter(|found| !found.sentence.is_empty()).for_each(|found| {
            doctor::tell(found, console);
        });
    }
    findings.extend(unseen);
    let document = Document::new("check")
        .with("name", &prepared.experiment.name)
        .with("task", prepared.dataset.task())
        .with("split", &prepared.report)
        .with("decisions", decisions(&prepared))
        .with("layers", layers.iter().map(layer).collect::<Vec<_>>())
        .and(size.document())
        .with("ignored", ignored)
        .with("notices", notices)
        .with("findings", &findings)
        .with("resolved", resolved);
    let exit = arguments.fail_on.map_or(Exit::Done, |word| doctor::fails(&findings, &word));
    Ok(Answer { document, exit })
}

/// What the data decided, as a document.
pub(crate) fn decisions(prepared: &Prepared) -> Vec<Document> {
    let decision = |decision: &ikhim_train::experiment::Decision| {
        Document::part()
            .with("key", decision.key)
            .with("value", &decision.value)
            .with("because", decision.because.to_string())
    };
    prepared.decisions.iter().map(decision).collect()
}

/// How much there is to compute and to keep.
struct Sizes {
    parameters: usize,
    /// Of one row, forward: a multiplication and an addition each.
    flops: usize,
    /// Bytes of parameters, slots and counters.
    state: usize,
    /// Bytes of the encoded rows of train and validation.
    rows: usize,
    /// Bytes of all values of one training step, at most.
    step: usize,
    steps: u64,
    /// About how long the steps take here.
    seconds: f64,
}

/// The steps that take about so many seconds here, and those of one epoch.
pub(crate) fn steps_within(prepared: &Prepared, seconds: f64) -> Result<(u64, u64)> {
    let sizes = Sizes::of(prepared, &prepared.layers()?)?;
    let train = prepared.data.train().len();
    let batch = prepared.experiment.training.batch_size().unwrap_or(train).clamp(1, train.max(1));
    let per_epoch = train.div_ceil(batch) as u64;
    let rate = sizes.steps as f64 / sizes.seconds.max(1e-9);
    Ok(((rate * seconds) as u64, per_epoch))
}

/// So long steps are tried for the estimate of time.
const TRIED: Duration = Duration::from_millis(300);

/// A step that would take longer than so many seconds is not tried as a whole.
const LONG: f64 = 2.0;

/// Bytes of a number, an index or a truth value in a program.
const BYTES: usize = 4;

impl Sizes {
    fn of(prepared: &Prepared, layers: &[LayerRow]) -> Result<Sizes> {
        let step = prepared.step()?;
        let train = prepared.data.train().len();
        let settings = &prepared.experiment.training;
        let batch = settings.batch_size().unwrap_or(train).clamp(1, train.max(1));
        let per_epoch = train.div_ceil(batch) as u64;
        let steps = match settings.steps() {
            Some(steps) => steps as u64,
            None => settings.epochs().unwrap_or(0) as u64 * per_epoch,
        };
        Ok(Sizes {
            parameters: layers.iter().map(|layer| layer.parameters).sum(),
            flops: 2 * layers.iter().map(|layer| layer.multiply_adds).sum::<usize>(),
            state: state(&step),
            rows: rows(prepared),
            step: values(&step, batch),
            steps,
            seconds: seconds(prepared, step, batch, steps, per_epoch)?,
        })
    }

    fn document(&self) -> Document {
        Document::part()
            .with("parameters", self.parameters)
            .with("flops_per_row", self.flops)
            .with("steps", self.steps)
            .number("seconds", self.seconds)
            .with("state_bytes", self.state)
            .with("rows_bytes", self.rows)
            .with("step_bytes", self.step)
    }
}

/// About how long a training takes on this machine: a few steps are tried on a
/// state that is thrown away. Measuring the validation rows after each epoch is
/// forward only, a third of a step's work for each row.
fn seconds(
    prepared: &Prepared,
    step: Definition,
    batch: usize,
    steps: u64,
    per_epoch: u64,
) -> Result<f64> {
    let experiment = &prepared.experiment;
    let double = experiment.training.precision() == "f64";
    let precision = if double { Precision::F64 } else { Precision::F32 };
    let mut state = State::initial(&step, experiment.seed);
    let program = Program::updating(Arc::new(step), &["loss"], precision)?;
    let train = prepared.data.train().encoded();
    let batch = batch.min(train.rows);
    let rate = Array::f64(&[], vec![0.0]);
    let mut tried = |rows: usize, time: Duration| -> Result<f64> {
        let rows = prepared.data.batch(&(0..rows).collect::<Vec<_>>(), 0, 0);
        let feed = rows.feed().input("learning_rate", &rate).random(experiment.seed, 0);
        let zeros = zeros(program.definition(), rows.len());
        let feed = zeros.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        let began = Instant::now();
        // The first step makes room for its values.
        program.run(&mut state, &feed)?;
        let mut fastest = Duration::MAX;
        while fastest == Duration::MAX || began.elapsed() < time {
            let one = Instant::now();
            program.run(&mut state, &feed)?;
            fastest = fastest.min(one.elapsed());
        }
        Ok(fastest.as_secs_f64())
    };
    // Where two rows take long, a whole batch is not waited for.
    let few = batch.min(2);
    let of_few = tried(few, Duration::ZERO)? / few.max(1) as f64 * batch as f64;
    let fastest = if of_few > LONG { of_few } else { tried(batch, TRIED)? };
    let of_row = fastest / batch.max(1) as f64;
    let epochs = steps as f64 / per_epoch.max(1) as f64;
    let measured = epochs * prepared.data.validation().len() as f64 / 3.0;
    Ok(steps as f64 * fastest + measured * of_row)
}

fn state(step: &Definition) -> usize {
    let sizes = step.variables().iter().map(|variable| variable.shape.iter().product::<usize>());
    sizes.sum::<usize>() * BYTES
}

fn values(step: &Definition, batch: usize) -> usize {
    let sizes = step.nodes().iter().map(|node| node.shape.elements().size(batch));
    sizes.sum::<usize>() * BYTES
}

fn rows(prepared: &Prepared) -> usize {
    let parts = [prepared.data.train().encoded(), prepared.data.validation().encoded()];
    let inputs = parts.into_iter().flat_map(|part| &part.inputs);
    let numbers = inputs.map(|input| match &input.values {
        EncodedValues::F32(values) => values.len(),
        EncodedValues::I32(values) => values.len(),
        _ => 0,
    });
    numbers.sum::<usize>() * BYTES
}

fn layer(layer: &LayerRow) -> Document {
    Document::part()
        .with("layer", &layer.path)
        .with("type", &layer.kind)
        .with("shape", layer.shape.to_string())
        .with("parameters", layer.parameters)
        .with("trainable", layer.trainable)
        .with("multiply_adds", layer.multiply_adds)
        .with("receptive_field", layer.receptive_field.map_or_else(Vec::new, Vec::from))
}

/// Notices that lessen what a result is worth are findings too.
fn finding(notice: &Notice) -> Option<Finding> {
    let (id, severity) = match notice.code() {
        "split.nothing_sealed" => ("nothing-sealed", Severity::Information),
        "split.small_test" => ("small-test-part", Severity::Information),
        _ => return None,
    };
    let evidence = vec![notice.to_string().into()];
    Some(Finding { evidence, ..Finding::new(id, severity, "split") })
}

/// Layers whose windows leave cells of the image out.
fn skipped(prepared: &Prepared) -> Result<Vec<Finding>> {
    let step = prepared.step()?;
    let finding = |skipped: &SkippedCells| {
        let sentence = match skipped.axis {
            0 => sentence::CHECK_SKIPPED_ROWS,
            _ => sentence::CHECK_SKIPPED_COLUMNS,
        };
        let arguments =
            [("cells", count(skipped.cells as u64)), ("arithmetic", skipped.arithmetic.clone())];
        Finding {
            evidence: vec![Wording::of(sentence, &arguments)],
            treatments: vec![Treatment {
                text: Wording::of(sentence::CHECK_SKIPPED_TREATMENT, &[]),
                set: Vec::new(),
            }],
            ..Finding::new("cells-skipped", Severity::Warning, &skipped.path)
        }
    };
    Ok(skipped_cells(&step).iter().map(finding).collect())
}

fn show(
    prepared: &Prepared,
    notices: &[&Notice],
    layers: &[LayerRow],
    size: &Sizes,
    console: &Console,
) {
    data::headline(&prepared.dataset, console);
    console.say(sentence::TRAIN_PARTS, &data::sizes(&prepared.report));
    for notice in notices {
        console.line(format!("  {}", notice.text(console.language)));
    }
    if !prepared.decisions.is_empty() {
        console.say(sentence::TRAIN_DECIDED, &[]);
    }
    for decision in &prepared.decisions {
        let because = decision.because.text(console.language);
        console.line(format!("  {} = {}  ({because})", decision.key, decision.value));
    }
    // Where there is an image, each layer sees a part of it.
    let images = layers.iter().any(|layer| layer.receptive_field.is_some());
    let columns = [
        (console.word(sentence::COLUMN_LAYER), Side::Left),
        (console.word(sentence::COLUMN_TYPE), Side::Left),
        (console.word(sentence::COLUMN_OUTPUT), Side::Left),
        (console.word(sentence::COLUMN_PARAMETERS), Side::Right),
        (console.word(sentence::COLUMN_FLOPS), Side::Right),
        (console.word(sentence::COLUMN_RECEPTIVE_FIELD), Side::Right),
    ];
    let shown = columns.len() - usize::from(!images);
    let mut table = Table::new(columns.into_iter().take(shown));
    for layer in layers {
        let field = layer
            .receptive_field
            .map_or_else(String::new, |[height, width]| format!("{height}×{width}"));
        let cells = [
            layer.path.clone(),
            layer.kind.clone(),
            layer.shape.to_string(),
            count(layer.parameters as u64),
            count(2 * layer.multiply_adds as u64),
            field,
        ];
        table.row(cells.into_iter().take(shown));
    }
    console.text(&format!("\n{}\n", table.render(console.columns(), console.glyphs())));
    console.say(
        sentence::CHECK_SIZES,
        &[
            ("parameters", count(size.parameters as u64)),
            ("flops", count(size.flops as u64)),
            ("steps", count(size.steps)),
            (
                "time",
                progress::span(Duration::from_secs_f64(size.seconds.ceil()), console.language),
            ),
        ],
    );
    console.say(
        sentence::CHECK_MEMORY,
        &[
            ("state", doctor::size(Some(size.state as u64))),
            ("rows", doctor::size(Some(size.rows as u64))),
            ("step", doctor::size(Some(size.step as u64))),
        ],
    );
}
