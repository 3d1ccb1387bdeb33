use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// A loss on train that is less than this share of what a constant answer costs …
const LEARNED: f64 = 0.1;

/// … while that on validation is so many times as large.
const WORSE: f64 = 1.5;

/// Where the last epoch is kept: its validation loss is so many times the lowest of
/// the first three quarters, and its train loss less than half of it.
const KEPT: f64 = 1.2;
const HALF: f64 = 0.5;

pub(crate) const RULE: Rule = Rule {
    id: "overfitting",
    moment: Moment::After,
    sentence: sentence(
        "the network has learned its train rows by heart, which does not help on others",
        "신경망이 훈련 행을 외워서 다른 행에는 도움이 되지 않습니다",
    ),
    lesson: sentence(
        "From some epoch on the loss on validation rises while that on train falls: what is learned then is chance. More rows, fewer weights, a penalty, dropout, or stopping there.",
        "어느 에포크부터 훈련 손실은 내려가는데 검증 손실은 올라갑니다. 그때부터 배우는 것은 우연입니다. 행을 늘리거나 가중치를 줄이고, 벌점이나 드롭아웃을 쓰거나 거기서 멈추세요.",
    ),
    course: "07-1",
    numbers: "On train nearly nothing is left (gain 0.95 or more), validation gains at least 0.4 less, and its loss at the end is twice its lowest; a smaller gap is worth knowing only. Or, as the best epoch may be kept, the last one: a train loss under a tenth of what a constant answer costs, a validation loss above 1.5 times it and twice its lowest, in a model that has not learned 0.6 of validation. Or, where `restore_best = false` keeps the last epoch, a validation loss 1.2 times the lowest, which lies in the first three quarters, and a train loss under half of it.",
    examine,
    red: "[data]\nheader = ['a', 'b', 'c', 'd', 'e', 'f', 'y']\nrows = {noise}\ntarget = 'y'\ntask = 'classification'\n[model]\nhidden = [128]\n[training]\nepochs = 300\nlearning_rate = 0.01\nmetrics = ['accuracy']\n[training.early_stopping]\npatience = 1000\nrestore_best = false\n",
    green: "[data]\ndataset = 'iris'\n[model]\nhidden = [8]\n[training]\nepochs = 60\nlearning_rate = 0.01\n",
    near: "[data]\ndataset = 'breast_cancer'\n[model]\nhidden = [32]\n[training]\nepochs = 60\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    let Some(ending) = &course.ending else { return Vec::new() };
    let Some(validation) = &ending.validation else { return Vec::new() };
    let with_loss = course.epochs.iter().filter(|epoch| epoch.validation_loss.is_finite());
    let lowest = with_loss.min_by(|a, b| a.validation_loss.total_cmp(&b.validation_loss));
    let (Some(lowest), Some(last)) = (lowest, course.epochs.last()) else { return Vec::new() };
    let rise = last.validation_loss / lowest.validation_loss;
    let gap = ending.train.gain - validation.gain;
    let by_heart = ending.train.gain >= 0.95 && gap >= 0.2;
    // The kept epoch may be one before the harm: the last one shows where it went.
    let (baseline, rows) = (chart.baseline(), chart.rows_of_loss());
    let lost = last.train_loss / rows < LEARNED * baseline
        && last.validation_loss > WORSE * baseline
        && validation.gain < 0.6;
    let rises = rise > 2.0 && (by_heart || lost);
    // Where no better epoch is kept, the model is the last one with all its harm.
    let keeps_last =
        chart.prepared.experiment.training.early_stopping().is_some_and(|it| !it.restore_best);
    let trained = last.train_loss / rows;
    let harmed = keeps_last
        && rise > KEPT
        && trained < HALF * last.validation_loss
        && 4 * lowest.step < 3 * course.steps;
    // Learned by heart at the end, though an earlier epoch may be kept: the rows must
    // prove that less would have been more.
    let at_the_end = rise > 2.0 && trained < LEARNED * baseline;
    if !(rises || harmed || at_the_end) || validation.rows < 20 {
        return Vec::new();
    }
    let grave = by_heart && gap >= 0.4 || lost || harmed;
    let severity = if grave { Severity::Warning } else { Severity::Information };
    let mut finding = RULE.finding(severity, 0.7, "training.epochs");
    if rises || harmed {
        finding.steps = (lowest.step, course.steps);
    }
    finding.evidence = vec![
        say!(
            "of what a constant answer leaves, train has cured {train}, validation {validation}",
            "상수 답이 남기는 오류 가운데 훈련은 {train}, 검증은 {validation}를 고쳤습니다",
            train = percent(ending.train.gain),
            validation = percent(validation.gain)
        ),
        say!(
            "the validation loss was lowest at epoch {epoch} and is {rise} times that now",
            "검증 손실은 에포크 {epoch}에서 가장 낮았고 지금은 그 {rise}배입니다",
            epoch = lowest.epoch,
            rise = short(rise)
        ),
    ];
    finding.treatments = vec![
        treatment(
            say!("stop where validation was best", "검증이 가장 좋은 곳에서 멈추세요"),
            ["training.early_stopping={patience=10}"],
        ),
        treatment(say!("decay the weights", "가중치를 줄여 가세요"), ["training.weight_decay=0.1"]),
    ];
    vec![finding]
}
