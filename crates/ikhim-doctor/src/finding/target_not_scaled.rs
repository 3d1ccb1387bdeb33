use super::unscaled_inputs::quoted;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity};

/// The first prediction is near 0 and as large as 1.
const LARGE: f64 = 10.0;

pub(crate) const RULE: Rule = Rule {
    id: "target-not-scaled",
    moment: Moment::Before,
    sentence: sentence(
        "the numbers to be learned are far from what a fresh network gives",
        "배울 수가 갓 만든 신경망이 내는 값과 너무 멀리 있습니다",
    ),
    lesson: sentence(
        "A fresh network gives numbers near 0, as large as 1. With targets in the hundreds the first errors and slopes are in the hundreds too, and the usual rates are too high; or the way is long. Scale the target: metrics are in its own units all the same.",
        "갓 만든 신경망은 0 근처의 1 정도 크기의 수를 냅니다. 목푯값이 수백이면 처음 오차와 기울기도 수백이어서 흔한 학습률은 너무 크거나 갈 길이 멉니다. 목푯값을 조정하세요. 지표는 그래도 원래 단위입니다.",
    ),
    course: "07-2",
    numbers: "Root mean square of the encoded target above 10; standardized targets have 1. A run that has learned its train rows counts as counter-evidence.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[data.columns]\ny = { scaling = 'none' }\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[data.columns]\ny = { scaling = 'min_max' }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    if chart.target.task != Task::Regression {
        return Vec::new();
    }
    let rms = |column: &Vec<f64>| {
        let squares: f64 = column.iter().map(|value| value * value).sum();
        (squares / column.len().max(1) as f64).sqrt()
    };
    let sizes: Vec<f64> = chart.target.numbers.iter().map(rms).collect();
    let names = chart.prepared.data.preprocessing().target_names();
    let largest = sizes.iter().zip(&names).max_by(|a, b| a.0.total_cmp(b.0));
    let Some((size, name)) = largest.filter(|(size, _)| **size > LARGE) else {
        return Vec::new();
    };
    // A linear network on small data is solved by the right rate alone.
    let confidence = if chart.anatomy.is_linear() { 0.3 } else { 0.55 };
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), confidence, *name);
    finding.evidence = vec![say!(
        "`{name}` is {size} in the root mean square",
        "`{name}`의 제곱평균제곱근이 {size}입니다",
        name = name,
        size = short(*size)
    )];
    finding.treatments = vec![treatment(
        say!("scale the target", "목푯값을 조정하세요"),
        names.iter().map(|name| format!("data.columns.{}.scaling='standard'", quoted(name))),
    )];
    vec![finding]
}
