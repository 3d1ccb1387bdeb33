use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "batch-too-small",
    moment: Moment::During,
    sentence: sentence(
        "each step follows so few rows that the training jumps about instead of settling",
        "한 스텝이 너무 적은 행을 따라가서 학습이 자리를 잡지 못하고 뛰어다닙니다",
    ),
    lesson: sentence(
        "The slope of a few rows is the slope of all plus noise. With a small batch, momentum or a high rate the noise wins: take more rows in a step, or a lower rate.",
        "행 몇 개의 기울기는 전체의 기울기에 잡음을 더한 것입니다. 배치가 작고 모멘텀이나 학습률이 크면 잡음이 이깁니다. 한 스텝에 행을 더 쓰거나 학습률을 낮추세요.",
    ),
    course: "",
    numbers: "Batches of at most 4 of 100 rows or more, and in the second half a metric in 0..1 that jumps by 0.03 or more from one epoch to the next in one of five epochs or more (AUTOTRAINER's border), measured on 100 rows or more; or a validation loss that does so by a tenth of itself, where it is above a twentieth of what a constant answer costs. Online descent at a rate that suits it jumps by a hundredth.",
    examine,
    red: "[data]\nheader = ['x', 'y', 'class']\nrows = {blobs}\ntarget = 'class'\ntask = 'classification'\n[split]\nmethod = 'random'\nvalidation = 0.3\ntest = 0.0\n[model]\nhidden = [50]\n[training]\noptimizer = { type = 'sgd', momentum = 0.9 }\nlearning_rate = 0.05\nbatch_size = 1\nepochs = 30\n",
    green: "[data]\nheader = ['x', 'y', 'class']\nrows = {blobs}\ntarget = 'class'\ntask = 'classification'\n[split]\nmethod = 'random'\nvalidation = 0.3\ntest = 0.0\n[model]\nhidden = [50]\n[training]\noptimizer = { type = 'sgd', momentum = 0.9 }\nlearning_rate = 0.01\nbatch_size = 32\nepochs = 30\n",
    near: "[data]\nheader = ['x', 'y', 'class']\nrows = {blobs}\ntarget = 'class'\ntask = 'classification'\n[split]\nmethod = 'random'\nvalidation = 0.3\ntest = 0.0\n[model]\nhidden = [50]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.001\nbatch_size = 4\nepochs = 30\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    let rows = chart.prepared.data.train().len();
    let judged = chart.prepared.data.validation().len();
    if chart.batch() > 4 || rows < 100 || judged < 100 || course.epochs.len() < 10 {
        return Vec::new();
    }
    let half = &course.epochs[course.epochs.len() / 2..];
    let metrics: Vec<f64> = half.iter().map(|epoch| epoch.metric).collect();
    let jumps = |values: &[f64], least: f64| {
        let jumps = values.windows(2).filter(|pair| (pair[1] - pair[0]).abs() >= least).count();
        jumps as f64 / (values.len() - 1).max(1) as f64
    };
    let is_share = metrics.iter().all(|value| (0.0..=1.0).contains(value));
    let by_metric = if is_share { jumps(&metrics, 0.03) } else { 0.0 };
    let losses: Vec<f64> = half.iter().map(|epoch| epoch.validation_loss).collect();
    let middle = crate::course::median(losses.iter().copied());
    let counts = losses.iter().all(|loss| loss.is_finite()) && middle > 0.05 * chart.baseline();
    let by_loss = if counts { jumps(&losses, 0.1 * middle) } else { 0.0 };
    if by_metric.max(by_loss) < 0.2 {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.85, "training.batch_size");
    finding.steps = course.whole();
    finding.evidence = vec![
        say!(
            "in the second half the metric jumps by 0.03 or more in {metric} of the epochs, the validation loss by a tenth of itself in {loss}",
            "후반에 지표가 에포크의 {metric}에서 0.03 이상, 검증 손실이 {loss}에서 그 값의 10분의 1 이상 뜁니다",
            metric = percent(by_metric),
            loss = percent(by_loss)
        ),
        say!(
            "a step sees {batch} of {rows} rows",
            "한 스텝은 {rows}개 행 가운데 {batch}개만 봅니다",
            batch = chart.batch(),
            rows = rows
        ),
    ];
    finding.treatments = vec![
        treatment(say!("32 rows in a step", "한 스텝에 32개 행을 쓰세요"), ["training.batch_size=32"]),
        treatment(say!("a tenth of the rate", "학습률을 10분의 1로 하세요"), [chart.rate_times(0.1)]),
    ];
    vec![finding]
}
