use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::EncodedTarget;
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "rows-not-shuffled",
    moment: Moment::Before,
    sentence: sentence(
        "the rows come sorted by class and are never shuffled, so most batches hold one class",
        "행이 클래스 순서로 놓여 있고 섞지 않아서 대부분의 배치에 한 클래스만 있습니다",
    ),
    lesson: sentence(
        "A batch of one class pulls towards this class alone and undoes what the batch before has taught. Shuffling makes each batch a small picture of all rows.",
        "한 클래스만 있는 배치는 그 클래스 쪽으로만 끌어당겨 앞 배치가 가르친 것을 지웁니다. 섞으면 배치마다 전체 행의 작은 모습이 됩니다.",
    ),
    course: "",
    numbers: "More than half of the batches of one class where shuffled rows would have such a batch less than one time in a hundred.",
    examine,
    red: "[data]\ndataset = 'iris'\n[training]\nshuffle = false\nbatch_size = 16\n[split]\nmethod = 'none'\n",
    green: "[data]\ndataset = 'iris'\n[training]\nbatch_size = 16\n[split]\nmethod = 'none'\n",
    near: "[data]\ndataset = 'iris'\n[training]\nshuffle = false\nbatch_size = 'full'\n[split]\nmethod = 'none'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let batch = chart.batch();
    let EncodedTarget::Class(labels) = &chart.prepared.data.train().encoded().target else {
        return Vec::new();
    };
    let majority = chart.target.shares().into_iter().fold(0.0, f64::max);
    let by_chance = majority.powi(batch.saturating_sub(1) as i32);
    if chart.prepared.experiment.training.shuffle() || by_chance > 0.01 {
        return Vec::new();
    }
    let batches: Vec<&[i32]> = labels.chunks(batch).filter(|rows| rows.len() == batch).collect();
    let pure = batches.iter().filter(|rows| rows.iter().all(|label| *label == rows[0])).count();
    if 2 * pure <= batches.len() || batches.len() < 2 {
        return Vec::new();
    }
    let severity = chart.unless_well(Severity::Warning);
    let mut finding = RULE.finding(severity, 0.95, "training.shuffle");
    finding.evidence = vec![say!(
        "{pure} of {all} batches hold one class only",
        "배치 {all}개 가운데 {pure}개에 한 클래스만 있습니다",
        pure = pure,
        all = batches.len()
    )];
    finding.treatments =
        vec![treatment(say!("shuffle the rows", "행을 섞으세요"), ["training.shuffle=true"])];
    vec![finding]
}
