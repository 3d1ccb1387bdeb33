use super::unscaled_inputs::scaling;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// Standardized numbers reach 2 and more, scaled pixels 1.
const SMALL: f64 = 0.05;

pub(crate) const RULE: Rule = Rule {
    id: "inputs-scaled-twice",
    moment: Moment::Before,
    sentence: sentence(
        "the inputs are tiny, as if they had been scaled twice: the network sees next to nothing",
        "입력이 마치 두 번 조정된 것처럼 아주 작아서 신경망에는 거의 아무것도 보이지 않습니다",
    ),
    lesson: sentence(
        "Pixels divided by 255 twice end at 0.004. Slopes shrink with the inputs, so the first layer hardly learns.",
        "픽셀을 255로 두 번 나누면 0.004에서 끝납니다. 기울기도 입력과 함께 작아져서 첫 층이 거의 배우지 못합니다.",
    ),
    course: "07-2",
    numbers: "No input beyond 0.05: numbers of mean 0 and deviation 1 reach 2 and more, pixels and min-max columns 1, one-hot columns 1.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {tiny}\ntarget = 'y'\n[data.defaults]\nnumber = { scaling = 'none' }\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {tiny}\ntarget = 'y'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {tiny}\ntarget = 'y'\n[data.defaults]\nnumber = { scaling = 'min_max' }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let reach = chart.columns.iter().map(|column| column.reach()).fold(0.0, f64::max);
    // Nothing but constants of 0 is another matter.
    if chart.columns.is_empty() || reach >= SMALL || reach == 0.0 {
        return Vec::new();
    }
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.85, "data");
    finding.evidence = vec![say!(
        "no input is farther from 0 than {reach}",
        "0에서 {reach}보다 먼 입력이 없습니다",
        reach = short(reach)
    )];
    finding.treatments = vec![treatment(
        say!("scale once, to deviation 1 or to 0..1", "표준편차 1이나 0..1로 한 번만 조정하세요"),
        scaling(chart),
    )];
    vec![finding]
}
