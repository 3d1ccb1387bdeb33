use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "double-softmax",
    moment: Moment::Before,
    sentence: sentence(
        "softmax is taken twice, so the network can never be sure of an answer",
        "softmax를 두 번 취해서, 신경망이 어떤 답도 확신할 수 없습니다",
    ),
    lesson: sentence(
        "The second softmax sees numbers between 0 and 1, so the largest probability that it can give is e/(e + C − 1) of C classes, and slopes are small. The loss holds the softmax already: the last layer gives logits.",
        "두 번째 softmax는 0과 1 사이의 수만 봅니다. 클래스가 C개이면 줄 수 있는 가장 큰 확률이 e/(e + C − 1)이고 기울기도 작습니다. 손실이 이미 softmax를 갖고 있으므로 마지막 층은 로짓을 내면 됩니다.",
    ),
    course: "06-2",
    numbers: "No number: the graph shows it.",
    examine,
    red: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3, activation = 'softmax' }]\n",
    green: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3, activation = 'softmax' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    let in_loss = chart.loss() == "cross_entropy" && chart.takes_logits() == Some(true);
    if anatomy.width < 2 || anatomy.output != Function::Softmax {
        return Vec::new();
    }
    if !in_loss && !anatomy.softmax_of_softmax {
        return Vec::new();
    }
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(Severity::Error, 1.0, layer);
    finding.evidence = vec![if in_loss {
        say!(
            "`{layer}` ends with softmax, and `cross_entropy` with from_logits = true takes softmax again",
            "`{layer}`이(가) softmax로 끝나는데, from_logits = true인 `cross_entropy`가 softmax를 다시 취합니다",
            layer = layer
        )
    } else {
        say!(
            "the prediction is a softmax of a softmax",
            "예측이 softmax의 softmax입니다"
        )
    }];
    let text = say!(
        "tell the loss that it gets probabilities, or take the softmax away",
        "손실에 확률이 들어간다고 알리거나, 마지막 층의 softmax를 빼세요"
    );
    if in_loss && !anatomy.softmax_of_softmax {
        let linear = chart.layer_key(layer, "activation", "'linear'");
        let set = linear.map_or_else(|| chart.loss_from_logits(false), |set| vec![set]);
        finding.treatments = vec![treatment(text, set)];
    } else {
        finding.treatments = vec![treatment(text, Vec::<String>::new())];
    }
    vec![finding]
}
