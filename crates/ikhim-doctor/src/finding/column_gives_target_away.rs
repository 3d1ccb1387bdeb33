use super::unscaled_inputs::quoted;
use crate::chart::Chart;
use crate::facts::ColumnFacts;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// The distance between the means of two classes by their deviation.
const APART: f64 = 4.0;

/// What the next best column may have.
const NEXT: f64 = 2.0;

/// What one column may leave of the variance of the order of a number …
const LEFT: f64 = 0.02;

/// … where every other leaves so many times more, …
const TIMES: f64 = 5.0;

/// … and as much at least: where several columns tell nearly all, they measure one
/// thing.
const OTHERS: f64 = 0.1;

pub(crate) const RULE: Rule = Rule {
    id: "column-gives-target-away",
    moment: Moment::Before,
    sentence: sentence(
        "one column tells the answer nearly without the others: it may have been written after the answer was known",
        "한 열만으로 답이 거의 정해집니다. 답을 안 뒤에 적힌 열일 수 있습니다",
    ),
    lesson: sentence(
        "A number that follows from the answer is not there when a prediction is wanted. Every measure looks splendid until then. Ask of each column whether it is known at that time.",
        "답에서 나온 수는 예측이 필요할 때에는 없습니다. 그때까지는 모든 지표가 훌륭해 보입니다. 열마다 그 시점에 알 수 있는지 물어보세요.",
    ),
    course: "07-2",
    numbers: "Of two classes the means lie 4 deviations apart in one column, and at most 2 in any other of three or more. Classes that are halves of one column are 2.7 (normal) to 3.5 (uniform) apart, so a rule that is a threshold of a column is silent; in measurements of the same things several columns tell the classes apart. Of a number, the order of one column leaves at most 2 % of the variance of its order (Spearman), and that of any other of three or more five times as much and at least 10 %: readings of the same thing come in several columns.",
    examine,
    red: "[data]\nheader = ['after', 'a', 'b', 'y']\nrows = {given away}\ntarget = 'y'\ntask = 'classification'\n",
    green: "[data]\nheader = ['after', 'a', 'b', 'y']\nrows = {given away}\ntarget = 'y'\ntask = 'classification'\n[data.columns]\nafter = { type = 'ignore' }\n",
    near: "[data]\ndataset = 'breast_cancer'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let ahead = |of: fn(&ColumnFacts) -> Option<f64>| {
        let mut all: Vec<(&str, f64)> =
            chart.columns.iter().filter_map(|column| Some((column.name.as_str(), of(column)?))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        let [(name, most), (_, next), _, ..] = all[..] else { return None };
        Some((name, most, next))
    };
    let classes = ahead(|column| column.apart)
        .filter(|(_, most, next)| *most >= APART && *next <= NEXT)
        .map(|(name, most, next)| {
            let evidence = say!(
                "in `{column}` the means of the classes lie {most} deviations apart, in the next column {next}",
                "`{column}`에서 클래스의 평균은 표준편차의 {most}배 떨어져 있고, 다음 열에서는 {next}배입니다",
                column = name,
                most = short(most),
                next = short(next)
            );
            (name, evidence)
        });
    let numbers = ahead(|column| column.order)
        .filter(|(_, most, next)| 1.0 - most <= LEFT && 1.0 - next >= (TIMES * (1.0 - most)).max(OTHERS))
        .map(|(name, most, next)| {
            let evidence = say!(
                "the order of `{column}` is that of the target but for {most} of its variance, that of the next column but for {next}",
                "`{column}`의 순서는 분산의 {most}만 빼고 목푯값의 순서와 같고, 다음 열은 {next}를 뺍니다",
                column = name,
                most = percent(1.0 - most),
                next = percent(1.0 - next)
            );
            (name, evidence)
        });
    let found = classes.or(numbers).filter(|_| chart.prepared.data.train().len() >= 50);
    let Some((name, evidence)) = found else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Warning, 0.7, name);
    finding.evidence = vec![evidence];
    finding.treatments = vec![treatment(
        say!("leave it out unless it is known in time", "제때 알 수 있는 열이 아니면 빼세요"),
        [format!("data.columns.{}.type='ignore'", quoted(name))],
    )];
    vec![finding]
}
