use super::learning_rate_too_high::step_ratio;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// All steps together move a weight by less than this share of it.
const MOVED: f64 = 0.1;

/// A step moves a weight by less than this share of it. A healthy step moves it
/// by a thousandth, so what takes larger ones and has not come far is short.
const STEP: f64 = 1e-4;

pub(crate) const RULE: Rule = Rule {
    id: "learning-rate-too-low",
    moment: Moment::During,
    sentence: sentence(
        "the learning rate is too low: hardly anything has moved",
        "학습률이 너무 작습니다. 거의 아무것도 움직이지 않았습니다",
    ),
    lesson: sentence(
        "A cost that falls a little each time looks like learning. Compare how far the weights have come: when all steps together change them by a hundredth, the training stands nearly where it began.",
        "비용이 조금씩 내려가면 배우는 것처럼 보입니다. 가중치가 얼마나 움직였는지 보세요. 모든 스텝을 합쳐 100분의 1만 바뀌었다면 학습은 거의 시작한 곳에 서 있습니다.",
    ),
    course: "07-1",
    numbers: "All steps together less than a tenth of the weights and each less than a ten-thousandth in the mean, a loss that came down less than a tenth of its start, and slopes that are not gone. In a healthy training the weights travel many times their own length (Bengio: a thousandth of it in each step).",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 1e-6\nepochs = 20\n",
    green: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nepochs = 20\n",
    near: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.01\nepochs = 100\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|course| course.has_start()) else {
        return Vec::new();
    };
    if course.is_broken() || course.looks.len() < 3 || chart.rate() <= 0.0 || course.steps < 20 {
        return Vec::new();
    }
    let way = traveled(chart, course);
    let (start, end) = (course.mean_loss(0.0, 0.1), course.final_loss());
    let fallen = (start - end) / start.abs().max(1e-30);
    // Where no slope reaches the weights the rate is not what is wrong.
    let slopes = course.settled().iter().map(|look| slope_ratio(chart, look));
    let slope = crate::course::median(slopes);
    let small = way < MOVED && way < STEP * course.steps as f64;
    if !(small && fallen.abs() < 0.1 && slope > 1e-4) || course.gain() >= 0.9 {
        return Vec::new();
    }
    let confidence = if course.went_badly() { 0.9 } else { 0.75 };
    let mut finding = RULE.finding(Severity::Warning, confidence, "training.learning_rate");
    finding.steps = course.whole();
    finding.evidence = vec![
        say!(
            "all {steps} steps together moved the weights by {way} of their size",
            "{steps}번의 스텝이 모두 합쳐 가중치를 그 크기의 {way}만큼 움직였습니다",
            steps = course.steps,
            way = percent(way)
        ),
        say!(
            "the loss went from {start} to {end}",
            "손실이 {start}에서 {end}(으)로 갔습니다",
            start = short(start),
            end = short(end)
        ),
    ];
    finding.counter_evidence = vec![say!(
        "slopes do arrive: they are {slope} of the weights in the mean",
        "기울기는 도착합니다. 평균적으로 가중치의 {slope}배입니다",
        slope = short(slope)
    )];
    finding.treatments = vec![
        treatment(say!("ten times the rate", "학습률을 10배로 하세요"), [chart.rate_times(10.0)]),
        treatment(
            say!("a hundred times the rate", "학습률을 100배로 하세요"),
            [chart.rate_times(100.0)],
        ),
    ];
    vec![finding]
}

/// How far all steps together have moved the weights, by their size, as the
/// looks between them say.
fn traveled(chart: &Chart<'_>, course: &crate::Course) -> f64 {
    let mut way = 0.0;
    for (at, look) in course.looks.iter().enumerate() {
        let next = course.looks.get(at + 1).map_or(course.steps, |next| next.step);
        let ratio = step_ratio(chart, look);
        if ratio.is_finite() {
            way += ratio * next.saturating_sub(look.step) as f64;
        }
    }
    way
}

/// The middle over all kernels of the slope by the weight.
pub(super) fn slope_ratio(chart: &Chart<'_>, look: &crate::look::Look) -> f64 {
    crate::course::median(chart.anatomy.kernels().filter_map(|(_, kernel)| {
        let parameter = look.parameter(&kernel.path)?;
        Some(parameter.gradient / parameter.weight.max(1e-12))
    }))
}
