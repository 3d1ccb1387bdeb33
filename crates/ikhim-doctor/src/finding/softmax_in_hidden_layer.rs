use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "softmax-in-hidden-layer",
    moment: Moment::Before,
    sentence: sentence(
        "a hidden layer ends with softmax, which lets little through",
        "은닉층이 softmax로 끝나서 정보가 거의 지나가지 못합니다",
    ),
    lesson: sentence(
        "Softmax makes the units of a layer share 1: with many units each gets little, and one growing takes from all others. Between layers relu, tanh or the like is meant; softmax stands at the end.",
        "softmax는 한 층의 유닛들이 1을 나누어 갖게 합니다. 유닛이 많으면 각각 조금만 갖고, 하나가 커지면 나머지가 줄어듭니다. 층과 층 사이에는 relu나 tanh를, softmax는 끝에 두세요.",
    ),
    course: "10-1",
    numbers: "No number: the graph shows a softmax before the last product.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'softmax' }, { type = 'dense', units = 3 }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'sigmoid' }, { type = 'dense', units = 3, activation = 'softmax' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let hidden = chart.anatomy.hidden();
    let Some((layer, _)) = hidden.into_iter().find(|(layer, _)| layer.function == Function::Softmax)
    else {
        return Vec::new();
    };
    let mut finding = RULE.finding(Severity::Warning, 0.85, &layer.path);
    finding.evidence = vec![say!(
        "`{layer}` is no last layer and ends with softmax",
        "`{layer}`은(는) 마지막 층이 아닌데 softmax로 끝납니다",
        layer = layer.path
    )];
    finding.treatments = vec![treatment(
        say!("take relu there", "그곳에는 relu를 쓰세요"),
        chart.hidden_activation("relu"),
    )];
    vec![finding]
}
