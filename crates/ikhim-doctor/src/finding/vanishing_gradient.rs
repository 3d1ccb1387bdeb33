use crate::anatomy::Function;
use crate::chart::Chart;
use crate::course::median;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// AUTOTRAINER's border, of slopes by the size of their weights.
const VANISHED: f64 = 1e-3;

/// A hundredth at the first pass is shown by it, and told where the rows prove it.
const FADED: f64 = 1e-2;

pub(crate) const RULE: Rule = Rule {
    id: "vanishing-gradient",
    moment: Moment::During,
    sentence: sentence(
        "the slope is gone before it reaches the first layers, so they do not learn",
        "기울기가 앞쪽 층에 닿기 전에 사라져서 앞쪽 층이 배우지 못합니다",
    ),
    lesson: sentence(
        "Back-propagation multiplies by each layer's slope. The sigmoid's is at most 1/4: after nine layers at most four millionths are left. Relu has slope 1 where it is active.",
        "역전파는 층마다 기울기를 곱합니다. sigmoid의 기울기는 많아야 1/4이어서 아홉 층을 지나면 많아야 백만분의 4가 남습니다. relu는 살아 있는 곳에서 기울기가 1입니다.",
    ),
    course: "10-1",
    numbers: "Slopes of the first kernel a thousand times smaller than those of the last, each by the size of its weights, at the first pass, or with less confidence at half of the looks (AUTOTRAINER's ratio, made free of widths), in a model that has not learned half of its train rows, or clearly less than the nearest rows know. Or a hundred times smaller at the first pass, in a model that has not learned nineteen twentieths of its train rows, where another function costs validation rows clearly less (three standard errors over two seeds).",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\ntype = 'mlp'\nhidden = [5, 5, 5, 5, 5, 5, 5, 5, 5]\nactivation = 'sigmoid'\n[training]\nepochs = 20\n",
    green: "[data]\ndataset = 'wine'\n[model]\ntype = 'mlp'\nhidden = [16, 16, 16, 16]\nactivation = 'relu'\n[training]\nepochs = 40\nlearning_rate = 0.005\n",
    near: "[data]\ndataset = 'wine'\n[model]\ntype = 'mlp'\nhidden = [16]\nactivation = 'sigmoid'\n[training]\nepochs = 60\nlearning_rate = 0.01\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|course| !course.went_well()) else {
        return Vec::new();
    };
    let badly = chart.went_badly();
    let Some((first, last, ratios)) = super::slopes::first_by_last(chart) else {
        return Vec::new();
    };
    let middle = median(ratios.iter().copied());
    // What is gone at the first pass is the network's doing; what fades later may
    // be that of long steps. On a plateau all slopes are noise, so the first pass
    // counts by itself.
    let border = if badly { VANISHED } else { FADED };
    let born = ratios.first().is_some_and(|first| *first < border);
    let ratio = if born { ratios[0] } else { middle };
    if ratio.is_nan() || ratio >= border || !born && !badly {
        return Vec::new();
    }
    // Where whole layers of relu are dead, that is the cause.
    let dead = chart.start.as_ref().is_some_and(|start| {
        start.layers.iter().any(|layer| layer.dead > 0.99)
    });
    let squashing = chart.anatomy.hidden().any(|(layer, _)| {
        matches!(layer.function, Function::Sigmoid | Function::Tanh | Function::Softmax)
    });
    let (severity, confidence) = match (born, dead) {
        (false, _) => (Severity::Warning, 0.5),
        (true, true) => (Severity::Error, 0.5),
        (true, false) => (Severity::Error, if squashing { 0.93 } else { 0.8 }),
    };
    // In a training that has learned the rows must prove that it harms.
    let severity = if badly { severity } else { Severity::Information };
    let mut finding = RULE.finding(severity, confidence, first);
    if badly {
        finding.steps = course.whole();
    }
    finding.evidence = vec![say!(
        "the slopes of `{first}` are {ratio} of those of `{last}`, by the size of their weights",
        "`{first}`의 기울기는 가중치 크기에 견주어 `{last}`의 {ratio}배입니다",
        first = first,
        last = last,
        ratio = short(ratio)
    )];
    finding.treatments = steep(chart);
    vec![finding]
}

/// Hidden layers whose slope is near 1. Narrow layers of relu may die as a
/// whole, so two functions with a slope on both sides stand behind it.
pub(super) fn steep(chart: &Chart<'_>) -> Vec<ikhim_run::Treatment> {
    vec![
        treatment(
            say!("relu with He's weights in the hidden layers", "은닉층에 He의 가중치와 relu를 쓰세요"),
            chart.hidden_activation("relu"),
        ),
        treatment(
            say!("tanh with Glorot's weights in the hidden layers", "은닉층에 Glorot의 가중치와 tanh를 쓰세요"),
            chart.hidden_activation("tanh"),
        ),
        treatment(
            say!("elu with He's weights in the hidden layers", "은닉층에 He의 가중치와 elu를 쓰세요"),
            chart.hidden_activation("elu"),
        ),
    ]
}
