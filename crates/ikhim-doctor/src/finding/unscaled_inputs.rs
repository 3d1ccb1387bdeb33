use crate::chart::Chart;
use crate::facts::ColumnFacts;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// An initializer keeps values near 1 when inputs are: ten times that puts every
/// unit of tanh or sigmoid where its slope is gone.
const LARGE: f64 = 10.0;

pub(crate) const RULE: Rule = Rule {
    id: "unscaled-inputs",
    moment: Moment::Before,
    sentence: sentence(
        "the inputs are large numbers, and initial weights and usual rates are made for numbers near 1",
        "입력이 큰 수입니다. 처음 가중치와 흔히 쓰는 학습률은 1에 가까운 수를 위한 것입니다",
    ),
    lesson: sentence(
        "The slope by a weight is proportional to its input, so the rate that is right for an input of 1 is 10,000 times too high for one of 100. Scale columns by what the train rows say.",
        "가중치의 기울기는 입력에 비례합니다. 입력 1에 맞는 학습률은 입력 100에는 1만 배 큽니다. 열을 훈련 행의 통계로 조정하세요.",
    ),
    course: "07-2",
    numbers: "Root mean square above 10, where scaled columns have 1, pixels in 0..1 about 0.3 and the raw columns of iris 4. A run that has learned its train rows counts as counter-evidence.",
    examine,
    red: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'none' }\n",
    green: "[data]\ndataset = 'wine'\n",
    near: "[data]\ndataset = 'iris'\n[data.defaults]\nnumber = { scaling = 'none' }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let large = |column: &&ColumnFacts| column.rms() > LARGE;
    let columns: Vec<&ColumnFacts> = chart.columns.iter().filter(large).collect();
    let most = columns.iter().max_by(|a, b| a.rms().total_cmp(&b.rms()));
    let Some(most) = most else { return Vec::new() };
    let confidence = if most.rms() > 3.0 * LARGE { 0.85 } else { 0.6 };
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), confidence, &most.name);
    finding.evidence = vec![say!(
        "{count} of {all} columns are larger than 10 in the mean; `{column}` reaches from {low} to {high}",
        "열 {all}개 가운데 {count}개의 크기가 평균 10을 넘습니다. `{column}`은(는) {low}에서 {high}까지입니다",
        count = columns.len(),
        all = chart.columns.len(),
        column = most.name,
        low = short(most.low),
        high = short(most.high)
    )];
    finding.treatments = vec![treatment(
        say!("scale the columns", "열의 크기를 조정하세요"),
        scaling(chart),
    )];
    vec![finding]
}

/// The settings that scale every column of numbers.
pub(super) fn scaling(chart: &Chart<'_>) -> Vec<String> {
    let is_image = chart.prepared.data.train().encoded().inputs.iter().any(|input| {
        input.name == "features" && input.shape.len() > 1
    });
    let mut set = vec![if is_image {
        "data.defaults.image.scaling='min_max'".to_string()
    } else {
        "data.defaults.number.scaling='standard'".to_string()
    }];
    for (name, settings) in chart.prepared.experiment.data.columns() {
        let is_target = chart.prepared.experiment.data.targets().contains(&name);
        if !is_target && settings.word("scaling") == Some("none") {
            set.push(format!("data.columns.{}.scaling='standard'", quoted(name)));
        }
    }
    set
}

/// A key as TOML writes it.
pub(super) fn quoted(name: &str) -> String {
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare && !name.is_empty() { name.to_string() } else { format!("{name:?}") }
}
