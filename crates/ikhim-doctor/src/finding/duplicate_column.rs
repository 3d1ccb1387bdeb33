use super::unscaled_inputs::quoted;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "duplicate-column",
    moment: Moment::Before,
    sentence: sentence(
        "two columns hold the same numbers once they are scaled",
        "두 열이 조정된 뒤 같은 수를 갖습니다",
    ),
    lesson: sentence(
        "A column that stands twice gets two weights of which only the sum matters, and its share of every penalty. It is often a column in another unit, or the target under another name.",
        "같은 열이 두 번 있으면 가중치가 둘이 되고 그 합만 의미가 있습니다. 단위만 다른 열이거나 이름만 다른 목푯값인 경우가 많습니다.",
    ),
    course: "",
    numbers: "Equal to the last bit in every train row; columns of 0 and 1 and constant ones do not count.",
    examine,
    red: "[data]\nheader = ['a', 'b', 'y']\nrows = {twin}\ntarget = 'y'\n",
    green: "[data]\nheader = ['a', 'b', 'y']\nrows = {twin}\ntarget = 'y'\n[data.columns]\nb = { type = 'ignore' }\n",
    near: "[data]\ndataset = 'iris'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let varies = |column: &&crate::facts::ColumnFacts| {
        column.low < column.high && !column.is_indicator
    };
    let twins = chart.columns.iter().filter(varies);
    let found: Vec<(&str, &str)> =
        twins.filter_map(|column| Some((column.name.as_str(), column.twin.as_deref()?))).collect();
    let Some((name, other)) = found.first() else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Information, 1.0, *name);
    finding.evidence = vec![say!(
        "`{name}` is `{other}` in every train row",
        "모든 훈련 행에서 `{name}`이(가) `{other}`와(과) 같습니다",
        name = name,
        other = other
    )];
    finding.treatments = vec![treatment(
        say!("leave one of them out", "하나를 빼세요"),
        [format!("data.columns.{}.type='ignore'", quoted(name))],
    )];
    vec![finding]
}
