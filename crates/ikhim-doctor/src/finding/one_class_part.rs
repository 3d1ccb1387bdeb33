use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::SplitMethod;
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "one-class-part",
    moment: Moment::Before,
    sentence: sentence(
        "a part for judging holds rows of one class only",
        "평가하는 부분에 한 클래스의 행만 있습니다",
    ),
    lesson: sentence(
        "On rows of one class, a network that always gives this answer is perfect, and nothing else can be measured. Part so that every class is in every part.",
        "한 클래스의 행에서는 늘 그 답만 하는 신경망이 완벽해 보이고 다른 것은 잴 수 없습니다. 모든 클래스가 모든 부분에 들어가도록 나누세요.",
    ),
    course: "07-1",
    numbers: "One class in a part where train has two or more.",
    examine,
    red: "[data]\nheader = ['part', 'x', 'y']\nrows = {one class}\ntarget = 'y'\ntask = 'classification'\n[split]\nmethod = 'column'\ncolumn = 'part'\n",
    green: "[data]\nheader = ['part', 'x', 'y']\nrows = {one class}\ntarget = 'y'\ntask = 'classification'\n[data.columns]\npart = { type = 'ignore' }\n[split]\nmethod = 'stratified'\n",
    near: "[data]\ndataset = 'iris'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let report = &chart.prepared.report;
    let classes = |part: &ikhim_data::PartReport| {
        part.classes.iter().filter(|class| class.rows > 0).count()
    };
    if classes(&report.train) < 2 {
        return Vec::new();
    }
    let parts = [("validation", &report.validation), ("test", &report.test)];
    let Some((name, part)) = parts.into_iter().find(|(_, part)| classes(part) == 1) else {
        return Vec::new();
    };
    let mut finding = RULE.finding(Severity::Warning, 0.95, "split");
    finding.evidence = vec![say!(
        "all {rows} {name} rows are of one class; train has {classes}",
        "{name} 행 {rows}개가 모두 한 클래스입니다. train에는 {classes}개 클래스가 있습니다",
        rows = part.rows,
        name = name,
        classes = classes(&report.train)
    )];
    finding.treatments = match chart.prepared.split.method {
        // Parted by class already: there are too few rows for two parts.
        SplitMethod::Stratified => vec![
            treatment(
                say!(
                    "too few rows of a class are there for every part: judge each row once, by cross-validation",
                    "어떤 클래스의 행이 모든 부분에 들어가기에는 너무 적습니다. 교차 검증으로 각 행을 한 번씩 평가하세요"
                ),
                ["split={method='stratified', folds=5}"],
            ),
            treatment(
                say!("get more rows of the rare classes", "드문 클래스의 행을 더 모으세요"),
                [""; 0],
            ),
        ],
        _ => vec![treatment(
            say!("part by class", "클래스별로 나누세요"),
            ["split={method='stratified'}"],
        )],
    };
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn what_is_parted_by_class_is_not_told_to_be() {
        // Two of twelve rows are of the other class: not enough for three parts.
        let row = |at: usize| format!("[{at}, '{}']", if at < 2 { "b" } else { "a" });
        let rows: Vec<String> = (0..12).map(row).collect();
        let text = format!(
            "[data]\nheader = ['x', 'y']\nrows = [{}]\ntarget = 'y'\ntask = 'classification'\n",
            rows.join(", ")
        );
        let prepared = fixture::prepared(&text);
        assert_eq!(prepared.split.method, SplitMethod::Stratified);
        let found = examine(&Chart::before(&prepared, 3).unwrap());
        assert_eq!(found.len(), 1);
        let sets: Vec<&Vec<String>> = found[0].treatments.iter().map(|it| &it.set).collect();
        assert_eq!(*sets[0], ["split={method='stratified', folds=5}"]);
        // The advice can be followed.
        prepared.experiment.with(sets[0]).unwrap();
    }
}
