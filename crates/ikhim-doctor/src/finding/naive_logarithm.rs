use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// In single precision the largest number below 1 is 1 − 6e-8: the sigmoid of 17
/// is 1, and the logarithm of 1 − 1 does not exist.
const EDGE: f64 = 12.0;

pub(crate) const RULE: Rule = Rule {
    id: "naive-logarithm",
    moment: Moment::Before,
    sentence: sentence(
        "the loss takes the logarithm of a rounded probability, which may be 0",
        "손실이 0이 될 수도 있는 반올림된 확률에 로그를 취합니다",
    ),
    lesson: sentence(
        "−log(σ(x)) is right on paper. In single precision σ(17) is exactly 1, so −log(1 − σ(x)) is infinite, and the slopes are not numbers. The loss from logits computes both in one and stays finite.",
        "−log(σ(x))는 종이 위에서는 옳습니다. 단정밀도에서는 σ(17)이 정확히 1이어서 −log(1 − σ(x))가 무한대이고 기울기는 수가 아닙니다. 로짓에서 계산하는 손실은 둘을 한꺼번에 계산해 유한합니다.",
    ),
    course: "06-1",
    numbers: "from_logits = false with clip = 0; a warning when the first pass shows a probability beyond what a logit of 12 gives (σ rounds to 1 at 16.6), or a loss that is not finite; else worth knowing.",
    examine,
    red: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'none' }\n[model]\nlayers = [{ type = 'dense', units = 3, activation = 'softmax', kernel_initializer = { type = 'normal', stddev = 1.0 } }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false, clip = 0.0 }\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 3, activation = 'softmax' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let loss = chart.prepared.experiment.training.loss();
    let clip = loss.settings.number("clip").unwrap_or(0.0);
    let bounded = matches!(chart.anatomy.output, Function::Sigmoid | Function::Softmax);
    if chart.takes_logits() != Some(false) || clip > 0.0 || !bounded {
        return Vec::new();
    }
    let looks = chart.course.into_iter().flat_map(|course| &course.looks).chain(&chart.start);
    let losses: Vec<f64> = looks.map(|look| look.loss).collect();
    let spans = chart.course.into_iter().flat_map(|course| &course.spans);
    let broken = losses.iter().copied().chain(spans.map(|span| span.high))
        .any(|loss| !loss.is_finite());
    let most = losses.iter().copied().fold(0.0, f64::max);
    let severity = if broken || most > EDGE { Severity::Error } else { Severity::Information };
    let mut finding = RULE.finding(severity, 0.97, "training.loss");
    finding.evidence = vec![
        say!(
            "`{loss}` has from_logits = false and clip = 0",
            "`{loss}`가 from_logits = false, clip = 0입니다",
            loss = loss.kind
        ),
        if broken {
            say!("a loss of a step is not finite", "어떤 스텝의 손실이 유한하지 않습니다")
        } else {
            say!(
                "the largest mean loss that was seen is {loss}",
                "지금까지 본 가장 큰 평균 손실은 {loss}입니다",
                loss = short(most)
            )
        },
    ];
    let layer = &chart.anatomy.output_layer;
    let mut set: Vec<String> = chart.layer_key(layer, "activation", "'linear'").into_iter().collect();
    match set.is_empty() {
        true => set.push("training.loss.clip=1e-7".to_string()),
        false => set.extend(chart.loss_from_logits(true)),
    }
    finding.treatments = vec![treatment(
        say!("compute the loss from logits", "손실을 로짓에서 계산하세요"),
        set,
    )];
    vec![finding]
}
