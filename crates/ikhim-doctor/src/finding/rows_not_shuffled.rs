use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::EncodedTarget;
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "rows-not-shuffled",
    moment: Moment::Before,
    sentence: sentence(
        "the rows come sorted by the answer and are never shuffled, so most batches hold one kind",
        "행이 답의 순서로 놓여 있고 섞지 않아서 대부분의 배치에 한 종류만 있습니다",
    ),
    lesson: sentence(
        "A batch of one class pulls towards this class alone and undoes what the batch before has taught. Shuffling makes each batch a small picture of all rows.",
        "한 클래스만 있는 배치는 그 클래스 쪽으로만 끌어당겨 앞 배치가 가르친 것을 지웁니다. 섞으면 배치마다 전체 행의 작은 모습이 됩니다.",
    ),
    course: "",
    numbers: "More than half of the batches of one class, by five standard errors more than shuffled rows would have, and these at most one time in ten. Of a number, more than half of its variance between batches of 8 rows or more, where shuffled rows leave one part in the size of the batch there; rows in the order of time are left out.",
    examine,
    red: "[data]\ndataset = 'iris'\n[training]\nshuffle = false\nbatch_size = 16\n[split]\nmethod = 'none'\n",
    green: "[data]\ndataset = 'iris'\n[training]\nbatch_size = 16\n[split]\nmethod = 'none'\n",
    near: "[data]\ndataset = 'iris'\n[training]\nshuffle = false\nbatch_size = 'full'\n[split]\nmethod = 'none'\n",
};

/// Where shuffled rows have a batch of one class more often than this, such batches
/// tell little.
const OFTEN: f64 = 0.1;

/// The share of the variance of a number that lies between batches, from which on
/// they are taken from an order.
const ORDERED: f64 = 0.5;

/// Numbers that come in their order: the batches differ by more than their rows do.
fn of_numbers(chart: &Chart<'_>, values: &[f32]) -> Vec<Finding> {
    let batch = chart.batch();
    let training = &chart.prepared.experiment.training;
    // Between batches of B shuffled rows lies one part in B. A series is in order
    // on purpose.
    if training.shuffle() || batch < 8 || values.len() < 4 * batch || chart.prepared.data.is_in_time()
    {
        return Vec::new();
    }
    let mean = |of: &[f32]| of.iter().map(|v| f64::from(*v)).sum::<f64>() / of.len() as f64;
    let all = mean(values);
    let squares: f64 = values.iter().map(|value| (f64::from(*value) - all).powi(2)).sum();
    let between: f64 =
        values.chunks(batch).map(|rows| rows.len() as f64 * (mean(rows) - all).powi(2)).sum();
    let share = between / squares.max(1e-30);
    if share < ORDERED {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.9, "training.shuffle");
    finding.evidence = vec![say!(
        "{share} of the variance of the target lies between batches",
        "목푯값 분산의 {share}가 배치 사이에 있습니다",
        share = crate::rule::percent(share)
    )];
    finding.treatments =
        vec![treatment(say!("shuffle the rows", "행을 섞으세요"), ["training.shuffle=true"])];
    vec![finding]
}

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let batch = chart.batch();
    let labels = match &chart.prepared.data.train().encoded().target {
        EncodedTarget::Class(labels) => labels,
        EncodedTarget::Number { width: 1, values, .. } => return of_numbers(chart, values),
        _ => return Vec::new(),
    };
    let majority = chart.target.shares().into_iter().fold(0.0, f64::max);
    let by_chance = majority.powi(batch.saturating_sub(1) as i32);
    if chart.prepared.experiment.training.shuffle() || by_chance > OFTEN {
        return Vec::new();
    }
    let batches: Vec<&[i32]> = labels.chunks(batch).filter(|rows| rows.len() == batch).collect();
    let pure = batches.iter().filter(|rows| rows.iter().all(|label| *label == rows[0])).count();
    // Of n shuffled batches n·p are of one class, give or take their root.
    let expected = by_chance * batches.len() as f64;
    let is_chance = pure as f64 <= expected + 5.0 * expected.sqrt().max(0.2);
    if 2 * pure <= batches.len() || batches.len() < 2 || is_chance {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.95, "training.shuffle");
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
