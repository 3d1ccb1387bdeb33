//! What a model of a text writes after each epoch: shown, and kept in the run.

use ikhim_run::{Model, Sampling, durable};
use ikhim_text::{Language, Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::{EpochReport, Flow, Observer};
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file of a run that keeps the samples, one line for each epoch.
const FILE: &str = "samples.jsonl";

/// An observer that lets the model of each epoch write as `training.sample` says;
/// `None` where the experiment does not ask for it or learns no text.
///
/// # Errors
/// A prefix with a token that the vocabulary has not.
pub(crate) fn observer(
    path: &Path,
    prepared: &Prepared,
    epochs_done: u64,
    language: Language,
    shown: bool,
) -> Result<Option<impl Observer + Send + 'static>> {
    let Some(sample) = prepared.experiment.training.sample() else { return Ok(None) };
    if prepared.data.preprocessing().vocabulary().is_none() {
        return Ok(None);
    }
    let model = prepared.untrained()?;
    let sampling = Sampling::new()
        .temperature(sample.temperature)
        .top_k(sample.top_k)
        .top_p(sample.top_p)
        .seed(prepared.experiment.seed);
    // A prefix that cannot be read shows before the first epoch is paid for.
    model.generate(&sample.prefix, 0, &sampling, |_| {})?;
    let file = path.join(FILE);
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    // A run that goes on writes the epochs after its checkpoint again.
    let kept = kept.lines().take(epochs_done as usize).map(|line| format!("{line}\n")).collect();
    let (prefix, length) = (sample.prefix, sample.length);
    Ok(Some(Samples { model, sampling, prefix, length, file, kept, language, shown }))
}

struct Samples {
    model: Model,
    sampling: Sampling,
    prefix: String,
    length: usize,
    file: PathBuf,
    kept: String,
    language: Language,
    shown: bool,
}

impl Observer for Samples {
    fn on_epoch(&mut self, epoch: &EpochReport<'_>) -> Flow {
        let model = self.model.with_state(epoch.state);
        let Ok(text) = model.generate(&self.prefix, self.length, &self.sampling, |_| {}) else {
            return Flow::Continue;
        };
        let number = epoch.record.epoch;
        self.kept.push_str(&json!({ "epoch": number, "text": text }).to_string());
        self.kept.push('\n');
        // A sample that cannot be kept is no reason to stop a training.
        let _ = durable::replace(&self.file, self.kept.as_bytes());
        if self.shown {
            let head = sentence::TRAIN_SAMPLE.say(self.language, &[("epoch", number.to_string())]);
            let _ = writeln!(io::stdout(), "{head}\n{}{text}\n", self.prefix);
        }
        Flow::Continue
    }
}
