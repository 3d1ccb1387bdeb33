use super::unscaled_inputs::quoted;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "constant-column",
    moment: Moment::Before,
    sentence: sentence(
        "a column has the same value in every train row and tells nothing",
        "모든 훈련 행에서 값이 같아 아무것도 알려 주지 않는 열이 있습니다",
    ),
    lesson: sentence(
        "A column that never changes acts like a second bias. It does no harm on train rows, and any value on a new row.",
        "변하지 않는 열은 편향을 하나 더 둔 것과 같습니다. 훈련 행에서는 해가 없지만 새 행의 다른 값에는 무슨 일이든 할 수 있습니다.",
    ),
    course: "",
    numbers: "Smallest value equal to the largest, over all train rows.",
    examine,
    red: "[data]\nheader = ['c', 'x', 'y']\nrows = {constant}\ntarget = 'y'\n[data.columns]\nc = { type = 'number' }\n[split]\nmethod = 'none'\n",
    green: "[data]\nheader = ['c', 'x', 'y']\nrows = {constant}\ntarget = 'y'\n[data.columns]\nc = { type = 'ignore' }\n[split]\nmethod = 'none'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {tiny}\ntarget = 'y'\n[split]\nmethod = 'none'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    // Indicators of a rare level or of a missing value may be constant by chance,
    // and pixels at the rim always are.
    let constant = |name: &str| !name.contains(['=', ':', '#']);
    let found: Vec<&str> = chart
        .columns
        .iter()
        .filter(|column| column.low == column.high && constant(&column.name))
        .map(|column| column.name.as_str())
        .collect();
    let many = found.len() * 4 > chart.columns.len() && found.len() > 3;
    let Some(first) = found.first().filter(|_| !many) else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Information, 1.0, *first);
    finding.evidence = vec![say!(
        "constant in all train rows: {names}",
        "모든 훈련 행에서 같은 값: {names}",
        names = found.join(", ")
    )];
    finding.treatments = vec![treatment(
        say!("leave it out", "그 열을 빼세요"),
        found.iter().map(|name| format!("data.columns.{}.type='ignore'", quoted(name))),
    )];
    vec![finding]
}
