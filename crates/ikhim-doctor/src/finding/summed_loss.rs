use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "summed-loss",
    moment: Moment::Before,
    sentence: sentence(
        "the loss is summed over the rows of a batch, so the step grows with the batch",
        "손실을 배치의 행에 대해 더하기 때문에 스텝이 배치와 함께 커집니다",
    ),
    lesson: sentence(
        "The slope of a sum over B rows is B times that of their mean: a rate of 0.1 acts like 0.1·B. A mean makes rate and batch independent.",
        "B개 행의 합의 기울기는 평균의 기울기의 B배입니다. 학습률 0.1이 0.1·B처럼 작용합니다. 평균을 쓰면 학습률과 배치가 서로 영향을 주지 않습니다.",
    ),
    course: "06-2",
    numbers: "Batches of 8 rows or more under an optimizer whose step goes with the slope (sgd); a run that has learned its train rows counts as counter-evidence.",
    examine,
    red: "[data]\ndataset = 'iris'\n[training]\nloss = { type = 'cross_entropy', reduction = 'sum' }\noptimizer = 'sgd'\nlearning_rate = 0.1\n",
    green: "[data]\ndataset = 'iris'\n[training]\nloss = 'cross_entropy'\noptimizer = 'sgd'\nlearning_rate = 0.1\n",
    near: "[data]\ndataset = 'iris'\n[training]\nloss = { type = 'cross_entropy', reduction = 'sum' }\noptimizer = 'adam'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let training = &chart.prepared.experiment.training;
    let proportional = training.optimizer().kind == "sgd";
    // The sum of squares of a few numbers is the lecture's own formula.
    let asked = training.loss().kind == "sum_squared_error" && chart.target.task == Task::Regression;
    if chart.rows_of_loss() < 8.0 || !proportional || asked {
        return Vec::new();
    }
    let badly = chart.course.is_some_and(crate::Course::went_badly);
    let severity = if badly { Severity::Error } else { Severity::Warning };
    let mut finding = RULE.finding(chart.unless_well(severity), 0.9, "training.loss");
    finding.evidence = vec![say!(
        "a batch has {batch} rows: the rate {rate} acts like {times}",
        "배치에 행이 {batch}개 있어서 학습률 {rate}이(가) {times}처럼 작용합니다",
        batch = chart.batch(),
        rate = short(chart.rate()),
        times = short(chart.rate() * chart.batch() as f64)
    )];
    finding.treatments = vec![treatment(
        say!("take the mean", "평균을 쓰세요"),
        ["training.loss.reduction='mean'"],
    )];
    vec![finding]
}
