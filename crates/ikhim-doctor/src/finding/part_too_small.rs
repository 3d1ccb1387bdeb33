use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

/// Fewer rows than this judge nothing …
const FEW: usize = 10;

/// … where there would have been more; …
const ENOUGH: usize = 50;

/// … and fewer than these tell little where there would have been many more.
const LITTLE: (usize, usize) = (20, 200);

pub(crate) const RULE: Rule = Rule {
    id: "part-too-small",
    moment: Moment::Before,
    sentence: sentence(
        "validation has so few rows that its numbers are chance",
        "검증 행이 너무 적어서 그 수치는 우연입니다",
    ),
    lesson: sentence(
        "Of 9 rows, 8 right ones are a share between 0.57 and 0.98. What is chosen by such a number is chosen by chance.",
        "9개 행 가운데 8개가 맞으면 정확도는 0.57에서 0.98 사이입니다. 그런 수로 고르는 것은 우연으로 고르는 것입니다.",
    ),
    course: "07-2",
    numbers: "Fewer than 10 validation rows where train has 50 or more: Wilson's interval of 8 in 9 is 41 percentage points wide. Or fewer than 20 where train has 200: that of 17 in 19 is 28 points wide.",
    examine,
    red: "[data]\ndataset = 'iris'\n[split]\nmethod = 'random'\nvalidation = 0.04\n",
    green: "[data]\ndataset = 'iris'\n[split]\nmethod = 'random'\nvalidation = 0.2\n",
    near: "[data]\ndataset = 'iris'\n[split]\nmethod = 'none'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let data = &chart.prepared.data;
    let rows = data.validation().len();
    let is_small = |few: usize, enough: usize| rows < few && data.train().len() >= enough;
    if rows == 0 || !(is_small(FEW, ENOUGH) || is_small(LITTLE.0, LITTLE.1)) {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.6, "split.validation");
    finding.evidence = vec![say!(
        "{rows} validation rows beside {train} train rows",
        "훈련 행 {train}개에 검증 행 {rows}개",
        rows = rows,
        train = data.train().len()
    )];
    finding.treatments = vec![treatment(
        say!("give validation a fifth of the rows", "검증에 행의 5분의 1을 주세요"),
        ["split.validation=0.2"],
    )];
    vec![finding]
}
