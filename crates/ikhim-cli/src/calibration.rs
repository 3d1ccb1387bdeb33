//! What a model keeps of the validation rows, as words and as a document.

use crate::document::Document;
use ikhim_report::number;
use ikhim_run::{Model, Threshold};
use ikhim_text::{Language, sentence};

/// What a person is told of the threshold and of the prediction intervals.
pub(crate) fn sentences(model: &Model, language: Language) -> Vec<String> {
    let calibration = model.calibration();
    let threshold = calibration.threshold.as_ref().map(|found| threshold(model, found, language));
    let margins = calibration.margins.as_ref().filter(|margins| margins.halves(0.95).is_some());
    let margins = margins
        .map(|margins| sentence::INTERVALS_OF.say(language, &[("n", margins.rows.to_string())]));
    threshold.into_iter().chain(margins).collect()
}

fn threshold(model: &Model, found: &Threshold, language: Language) -> String {
    let class = model.preprocessing().classes().get(1).cloned().unwrap_or_default();
    let told = [("class", class), ("threshold", number(found.value))];
    match &found.choice {
        None => sentence::THRESHOLD_GIVEN.say(language, &told),
        Some(choice) if found.value == 0.5 => sentence::THRESHOLD_STAYS
            .say(language, &[("metric", choice.metric.clone()), ("n", choice.rows.to_string())]),
        Some(choice) => {
            let chosen = [
                ("metric", choice.metric.clone()),
                ("n", choice.rows.to_string()),
                ("value", number(choice.value)),
                ("half", number(choice.at_half)),
            ];
            let told: Vec<_> = told.into_iter().chain(chosen).collect();
            sentence::THRESHOLD_CHOSEN.say(language, &told)
        }
    }
}

/// The threshold as a document; `None` where it is one half.
pub(crate) fn document(model: &Model) -> Option<Document> {
    let found = model.calibration().threshold.as_ref()?;
    let document = Document::part().number("value", found.value);
    Some(match &found.choice {
        None => document.with("metric", None::<String>),
        Some(choice) => document
            .with("metric", &choice.metric)
            .number("value_of_metric", choice.value)
            .number("at_half", choice.at_half)
            .with("n", choice.rows),
    })
}

/// What share of the true numbers lies within their intervals, for a person.
pub(crate) fn coverage(share: f64, language: Language) -> String {
    sentence::INTERVALS_HELD.say(language, &[("share", format!("{:.1}", share * 100.0))])
}
