use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "softmax-on-one-output",
    moment: Moment::Before,
    sentence: sentence(
        "softmax over one output is always 1, so the network cannot answer anything else",
        "출력 하나에 softmax를 취하면 언제나 1이어서 다른 답을 할 수 없습니다",
    ),
    lesson: sentence(
        "Softmax shares 1 among the outputs of a row. One output gets all of it, whatever the weights: every slope is 0. Two classes in one output need sigmoid.",
        "softmax는 1을 출력들이 나누어 갖게 합니다. 출력이 하나이면 가중치와 상관없이 모두 갖고, 모든 기울기가 0입니다. 두 클래스를 출력 하나로 나타내려면 sigmoid를 쓰세요.",
    ),
    course: "06-1",
    numbers: "eˣ / eˣ = 1 for every x.",
    examine,
    red: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 1, activation = 'softmax' }]\n[training]\nloss = { type = 'binary_cross_entropy', from_logits = false }\n",
    green: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 1, activation = 'sigmoid' }]\n[training]\nloss = { type = 'binary_cross_entropy', from_logits = false }\n",
    near: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 2, activation = 'softmax' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    if anatomy.output != Function::Softmax || anatomy.width != 1 {
        return Vec::new();
    }
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(Severity::Error, 1.0, layer);
    finding.evidence = vec![say!(
        "`{layer}` has one unit and ends with softmax",
        "`{layer}`은(는) 유닛이 하나인데 softmax로 끝납니다",
        layer = layer
    )];
    let key = chart.layer_key(layer, "activation", "'sigmoid'");
    let mut set: Vec<String> = key.into_iter().collect();
    if chart.takes_logits() == Some(true) {
        set = chart.layer_key(layer, "activation", "'linear'").into_iter().collect();
    }
    finding.treatments = vec![treatment(
        say!("take sigmoid in its place", "그 자리에 sigmoid를 쓰세요"),
        set,
    )];
    vec![finding]
}
