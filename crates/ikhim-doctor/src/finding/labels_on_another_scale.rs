use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity, Treatment, Wording};

pub(crate) const RULE: Rule = Rule {
    id: "labels-on-another-scale",
    moment: Moment::After,
    sentence: sentence(
        "the predictions rise and fall with the truth but are off by a scale or an offset: the network learned other units than it is judged in",
        "예측이 참값과 함께 오르내리지만 배율이나 값이 어긋나 있습니다. 배운 단위와 평가하는 단위가 다릅니다",
    ),
    lesson: sentence(
        "Errors are measured in units. When train labels stand in thousands and the others do not, the network is right in its own units and wrong in those that count.",
        "오차는 단위로 잽니다. 훈련 레이블만 천 단위라면 신경망은 자기 단위에서는 맞고 평가하는 단위에서는 틀립니다.",
    ),
    course: "12-5",
    numbers: "Predictions that explain at least half of the variance of the truth once moved and stretched, and at least 0.3 less as they are; least squares on the rows themselves leaves no such gap. Or, as the epoch that is best where it is judged is kept: at least half of the variance there, and a share of the loss on what was taught that is at least 0.3 less. The loss on what was taught must have come down to 0.3 of its start, or the training is on its way. Without any network: targets of validation whose deviation is twice or half that of train, or whose middle lies a whole deviation away, by two measures each (beyond four standard errors of 20 rows); or neighbors that know half of the variance within each part and lose 0.3 of it across them but for a scale and an offset.",
    examine,
    red: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[model]\nhidden = [16]\n[training]\nepochs = 300\nlearning_rate = 0.01\n[fault]\nlabel_scale = 3.0\n",
    green: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[model]\nhidden = [16]\n[training]\nepochs = 100\nlearning_rate = 0.01\n",
    near: "[data]\nheader = ['x', 'y']\nrows = {parabola}\ntarget = 'y'\n[model]\nhidden = [16]\n[training]\nepochs = 100\nlearning_rate = 0.01\n[fault]\nlabel_scale = 1.1\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    if let Some(evidence) = told_by_rows(chart) {
        let mut finding = RULE.finding(Severity::Error, 0.97, "data.target");
        finding.evidence = vec![evidence];
        finding.treatments = back_to_units(chart);
        return vec![finding];
    }
    let Some(course) = chart.course.filter(|course| course.has_start()) else {
        return Vec::new();
    };
    let Some(ending) = course.ending.as_ref() else { return Vec::new() };
    let score = ending.validation.as_ref().unwrap_or(&ending.train);
    // A training on its way has the right direction before it has the size: the
    // loss on what it was taught shows that it has arrived in its own units.
    let (start, end) = (course.mean_loss(0.0, 0.02), course.final_loss());
    let arrived = end < 0.3 * start;
    let off = score.fit - score.gain >= 0.3;
    // The epoch that is kept is the one that is best where it is judged: there a
    // training on its way to other units passes by the right size.
    let taught = 1.0 - ending.train.loss / start;
    let passed = score.gain >= 0.5 && score.gain - taught >= 0.3;
    if chart.target.task != Task::Regression || score.fit < 0.5 || !arrived || !(off || passed) {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Warning, 0.9, "data.target");
    finding.evidence = vec![if off {
        say!(
            "moved and stretched, the predictions explain {fit} of the variance; as they are, {gain}",
            "옮기고 늘리면 예측이 분산의 {fit}를 설명하지만 그대로는 {gain}입니다",
            fit = percent(score.fit),
            gain = percent(score.gain)
        )
    } else {
        say!(
            "the epoch that was kept explains {gain} of the variance where it is judged, but its loss on what was taught is {kept}; it began at {start} and ended at {end}",
            "남긴 에포크는 평가하는 곳에서 분산의 {gain}를 설명하지만 가르친 것의 손실은 {kept}입니다. 손실은 {start}에서 시작해 {end}에서 끝났습니다",
            gain = percent(score.gain),
            kept = short(ending.train.loss),
            start = short(start),
            end = short(end)
        )
    }];
    finding.steps = course.whole();
    finding.treatments = back_to_units(chart);
    vec![finding]
}

fn back_to_units(chart: &Chart<'_>) -> Vec<Treatment> {
    let set: Vec<String> = match chart.prepared.experiment.fault.is_some() {
        true => vec!["fault.label_scale=1.0".into(), "fault.label_offset=0".into()],
        false => Vec::new(),
    };
    vec![treatment(
        say!(
            "bring train labels into the units of the others",
            "훈련 레이블을 다른 부분과 같은 단위로 맞추세요"
        ),
        set,
    )]
}

/// What the rows show without any network: targets of two scales, or neighbors of
/// the other part that are right but for a scale or an offset.
fn told_by_rows(chart: &Chart<'_>) -> Option<Wording> {
    if chart.target.task != Task::Regression {
        return None;
    }
    if let Some(apart) = chart.parts.targets.iter().find(|beside| beside.is_apart()) {
        return Some(say!(
            "the deviation of `{target}` on validation is {scale} times that on train, and the middles lie {shift} deviations apart",
            "검증에서 `{target}`의 표준편차는 훈련의 {scale}배이고 중심은 표준편차의 {shift}배만큼 떨어져 있습니다",
            target = apart.name,
            scale = short(apart.scale),
            shift = short(apart.shift)
        ));
    }
    let neighbors = chart.neighbors.as_ref()?;
    let (within, across) = (neighbors.validation?, neighbors.across?);
    let know = within.gain.min(neighbors.train.gain) >= 0.5;
    let off = know && across.fit >= 0.5 && across.fit - across.gain >= 0.3;
    off.then(|| {
        say!(
            "the nearest train rows explain {fit} of the variance of validation once moved and stretched, {gain} as they are",
            "가장 가까운 훈련 행은 옮기고 늘이면 검증 분산의 {fit}, 그대로는 {gain}를 설명합니다",
            fit = percent(across.fit),
            gain = percent(across.gain)
        )
    })
}
