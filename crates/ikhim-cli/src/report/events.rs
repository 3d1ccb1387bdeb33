//! The files of a run that `tensorboard --logdir runs` reads.

use ikhim_graph::{Definition, Dim, Role, State};
use ikhim_report::tensorboard::{Node, RunEvents};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::{EpochReport, Flow, Observer, Start};
use std::path::Path;

/// A histogram of every parameter is written about so many times in a run: more
/// are not seen apart, and a run of a thousand epochs would write more of them
/// than of everything else.
const HISTOGRAMS: u64 = 18;

/// An observer that writes loss, rate and metrics of every epoch into `train/`
/// and `validation/` of the folder of a run, histograms of the parameters at
/// epochs evenly spaced, the first and the last included, and the network once.
/// The step of everything is the epoch.
///
/// `epochs_done` are the whole epochs of the checkpoint that the run goes on
/// from, 0 for a new run: readers drop what was written about later ones.
///
/// # Errors
/// A network that does not fit the data, a folder that cannot be written.
pub(crate) fn observer(
    folder: &Path,
    prepared: &Prepared,
    epochs_done: u64,
) -> Result<impl Observer + Send + 'static> {
    let definition = prepared.step()?;
    let parameters = definition.variables().iter().filter(|v| v.role == Role::Parameter);
    let parameters = parameters.map(|variable| variable.path.clone()).collect();
    let has_graph = folder.join("train").exists();
    let first = if epochs_done == 0 { 0 } else { epochs_done + 1 };
    let mut files = RunEvents::open(folder, first)?;
    if !has_graph {
        files.train.graph(&nodes(&definition))?;
        files.flush()?;
    }
    Ok(Events {
        files: Some(files),
        parameters,
        epochs: 0,
        spacing: 1,
        drawn: epochs_done,
        waiting: None,
    })
}

struct Events {
    /// None after a file could not be written. What keeps these files from
    /// being written keeps the run from its own log and checkpoints as well,
    /// and is told there.
    files: Option<RunEvents>,
    parameters: Vec<String>,
    epochs: u64,
    spacing: u64,
    /// The last epoch with histograms.
    drawn: u64,
    /// The parameters of the last epoch, while it has no histograms: nobody
    /// knows in advance when a run stops early.
    waiting: Option<(u64, Vec<Vec<f32>>)>,
}

impl Observer for Events {
    fn on_start(&mut self, start: &Start) {
        self.epochs = start.epochs;
        self.spacing = start.epochs.div_ceil(HISTOGRAMS).max(1);
    }

    fn on_epoch(&mut self, epoch: &EpochReport<'_>) -> Flow {
        let written = self.scalars(epoch).and_then(|()| self.parameters(epoch));
        if written.is_err() {
            self.files = None;
        }
        Flow::Continue
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some((epoch, parameters)) = self.waiting.take() {
            // As in on_epoch.
            let _ = self.draw(epoch, &parameters);
        }
    }
}

impl Events {
    fn scalars(&mut self, report: &EpochReport<'_>) -> Result<()> {
        let Some(files) = &mut self.files else { return Ok(()) };
        let record = report.record;
        let epoch = record.epoch;
        files.train.scalar(epoch, "loss", record.train_loss)?;
        files.train.scalar(epoch, "learning_rate", record.learning_rate)?;
        if let Some(loss) = record.validation_loss {
            files.validation.scalar(epoch, "loss", loss)?;
        }
        let part = if report.role == "train" { &mut files.train } else { &mut files.validation };
        for (name, value) in &record.metrics {
            part.scalar(epoch, name, *value)?;
        }
        files.flush()
    }

    fn parameters(&mut self, report: &EpochReport<'_>) -> Result<()> {
        let epoch = report.record.epoch;
        let values = self.values(report.state);
        let is_due = self.drawn == 0
            || epoch / self.spacing > self.drawn / self.spacing
            || epoch >= self.epochs;
        if !is_due {
            self.waiting = Some((epoch, values));
            return Ok(());
        }
        self.waiting = None;
        self.drawn = epoch;
        self.draw(epoch, &values)
    }

    fn values(&self, state: &State) -> Vec<Vec<f32>> {
        let value = |path: &String| state.get(path).map(|array| array.to_f32());
        self.parameters.iter().map(|path| value(path).unwrap_or_default()).collect()
    }

    fn draw(&mut self, epoch: u64, parameters: &[Vec<f32>]) -> Result<()> {
        let Some(files) = &mut self.files else { return Ok(()) };
        for (path, values) in self.parameters.iter().zip(parameters) {
            files.train.histogram(epoch, path, values)?;
        }
        files.flush()
    }
}

/// The network as it trains, from its inputs to its prediction; what belongs to
/// the loss, the gradients and the optimizer is left out.
fn nodes(definition: &Definition) -> Vec<Node> {
    let end = definition.outputs().get("prediction").map(|id| id.index() + 1);
    // A parameter stands in the box of its layer.
    let names: Vec<String> =
        definition.names().into_iter().map(|name| name.replace('.', "/")).collect();
    let shown = definition.nodes().iter().zip(&names).take(end.unwrap_or(names.len()));
    let size = |dim: &Dim| match dim {
        Dim::Fixed(size) => Some(*size),
        Dim::Batch(_) => None,
    };
    shown
        .map(|(node, name)| Node {
            name: name.clone(),
            op: node.op.name().to_string(),
            inputs: node.inputs.iter().map(|id| names[id.index()].clone()).collect(),
            shape: node.shape.iter().map(size).collect(),
            parameters: definition
                .variables()
                .iter()
                .filter(|variable| variable.role == Role::Parameter)
                .filter(|variable| variable.path.replace('.', "/") == *name)
                .map(|variable| variable.shape.iter().product::<usize>() as u64)
                .sum(),
        })
        .collect()
}
