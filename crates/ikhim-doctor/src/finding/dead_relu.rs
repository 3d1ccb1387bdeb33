use crate::anatomy::Function;
use crate::chart::Chart;
use crate::look::Look;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

/// The course's border for units that are 0 on all rows.
const DEAD: f64 = 0.4;

pub(crate) const RULE: Rule = Rule {
    id: "dead-relu",
    moment: Moment::During,
    sentence: sentence(
        "units of relu give 0 for every row: no slope passes through them, and they cannot come back",
        "모든 행에서 0을 내는 relu 유닛이 있습니다. 기울기가 지나지 못해 되살아날 수 없습니다",
    ),
    lesson: sentence(
        "Relu is 0 on its left side, and so is its slope. A unit that lands there for all rows, by its first weights or by one long step, is dead. A layer that is dead as a whole cuts the network in two.",
        "relu는 왼쪽에서 0이고 기울기도 0입니다. 처음 가중치나 긴 스텝 하나로 모든 행에서 그쪽에 놓인 유닛은 죽습니다. 층 전체가 죽으면 신경망이 둘로 잘립니다.",
    ),
    course: "10-1",
    numbers: "More than 40 % of the units of a relu layer at 0 on all rows of a look (the course's border), in a model that has not learned half of its train rows, or clearly less than the nearest rows know. A network that learns all the same has units to spare.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu', bias_initializer = { type = 'constant', value = -20.0 } }, { type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 3 }]\n[training]\nepochs = 20\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 3 }]\n[training]\nepochs = 60\nlearning_rate = 0.01\n",
    near: "[data]\ndataset = 'digits'\n[model]\nhidden = [64]\n[training]\nepochs = 5\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|_| chart.went_badly()) else { return Vec::new() };
    let worst = |look: &Look| -> Option<(String, f64)> {
        let layers = chart.anatomy.layers.iter().filter(|layer| layer.own == Function::Relu);
        let dead = layers.filter_map(|layer| Some((layer.path.clone(), look.layer(&layer.path)?.dead)));
        dead.max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let first = chart.start.as_ref().and_then(worst);
    let last = course.looks.last().and_then(worst);
    let Some((layer, share)) = last.clone().or(first.clone()).filter(|(_, share)| *share > DEAD)
    else {
        return Vec::new();
    };
    let at_start = first.as_ref().map_or(0.0, |(_, share)| *share);
    // The first layer that is dead is the one to look at.
    let place = chart.anatomy.layers.iter().filter(|one| one.own == Function::Relu).find(|one| {
        let look = course.looks.last().or(chart.start.as_ref());
        look.and_then(|look| look.layer(&one.path)).is_some_and(|seen| seen.dead >= share.min(0.99))
    });
    let place = place.map_or(layer, |one| one.path.clone());
    let born = at_start > DEAD;
    let whole = share > 0.99;
    let confidence = match (whole, born) {
        (true, true) => 0.96,
        (true, false) => 0.7,
        (false, true) => 0.75,
        (false, false) => 0.6,
    };
    // What dies on the way was killed by something, which stands before it.
    let severity = if whole && born { Severity::Error } else { Severity::Warning };
    let mut finding = RULE.finding(severity, confidence, place.clone());
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "{share} of the units of `{layer}` give 0 for every row; at the first step {start}",
        "`{layer}`의 유닛 {share}가 모든 행에서 0을 냅니다. 첫 스텝에서는 {start}였습니다",
        share = percent(share),
        layer = place,
        start = percent(at_start)
    )];
    let biased: Vec<String> = match born {
        true => biases(chart),
        false => Vec::new(),
    };
    if !biased.is_empty() {
        finding.treatments =
            vec![treatment(say!("let the biases begin at 0", "편향을 0에서 시작하세요"), biased)];
    }
    finding.treatments.extend([
        treatment(
            say!("leaky relu, which keeps a slope on its left side", "왼쪽에도 기울기가 있는 leaky_relu를 쓰세요"),
            chart.hidden_activation("leaky_relu"),
        ),
        treatment(
            say!("elu", "elu를 쓰세요"),
            chart.hidden_activation("elu"),
        ),
        treatment(
            say!("tanh with Glorot's weights", "Glorot의 가중치와 tanh를 쓰세요"),
            chart.hidden_activation("tanh"),
        ),
        treatment(say!("a tenth of the rate", "학습률을 10분의 1로 하세요"), [chart.rate_times(0.1)]),
    ]);
    vec![finding]
}

/// The settings that begin at 0 the biases that do not.
fn biases(chart: &Chart<'_>) -> Vec<String> {
    let model = &chart.prepared.experiment.model;
    let own = model.choice().settings.choice("bias_initializer");
    if own.is_some_and(|initializer| initializer.kind != "zeros") {
        return vec!["model.bias_initializer='zeros'".to_string()];
    }
    let layers = model.layers().unwrap_or_default().iter().filter(|layer| {
        let initializer = layer.settings.choice("bias_initializer");
        initializer.is_some_and(|initializer| initializer.kind != "zeros")
    });
    layers
        .filter_map(|layer| chart.layer_key(&layer.path, "bias_initializer", "'zeros'"))
        .collect()
}
