use crate::chart::Chart;
use crate::course::{Course, median};
use crate::look::{Look, ParameterLook};
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity, Wording};

/// A step that moves a weight by more than a tenth of itself, again and again,
/// cannot come to rest (the upper end of Bengio's rule is a hundredth).
const RATIO: f64 = 0.1;

/// A step that is as long as the weights themselves throws away where they began.
const THROWN: f64 = 1.0;

pub(crate) const RULE: Rule = Rule {
    id: "learning-rate-too-high",
    moment: Moment::During,
    sentence: sentence(
        "the learning rate is too high: steps overshoot what they aim at",
        "학습률이 너무 큽니다. 스텝이 목표를 지나쳐 버립니다",
    ),
    lesson: sentence(
        "A step goes down the slope where it starts. If it is longer than the valley is wide, it lands on the other side, higher than before: the loss jumps to and fro, grows, or is not a number any more. On a quadratic cost the border is 2/λ, λ the largest curvature.",
        "스텝은 출발점의 기울기를 따라 내려갑니다. 골짜기의 폭보다 길면 맞은편의 더 높은 곳에 닿습니다. 손실이 오락가락하거나 커지거나 수가 아니게 됩니다. 이차 비용에서 경계는 2/λ이고 λ는 가장 큰 곡률입니다.",
    ),
    course: "07-1",
    numbers: "A training that went badly has not learned half of its train rows, or clearly less than the nearest rows know, or has lost more in the mean, behind its first tenth, than a constant answer would, whatever epoch is kept. A loss that is not finite after a finite start; or a mean loss at the end above 1.5 times that of the start; or a loss that rose above 3 times its start and left a model that went badly, unless no step moved the weights by a thousandth of their size; or, with all rows in a batch, more rises than one in four while the loss swings by more than a twentieth of what a constant answer costs (the course's rule); or, in a model that went badly, steps of more than a tenth of the weights at more than half of the looks, or one of the first five looks at which a step was longer than the weights that it moved. The curvature proves it for one product under squared errors: rate · λ > 2.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 30.0\nepochs = 20\n",
    green: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nepochs = 20\n",
    near: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'adam'\nlearning_rate = 0.02\nepochs = 20\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    // A network that is broken before the first step is broken by its weights.
    let sound = chart.start.as_ref().is_none_or(|look| look.loss.is_finite());
    if !sound || chart.rate() <= 0.0 || course.steps == 0 && !course.is_broken() {
        return Vec::new();
    }
    let Some((severity, confidence, evidence)) = signs(chart, course) else { return Vec::new() };
    let mut finding = RULE.finding(severity, confidence, "training.learning_rate");
    finding.steps = course.whole();
    finding.evidence = vec![evidence];
    finding.evidence.push(say!(
        "the learning rate is {rate}",
        "학습률은 {rate}입니다",
        rate = short(chart.rate())
    ));
    if let Some(start) = &chart.start {
        finding.counter_evidence = vec![say!(
            "before the first step the loss was {loss}: the weights began well",
            "첫 스텝 전의 손실은 {loss}였습니다. 가중치는 제대로 시작했습니다",
            loss = short(start.loss)
        )];
    }
    finding.treatments = vec![
        treatment(
            say!("a tenth of the rate", "학습률을 10분의 1로 하세요"),
            [chart.rate_times(0.1)],
        ),
        treatment(
            say!("a hundredth of the rate", "학습률을 100분의 1로 하세요"),
            [chart.rate_times(0.01)],
        ),
        treatment(
            say!("a thousandth of the rate", "학습률을 1000분의 1로 하세요"),
            [chart.rate_times(0.001)],
        ),
    ];
    vec![finding]
}

/// Whether steps hardly move the weights: then batches differ, and no step overshoots.
/// Bengio's rule is a thousandth of their size a step.
fn stands_still(course: &Course) -> bool {
    let ratio = |look: &Look| {
        let norm = |of: fn(&ParameterLook) -> f64| {
            look.parameters.iter().map(|it| of(it).powi(2)).sum::<f64>().sqrt()
        };
        norm(|it| it.update.unwrap_or(f64::NAN)) / norm(|it| it.weight)
    };
    let largest = course.looks.iter().map(ratio).fold(f64::NAN, f64::max);
    largest < 1e-3
}

fn signs(chart: &Chart<'_>, course: &Course) -> Option<(Severity, f64, Wording)> {
    let baseline = chart.baseline();
    if let Some(curvature) = chart.curvature.filter(|_| is_quadratic(chart)) {
        let product = chart.rate() * curvature * chart.rows_of_loss();
        if product > 2.0 {
            let evidence = say!(
                "rate · λ = {product}, above 2: on this quadratic cost every training diverges",
                "학습률 · λ = {product}으로 2보다 큽니다. 이 이차 비용에서는 반드시 발산합니다",
                product = short(product)
            );
            return Some((Severity::Error, 0.995, evidence));
        }
    }
    if course.is_broken() {
        let evidence = say!(
            "the loss was not finite after {steps} steps",
            "{steps}번의 스텝 뒤에 손실이 유한하지 않았습니다",
            steps = course.steps
        );
        return Some((Severity::Error, 0.9, evidence));
    }
    let per_row = chart.rows_of_loss();
    // What was not watched from its start has none to be compared with.
    let first = course.spans.first().filter(|_| course.has_start());
    let start = first.map_or(f64::NAN, |span| span.mean.max(course.start_loss() * per_row));
    let end = course.final_loss();
    if end > 1.5 * start && end > 1.5 * baseline * per_row {
        let evidence = say!(
            "the loss went up, from {start} to {end}",
            "손실이 {start}에서 {end}(으)로 올라갔습니다",
            start = short(start),
            end = short(end)
        );
        return Some((Severity::Error, 0.9, evidence));
    }
    // The epoch that is kept may be good by luck while the steps are not: behind
    // its first tenth, a training that works is below the loss of a constant
    // answer. Weights of classes make another one of it.
    let training = &chart.prepared.experiment.training;
    let weighed = training.balanced_classes() || !training.class_weights().is_empty();
    let lucky = !weighed && course.mean_loss(0.1, 1.0) > baseline * per_row;
    let bad = lucky || course.gain() < 0.5 || chart.behind().is_some();
    let top = course.spans.iter().map(|span| span.mean).fold(0.0, f64::max);
    let jumped = top > 3.0 * start && top > 3.0 * baseline * per_row;
    if bad && jumped && !stands_still(course) {
        let evidence = say!(
            "the loss jumped from {start} to {top}, and the model has not recovered",
            "손실이 {start}에서 {top}(으)로 뛰었고 모델이 회복하지 못했습니다",
            start = short(start),
            top = short(top)
        );
        return Some((Severity::Error, 0.88, evidence));
    }
    if course.steps_per_epoch == 1 && course.steps >= 50 {
        let later: Vec<_> = course.spans.iter().skip(course.spans.len() / 5).collect();
        let steps: u64 = later.iter().map(|span| span.steps).sum();
        let rises: u64 = later.iter().map(|span| span.rises).sum();
        let share = rises as f64 / steps.max(1) as f64;
        let swing = median(later.windows(2).map(|pair| {
            let high = pair[0].high.max(pair[1].high);
            high - pair[0].low.min(pair[1].low)
        }));
        if share > 0.25 && swing > 0.05 * baseline * per_row {
            let evidence = say!(
                "with all rows in a batch the loss rose in {share} of the steps and swings by {swing}",
                "모든 행을 한 배치로 쓰는데도 스텝의 {share}에서 손실이 올랐고 {swing}만큼 흔들립니다",
                share = percent(share),
                swing = short(swing)
            );
            return Some((Severity::Warning, 0.85, evidence));
        }
    }
    // Weights that begin at 0 have no length to be compared with.
    let thrown = course.looks.iter().take(5).filter(|_| course.has_start() && bad);
    let thrown = thrown.map(|look| (look.step, step_ratio(chart, look)));
    if let Some((step, ratio)) = thrown.max_by(|a, b| a.1.total_cmp(&b.1))
        && (THROWN..1e6).contains(&ratio)
    {
        let evidence = say!(
            "step {step} moved the weights by {ratio} times their size: nothing is left of how they began",
            "스텝 {step}이(가) 가중치를 그 크기의 {ratio}배만큼 움직였습니다. 처음 가중치가 남아 있지 않습니다",
            step = step + 1,
            ratio = short(ratio)
        );
        return Some((Severity::Error, 0.9, evidence));
    }
    let ratios: Vec<f64> = course.settled().iter().map(|look| step_ratio(chart, look)).collect();
    let large = ratios.iter().filter(|ratio| **ratio > RATIO).count();
    if bad && ratios.len() >= 3 && 2 * large > ratios.len() {
        let evidence = say!(
            "at {share} of the looks a step moved the weights by more than a tenth of their size",
            "살펴본 때의 {share}에서 한 스텝이 가중치를 그 크기의 10분의 1 넘게 움직였습니다",
            share = percent(large as f64 / ratios.len() as f64)
        );
        return Some((Severity::Warning, 0.8, evidence));
    }
    None
}

/// Whether the cost is a quadratic function of the weights and each step goes
/// down its slope and nothing else.
fn is_quadratic(chart: &Chart<'_>) -> bool {
    let training = &chart.prepared.experiment.training;
    let optimizer = training.optimizer();
    let plain = optimizer.kind == "sgd"
        && optimizer.settings.number("momentum").unwrap_or(0.0) == 0.0
        && training.clip_norm().is_none()
        && training.clip_value().is_none()
        && training.schedule().kind == "constant";
    let whole = chart.batch() == chart.prepared.data.train().len();
    plain && whole && chart.anatomy.is_linear() && matches!(chart.loss(), "mse" | "sum_squared_error")
}

/// The middle over all kernels of how much a step moved one, by its size.
pub(super) fn step_ratio(chart: &Chart<'_>, look: &crate::look::Look) -> f64 {
    median(chart.anatomy.kernels().filter_map(|(_, kernel)| {
        let parameter = look.parameter(&kernel.path)?;
        Some(parameter.update? / parameter.weight.max(1e-12))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evaluate, fixture};

    #[test]
    fn an_epoch_that_is_good_by_luck_hides_no_rate() {
        // Steps of several lengths of the weights, whatever epoch is kept.
        let of = |rate: &str| {
            fixture::prepared(&format!(
                "[data]\ndataset = 'wine'\n[model]\nlayers = [\
                 {{ type = 'dense', units = 24, activation = 'tanh' }}, \
                 {{ type = 'dense', units = 12, activation = 'tanh' }}, \
                 {{ type = 'dense', units = 3 }}]\n[training]\nlearning_rate = {rate}\n\
                 epochs = 30\n"
            ))
        };
        for (rate, expected) in [("3.0", true), ("0.005", false)] {
            let prepared = of(rate);
            for seed in 1..=5 {
                let course = evaluate::watched(&prepared, seed).unwrap();
                let chart = Chart::before(&prepared, seed).unwrap().with(&course);
                assert_eq!(!examine(&chart).is_empty(), expected, "rate {rate}, seed {seed}");
            }
        }
    }
}
