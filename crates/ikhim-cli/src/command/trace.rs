use crate::arguments::Changes;
use crate::array::{lists, shortened};
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::experiment_source::{ExperimentSource, is_experiment};
use crate::project::Project;
use crate::run::KeptRun;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_nn::FEATURES;
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Moment, TraceRow, rewind, trace};

/// Take one training step apart: every value, forward and backward
#[derive(Debug, Args)]
#[command(after_help = "\
Step N is the step that follows after N updates. An experiment file is shown at
step 0, with its initial weights; a run at its last checkpoint. An earlier step
is reached by training again from a checkpoint before it, to the same bits.

Rows are those of the train part, counted from 1 in its order; sealed rows are
never shown.

Examples:
  ikhim trace xor.toml --equation
  ikhim trace latest --step 100 --row 3")]
pub(crate) struct Arguments {
    /// An experiment file, or a run: its path, its name, the beginning of its name, or `latest`
    #[arg(value_name = "FILE|RUN")]
    source: String,
    /// One train row alone, from 1, instead of the batch of the step
    #[arg(long, value_name = "N")]
    row: Option<usize>,
    /// The step that follows after so many updates
    #[arg(long, value_name = "N")]
    step: Option<u64>,
    /// Print what each value is computed of
    #[arg(long)]
    equation: bool,
    #[command(flatten)]
    changes: Changes,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let (prepared, moment) = find(&arguments, runtime, console)?;
    let train = prepared.data.train().encoded();
    let indices = match arguments.row {
        Some(row) if (1..=train.rows).contains(&row) => vec![row - 1],
        Some(row) => {
            let fault = Fault::of("usage.no_such_row").with("found", row);
            return Err(fault.with("expected", train.rows));
        }
        None => moment.batch.clone(),
    };
    let control = &moment.control;
    let rows = prepared.data.batch(&indices, control.seed, control.epoch);
    // Of a bucket the step sees as many steps as its batch needs.
    let rows = match prepared.data.buckets() {
        Some(buckets) => rows.cut(FEATURES, buckets.steps(&indices)),
        None => rows,
    };
    let step = Step {
        source: arguments.source,
        table: trace(&prepared, &moment.state, &rows, control.seed, control.step, runtime)?,
        places: indices.iter().map(|&row| (row + 1, train.row_ids[row] + 1)).collect(),
        is_single: arguments.row.is_some(),
        moment,
        equation: arguments.equation,
    };
    if !console.json {
        step.show(console);
    }
    Ok(Answer::done(step.document()))
}

/// The rows and the moment that are meant.
fn find(arguments: &Arguments, runtime: &Runtime, console: &Console) -> Result<(Prepared, Moment)> {
    let settings = arguments.changes.settings();
    if is_experiment(&arguments.source) {
        let source = ExperimentSource::of_file(arguments.source.as_ref(), &settings)?;
        let ignored = source.experiment.ignored(console.language);
        ignored.iter().for_each(|sentence| console.warn(sentence));
        let prepared = Prepared::new(&source.experiment, &source.base)?;
        let trainer = prepared.trainer(prepared.experiment.seed)?.runtime(runtime.clone());
        let moment = trainer.moment(&prepared.data, arguments.step.unwrap_or(0))?;
        return Ok((prepared, moment));
    }
    if !settings.is_empty() {
        let fault = Fault::of("usage.no_effect").with("flag", "--set");
        let fault = fault.with_words("with", "a run", "실행");
        return Err(fault.help_words(
            "a run was trained with its own experiment; trace an experiment file to change it",
            "실행은 자기 실험으로 학습되었습니다. 바꾸려면 실험 파일을 trace에 주세요",
        ));
    }
    let project = Project::find();
    let run = KeptRun::find(&project, &arguments.source)?;
    let prepared = run.prepared(&project)?;
    let moment = rewind(&run.folder, &prepared, arguments.step, runtime)?;
    Ok((prepared, moment))
}

/// One step with everything that is shown of it.
struct Step {
    source: String,
    moment: Moment,
    table: Vec<TraceRow>,
    /// For each row its number in the train part and in the data, from 1.
    places: Vec<(usize, u64)>,
    is_single: bool,
    equation: bool,
}

/// Row numbers that are told one by one.
const TOLD: usize = 8;

impl Step {
    /// The loss; without penalties it is the objective itself, and one value.
    fn loss(&self) -> f64 {
        let named = |name: &str| self.table.iter().find(|row| row.name == name);
        let loss = named("loss").or_else(|| named("objective"));
        loss.and_then(|row| row.value.to_f64().first().copied()).unwrap_or(f64::NAN)
    }

    fn show(&self, console: &Console) {
        let step = self.moment.control.step.to_string();
        console.say(sentence::TRACE_STEP, &[("source", self.source.clone()), ("step", step)]);
        match self.places.as_slice() {
            [(row, place)] if self.is_single => console.say(
                sentence::TRACE_ROW,
                &[("row", row.to_string()), ("place", place.to_string())],
            ),
            places => console.say(
                sentence::TRACE_BATCH,
                &[("n", places.len().to_string()), ("rows", told(places))],
            ),
        }
        console.say(
            sentence::TRACE_LOSS,
            &[("loss", number(self.loss())), ("rate", self.moment.learning_rate.to_string())],
        );
        console.line(format!("\n{}", console.word(sentence::TRACE_FORWARD)));
        console.text(&self.forward(console).render(console.columns(), console.glyphs()));
        console.line(format!("\n{}", console.word(sentence::TRACE_BACKWARD)));
        console.text(&self.backward(console).render(console.columns(), console.glyphs()));
    }

    /// A line for each value, in the order in which they are computed.
    fn forward(&self, console: &Console) -> Table {
        let equation = self.equation.then_some(sentence::COLUMN_EQUATION);
        let columns = [sentence::COLUMN_NAME, sentence::COLUMN_OPERATION]
            .into_iter()
            .chain(equation)
            .chain([sentence::COLUMN_SHAPE, sentence::COLUMN_VALUE]);
        let mut table = Table::new(columns.map(|heading| (console.word(heading), Side::Left)));
        for row in &self.table {
            let operation = match &row.composite {
                Some(composite) => format!("{} ({composite})", row.op),
                None => row.op.to_string(),
            };
            let equation = self.equation.then(|| row.equation.clone().unwrap_or_default());
            let cells = [row.name.clone(), operation].into_iter().chain(equation);
            table.row(cells.chain([format!("{:?}", row.value.shape()), shortened(&row.value)]));
        }
        table
    }

    /// A line for each slope, in the order in which they are computed, and below
    /// it one for each local derivative.
    fn backward(&self, console: &Console) -> Table {
        let columns = [sentence::COLUMN_NAME, sentence::COLUMN_SHAPE, sentence::COLUMN_SLOPE];
        let mut table = Table::new(columns.map(|heading| (console.word(heading), Side::Left)));
        // Nobody changes a constant, so its slope says nothing.
        let varying = self.table.iter().filter(|row| !["constant", "row_count"].contains(&row.op));
        for (row, slope) in varying.rev().filter_map(|row| Some((row, row.slope.as_ref()?))) {
            let shape = format!("{:?}", slope.shape());
            table.row([row.name.clone(), shape.clone(), shortened(slope)]);
            for (input, local) in &row.local {
                let by = console.sentence(sentence::TRACE_BY, &[("input", input.clone())]);
                table.row([format!("  {by}"), shape.clone(), shortened(local)]);
            }
        }
        table
    }

    fn document(&self) -> Document {
        let control = &self.moment.control;
        Document::new("trace")
            .with("source", &self.source)
            .with("step", control.step)
            .with("epoch", control.epoch)
            .with("seed", control.seed)
            .number("learning_rate", self.moment.learning_rate)
            .with("role", "train")
            .with("rows", self.places.iter().map(|(row, _)| *row).collect::<Vec<_>>())
            .with("data_rows", self.places.iter().map(|(_, place)| *place).collect::<Vec<_>>())
            .number("loss", self.loss())
            .with("nodes", self.table.iter().map(|row| self.node(row)).collect::<Vec<_>>())
    }

    fn node(&self, row: &TraceRow) -> Document {
        let node = Document::part()
            .with("name", &row.name)
            .with("layer", &row.layer)
            .with("op", row.op)
            .with("composite", &row.composite)
            .with("inputs", &row.inputs);
        let node = if self.equation { node.with("equation", &row.equation) } else { node };
        let node = node.with("dtype", row.value.dtype().to_string());
        let node = array(node.with("shape", row.value.shape()), "value", Some(&row.value));
        let local = row.local.iter().map(|(input, value)| {
            array(Document::part().with("input", input), "value", Some(value))
        });
        array(node, "slope", row.slope.as_ref()).with("local", local.collect::<Vec<_>>())
    }
}

/// Adds an array, and beside it the words for what in it is not finite.
fn array(document: Document, name: &str, array: Option<&ikhim_graph::Array>) -> Document {
    let (value, special) = array.map(lists).unwrap_or_default();
    let document = document.with(name, value);
    match special {
        Some(words) => document.with(&format!("{name}_is"), words),
        None => document,
    }
}

/// The first numbers of rows in the train part.
fn told(places: &[(usize, u64)]) -> String {
    let shown: Vec<String> = places.iter().take(TOLD).map(|(row, _)| row.to_string()).collect();
    let more = if places.len() > TOLD { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
