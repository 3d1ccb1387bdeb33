use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "logits-as-probabilities",
    moment: Moment::Before,
    sentence: sentence(
        "the loss takes numbers of any size for probabilities",
        "손실이 아무 크기의 수를 확률로 여깁니다",
    ),
    lesson: sentence(
        "With from_logits = false the loss takes the logarithm of what the last layer gives. A logarithm of a negative number does not exist, and numbers above 1 are no probabilities: the last layer needs sigmoid or softmax, or the loss from_logits = true.",
        "from_logits = false이면 손실은 마지막 층의 값에 로그를 취합니다. 음수의 로그는 없고 1보다 큰 수는 확률이 아닙니다. 마지막 층에 sigmoid나 softmax를 두거나 손실을 from_logits = true로 하세요.",
    ),
    course: "06-1",
    numbers: "No number: the graph shows that nothing keeps the prediction in 0..1.",
    examine,
    red: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
    green: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3, activation = 'softmax' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    let bounded = matches!(anatomy.output, Function::Sigmoid | Function::Softmax);
    // What is cut off at 0 or −1 has a finding of its own.
    let other = matches!(anatomy.output, Function::Relu | Function::Tanh | Function::Softplus);
    if chart.takes_logits() != Some(false) || bounded || other {
        return Vec::new();
    }
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(Severity::Error, 1.0, layer);
    finding.evidence = vec![say!(
        "`{layer}` has no sigmoid or softmax, and `{loss}` has from_logits = false",
        "`{layer}`에 sigmoid나 softmax가 없는데 `{loss}`는 from_logits = false입니다",
        layer = layer,
        loss = chart.loss()
    )];
    finding.treatments = vec![treatment(
        say!(
            "set from_logits = true: the loss then holds sigmoid or softmax",
            "from_logits = true로 하세요. 그러면 손실이 sigmoid나 softmax를 갖습니다"
        ),
        chart.loss_from_logits(true),
    )];
    vec![finding]
}
