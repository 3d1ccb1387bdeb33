use crate::chart::Chart;
use crate::course::median;
use crate::look::Look;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use crate::through_time::StepSlopes;
use ikhim_data::EncodedTarget;
use ikhim_run::{Finding, Severity};

/// Slopes at the first step so many times those at the last have grown on the way.
const GROWN: f64 = 1e3;

/// A hundred times at the first pass are the network's doing.
const GROWN_AT_ONCE: f64 = 1e2;

/// A step of plain descent should change weights by so much of their size.
const CHANGE: f64 = 0.02;

/// How sure it is where slopes grow before the first step.
const BORN: f64 = 0.9;

/// Steps whose norms are told.
const TOLD: usize = 6;

pub(crate) const RULE: Rule = Rule {
    id: "exploding-through-time",
    moment: Moment::During,
    sentence: sentence(
        "slopes grow from step to step on the way back through a sequence",
        "기울기가 시퀀스를 거슬러 올라가면서 스텝마다 커집니다",
    ),
    lesson: sentence(
        "A recurrent layer multiplies by the same matrix at every step, forth and back. Where that makes slopes longer, they grow like a power of the steps, and a single update throws the weights far away. Cutting the gradient at a norm keeps its direction and bounds the update; a gated cell and orthogonal recurrent weights keep slopes near their size.",
        "순환층은 앞으로 가든 뒤로 가든 스텝마다 같은 행렬을 곱합니다. 곱할 때마다 기울기가 길어지면 스텝 수의 거듭제곱으로 커지고, 한 번의 갱신이 가중치를 멀리 날려 버립니다. 기울기를 어떤 노름에서 자르면 방향은 그대로이고 갱신의 크기만 제한됩니다. 게이트가 있는 셀과 직교 순환 가중치는 기울기의 크기를 지킵니다.",
    ),
    course: "12-0",
    numbers: "Slopes by what enters the first step a hundred times those of the last at the first pass, or a thousand times at half of the looks, in a training that has not learned half of its train rows and whose gradient is not clipped; in one that has, where a change costs validation rows clearly less (three standard errors over two seeds). A loss at each of T steps adds up to T by itself, so T times as much is asked for there. The border of the clip is the norm that is left where no step has more than the last one; for plain descent no more than changes the weights by a fiftieth.",
    examine,
    red: "[data]\ngenerate = { type = 'autoregressive', coefficients = [1.6, -0.8], rows = 700 }\nseries = { window = 60 }\n[split]\nmethod = 'time'\n[model]\nlayers = [{ type = 'simple_rnn', units = 32, recurrent_initializer = { type = 'normal', stddev = 0.38 }, return_sequences = false }, { type = 'dense', units = 1 }]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nepochs = 40\n",
    green: "[data]\ngenerate = { type = 'autoregressive', coefficients = [1.6, -0.8], rows = 700 }\nseries = { window = 60 }\n[split]\nmethod = 'time'\n[model]\nlayers = [{ type = 'lstm', units = 16, return_sequences = false }, { type = 'dense', units = 1 }]\n[training]\nlearning_rate = 0.01\nepochs = 12\n",
    near: "[data]\ngenerate = { type = 'autoregressive', coefficients = [1.6, -0.8], rows = 700 }\nseries = { window = 60 }\n[split]\nmethod = 'time'\n[model]\nlayers = [{ type = 'simple_rnn', units = 32, recurrent_initializer = { type = 'normal', stddev = 0.2 }, return_sequences = false }, { type = 'dense', units = 1 }]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.02\nepochs = 20\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    let training = &chart.prepared.experiment.training;
    let is_clipped = training.clip_norm().is_some() || training.clip_value().is_some();
    let Some(first) = course.looks.first().filter(|_| !is_clipped) else { return Vec::new() };
    let layers = first.through_time.iter().enumerate();
    let of = |(place, slopes)| of_layer(chart, &course.looks, place, slopes);
    let mut found: Vec<Finding> = layers.filter_map(of).collect();
    if !course.went_badly() {
        // What grows at the first pass is shown by it; whether it harms a training
        // that has learned, the rows must prove.
        found.retain(|finding| finding.confidence >= BORN && course.has_start());
        for finding in &mut found {
            finding.severity = Severity::Information;
            finding.steps = (0, 0);
        }
    }
    found
}

fn of_layer(
    chart: &Chart<'_>,
    looks: &[Look],
    place: usize,
    first: &StepSlopes,
) -> Option<Finding> {
    let at = |look: &Look| look.through_time.get(place).cloned();
    let growths: Vec<f64> = looks.iter().filter_map(at).map(|slopes| slopes.growth()).collect();
    // A loss at every step adds to the slopes on their way.
    let losses = match &chart.prepared.data.train().encoded().target {
        EncodedTarget::Sequence { steps, .. } => *steps as f64,
        _ => 1.0,
    };
    let middle = median(growths.iter().copied());
    let (growth, confidence) = match growths.first().copied().unwrap_or(f64::NAN) {
        born if born > GROWN_AT_ONCE * losses => (born, BORN),
        _ if middle > GROWN * losses => (middle, 0.7),
        _ => return None,
    };
    let mut finding = RULE.finding(Severity::Error, confidence, &first.path);
    finding.steps = chart.course.map_or((0, 0), |course| course.whole());
    finding.evidence = vec![
        say!(
            "by what enters the first of {steps} steps of `{layer}` the slopes are {growth} times those of the last one",
            "`{layer}`의 {steps}스텝 가운데 첫 스텝에서 기울기가 마지막 스텝의 {growth}배입니다",
            layer = first.path,
            steps = first.norms.len(),
            growth = short(growth)
        ),
        say!(
            "their norm at the first pass, from the last step back to the first: {norms}",
            "첫 계산에서 마지막 스텝부터 첫 스텝까지의 노름: {norms}",
            norms = told(first)
        ),
    ];
    let border = clip(chart, looks, first);
    let recurrent = chart.layer_key(&first.path, "recurrent_initializer", "'orthogonal'");
    finding.treatments = vec![
        treatment(
            say!(
                "cut the gradient at a norm of {border}",
                "기울기를 노름 {border}에서 자르세요",
                border = &border
            ),
            [format!("training.clip_norm={border}")],
        ),
        treatment(
            say!(
                "begin with orthogonal recurrent weights, and cut the gradient at {border}",
                "직교 순환 가중치로 시작하고 기울기를 {border}에서 자르세요",
                border = &border
            ),
            recurrent.into_iter().chain([format!("training.clip_norm={border}")]),
        ),
    ];
    Some(finding)
}

/// A few norms, evenly spaced, from the last step to the first.
fn told(slopes: &StepSlopes) -> String {
    let count = slopes.norms.len();
    let shown = TOLD.min(count);
    let place = |at: usize| (count - 1) - at * (count - 1) / (shown - 1).max(1);
    (0..shown).map(|at| short(slopes.norms[place(at)])).collect::<Vec<_>>().join(", ")
}

/// The norm at which the gradient is to be cut: what is left of it where no step
/// has more than the last one; for plain descent also no more than what changes the
/// weights by a small share.
fn clip(chart: &Chart<'_>, looks: &[Look], first: &StepSlopes) -> String {
    let root = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let gradient = root(&mut looks[0].parameters.iter().map(|it| it.gradient));
    let weight = root(&mut looks[0].parameters.iter().map(|it| it.weight));
    let calm = gradient * first.without_growth();
    let training = &chart.prepared.experiment.training;
    let border = match training.optimizer().kind {
        "sgd" => calm.min(CHANGE * weight / training.learning_rate().abs().max(1e-12)),
        _ => calm,
    };
    // One digit is as much as this tells, and a border of 0 would stop everything.
    ikhim_text::number::rounded(if border > 1e-6 { border } else { 1.0 }, 1)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::fixture::prepared;
    use crate::through_time::StepSlopes;
    use crate::{Chart, Watch, examine};
    use ikhim_cpu::Runtime;

    /// How much of the variance of the train rows is learned, and what was found.
    fn trained(set: &[String], seed: u64) -> (f64, Option<ikhim_run::Finding>) {
        let red = prepared(RULE.red);
        let experiment = red.experiment.with(set).unwrap();
        let changed = red.with_experiment(&experiment).unwrap();
        let watch = Watch::new(&changed, &Runtime::single()).unwrap();
        let record = watch.record();
        let trainer = changed.trainer(seed).unwrap().runtime(Runtime::single()).observer(watch);
        let run = trainer.fit_encoded(&changed.data).unwrap();
        let mut course = record.course();
        course.ended(&run, &changed);
        let chart = Chart::before(&changed, seed).unwrap().with(&course);
        let found = examine(&chart).into_iter().find(|finding| finding.id == RULE.id);
        let gain = if course.is_broken() { f64::NAN } else { course.gain() };
        (gain, found)
    }

    /// The first treatment is a border of the gradient, and it cures.
    #[test]
    fn the_clip_that_is_named_cures() {
        for seed in 1..=3 {
            let (gain, found) = trained(&[], seed);
            assert!(gain.is_nan() || gain < 0.5, "seed {seed}: {gain}");
            let clip = found.unwrap().treatments.remove(0).set;
            assert!(clip[0].starts_with("training.clip_norm="), "{clip:?}");
            let (gain, found) = trained(&clip, seed);
            assert!(gain > 0.6, "seed {seed}, {clip:?}: {gain}");
            assert!(found.is_none());
        }
    }

    #[test]
    fn growth_is_that_of_the_first_step_over_the_last() {
        let norms = vec![8.0, 4.0, 2.0];
        let slopes = StepSlopes { path: "rnn".to_string(), norms };
        assert_eq!(slopes.growth(), 4.0);
        // √(3 · 2²) of √(8² + 4² + 2²).
        assert!((slopes.without_growth() - (12.0_f64 / 84.0).sqrt()).abs() < 1e-15);
        assert!(StepSlopes::default().growth().is_nan());
    }
}
