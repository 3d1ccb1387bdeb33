use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "loss-task-mismatch",
    moment: Moment::Before,
    sentence: sentence(
        "the loss belongs to another kind of target",
        "손실이 다른 종류의 목푯값을 위한 것입니다",
    ),
    lesson: sentence(
        "Squared and absolute errors are for numbers. Of classes, a cross-entropy goes on pulling where an answer is confidently wrong; a squared error flattens there. Judging each of several classes alone makes nearly every answer look right.",
        "제곱 오차와 절대 오차는 수를 위한 것입니다. 클래스에서는 교차 엔트로피가 확신에 찬 틀린 답을 계속 끌어당기지만 제곱 오차는 그곳에서 평평해집니다. 여러 클래스를 하나씩 따로 판단하면 거의 모든 답이 맞아 보입니다.",
    ),
    course: "05-1",
    numbers: "No number: a table of losses and kinds of targets. A run that has learned its train rows to 95 % of what a constant answer leaves counts as counter-evidence, but for errors of numbers on three classes or more.",
    examine,
    red: "[data]\ndataset = 'iris'\n[training]\nloss = 'mse'\n",
    green: "[data]\ndataset = 'iris'\n[training]\nloss = 'cross_entropy'\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[training]\nloss = 'mse'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let loss = chart.loss();
    let classes = chart.target.classes.len();
    let numeric = matches!(loss, "mse" | "mae" | "huber" | "sum_squared_error");
    let (severity, confidence, better) = match chart.target.task {
        Task::Regression if numeric => return Vec::new(),
        Task::Regression => {
            let mut all = chart.target.numbers.iter().flatten();
            let shares = all.all(|value| (0.0..=1.0).contains(value));
            let severity = if shares { Severity::Information } else { Severity::Error };
            (severity, 0.95, "mse")
        }
        Task::MultiLabel if numeric => (Severity::Warning, 0.6, "binary_cross_entropy"),
        Task::MultiLabel => return Vec::new(),
        _ if numeric => {
            let one = chart.anatomy.width == 1;
            let better = if one { "binary_cross_entropy" } else { "cross_entropy" };
            (Severity::Warning, 0.7, better)
        }
        _ if loss == "binary_cross_entropy" && classes > 2 => {
            (Severity::Warning, 0.8, "cross_entropy")
        }
        _ => return Vec::new(),
    };
    // A squared error of one sigmoid, or a sigmoid for each of several classes,
    // may do; for classes that exclude each other, errors of numbers are wrong
    // however well it ended.
    let several = numeric && classes > 2 && chart.anatomy.width > 1;
    let severity = if several { severity } else { chart.unless_well(severity) };
    let mut finding = RULE.finding(severity, confidence, "training.loss");
    let task = chart.target.task.word();
    finding.evidence = vec![say!(
        "training.loss is `{loss}` and the task is {task}",
        "training.loss는 `{loss}`이고 과제는 {task}입니다",
        loss = loss,
        task = task
    )];
    let bounded = chart.anatomy.output.range().is_some();
    let value = match better {
        "mse" => "'mse'".to_string(),
        _ => format!("{{type='{better}', from_logits={}}}", !bounded),
    };
    finding.treatments = vec![treatment(
        say!("take `{better}`", "`{better}`을(를) 쓰세요", better = better),
        [format!("training.loss={value}")],
    )];
    vec![finding]
}
