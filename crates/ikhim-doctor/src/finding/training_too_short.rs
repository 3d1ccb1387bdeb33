use crate::chart::Chart;
use crate::course::{Course, median};
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity, Treatment};

/// A training of more steps than this is not short: it is only worth knowing that
/// it was still on its way.
pub(crate) const SHORT: u64 = 1000;

/// A hundred steps move weights by a tenth of their size at Bengio's thousandth a step.
const FEW: u64 = 100;

/// Epochs that are worse than the best by chance alone are often so many.
const IMPATIENT: usize = 3;

/// The loss of the last quarter lies so much under that of the one before.
const FALLS: f64 = 0.03;

pub(crate) const RULE: Rule = Rule {
    id: "training-too-short",
    moment: Moment::After,
    sentence: sentence(
        "the training ended while its loss was still falling",
        "손실이 아직 내려가고 있을 때 학습이 끝났습니다",
    ),
    lesson: sentence(
        "A cost that falls at the end would have fallen further. Look at the curve before the model: give it more steps, or longer ones.",
        "끝에서도 내려가는 비용은 더 내려갔을 것입니다. 모델보다 곡선을 먼저 보고 스텝을 늘리거나 크게 하세요.",
    ),
    course: "07-1",
    numbers: "The mean loss of the last quarter of the steps lies more than 3 % under that of the quarter before, by more than three standard errors of what spans of steps differ, and the model has not learned half of its train rows, or clearly less than the nearest rows know. A training that has arrived falls by less than its noise. Or the nearest rows know more, and all steps together have moved the weights by less than their own length (at a thousandth a step, Bengio's rule, that takes a thousand steps). Or early stopping gave up after at most 3 epochs without a better one. Or at most 100 steps, where something is left on the train rows and five times as many cost validation rows clearly less (three standard errors over two seeds). Beyond 1,000 steps it is worth knowing only: where nothing is asked for, training takes 4,000.",
    examine,
    red: "[data]\ngenerate = { type = 'polynomial', rows = 100 }\n[model]\nhidden = [16]\nactivation = 'tanh'\n[training]\noptimizer = 'sgd'\nbatch_size = 'full'\nlearning_rate = 0.01\nsteps = 16\n",
    green: "[data]\ngenerate = { type = 'polynomial', rows = 100 }\n[model]\nhidden = [16]\nactivation = 'tanh'\n[training]\noptimizer = 'sgd'\nbatch_size = 'full'\nlearning_rate = 0.05\nsteps = 400\n",
    near: "[data]\ngenerate = { type = 'polynomial', rows = 100 }\n[model]\nhidden = [16]\nactivation = 'tanh'\n[training]\noptimizer = 'sgd'\nbatch_size = 'full'\nlearning_rate = 0.05\nsteps = 16\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    if !chart.went_badly() {
        return of_few_steps(chart, course);
    }
    if let Some(finding) = impatient(chart, course) {
        return vec![finding];
    }
    let Some((before, last)) = falling(course).filter(|_| chart.rate() > 0.0) else {
        return near_its_start(chart, course);
    };
    let severity =
        if course.steps <= SHORT { Severity::Warning } else { Severity::Information };
    let mut finding = RULE.finding(severity, 0.55, "training.epochs");
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "the mean loss went from {before} to {last} in the last quarter of {steps} steps, {share} less",
        "평균 손실이 {steps}번 스텝의 마지막 4분의 1에서 {before}에서 {last}(으)로 {share} 내려갔습니다",
        before = short(before),
        last = short(last),
        steps = course.steps,
        share = percent((before - last) / before.abs().max(1e-30))
    )];
    finding.treatments = longer(chart, course);
    vec![finding]
}

/// A training of so few steps that nobody can have meant it, in which something is
/// left to be learned: the rows must prove that more steps help.
fn of_few_steps(chart: &Chart<'_>, course: &Course) -> Vec<Finding> {
    let is_over = course.ending.is_some() && course.steps >= course.planned;
    if course.steps > FEW || !is_over || course.went_well() || chart.rate() <= 0.0 {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Information, 0.8, "training.epochs");
    finding.evidence = vec![say!(
        "it took {steps} steps; where nothing is asked for, training takes 4,000",
        "{steps}번의 스텝만 밟았습니다. 따로 정하지 않으면 4,000번입니다",
        steps = course.steps
    )];
    finding.treatments = longer(chart, course);
    vec![finding]
}

/// A training that was given up after a few epochs without a better one.
fn impatient(chart: &Chart<'_>, course: &Course) -> Option<Finding> {
    let patience = chart.prepared.experiment.training.early_stopping()?.patience;
    let stopped = course.ending.as_ref().is_some_and(|it| it.status == "early_stopped");
    if !stopped || patience > IMPATIENT {
        return None;
    }
    let mut finding = RULE.finding(Severity::Warning, 0.6, "training.early_stopping");
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "it stopped after {steps} of {planned} steps, because {patience} epochs in a row were no better",
        "{patience}번의 에포크가 이어서 나아지지 않아 {planned}번 가운데 {steps}번의 스텝 뒤에 멈추었습니다",
        steps = course.steps,
        planned = course.planned,
        patience = patience
    )];
    finding.treatments = vec![
        treatment(
            say!("wait for 20 epochs", "20번의 에포크를 기다리세요"),
            ["training.early_stopping={patience=20}"],
        ),
        treatment(
            say!("go on to the end", "끝까지 가세요"),
            ["training.early_stopping='none'"],
        ),
    ];
    Some(finding)
}

/// Where neighbors know more and the weights have not even gone their own length,
/// steps are what is missing.
fn near_its_start(chart: &Chart<'_>, course: &Course) -> Vec<Finding> {
    let way = super::learning_rate_too_low::traveled(chart, course);
    let few = course.steps <= SHORT && course.steps >= course.planned && course.has_start();
    if !few || course.looks.is_empty() || chart.behind().is_none() || way >= 1.0 {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.5, "training.epochs");
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "all {steps} steps together moved the weights by {way} of their size, and the nearest rows know more",
        "{steps}번의 스텝이 모두 합쳐 가중치를 그 크기의 {way}만큼 움직였고, 가까운 행들이 더 많이 압니다",
        steps = course.steps,
        way = percent(way)
    )];
    finding.treatments = longer(chart, course);
    vec![finding]
}

/// The mean losses of the last two quarters, where the last is clearly lower.
pub(crate) fn falling(course: &Course) -> Option<(f64, f64)> {
    if course.is_broken() || course.steps < course.planned || course.spans.len() < 8 {
        return None;
    }
    let (before, last) = (course.mean_loss(0.5, 0.75), course.mean_loss(0.75, 1.0));
    let quarter = &course.spans[course.spans.len() * 3 / 4..];
    // Neighboring spans differ by √2 times the deviation of one.
    let differences = quarter.windows(2).map(|pair| (pair[1].mean - pair[0].mean).abs());
    let deviation = 1.4826 * median(differences) / std::f64::consts::SQRT_2;
    let error = deviation * (2.0 / quarter.len() as f64).sqrt();
    let fall = before - last;
    (fall > FALLS * before.abs() && fall > 3.0 * error).then_some((before, last))
}

/// More steps, and longer ones.
pub(crate) fn longer(chart: &Chart<'_>, course: &Course) -> Vec<Treatment> {
    let times = |factor: u64| match chart.prepared.experiment.training.steps() {
        Some(steps) => format!("training.steps={}", steps as u64 * factor),
        None => {
            let epochs = course.planned.div_ceil(course.steps_per_epoch.max(1));
            format!("training.epochs={}", epochs.max(1) * factor)
        }
    };
    vec![
        treatment(say!("five times as many steps", "스텝을 5배로 늘리세요"), [times(5)]),
        treatment(
            say!(
                "five times as many steps at three times the rate",
                "스텝을 5배로, 학습률을 3배로 하세요"
            ),
            [times(5), chart.rate_times(3.0)],
        ),
        treatment(say!("twenty times as many steps", "스텝을 20배로 늘리세요"), [times(20)]),
    ]
}
