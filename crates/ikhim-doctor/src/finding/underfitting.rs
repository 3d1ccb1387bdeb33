use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity, Treatment};

/// A wider network has so many times the units, and this many at least.
const WIDER: usize = 8;
const WIDE: usize = 32;

pub(crate) const RULE: Rule = Rule {
    id: "underfitting",
    moment: Moment::After,
    sentence: sentence(
        "the network knows clearly less than the nearest rows tell: what is there to be learned was not learned",
        "신경망이 가까운 행들이 알려 주는 것보다 확실히 적게 압니다. 배울 것이 있는데 배우지 못했습니다",
    ),
    lesson: sentence(
        "Answering as the five most similar rows do needs no training. A network that stays behind has too few units, too few steps, or another fault that keeps it from learning.",
        "가장 비슷한 다섯 행처럼 답하는 데에는 학습이 필요 없습니다. 그보다 뒤지는 신경망은 유닛이나 스텝이 모자라거나, 배우지 못하게 하는 다른 잘못이 있습니다.",
    ),
    course: "07-1",
    numbers: "The five nearest train rows know 0.15 more of validation than the network (of other train rows, where there is no validation), by more than three standard errors of the shares of wrong rows, and leave at most 0.6 of what it leaves (or 0.075 more, and leave a third, where the train rows are not learned either). Or the nearest class mean or least squares does so, or least squares leaves at most three quarters of the squared errors, by three standard errors of their ratio, and 0.03 of the variance less. Or a network that has not learned three quarters of its own rows costs validation rows clearly less with more units (three standard errors over two seeds). It follows from a cause, so every cause stands before it.",
    examine,
    red: "[data]\ngenerate = { type = 'circles', rows = 400, noise = 0.05 }\n[model]\nlayers = [{ type = 'dense', units = 1, activation = 'tanh' }, { type = 'dense', units = 1 }]\n[training]\nepochs = 100\nlearning_rate = 0.02\n",
    green: "[data]\ngenerate = { type = 'circles', rows = 400, noise = 0.05 }\n[model]\nlayers = [{ type = 'dense', units = 32, activation = 'tanh' }, { type = 'dense', units = 1 }]\n[training]\nepochs = 100\nlearning_rate = 0.02\n",
    near: "[data]\ngenerate = { type = 'circles', rows = 400, noise = 0.05 }\n[model]\nlayers = [{ type = 'dense', units = 4, activation = 'tanh' }, { type = 'dense', units = 1 }]\n[training]\nepochs = 200\nlearning_rate = 0.05\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let (Some(course), Some((own, known))) = (chart.course, chart.behind()) else {
        return Vec::new();
    };
    let mut finding = RULE.finding(Severity::Warning, 0.42, narrowest(chart));
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "of what a constant answer leaves, the network has cured {own}; the five nearest train rows cure {known}",
        "상수 답이 남기는 오류 가운데 신경망은 {own}, 가장 가까운 훈련 행 다섯은 {known}를 고칩니다",
        own = percent(own),
        known = percent(known)
    )];
    finding.treatments = wider(chart);
    vec![finding]
}

/// The hidden layer with the fewest units.
pub(crate) fn narrowest<'a>(chart: &'a Chart<'_>) -> &'a str {
    let narrow = chart.anatomy.hidden().min_by_key(|(_, kernel)| kernel.units);
    narrow.map_or("model", |(layer, _)| layer.path.as_str())
}

/// The same network with more units, or with a hidden layer where it has none.
pub(crate) fn wider(chart: &Chart<'_>) -> Vec<Treatment> {
    let model = &chart.prepared.experiment.model;
    let more = |units: usize| (units * WIDER).clamp(WIDE, 512);
    let words = say!("more units in the hidden layers", "은닉층의 유닛을 늘리세요");
    let set: Vec<String> = match (model.layers(), model.kind()) {
        (None, "mlp") => {
            let units = chart.anatomy.hidden().map(|(_, kernel)| more(kernel.units).to_string());
            vec![format!("model.hidden=[{}]", units.collect::<Vec<_>>().join(", "))]
        }
        (None, "linear") => {
            return vec![treatment(
                say!("put a hidden layer in", "은닉층을 넣으세요"),
                [format!("model={{type='mlp', hidden=[{WIDE}]}}")],
            )];
        }
        (None, _) => Vec::new(),
        (Some(layers), _) => {
            let hidden = chart.anatomy.hidden();
            hidden
                .filter_map(|(layer, kernel)| {
                    let entry = layers.iter().find(|entry| entry.path == layer.path)?;
                    let key = if entry.kind == "dense" { "units" } else { return None };
                    chart.layer_key(&layer.path, key, &more(kernel.units).to_string())
                })
                .collect()
        }
    };
    if set.is_empty() { Vec::new() } else { vec![treatment(words, set)] }
}
