use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::Task;
use ikhim_run::metric::{Metric, Outcome};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "metric-task-mismatch",
    moment: Moment::Before,
    sentence: sentence(
        "a metric belongs to another kind of target and measures nothing here",
        "지표가 다른 종류의 목푯값을 위한 것이어서 여기서는 아무것도 재지 못합니다",
    ),
    lesson: sentence(
        "Accuracy counts right answers, and a number is hardly ever exactly right. Of numbers measure distances (rmse, mae) or the share of the variance that is explained (r2).",
        "정확도는 맞은 답을 세는데 수는 꼭 맞는 일이 거의 없습니다. 수에는 거리(rmse, mae)나 설명한 분산의 비율(r2)을 재세요.",
    ),
    course: "05-2",
    numbers: "No number: the metric is asked about answers to such a target that are nearly right, and has no value. The first metric, which selects the epoch, is an error; another is a warning.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[training]\nmetrics = ['accuracy']\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[training]\nmetrics = ['rmse']\n",
    near: "[data]\ndataset = 'wine'\n[training]\nmetrics = ['accuracy', 'f1_macro', 'log_loss']\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some((outcome, fitting)) = nearly_right(chart) else { return Vec::new() };
    let names = chart.prepared.experiment.training.metrics().unwrap_or_default();
    let unfit = |name: &&str| {
        Metric::named(name).is_some_and(|metric| metric.value(&outcome).is_nan())
    };
    let found: Vec<&str> = names.iter().copied().filter(unfit).collect();
    let Some(first) = found.first() else { return Vec::new() };
    let selects = names.first() == Some(first);
    let severity = if selects { Severity::Error } else { Severity::Warning };
    let mut finding = RULE.finding(severity, 0.99, "training.metrics");
    finding.evidence = vec![say!(
        "no value for the task {task}: {metrics}",
        "과제 {task}에 값이 없습니다: {metrics}",
        task = chart.target.task.word(),
        metrics = found.join(", ")
    )];
    let mut kept: Vec<&str> = names.iter().copied().filter(|name| !found.contains(name)).collect();
    if kept.is_empty() {
        kept.push(fitting);
    }
    let list: Vec<String> = kept.iter().map(|name| format!("'{name}'")).collect();
    finding.treatments = vec![treatment(
        say!("measure what fits", "맞는 지표로 재세요"),
        [format!("training.metrics=[{}]", list.join(", "))],
    )];
    vec![finding]
}

/// Answers to such a target that are nearly right, and a metric for it.
fn nearly_right(chart: &Chart<'_>) -> Option<(Outcome, &'static str)> {
    match chart.target.task {
        Task::Classification => {
            let classes = chart.target.classes.len().max(2);
            let labels: Vec<usize> = (0..3 * classes).map(|row| row % classes).collect();
            let rest = 0.2 / (classes - 1) as f64;
            let of_row = |label: &usize| {
                let label = *label;
                (0..classes).map(move |class| if class == label { 0.8 } else { rest })
            };
            let probabilities = labels.iter().flat_map(of_row).collect();
            let outcome = Outcome::Classes { classes, probabilities, labels, threshold: None };
            Some((outcome, "accuracy"))
        }
        Task::MultiLabel => {
            let width = chart.target.labels.len().max(1);
            let targets: Vec<bool> = (0..4 * width).map(|at| (at / width).is_multiple_of(2)).collect();
            let probabilities = targets.iter().map(|yes| if *yes { 0.8 } else { 0.2 }).collect();
            Some((Outcome::Labels { width, probabilities, targets }, "accuracy"))
        }
        Task::Regression => {
            let width = chart.target.numbers.len().max(1);
            let targets: Vec<f64> = (0..4 * width).map(|at| (at + 1) as f64).collect();
            let predictions = targets.iter().map(|target| target * 1.01).collect();
            Some((Outcome::Numbers { width, predictions, targets }, "rmse"))
        }
        _ => None,
    }
}
