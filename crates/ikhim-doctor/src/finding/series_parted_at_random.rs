use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "series-parted-at-random",
    moment: Moment::Before,
    sentence: sentence(
        "rows follow each other in time but were parted at random, so the network is judged on what lies between rows that it knows",
        "시간 순서로 이어지는 행을 무작위로 나누었습니다. 이미 아는 행들 사이의 행으로 평가받게 됩니다",
    ),
    lesson: sentence(
        "Tomorrow lies behind all train rows. A row between two train rows is nearly one of them, so its error says little about tomorrow's. Part a series in time.",
        "내일은 모든 훈련 행의 뒤에 있습니다. 두 훈련 행 사이의 행은 그 행들과 거의 같아서 그 오차는 내일의 오차를 거의 알려 주지 않습니다. 시계열은 시간으로 나누세요.",
    ),
    course: "12-5",
    numbers: "An autocorrelation of neighboring rows of 0.95 or more, the middle over the inputs, where the experiment asks for a random split: the number by which a split that is not given chooses time. Or an input that holds in 19 of 20 rows what another input held in the row before: a table of what is known now and what was known then.",
    examine,
    red: "[data]\nheader = ['a', 'b', 'y']\nrows = {series}\ntarget = 'y'\n[split]\nmethod = 'random'\n",
    green: "[data]\nheader = ['a', 'b', 'y']\nrows = {series}\ntarget = 'y'\n[split]\nmethod = 'time'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {tiny}\ntarget = 'y'\n[split]\nmethod = 'random'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    if !matches!(chart.prepared.experiment.split.method(), "random" | "stratified") {
        return Vec::new();
    }
    let data = &chart.prepared.dataset;
    let evidence = match (ikhim_data::facts::neighbors(data), ikhim_data::facts::row_before(data)) {
        (Some(alike), _) => say!(
            "the correlation of neighboring rows is {alike}",
            "이웃한 행의 상관계수가 {alike}입니다",
            alike = short(alike)
        ),
        (None, Some((value, before))) => say!(
            "`{before}` of each row is `{value}` of the row before it",
            "행마다 `{before}`의 값이 바로 앞 행의 `{value}` 값입니다",
            value = value,
            before = before
        ),
        (None, None) => return Vec::new(),
    };
    let mut finding = RULE.finding(Severity::Warning, 0.6, "split");
    finding.evidence = vec![evidence];
    finding.treatments = vec![treatment(
        say!("part in time", "시간으로 나누세요"),
        ["split={method='time'}"],
    )];
    vec![finding]
}
