use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use crate::course::Score;
use ikhim_run::{Finding, Severity, Treatment, Wording};

/// Neighbors know labels when they take so much of all errors away.
const KNOWN: f64 = 0.3;

pub(crate) const RULE: Rule = Rule {
    id: "labels-do-not-follow-features",
    moment: Moment::After,
    sentence: sentence(
        "what is learned on train rows is worth nothing on others: labels do not follow from features",
        "훈련 행에서 배운 것이 다른 행에서 쓸모가 없습니다. 레이블이 특징을 따르지 않습니다",
    ),
    lesson: sentence(
        "A network can learn any labels by heart, random ones too. When nothing of it holds on validation, look whether features and labels still belong together: sorted, shuffled or shifted apart from each other.",
        "신경망은 무작위 레이블도 외울 수 있습니다. 검증에서 아무것도 맞지 않으면 특징과 레이블이 아직 짝이 맞는지 보세요. 따로 정렬하거나 섞거나 밀리지 않았는지 확인하세요.",
    ),
    course: "",
    numbers: "A gain of 0.2 or more on train and none on 50 validation rows or more, three standard errors below what train gives. Or, as the epoch that is best where it is judged is kept: a train loss that ended under half of what a constant answer costs, a validation loss that ended above 1.5 times it, and a gain of less than 0.2 of the epoch that was kept. Or a validation loss that was never a twentieth below that of a constant answer and ended 1.3 times as high, under a train loss that ended below 0.7 of it: an epoch may be right about some rows by luck, its loss is not. Without any network: the five nearest rows know 0.3 within validation and less than 0.1 within train, or 0.3 within both and less than 0.3 of that across them, each beyond four standard errors of the shares and with inputs of one size; parts that are drawn from the same rows differ by one or two.",
    examine,
    red: "[data]\nheader = ['a', 'b', 'c', 'd', 'e', 'f', 'y']\nrows = {noise}\ntarget = 'y'\ntask = 'classification'\n[split]\nmethod = 'random'\nvalidation = 0.5\ntest = 0.0\n[model]\nhidden = [128]\n[training]\nepochs = 100\nlearning_rate = 0.01\n[training.early_stopping]\npatience = 1000\nrestore_best = false\n",
    green: "[data]\ndataset = 'breast_cancer'\n[training]\nepochs = 30\n",
    near: "[data]\ndataset = 'wine'\n[training]\nepochs = 30\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    if let Some(evidence) = out_of_step(chart) {
        let mut finding = RULE.finding(Severity::Error, 0.95, "data");
        finding.evidence = vec![evidence];
        finding.treatments = in_step(chart);
        return vec![finding];
    }
    let Some(course) = chart.course else { return Vec::new() };
    let Some(ending) = &course.ending else { return Vec::new() };
    let Some(validation) = &ending.validation else { return Vec::new() };
    let error = 1.0 / (validation.rows.max(1) as f64).sqrt();
    let none = validation.gain <= 0.02 && validation.gain + 3.0 * error < ending.train.gain;
    let apart = ending.train.gain >= 0.2 && none
        || parted(chart, course) && validation.gain < 0.2
        || never_known(chart, course);
    if validation.rows < 50 || !apart {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.75, "data");
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "of what a constant answer leaves, train has cured {train}, {rows} validation rows {validation}",
        "상수 답이 남기는 오류 가운데 훈련은 {train}, 검증 행 {rows}개는 {validation}를 고쳤습니다",
        train = percent(ending.train.gain),
        rows = validation.rows,
        validation = percent(validation.gain)
    )];
    finding.treatments = in_step(chart);
    vec![finding]
}

fn in_step(chart: &Chart<'_>) -> Vec<Treatment> {
    let set: Vec<String> = match chart.prepared.experiment.fault.is_some() {
        true => vec!["fault.shuffle_features=false".into(), "fault.label_offset=0".into()],
        false => Vec::new(),
    };
    vec![treatment(say!("compare some rows with their source", "몇 행을 원본과 비교하세요"), set)]
}

/// What the rows show without any network: neighbors that know the labels within
/// validation but not within train, or within both but not across them.
fn out_of_step(chart: &Chart<'_>) -> Option<Wording> {
    let neighbors = chart.neighbors.as_ref()?;
    let (train, within, across) = (neighbors.train, neighbors.validation?, neighbors.across?);
    let knows = |score: Score| score.gain >= KNOWN && score.gain > 4.0 * score.error();
    let beyond = |more: Score, less: Score| {
        more.gain - less.gain > 4.0 * more.error().hypot(less.error())
    };
    if knows(within) && train.gain < 0.1 && beyond(within, train) {
        return Some(say!(
            "neighbors within validation are right about {within} of what a constant answer leaves, neighbors within train about {train}: there features and labels are out of step",
            "검증 안에서는 이웃한 행이 상수 답이 남기는 오류의 {within}를 맞히는데 훈련 안에서는 {train}만 맞힙니다. 훈련의 특징과 레이블이 어긋나 있습니다",
            within = percent(within.gain),
            train = percent(train.gain)
        ));
    }
    // The future and other groups may follow another rule.
    let meant = matches!(
        chart.prepared.split.method,
        ikhim_data::SplitMethod::Time | ikhim_data::SplitMethod::Group
    );
    // Between inputs of different sizes no row is a neighbor of another.
    let meant = meant || chart.parts.features.iter().any(|beside| beside.is_apart());
    let least = if within.gain < train.gain { within } else { train };
    let lost = across.gain < 0.3 * least.gain && across.fit < 0.5 && beyond(least, across);
    (!meant && knows(within) && knows(train) && lost).then(|| {
        say!(
            "neighbors are right about {train} within train and {within} within validation, but train rows about {across} of validation: the parts do not mean the same by their labels",
            "이웃한 행이 훈련 안에서 {train}, 검증 안에서 {within}를 맞히는데 훈련 행은 검증의 {across}만 맞힙니다. 두 부분의 레이블이 같은 뜻이 아닙니다",
            train = percent(train.gain),
            within = percent(within.gain),
            across = percent(across.gain)
        )
    })
}

/// Whether the last epoch has learned its train rows and is worse on validation
/// than a constant answer.
fn parted(chart: &Chart<'_>, course: &crate::Course) -> bool {
    let baseline = chart.baseline();
    let apart = |last: &crate::Epoch| {
        last.train_loss < 0.5 * baseline && last.validation_loss > 1.5 * baseline
    };
    chart.rows_of_loss() == 1.0 && course.epochs.last().is_some_and(apart)
}

/// A validation loss that has never come so far under that of a constant answer
/// knows nothing, whatever share of rows an epoch was right about by luck …
const NOTHING: f64 = 0.95;

/// … when the train loss has come this far under it …
const BY_HEART: f64 = 0.7;

/// … while that on validation rose so far above.
const HARMED: f64 = 1.3;

/// Whether nothing of what was learned on train rows has ever helped on
/// validation, by the losses of all epochs.
fn never_known(chart: &Chart<'_>, course: &crate::Course) -> bool {
    let baseline = chart.baseline();
    let lowest = course.epochs.iter().map(|epoch| epoch.validation_loss).fold(f64::NAN, f64::min);
    let apart = |last: &crate::Epoch| {
        last.train_loss < BY_HEART * baseline && last.validation_loss > HARMED * baseline
    };
    chart.rows_of_loss() == 1.0
        && lowest >= NOTHING * baseline
        && course.epochs.last().is_some_and(apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Course, Ending};
    use crate::{Epoch, fixture};

    #[test]
    fn an_epoch_that_is_right_by_luck_is_no_knowledge() {
        let prepared = fixture::prepared("[data]\ndataset = 'digits'\n");
        let chance = 10.0_f64.ln();
        let fires = |losses: &[(f64, f64)]| {
            let epochs = losses.iter().map(|(train, validation)| Epoch {
                train_loss: train * chance,
                validation_loss: validation * chance,
                ..Epoch::default()
            });
            let score = |rows, gain| Score { rows, gain, ..Score::default() };
            let ending = Ending {
                status: "completed".to_string(),
                train: score(1000, 0.25),
                validation: Some(score(200, 0.24)), ..Ending::default() };
            let course = Course {
                steps: 100,
                epochs: epochs.collect(),
                ending: Some(ending),
                ..Course::default()
            };
            let chart = Chart::before(&prepared, 3).unwrap().with(&course);
            !examine(&chart).is_empty()
        };
        assert!(fires(&[(1.0, 0.99), (0.8, 1.1), (0.5, 1.7)]));
        // Something was known once: that is overfitting, not labels.
        assert!(!fires(&[(1.0, 0.9), (0.8, 1.1), (0.5, 1.7)]));
        // Nothing was learned by heart.
        assert!(!fires(&[(1.0, 0.99), (0.9, 1.1), (0.8, 1.4)]));
    }
}
