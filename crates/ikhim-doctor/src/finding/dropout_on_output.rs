use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "dropout-on-output",
    moment: Moment::Before,
    sentence: sentence(
        "dropout stands behind the last layer and takes answers away",
        "드롭아웃이 마지막 층 뒤에 있어서 답을 지웁니다",
    ),
    lesson: sentence(
        "Dropout hides some of the hidden values, so that others learn to stand in. Behind the last layer nothing can stand in: the answer itself is 0 at random, and the loss blames the weights for it.",
        "드롭아웃은 은닉값 몇 개를 가려서 다른 값이 대신하게 합니다. 마지막 층 뒤에는 대신할 것이 없습니다. 답 자체가 무작위로 0이 되고 손실은 그것을 가중치의 탓으로 돌립니다.",
    ),
    course: "10-5",
    numbers: "No number: the list of layers shows it.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }, { type = 'dropout', rate = 0.5 }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dropout', rate = 0.5 }, { type = 'dense', units = 3 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    let Some(output) = layers.iter().position(|layer| layer.path == chart.anatomy.output_layer)
    else {
        return Vec::new();
    };
    let rate = |layer: &ikhim_run::experiment::LayerEntry| {
        layer.settings.number("rate").filter(|rate| layer.kind.ends_with("dropout") && *rate > 0.0)
    };
    let mut behind = layers[output..].iter();
    let Some((layer, rate)) = behind.find_map(|layer| Some((layer, rate(layer)?))) else {
        return Vec::new();
    };
    let mut finding = RULE.finding(Severity::Warning, 0.85, &layer.path);
    finding.evidence = vec![say!(
        "`{layer}` takes {rate} of what `{output}` gives, and no layer learns behind it",
        "`{layer}`이(가) `{output}`이(가) 내는 값의 {rate}를 지우고, 그 뒤에는 배우는 층이 없습니다",
        layer = layer.path,
        rate = percent(rate),
        output = chart.anatomy.output_layer
    )];
    finding.treatments = vec![treatment(
        say!("take it away there", "그곳에서 빼세요"),
        chart.layer_key(&layer.path, "rate", "0.0"),
    )];
    vec![finding]
}
