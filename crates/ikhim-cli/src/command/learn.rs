mod chunks;

use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::run::KeptRun;
use crate::score;
use chunks::Chunks;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_data::{Dataset, Ledger, Split};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::metric::Outcome;
use ikhim_run::{Judgement, Model};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::Online;
use std::num::NonZero;
use std::path::PathBuf;

/// Go on with a trained model on new rows, chunk by chunk
#[derive(Debug, Args)]
#[command(after_help = "\
Each chunk is judged before it is learned, so every new row is a test of what was
known until then. The old validation rows say at the end what was kept; --rehearsal
mixes batches of old train rows in. Rows that are sealed are not learned.

Examples:
  ikhim learn latest june.csv -o june.safetensors
  tail -f measured.csv | ikhim learn latest - --chunk 64 -o now.safetensors")]
pub(crate) struct Arguments {
    /// A run: its path, its name, the beginning of its name, or `latest`
    run: String,
    /// A table with a header and the target, or - for one on standard input; it is read chunk by
    /// chunk and may be larger than memory
    data: String,
    /// The file of the new model
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Rows of a chunk
    #[arg(long, value_name = "N", default_value = "256")]
    chunk: NonZero<usize>,
    /// Batches of old train rows for each batch of new ones
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = not_negative)]
    rehearsal: f64,
    /// The size of a step, instead of the run's
    #[arg(long, value_name = "RATE", value_parser = not_negative)]
    learning_rate: Option<f64>,
}

fn not_negative(text: &str) -> std::result::Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or("expected a number, at least 0")
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let run = KeptRun::find(&project, &arguments.run)?;
    let model = run.model(runtime)?;
    if model.preprocessing().vocabulary().is_some() {
        return Err(Fault::of("usage.text_model"));
    }
    let prepared = run.prepared(&project)?;
    let trainer = prepared.trainer(run.record.seed)?.runtime(runtime.clone());
    let mut online = Online::new(trainer, &model, &prepared.data)?.rehearsal(arguments.rehearsal);
    if let Some(rate) = arguments.learning_rate {
        online = online.learning_rate(rate);
    }
    let mut stream = Stream::default();
    let ledger = run.whole_ledger(&project, console)?.ledger;
    let size = arguments.chunk.get();
    for chunk in Chunks::open(&arguments.data, size, model.preprocessing().schema())? {
        stream.learn(&mut online, &model, chunk?, &ledger)?;
    }
    let Some((static_model, learning)) = stream.judged(&model) else {
        let fault = Fault::of(if stream.sealed > 0 { "seal.all_sealed" } else { "data.no_rows" });
        return Err(fault.with("count", stream.sealed).with("path", &arguments.data));
    };
    if stream.sealed > 0 {
        console
            .warn(console.sentence(sentence::LEARN_SEALED, &[("rows", stream.sealed.to_string())]));
    }
    online.model()?.save(&arguments.output)?;
    let [before, after] = online.remembered()?;
    let role = prepared.data.judged().1;
    console.say(
        sentence::LEARN_ROWS,
        &[
            ("n", stream.rows.to_string()),
            ("chunks", stream.chunks.to_string()),
            ("path", arguments.data.clone()),
        ],
    );
    let part = console.word(score::role(role));
    let known = console.sentence(sentence::LEARN_OLD, &[("part", part)]);
    let new = console.word(sentence::LEARN_NEW);
    let rows = [(known, &before, &after), (new, &static_model, &learning)];
    console.text(&format!("\n{}\n", table(&rows, console)));
    console.say(sentence::LEARN_WRITTEN, &[("path", arguments.output.display().to_string())]);
    let document = Document::new("learn")
        .with("run", run.path().display().to_string())
        .with("id", &run.record.id)
        .with("data", &arguments.data)
        .with("n", stream.rows)
        .with("chunks", stream.chunks)
        .with("sealed_rows", stream.sealed)
        .with("rehearsal", arguments.rehearsal)
        .with("role", role)
        .with("old", beside(&before, &after))
        .with("new", beside(&static_model, &learning))
        .with("file", arguments.output.display().to_string());
    Ok(Answer::done(document))
}

/// What came by so far.
#[derive(Default)]
struct Stream {
    rows: usize,
    chunks: usize,
    sealed: usize,
    /// The model that learns on each chunk before it learned it, and the one that
    /// learns nothing on the same rows.
    learning: Option<Outcome>,
    unchanged: Option<Outcome>,
}

impl Stream {
    /// Learns what of a chunk is not sealed.
    fn learn(
        &mut self,
        online: &mut Online<'_>,
        model: &Model,
        chunk: Dataset,
        ledger: &Ledger,
    ) -> Result<()> {
        let sealed = ledger.overlap(&chunk.row_hashes().iter().collect())?;
        let hashes = chunk.row_hashes().iter().enumerate();
        let open: Vec<usize> =
            hashes.filter(|(_, hash)| !sealed.contains(hash)).map(|(row, _)| row).collect();
        self.sealed += chunk.len() - open.len();
        if open.is_empty() {
            return Ok(());
        }
        let chunk = chunk.take(&open);
        let encoded = model.preprocessing().encode_labelled(&chunk)?.encoded;
        let unchanged = model.judge(&encoded, &model.metrics())?.outcome;
        let learned = online.learn(&chunk.split(Split::none())?.train)?;
        self.rows += open.len();
        self.chunks += 1;
        join(&mut self.unchanged, unchanged);
        join(&mut self.learning, learned.before.outcome);
        Ok(())
    }

    /// Both models on all new rows.
    fn judged(&self, model: &Model) -> Option<(Judgement, Judgement)> {
        let judged = |outcome: &Outcome| Judgement::of(outcome.clone(), f64::NAN, &model.metrics());
        Some((judged(self.unchanged.as_ref()?), judged(self.learning.as_ref()?)))
    }
}

fn join(all: &mut Option<Outcome>, more: Outcome) {
    match all {
        Some(all) => all.append(more),
        None => *all = Some(more),
    }
}

fn beside(before: &Judgement, after: &Judgement) -> Document {
    Document::part().with("before", score::document(before)).with("after", score::document(after))
}

/// For each set of rows and each metric the model as it was, and as it is.
fn table(rows: &[(String, &Judgement, &Judgement)], console: &Console) -> String {
    let mut table = Table::new([
        (console.word(sentence::COLUMN_PART), Side::Left),
        (console.word(sentence::COLUMN_ROWS), Side::Right),
        (console.word(sentence::COLUMN_METRIC), Side::Left),
        (console.word(sentence::COLUMN_AS_IT_WAS), Side::Right),
        (console.word(sentence::COLUMN_LEARNING), Side::Right),
    ]);
    for (name, before, after) in rows {
        for ((metric, was), (_, is)) in before.metrics.iter().zip(&after.metrics) {
            let cells = [name.clone(), before.rows.to_string(), metric.name().to_string()];
            table.row(cells.into_iter().chain([number(*was), number(*is)]));
        }
    }
    table.render(console.columns(), console.glyphs())
}
