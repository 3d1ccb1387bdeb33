use super::unscaled_inputs::quoted;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// The distance between the means of two classes by their deviation.
const APART: f64 = 4.0;

/// What the next best column may have.
const NEXT: f64 = 2.0;

pub(crate) const RULE: Rule = Rule {
    id: "column-gives-target-away",
    moment: Moment::Before,
    sentence: sentence(
        "one column tells the classes apart nearly without the others: it may have been written after the answer was known",
        "한 열만으로 클래스가 거의 갈립니다. 답을 안 뒤에 적힌 열일 수 있습니다",
    ),
    lesson: sentence(
        "A number that follows from the answer is not there when a prediction is wanted. Every measure looks splendid until then. Ask of each column whether it is known at that time.",
        "답에서 나온 수는 예측이 필요할 때에는 없습니다. 그때까지는 모든 지표가 훌륭해 보입니다. 열마다 그 시점에 알 수 있는지 물어보세요.",
    ),
    course: "07-2",
    numbers: "Of two classes the means lie 4 deviations apart in one column, and at most 2 in any other of three or more. Classes that are halves of one column are 2.7 (normal) to 3.5 (uniform) apart, so a rule that is a threshold of a column is silent; in measurements of the same things several columns tell the classes apart.",
    examine,
    red: "[data]\nheader = ['after', 'a', 'b', 'y']\nrows = {given away}\ntarget = 'y'\ntask = 'classification'\n",
    green: "[data]\nheader = ['after', 'a', 'b', 'y']\nrows = {given away}\ntarget = 'y'\ntask = 'classification'\n[data.columns]\nafter = { type = 'ignore' }\n",
    near: "[data]\ndataset = 'breast_cancer'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let mut apart: Vec<(&str, f64)> = chart
        .columns
        .iter()
        .filter_map(|column| Some((column.name.as_str(), column.apart?)))
        .collect();
    apart.sort_by(|a, b| b.1.total_cmp(&a.1));
    let [(name, most), (_, next), ..] = apart[..] else { return Vec::new() };
    let rows = chart.prepared.data.train().len();
    if apart.len() < 3 || rows < 50 || most < APART || next > NEXT {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.7, name);
    finding.evidence = vec![say!(
        "in `{column}` the means of the classes lie {most} deviations apart, in the next column {next}",
        "`{column}`에서 클래스의 평균은 표준편차의 {most}배 떨어져 있고, 다음 열에서는 {next}배입니다",
        column = name,
        most = short(most),
        next = short(next)
    )];
    finding.treatments = vec![treatment(
        say!("leave it out unless it is known in time", "제때 알 수 있는 열이 아니면 빼세요"),
        [format!("data.columns.{}.type='ignore'", quoted(name))],
    )];
    vec![finding]
}
