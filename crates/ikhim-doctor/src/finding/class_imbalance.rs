use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "class-imbalance",
    moment: Moment::Before,
    sentence: sentence(
        "one class has nearly all rows, so answering it always looks good",
        "한 클래스가 거의 모든 행을 차지해서 늘 그 클래스라고만 답해도 좋아 보입니다",
    ),
    lesson: sentence(
        "With 95 % of one class, an accuracy of 95 % is what knowing nothing gives. Choose by a metric that sees the rare class, or weigh the classes.",
        "한 클래스가 95 %이면 아무것도 몰라도 정확도가 95 %입니다. 드문 클래스를 보는 지표로 고르거나 클래스에 가중치를 주세요.",
    ),
    course: "05-2",
    numbers: "The most frequent class has 90 % of the rows or more (ten times another of two) while no class weight is given and accuracy selects, or a metric that sees the rare class, by which the weights must then bring a tenth; cleanlab and SageMaker Debugger draw the line at ten times too.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {rare}\ntarget = 'y'\ntask = 'classification'\n[training]\nmetrics = ['accuracy']\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {rare}\ntarget = 'y'\ntask = 'classification'\n[training]\nmetrics = ['roc_auc']\nclass_weight = 'balanced'\n",
    near: "[data]\ndataset = 'breast_cancer'\n[training]\nmetrics = ['accuracy']\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let training = &chart.prepared.experiment.training;
    let majority = chart.target.shares().into_iter().fold(0.0, f64::max);
    let first = training.metrics().and_then(|metrics| metrics.first().copied());
    let weighted = training.balanced_classes() || !training.class_weights().is_empty();
    let several = chart.target.shares().len() > 1;
    // Accuracy is flattered by it; what sees the rare class shows what it suffers.
    let asked = matches!(first, Some("accuracy" | "balanced_accuracy" | "f1" | "recall"));
    if !several || majority < 0.9 || !asked || weighted {
        return Vec::new();
    }
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.7, "data.target");
    finding.treatments = vec![treatment(
        say!("weigh the classes", "클래스에 가중치를 주세요"),
        ["training.class_weight='balanced'"],
    )];
    if first != Some("accuracy") {
        finding.evidence = vec![say!(
            "{share} of the train rows are of one class, and no class has a weight",
            "훈련 행의 {share}가 한 클래스이고 클래스에 가중치가 없습니다",
            share = percent(majority)
        )];
        return vec![finding];
    }
    finding.evidence = vec![say!(
        "{share} of the train rows are of one class, and accuracy selects",
        "훈련 행의 {share}가 한 클래스이고 정확도로 고릅니다",
        share = percent(majority)
    )];
    finding.treatments.push(
        treatment(
            say!("select by balanced accuracy", "균형 정확도로 고르세요"),
            ["training.metrics=['balanced_accuracy', 'accuracy']"],
        ),
    );
    vec![finding]
}
