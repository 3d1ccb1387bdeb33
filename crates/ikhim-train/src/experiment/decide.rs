//! What an experiment leaves open is decided by the data, and said.

use crate::{
    TrainingData, default_epochs, default_epochs_of_images, default_epochs_of_text, default_metrics,
};
use ikhim_data::{BatchSize, Notice, SplitMethod, SplitReport, Task};
use ikhim_nn::Cnn;
use ikhim_run::experiment::Experiment;
use ikhim_run::metric::Metric;
use ikhim_text::{Result, sentence};

/// A key that the data decided, with its value as TOML.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// The key's path.
    pub key: &'static str,
    /// Its value, as after `--set`.
    pub value: String,
    /// The facts that decided, e.g. `10 classes`.
    pub because: Notice,
}

/// The experiment with nothing left open, and what was decided.
///
/// # Errors
/// None that an experiment and its own data can cause.
pub(crate) fn decide(
    experiment: &Experiment,
    data: &TrainingData,
    split: &SplitReport,
) -> Result<(Experiment, Vec<Decision>)> {
    let mut decisions = Vec::new();
    let target = target_facts(data);
    if experiment.training.loss().kind == "auto" {
        let loss = match data.preprocessing().task() {
            Task::Regression | Task::Reconstruction => "mse",
            Task::MultiLabel => "binary_cross_entropy",
            Task::NextToken => "cross_entropy",
            _ if data.preprocessing().classes().len() == 2 => "binary_cross_entropy",
            _ => "cross_entropy",
        };
        decisions.push(decision("training.loss", format!("'{loss}'"), &target));
    }
    if experiment.training.metrics().is_none() {
        let names: Vec<String> = default_metrics(data)
            .iter()
            .map(|metric: &Metric| format!("'{}'", metric.name()))
            .collect();
        decisions.push(decision("training.metrics", format!("[{}]", names.join(", ")), &target));
    }
    let image = image_sides(data);
    let because_images = |[height, width]: [usize; 2]| {
        let because = Notice::new("decided.images", sentence::DECIDED_IMAGES);
        because.with("height", height).with("width", width)
    };
    let mut settled = Vec::new();
    let model = match (experiment.model.kind(), image) {
        ("auto", Some(sides)) => {
            decisions.push(decision("model.type", "'cnn'".into(), &because_images(sides)));
            "cnn"
        }
        // Dense layers fit every row; to say so would tell nobody anything.
        ("auto", None) => {
            settled.push("model.type='mlp'".to_string());
            "mlp"
        }
        (kind, _) => kind,
    };
    if model == "cnn"
        && experiment.model.blocks().is_none()
        && let Some([height, width]) = image
    {
        let blocks = format!("{:?}", Cnn::blocks_for(height, width));
        decisions.push(decision("model.blocks", blocks, &because_images([height, width])));
    }
    if model == "mlp" && experiment.model.hidden().is_none() {
        let hidden = hidden_widths(data.train().len());
        let because = Notice::new("decided.rows", sentence::DECIDED_ROWS);
        let because = because.with("rows", data.train().len());
        decisions.push(decision("model.hidden", format!("{hidden:?}"), &because));
    }
    let training = &experiment.training;
    if training.schedule().kind == "auto" {
        if model == "cnn" {
            let because = Notice::new("decided.model", sentence::DECIDED_MODEL);
            let because = because.with("model", model);
            decisions.push(decision("training.schedule.type", "'cosine'".into(), &because));
        } else {
            settled.push("training.schedule.type='constant'".to_string());
        }
        // Another word takes the parameters of this one away.
        let parameters = training.schedule().settings.iter();
        settled.extend(
            parameters.map(|(key, value)| format!("training.schedule.{key}={}", value.to_toml())),
        );
    }
    if training.steps().is_none() && training.epochs().is_none() {
        let size = training.batch_size().map_or(BatchSize::Full, BatchSize::Rows);
        let steps = data.train().batches(size).per_epoch() as u64;
        let because = Notice::new("decided.steps", sentence::DECIDED_STEPS);
        let because = because.with("steps", steps);
        let epochs = match model {
            "cnn" => default_epochs_of_images(steps),
            _ if data.preprocessing().has_texts() => default_epochs_of_text(steps),
            _ => default_epochs(steps),
        };
        decisions.push(decision("training.epochs", epochs.to_string(), &because));
    }
    // The order of the batches depends on it.
    if data.train().is_streamed() && experiment.data.streaming().is_none() {
        settled.push("data.streaming=true".to_string());
    }
    let mut settings: Vec<String> =
        decisions.iter().map(|decision| format!("{}={}", decision.key, decision.value)).collect();
    settings.extend(settled);
    settings.extend(split_method(experiment, split));
    let decided =
        if settings.is_empty() { experiment.clone() } else { experiment.with(&settings)? };
    Ok((decided, decisions))
}

/// Height and width where a row is one image and nothing else, of which something
/// is to be told. What gives an image back needs more than the numbers that are
/// left of it.
fn image_sides(data: &TrainingData) -> Option<[usize; 2]> {
    let spec = data.spec();
    match spec.inputs() {
        [image] if data.preprocessing().task() != Task::Reconstruction => match image.shape() {
            [height, width, _] => Some([*height, *width]),
            _ => None,
        },
        _ => None,
    }
}

fn decision(key: &'static str, value: String, because: &Notice) -> Decision {
    Decision { key, value, because: because.clone() }
}

/// The method that the data asked for. Everybody is told it with the sizes of
/// the parts, so it is no decision of its own. A source that comes in parts has
/// no use for a size of the test part; where one is given, it stays open.
fn split_method(experiment: &Experiment, report: &SplitReport) -> Option<String> {
    let section = &experiment.split;
    let has_place = report.method != SplitMethod::Files || section.test().is_none();
    (section.method() == "auto" && has_place)
        .then(|| format!("split.method='{}'", report.method.word()))
}

/// What is to be learned, in few words.
fn target_facts(data: &TrainingData) -> Notice {
    let preprocessing = data.preprocessing();
    let names = preprocessing.target_names().join(", ");
    match preprocessing.task() {
        Task::Regression => Notice::new("decided.number", sentence::DECIDED_NUMBER),
        Task::MultiLabel => Notice::new("decided.labels", sentence::DECIDED_LABELS),
        Task::Reconstruction => {
            return Notice::new("decided.input", sentence::DECIDED_INPUT)
                .with("count", preprocessing.target_names().len());
        }
        Task::NextToken => Notice::new("decided.tokens", sentence::DECIDED_TOKENS)
            .with("tokens", preprocessing.classes().len()),
        _ => Notice::new("decided.classes", sentence::DECIDED_CLASSES)
            .with("classes", preprocessing.classes().len())
            .with("share", format!("{:.0}", data.rarest_class_share() * 100.0)),
    }
    .with("target", names)
}

/// The hidden widths for so many train rows: a network that has too few units
/// cannot learn, one that has too many only takes longer, because the best epoch
/// on validation is kept. Chosen on the validation parts of the sets that ikhim
/// carries; below 1,000 rows on 60 splits of each of five small tables (seeds 100 to
/// 159 of `bench/tables.py`): beside 16 and 32 units, 64 have 0.4 points more right
/// on wine, 0.4 on iris, 0.2 on Titanic, and 0.1 less on breast cancer.
fn hidden_widths(rows: usize) -> Vec<usize> {
    match rows {
        0..1_000 => vec![64],
        1_000..10_000 => vec![128],
        _ => vec![128, 64],
    }
}
