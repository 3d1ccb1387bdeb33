use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "probabilities-as-logits",
    moment: Moment::Before,
    sentence: sentence(
        "the loss takes the network's probabilities for logits",
        "손실이 신경망의 확률을 로짓으로 여깁니다",
    ),
    lesson: sentence(
        "A loss with from_logits = true applies sigmoid or softmax itself. Of a number between 0 and 1 the sigmoid is between 0.5 and 0.73, so the answer no can never be learned.",
        "from_logits = true인 손실은 sigmoid나 softmax를 스스로 취합니다. 0과 1 사이의 수에 sigmoid를 취하면 0.5와 0.73 사이라서 '아니요'라는 답을 배울 수 없습니다.",
    ),
    course: "05-1",
    numbers: "No number: the graph shows it. σ(0) = 0.5 and σ(1) = 0.731.",
    examine,
    red: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 1, activation = 'sigmoid' }]\n",
    green: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 1 }]\n",
    near: "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'sigmoid' }, { type = 'dense', units = 1, activation = 'sigmoid' }]\n[training]\nloss = { type = 'binary_cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    let bounded = match chart.loss() {
        "cross_entropy" => anatomy.output == Function::Sigmoid,
        _ => matches!(anatomy.output, Function::Sigmoid | Function::Softmax),
    };
    if chart.takes_logits() != Some(true) || !bounded {
        return Vec::new();
    }
    if anatomy.output == Function::Softmax && anatomy.width < 2 {
        return Vec::new();
    }
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(Severity::Error, 1.0, layer);
    finding.evidence = vec![say!(
        "`{layer}` ends with {function}, and `{loss}` has from_logits = true",
        "`{layer}`이(가) {function}(으)로 끝나는데 `{loss}`는 from_logits = true입니다",
        layer = layer,
        function = anatomy.output.name(),
        loss = chart.loss()
    )];
    let linear = chart.layer_key(layer, "activation", "'linear'");
    finding.treatments = vec![treatment(
        say!(
            "let the last layer give logits, or set from_logits = false",
            "마지막 층이 로짓을 내게 하거나 from_logits = false로 하세요"
        ),
        linear.map_or_else(|| chart.loss_from_logits(false), |set| vec![set]),
    )];
    vec![finding]
}
