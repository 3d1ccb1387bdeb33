use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity};

/// One target in fifty may lie outside as a rare value.
const FEW: f64 = 0.02;

pub(crate) const RULE: Rule = Rule {
    id: "target-outside-range",
    moment: Moment::Before,
    sentence: sentence(
        "the last layer cannot give the numbers that it has to learn",
        "마지막 층이 배워야 할 수를 낼 수 없습니다",
    ),
    lesson: sentence(
        "Sigmoid ends at 0 and 1, tanh at −1 and 1, relu at 0. A target beyond is never reached, and there the slope vanishes. For numbers the last layer is linear.",
        "sigmoid는 0과 1, tanh는 −1과 1, relu는 0에서 끝납니다. 그 밖의 목푯값에는 닿을 수 없고 그곳에서는 기울기도 사라집니다. 수를 배울 때 마지막 층은 선형으로 두세요.",
    ),
    course: "12-4",
    numbers: "More than 2 % of the train targets outside of the range of the activation; the range is that of the function.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[data.columns]\ny = { scaling = 'none' }\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'tanh' }, { type = 'dense', units = 1, activation = 'sigmoid' }]\n[training]\nloss = 'mse'\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'tanh' }, { type = 'dense', units = 1 }]\n[training]\nloss = 'mse'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[data.columns]\ny = { scaling = 'min_max' }\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'tanh' }, { type = 'dense', units = 1, activation = 'sigmoid' }]\n[training]\nloss = 'mse'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    let Some((low, high)) = anatomy.output.range() else { return Vec::new() };
    if chart.target.task != Task::Regression {
        return Vec::new();
    }
    let all = || chart.target.numbers.iter().flatten().copied();
    let slack = 1e-6;
    let outside = all().filter(|value| *value < low - slack || *value > high + slack).count();
    let share = outside as f64 / all().count().max(1) as f64;
    if share <= FEW {
        return Vec::new();
    }
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(Severity::Error, 1.0, layer);
    finding.evidence = vec![say!(
        "{share} of the train targets lie outside of what {function} gives; they reach from {low} to {high}",
        "훈련 목푯값의 {share}가 {function}이 낼 수 있는 범위 밖입니다. 목푯값은 {low}에서 {high}까지입니다",
        share = percent(share),
        function = anatomy.output.name(),
        low = short(all().fold(f64::INFINITY, f64::min)),
        high = short(all().fold(f64::NEG_INFINITY, f64::max))
    )];
    finding.treatments = vec![treatment(
        say!("end the network with a linear layer", "신경망을 선형 층으로 끝내세요"),
        chart.layer_key(layer, "activation", "'linear'"),
    )];
    vec![finding]
}
