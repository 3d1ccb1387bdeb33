use crate::chart::Chart;
use crate::course::Course;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity, Treatment};

/// The same rows cost so many times more in evaluation.
const MORE: f64 = 2.0;

/// And at least so much of what a constant answer costs.
const COUNTS: f64 = 0.2;

/// So much of the statistics is still what they began as: at the usual momentum of
/// 0.1 a quarter is left after 13 steps, and no training is as short.
const BEGINNING: f64 = 0.25;

pub(crate) const RULE: Rule = Rule {
    id: "evaluation-differs",
    moment: Moment::After,
    sentence: sentence(
        "the network that is judged is not the one that was trained: on the same rows evaluation costs far more than training did",
        "평가하는 신경망이 학습한 신경망과 다릅니다. 같은 행에서 평가의 손실이 학습 때보다 훨씬 큽니다",
    ),
    lesson: sentence(
        "Batch normalization uses the batch while it trains and running statistics when it is asked. Statistics that are not updated, or follow too slowly, make another network of it. Judge train rows in both ways and compare.",
        "배치 정규화는 학습할 때는 배치를, 물을 때는 누적한 통계를 씁니다. 통계가 갱신되지 않거나 너무 느리게 따라가면 다른 신경망이 됩니다. 훈련 행을 두 방식으로 평가해 비교하세요.",
    ),
    course: "10-6",
    numbers: "The loss of the train rows in evaluation twice the largest mean loss of any epoch after the first, and so much more that the difference is a fifth of what a constant answer costs: whichever epoch is kept, its batches cost less. Dropout makes training dearer than evaluation, never the other way. Or running statistics of which a quarter or more is what they began as: (1 − m)ⁿ after n steps of momentum m.",
    examine,
    red: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32 }, { type = 'batch_norm', momentum = 1e-6 }, { type = 'relu' }, { type = 'dense', units = 32 }, { type = 'batch_norm', momentum = 1e-6 }, { type = 'relu' }, { type = 'dense', units = 10 }]\n[training]\nepochs = 10\nlearning_rate = 0.03\n",
    green: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32 }, { type = 'batch_norm' }, { type = 'relu' }, { type = 'dense', units = 32 }, { type = 'batch_norm' }, { type = 'relu' }, { type = 'dense', units = 10 }]\n[training]\nepochs = 10\nlearning_rate = 0.03\n",
    near: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32 }, { type = 'batch_norm', momentum = 0.02 }, { type = 'relu' }, { type = 'dense', units = 10 }]\n[training]\nepochs = 10\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|course| !course.is_broken()) else {
        return Vec::new();
    };
    let Some(ending) = &course.ending else { return Vec::new() };
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    let normalized: Vec<&str> = layers
        .iter()
        .filter(|layer| layer.kind == "batch_norm")
        .map(|layer| layer.path.as_str())
        .collect();
    let Some(first) = normalized.first() else { return Vec::new() };
    let later = course.epochs.iter().filter(|epoch| epoch.epoch > 1);
    let trained = later.map(|epoch| epoch.train_loss / chart.rows_of_loss()).fold(0.0, f64::max);
    let judged = ending.train.loss;
    let more = judged - trained;
    if trained <= 0.0 || judged < MORE * trained || more < COUNTS * chart.baseline() {
        return unfinished(chart, course);
    }
    let mut finding = RULE.finding(Severity::Error, 0.92, *first);
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "the train rows cost {judged} in evaluation; no epoch's batches after the first cost more than {trained}. Gain in evaluation: {gain}",
        "훈련 행의 평가 손실은 {judged}인데, 첫 에포크 뒤로 배치의 평균 손실은 {trained}를 넘은 적이 없습니다. 평가의 이득: {gain}",
        judged = short(judged),
        trained = short(trained),
        gain = percent(ending.train.gain)
    )];
    finding.treatments = vec![following(chart, &normalized)];
    vec![finding]
}

/// Running statistics of which much is still what they began as: of what they began
/// as, (1 − m)ⁿ is left after n steps of momentum m.
fn unfinished(chart: &Chart<'_>, course: &Course) -> Vec<Finding> {
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    let left = layers.iter().filter(|layer| layer.kind == "batch_norm").filter_map(|layer| {
        let momentum = layer.settings.number("momentum")?;
        Some((layer.path.as_str(), (1.0 - momentum).powf(course.steps as f64)))
    });
    let behind: Vec<(&str, f64)> = left.filter(|(_, left)| *left >= BEGINNING).collect();
    let Some((place, left)) = behind.first().copied().filter(|_| course.steps > 0) else {
        return Vec::new();
    };
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.9, place);
    finding.evidence = vec![say!(
        "after {steps} steps the running statistics of `{layer}` are still {left} what they began as, a mean of 0 and a variance of 1",
        "{steps}번의 스텝 뒤에도 `{layer}`의 누적 통계에는 처음 값(평균 0, 분산 1)이 {left} 남아 있습니다",
        steps = course.steps,
        layer = place,
        left = percent(left)
    )];
    let paths: Vec<&str> = behind.iter().map(|(path, _)| *path).collect();
    finding.treatments = vec![following(chart, &paths)];
    vec![finding]
}

/// Statistics that follow the batches at the usual pace.
fn following(chart: &Chart<'_>, layers: &[&str]) -> Treatment {
    let momentum = layers.iter().filter_map(|path| chart.layer_key(path, "momentum", "0.1"));
    treatment(say!("let the statistics follow the batches", "통계가 배치를 따라가게 하세요"), momentum)
}
