use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short};
use ikhim_run::{Finding, Severity};

/// Four powers of ten from the inputs to a layer.
const GROWN: f64 = 1e4;

pub(crate) const RULE: Rule = Rule {
    id: "exploding-activations",
    moment: Moment::Before,
    sentence: sentence(
        "numbers grow from layer to layer beyond all measure before anything is learned",
        "아무것도 배우기 전에 수가 층마다 걷잡을 수 없이 커집니다",
    ),
    lesson: sentence(
        "A layer whose values are larger than its inputs makes the next one larger still. Exponentials of exponentials leave the range of numbers after a few layers; relu with He's weights keeps the size.",
        "입력보다 큰 값을 내는 층은 다음 층의 값을 더 크게 만듭니다. 지수 함수를 거듭하면 몇 층 만에 수의 범위를 벗어납니다. He의 가중치를 쓴 relu는 크기를 유지합니다.",
    ),
    course: "10-1",
    numbers: "A value that is not finite at the first pass, or a root mean square 10,000 times that of the inputs: fifty layers of He's rule at twice its size would be needed.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 5, activation = 'exponential', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 5, activation = 'exponential', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 5, activation = 'exponential', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 5, activation = 'exponential', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 5, activation = 'exponential', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 3 }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 5, activation = 'tanh' }, { type = 'dense', units = 5, activation = 'tanh' }, { type = 'dense', units = 5, activation = 'tanh' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 5, activation = 'exponential' }, { type = 'dense', units = 3 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(start) = &chart.start else { return Vec::new() };
    let input = chart.columns.iter().map(|column| column.rms().powi(2)).sum::<f64>();
    let input = (input / chart.columns.len().max(1) as f64).sqrt().max(1.0);
    let wild = |look: &&crate::look::LayerLook| !look.finite || look.rms > GROWN * input;
    let grown = start.layers.iter().find(wild);
    // Exponentials of exponentials stand on the edge before they go over it.
    let exponentials = chart.anatomy.hidden().filter(|(layer, _)| layer.function == Function::Exponential);
    let stacked: Vec<&str> = exponentials.map(|(layer, _)| layer.path.as_str()).collect();
    let first = match (grown, stacked.get(1)) {
        (Some(layer), _) => layer.path.as_str(),
        (None, Some(second)) if stacked.len() > 2 => second,
        _ => return Vec::new(),
    };
    let mut finding = RULE.finding(Severity::Error, 0.98, first);
    if let Some(look) = grown {
        finding.evidence.push(say!(
            "the values of `{layer}` are {size} in the root mean square at the first pass",
            "첫 계산에서 `{layer}`의 값의 제곱평균제곱근이 {size}입니다",
            layer = look.path,
            size = if look.finite { short(look.rms) } else { "not finite".to_string() }
        ));
    }
    if !stacked.is_empty() {
        finding.evidence.push(say!(
            "exponential layers follow each other: {layers}",
            "지수 함수 층이 이어집니다: {layers}",
            layers = stacked.join(", ")
        ));
    }
    finding.treatments = super::vanishing_gradient::steep(chart);
    vec![finding]
}
