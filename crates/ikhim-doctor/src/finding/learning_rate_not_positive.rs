use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "learning-rate-not-positive",
    moment: Moment::Before,
    sentence: sentence(
        "the learning rate is not above 0, so no step goes down the slope",
        "학습률이 0보다 크지 않아서 어떤 스텝도 내리막으로 가지 않습니다",
    ),
    lesson: sentence(
        "A step is w ← w − rate · slope. With a negative rate it climbs, and the loss grows; with 0 nothing moves.",
        "스텝은 w ← w − 학습률 · 기울기입니다. 학습률이 음수이면 오르막을 올라 손실이 커지고, 0이면 아무것도 움직이지 않습니다.",
    ),
    course: "03-1",
    numbers: "0 is the border by the formula of the step.",
    examine,
    red: "[data]\ndataset = 'iris'\n[training]\noptimizer = 'sgd'\nlearning_rate = -0.1\n",
    green: "[data]\ndataset = 'iris'\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\n",
    near: "[data]\ndataset = 'iris'\n[training]\nlearning_rate = 1e-6\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let training = &chart.prepared.experiment.training;
    let rate = chart.rate();
    if rate > 0.0 || training.steps() == Some(0) || training.epochs() == Some(0) {
        return Vec::new();
    }
    let positive = if rate < 0.0 { short(-rate) } else { "0.001".to_string() };
    let mut finding = RULE.finding(Severity::Error, 1.0, "training.learning_rate");
    finding.evidence = vec![say!(
        "training.learning_rate is {rate}",
        "training.learning_rate가 {rate}입니다",
        rate = short(rate)
    )];
    finding.treatments = vec![treatment(
        say!("set it to {rate}", "{rate}(으)로 바꾸세요", rate = positive),
        match chart.prepared.experiment.training.learning_rate() > 0.0 {
            // The rate is right and the slope was turned around on purpose.
            true => ["fault.flip_gradient=false".to_string()],
            false => [format!("training.learning_rate={positive}")],
        },
    )];
    vec![finding]
}
