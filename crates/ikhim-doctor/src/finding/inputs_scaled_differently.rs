use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "inputs-scaled-differently",
    moment: Moment::Before,
    sentence: sentence(
        "train and validation rows of the same source have inputs of another size: they were not scaled alike",
        "같은 자료에서 나온 훈련 행과 검증 행의 입력 크기가 다릅니다. 같은 방법으로 조정되지 않았습니다",
    ),
    lesson: sentence(
        "A network knows numbers, not units. Pixels in 0..1 while it learns and in 0..255 when it is asked are two worlds. Fit the scaling once, on train rows, and apply it to all.",
        "신경망이 아는 것은 단위가 아니라 수입니다. 배울 때 0..1이던 픽셀이 물을 때 0..255이면 서로 다른 세상입니다. 조정은 훈련 행으로 한 번만 정하고 모든 행에 똑같이 적용하세요.",
    ),
    course: "07-2",
    numbers: "A column whose deviation on validation is twice or half that on train, or whose middle lies a whole deviation away, by two measures each (all rows and the middle half, mean and median), of 20 rows or more in each part: beyond four standard errors of parts that were drawn from the same rows. Parts in time and by groups are meant to differ and are left out.",
    examine,
    red: "[data]\ndataset = 'wine'\n[fault]\nfeature_scale = 0.01\n",
    green: "[data]\ndataset = 'wine'\n",
    near: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'min_max' }\n[fault]\nfeature_scale = 0.9\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let all = &chart.parts.features;
    let apart: Vec<_> = all.iter().filter(|beside| beside.is_apart()).collect();
    let far = |beside: &crate::parts::Beside| beside.scale.ln().abs().max(beside.shift);
    let Some(most) = apart.iter().max_by(|a, b| far(a).total_cmp(&far(b))) else {
        return Vec::new();
    };
    // Where most columns are apart, no single one is at fault.
    let place = if 2 * apart.len() > all.len() && all.len() > 1 { "data" } else { &most.name };
    let mut finding = RULE.finding(Severity::Error, 0.93, place);
    finding.evidence = vec![say!(
        "{count} of {all} columns: the deviation of `{column}` on validation is {scale} times that on train, and the middles lie {shift} deviations apart",
        "열 {all}개 가운데 {count}개: 검증에서 `{column}`의 표준편차는 훈련의 {scale}배이고 중심은 표준편차의 {shift}배만큼 떨어져 있습니다",
        count = apart.len(),
        all = all.len(),
        column = most.name,
        scale = short(most.scale),
        shift = short(most.shift)
    )];
    let set: Vec<String> = match chart.prepared.experiment.fault.is_some() {
        true => vec!["fault.feature_scale=1.0".into()],
        false => Vec::new(),
    };
    finding.treatments = vec![treatment(
        say!("scale all parts by what the train rows say", "모든 부분을 훈련 행의 통계로 조정하세요"),
        set,
    )];
    vec![finding]
}
