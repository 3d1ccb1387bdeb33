use super::clipping_too_small::cut;
use super::learning_rate_too_high::step_ratio;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// All steps together move a weight by less than this share of it.
const MOVED: f64 = 0.1;

/// A step moves a weight by less than this share of it. A healthy step moves it
/// by a thousandth, so what takes larger ones and has not come far is short.
const STEP: f64 = 1e-4;

/// Bengio's rule: a healthy step moves a weight by a thousandth of it.
const HEALTHY: f64 = 1e-3;

/// The way of all steps together, in lengths of the weights, that a training with
/// few steps needs.
const WAY: f64 = 3.0;

/// A schedule has taken the rate away when less than this share of it is left …
const FADED: f64 = 0.01;

/// … at more than this share of the looks.
const LONG: f64 = 0.5;

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
    numbers: "All steps together less than a tenth of the weights and each less than a ten-thousandth in the mean, a loss that came down less than a tenth of its start, slopes that are not gone, and gradients that no border cuts to next to nothing. In a healthy training the weights travel many times their own length (Bengio: a thousandth of it in each step). Or, with all rows in a batch, a loss that came down less than a tenth and in its second half by 0.8 to 1.25 times what it did in its first: on a straight way no curvature is felt. Or a schedule that leaves less than a hundredth of the rate at more than half of the looks, in a training that has not learned nine tenths of its train rows; half a cosine is there for 6 % of its way.",
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
    let low = small && fallen.abs() < 0.1 && slope > 1e-4;
    let straight = (0.0..0.1).contains(&fallen) && falls_straight(course);
    let faded = faded(chart, course);
    if !(low || straight || faded > LONG) || course.gain() >= 0.9 {
        return Vec::new();
    }
    // Where a border cuts nearly all of every gradient, short steps follow from it.
    if faded <= LONG && cut(chart).is_some() {
        return Vec::new();
    }
    let confidence = if course.went_badly() { 0.9 } else { 0.75 };
    let place = if faded > LONG { "training.schedule" } else { "training.learning_rate" };
    let mut finding = RULE.finding(Severity::Warning, confidence, place);
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
    if faded > LONG {
        finding.evidence.push(say!(
            "at {share} of the looks the schedule had left less than a hundredth of the rate",
            "살펴본 때의 {share}에서 스케줄이 학습률의 100분의 1도 남기지 않았습니다",
            share = percent(faded)
        ));
        finding.treatments.push(treatment(
            say!("keep the rate as it is", "학습률을 그대로 유지하세요"),
            ["training.schedule='constant'"],
        ));
    }
    // A step grows with the rate, so the rate that makes it healthy is known.
    let step = crate::course::median(course.settled().iter().map(|look| step_ratio(chart, look)));
    // Weights that begin at 0 have no size to be compared with; how far the loss
    // has come says the same.
    let decades = match low {
        true => (HEALTHY.max(WAY / course.steps as f64) / step).log10().round(),
        false => (3.0 / fallen).log10().round(),
    };
    let decades = if decades.is_finite() { decades.clamp(1.0, 9.0) } else { 1.0 };
    for decades in [decades, decades - 1.0, decades + 1.0].into_iter().filter(|it| *it > 0.0) {
        let factor = 10_f64.powf(decades);
        finding.treatments.push(treatment(
            say!("{factor} times the rate", "학습률을 {factor}배로 하세요", factor = factor),
            [chart.rate_times(factor)],
        ));
    }
    vec![finding]
}

/// Whether the loss of all rows falls in a straight line: its second half brings
/// as much as its first, so no step has felt that the slope changes on the way.
fn falls_straight(course: &crate::Course) -> bool {
    let part = |from, to| course.mean_loss(from, to);
    let (start, middle, end) = (part(0.0, 0.1), part(0.45, 0.55), part(0.9, 1.0));
    let (first, second) = (start - middle, middle - end);
    course.steps_per_epoch == 1 && first > 0.0 && (0.8..1.25).contains(&(second / first))
}

/// The share of the looks at which a schedule has left next to nothing of the
/// rate.
fn faded(chart: &Chart<'_>, course: &crate::Course) -> f64 {
    // This one lowers the rate only where validation does not get better.
    if chart.prepared.experiment.training.schedule().kind == "reduce_on_plateau" {
        return 0.0;
    }
    let rate = chart.rate();
    let low = course.looks.iter().filter(|look| look.learning_rate < FADED * rate).count();
    low as f64 / course.looks.len().max(1) as f64
}

/// How far all steps together have moved the weights, by their size, as the
/// looks between them say.
pub(super) fn traveled(chart: &Chart<'_>, course: &crate::Course) -> f64 {
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
