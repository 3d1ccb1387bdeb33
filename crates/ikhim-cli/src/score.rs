//! Numbers of a model on a part of the rows, as a document and as words.

use crate::console::Console;
use crate::document::Document;
use ikhim_report::number;
use ikhim_report::terminal::{Glyphs, Side, Table};
use ikhim_run::Judgement;
use ikhim_run::metric::{Direction, Interval};
use ikhim_text::Language;
use ikhim_text::sentence::{self, Sentence};
use ikhim_train::{Baseline, Run};

/// A judgement: its rows and all its metrics, the one that selects first.
pub(crate) fn document(judgement: &Judgement) -> Document {
    let metrics = judgement
        .metrics
        .iter()
        .fold(Document::part(), |document, (metric, value)| document.number(metric.name(), *value));
    let document = Document::part().with("n", judgement.rows);
    let document = match judgement.first() {
        Some((metric, value)) => document.with("metric", metric.name()).number("value", value),
        None => document,
    };
    document.with("metrics", metrics)
}

/// A judgement of a training, which knows the loss too.
pub(crate) fn with_loss(judgement: &Judgement) -> Document {
    document(judgement).number("loss", judgement.loss)
}

/// The baselines by name, each with the metric that selects.
pub(crate) fn baselines(baselines: &[Baseline]) -> Document {
    baselines.iter().fold(Document::part(), |document, baseline| {
        let value = baseline.judgement.first().map_or(f64::NAN, |(_, value)| value);
        document.number(baseline.name, value)
    })
}

/// The numbers of a network with those of the simple rules on the same rows.
pub(crate) fn beside_rules(document: Document, run: &Run) -> Document {
    let document = document.with("baselines", baselines(&run.baselines));
    match run.beats_no_change() {
        Some(beats) => document.with("beats_no_change", beats),
        None => document,
    }
}

/// The metric that the network has no value of, where it is compared with rules.
pub(crate) fn without_value(run: &Run) -> Option<&str> {
    let (metric, network) = run.validation.first()?;
    (network.is_nan() && !run.baselines.is_empty()).then(|| metric.name())
}

/// The best simple rule that is at least as good as the network.
pub(crate) fn not_beaten(run: &Run) -> Option<(&'static str, f64)> {
    let (metric, network) = run.validation.first()?;
    let rules = run.baselines.iter().filter_map(|baseline| {
        let (_, value) = baseline.judgement.first()?;
        let ahead = metric.direction().improves(network, value, 0.0);
        (!ahead && value.is_finite()).then_some((baseline.name, value))
    });
    rules.max_by(|(_, one), (_, other)| match metric.direction() {
        Direction::Higher => one.total_cmp(other),
        Direction::Lower => other.total_cmp(one),
    })
}

/// Whether the network is ahead of the rule that nothing changes, as a sentence.
pub(crate) fn beside_no_change(run: &Run, language: Language) -> Option<String> {
    let (metric, network) = run.validation.first()?;
    let (rule, difference) = run.beside_no_change()?;
    let said = match run.beats_no_change()? {
        true => sentence::SERIES_AHEAD,
        false => sentence::SERIES_NOT_AHEAD,
    };
    let arguments = [
        ("metric", metric.name().to_string()),
        ("network", number(network)),
        ("rule", number(rule)),
        ("low", number(difference.low)),
        ("high", number(difference.high)),
    ];
    Some(said.say(language, &arguments))
}

/// The name of a baseline for a person.
pub(crate) fn baseline_name(name: &str, console: &Console) -> String {
    match name {
        "majority" => console.word(sentence::BASELINE_MAJORITY),
        "mean" => console.word(sentence::BASELINE_MEAN),
        "linear" => console.word(sentence::BASELINE_LINEAR),
        "nearest_centroid" => console.word(sentence::BASELINE_CENTROID),
        "last_value" => console.word(sentence::BASELINE_LAST),
        other => other.to_string(),
    }
}

/// Beyond this many classes a matrix is for the page, not for a terminal.
const CLASSES_SHOWN: usize = 12;

/// The confusion matrix as a table; nothing where there is none, or too many
/// classes for a terminal.
pub(crate) fn confusion<'a>(
    part: Sentence,
    classes: &[String],
    rows: impl Iterator<Item = &'a [usize]>,
    console: &Console,
) -> String {
    if classes.is_empty() || classes.len() > CLASSES_SHOWN {
        return String::new();
    }
    let corner = format!(
        "{} ↓ {} →",
        console.word(sentence::FIGURE_TRUE),
        console.word(sentence::FIGURE_PREDICTED)
    );
    let corner = match console.glyphs() {
        Glyphs::Ascii => corner.replace(['↓', '→'], "/"),
        _ => corner,
    };
    let names = classes.iter().map(|class| (class.clone(), Side::Right));
    let mut table = Table::new([(corner, Side::Left)].into_iter().chain(names));
    for (class, counts) in classes.iter().zip(rows) {
        table.row([class.clone()].into_iter().chain(counts.iter().map(usize::to_string)));
    }
    let title = console.sentence(sentence::FIGURE_CONFUSION, &[("part", console.word(part))]);
    format!("\n{title}\n{}", table.render(console.columns(), console.glyphs()))
}

/// The word for a part.
pub(crate) fn role(role: &str) -> Sentence {
    match role {
        "train" => sentence::ROLE_TRAIN,
        "test" => sentence::ROLE_TEST,
        _ => sentence::ROLE_VALIDATION,
    }
}

/// A value with its rows and its interval.
pub(crate) fn line(
    metric: &str,
    value: f64,
    interval: &Interval,
    rows: usize,
    part: Sentence,
    console: &Console,
) -> String {
    console.sentence(
        sentence::SCORE_LINE,
        &[
            ("metric", metric.to_string()),
            ("value", number(value)),
            ("low", number(interval.low)),
            ("high", number(interval.high)),
            ("n", rows.to_string()),
            ("part", console.word(part)),
        ],
    )
}
