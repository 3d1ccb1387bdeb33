use super::initialization::growths;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// A third of what the rule of LeCun keeps.
const SMALL: f64 = 1.0 / 3.0;

/// What is left of the differences between rows in front of the last layer.
const LOST: f64 = 1e-3;

pub(crate) const RULE: Rule = Rule {
    id: "initialization-too-small",
    moment: Moment::Before,
    sentence: sentence(
        "the first weights are so small that rows can no longer be told apart behind the layers",
        "처음 가중치가 너무 작아서 층들을 지나면 행을 구별할 수 없습니다",
    ),
    lesson: sentence(
        "A layer of n inputs with weights of deviation s multiplies numbers by s·√n. Below 1, layer after layer, the signal fades on the way forward and the slope on the way back. He's and Glorot's rules choose s so that both stay.",
        "입력이 n개이고 가중치의 표준편차가 s인 층은 수를 s·√n배로 만듭니다. 1보다 작으면 층을 지날 때마다 앞으로는 신호가, 뒤로는 기울기가 사라집니다. He와 Glorot의 규칙은 둘 다 유지되도록 s를 고릅니다.",
    ),
    course: "10-2",
    numbers: "The geometric mean of s·√n over the hidden layers below 1/3 (LeCun's rule gives 1, He's 1.41, Glorot's 1 between equal widths), and less than a thousandth of the differences between rows left in front of the last layer. A single layer of 784 inputs with ±0.05 has 0.81 and is silent.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 5, activation = 'relu', kernel_initializer = 'uniform' }, { type = 'dense', units = 5, activation = 'relu', kernel_initializer = 'uniform' }, { type = 'dense', units = 5, activation = 'relu', kernel_initializer = 'uniform' }, { type = 'dense', units = 5, activation = 'relu', kernel_initializer = 'uniform' }, { type = 'dense', units = 3 }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = 'he_uniform' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32, activation = 'relu', kernel_initializer = 'uniform' }, { type = 'dense', units = 10 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(start) = &chart.start else { return Vec::new() };
    let growths = growths(chart);
    let hidden: Vec<&(String, f64)> =
        growths.iter().filter(|(path, _)| *path != chart.anatomy.output_layer).collect();
    if hidden.is_empty() || chart.target.shares().is_empty() && chart.target.numbers.is_empty() {
        return Vec::new();
    }
    let mean = hidden.iter().map(|(_, growth)| growth.max(1e-30).ln()).sum::<f64>();
    let mean = (mean / hidden.len() as f64).exp();
    let input = chart.columns.iter().map(|column| column.deviation.powi(2)).sum::<f64>();
    let input = (input / chart.columns.len().max(1) as f64).sqrt();
    let last = hidden.last().and_then(|(path, _)| start.layer(path));
    // A bounded function gives no more than 1, however large its inputs are.
    let left = last.map_or(1.0, |layer| layer.spread / input.clamp(1e-30, 1.0));
    // A network whose layers are normalized does not care.
    let normalized = chart.anatomy.layers.iter().any(|layer| layer.path.contains("norm"));
    if mean >= SMALL || left >= LOST || normalized || input == 0.0 {
        return Vec::new();
    }
    let smallest = hidden.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let place = smallest.map_or("", |(path, _)| path);
    let mut finding = RULE.finding(chart.unless_well(Severity::Error), 0.97, place);
    finding.evidence = vec![
        say!(
            "a hidden layer multiplies its inputs by {mean} in the mean",
            "은닉층은 입력을 평균 {mean}배로 만듭니다",
            mean = short(mean)
        ),
        say!(
            "in front of the last layer {left} of the differences between rows are left",
            "마지막 층 앞에는 행 사이 차이의 {left}만 남습니다",
            left = short(left)
        ),
    ];
    let set: Vec<String> = hidden
        .iter()
        .filter(|(_, growth)| *growth < SMALL)
        .filter_map(|(path, _)| chart.layer_key(path, "kernel_initializer", "'he_uniform'"))
        .collect();
    finding.treatments =
        vec![treatment(say!("draw them by He's rule", "He의 규칙으로 뽑으세요"), set)];
    finding.treatments.extend(super::vanishing_gradient::steep(chart));
    vec![finding]
}
