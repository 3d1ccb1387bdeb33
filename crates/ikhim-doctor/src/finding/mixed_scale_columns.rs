use super::unscaled_inputs::scaling;
use crate::chart::Chart;
use crate::facts::ColumnFacts;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// The condition of the cost grows with the square: 10,000 and more.
const APART: f64 = 100.0;

pub(crate) const RULE: Rule = Rule {
    id: "mixed-scale-columns",
    moment: Moment::Before,
    sentence: sentence(
        "columns of very different size stand side by side: no one rate suits them all",
        "크기가 아주 다른 열들이 함께 있어서 하나의 학습률이 모두에게 맞을 수 없습니다",
    ),
    lesson: sentence(
        "The curvature of the cost along a weight goes with the square of its column. A rate that the large column bears moves the weight of the small one hardly at all.",
        "가중치 방향의 비용 곡률은 열의 크기의 제곱에 비례합니다. 큰 열이 견디는 학습률로는 작은 열의 가중치가 거의 움직이지 않습니다.",
    ),
    course: "07-2",
    numbers: "Deviations 100 times apart, so curvatures 10,000 times; columns of 0 and 1 do not count, and the largest must be above 10: scaled columns never fire.",
    examine,
    red: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'none' }\n",
    green: "[data]\ndataset = 'wine'\n",
    near: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'robust' }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let varies = |column: &&ColumnFacts| column.deviation > 0.0 && !column.is_indicator;
    let columns = || chart.columns.iter().filter(varies);
    let by = |a: &&ColumnFacts, b: &&ColumnFacts| a.deviation.total_cmp(&b.deviation);
    let (Some(small), Some(large)) = (columns().min_by(by), columns().max_by(by)) else {
        return Vec::new();
    };
    let ratio = large.deviation / small.deviation;
    if ratio <= APART || large.rms() <= 10.0 {
        return Vec::new();
    }
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.8, &large.name);
    finding.evidence = vec![say!(
        "`{large}` varies by {a}, `{small}` by {b}: {ratio} times less",
        "`{large}`의 표준편차는 {a}, `{small}`은(는) {b}로 {ratio}배 차이가 납니다",
        large = large.name,
        a = short(large.deviation),
        small = small.name,
        b = short(small.deviation),
        ratio = short(ratio)
    )];
    finding.treatments = vec![treatment(
        say!("scale the columns", "열의 크기를 조정하세요"),
        scaling(chart),
    )];
    vec![finding]
}
