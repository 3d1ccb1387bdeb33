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
    numbers: "A column whose deviation on validation is twice or half that on train, or whose middle lies a whole deviation away, by two measures each (all rows and the middle half, mean and median), of 20 rows or more in each part: beyond four standard errors of parts that were drawn from the same rows. Parts in time and by groups are meant to differ and are left out. Nothing is said where half of the rows of validation are of other classes than those of train: their inputs are others.",
    examine,
    red: "[data]\ndataset = 'wine'\n[fault]\nfeature_scale = 0.01\n",
    green: "[data]\ndataset = 'wine'\n",
    near: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'min_max' }\n[fault]\nfeature_scale = 0.9\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    if has_other_classes(chart) {
        return Vec::new();
    }
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

/// Half of the rows of a part may be of other classes than those of train before
/// its inputs are another population, which no scaling explains.
const OTHER: f64 = 0.5;

/// Whether validation holds other classes than train, by the distance of their
/// shares in total variation.
fn has_other_classes(chart: &Chart<'_>) -> bool {
    let report = &chart.prepared.report;
    let of = |part: &ikhim_data::PartReport| -> Vec<f64> {
        let rows = part.classes.iter().map(|class| class.rows).sum::<usize>().max(1) as f64;
        part.classes.iter().map(|class| class.rows as f64 / rows).collect()
    };
    let (train, validation) = (of(&report.train), of(&report.validation));
    let apart = train.iter().zip(&validation).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
    train.len() == validation.len() && apart > OTHER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_part_of_one_class_is_not_scaled_differently() {
        // Two classes at 0 and at 50; validation has those at 50.
        let row = |at: usize| {
            let (is_b, part) = (at.is_multiple_of(2), if at.is_multiple_of(8) { "validation" } else { "train" });
            let x = if is_b { 50.0 + (at % 7) as f64 } else { (at % 5) as f64 };
            format!("[{x}, '{}', '{part}']", if is_b { "b" } else { "a" })
        };
        let of = |held: &dyn Fn(usize) -> String| {
            let rows: Vec<String> = (0..240).map(held).collect();
            let prepared = fixture::prepared(&format!(
                "[data]\nheader = ['x', 'y', 'part']\nrows = [{}]\ntarget = 'y'\n\
                 task = 'classification'\n[split]\nmethod = 'column'\ncolumn = 'part'\n",
                rows.join(", ")
            ));
            let chart = Chart::before(&prepared, 3).unwrap();
            (chart.parts.features.iter().any(|it| it.is_apart()), examine(&chart).is_empty())
        };
        assert_eq!(of(&row), (true, true));
        // Both classes in both parts, but validation in other units.
        let other = |at: usize| {
            let part = if at % 8 < 2 { "validation" } else { "train" };
            let x = if at.is_multiple_of(2) { 50 + at % 7 } else { at % 5 } as f64;
            let x = if part == "validation" { x * 30.0 } else { x };
            format!("[{x}, '{}', '{part}']", if at.is_multiple_of(2) { "b" } else { "a" })
        };
        assert_eq!(of(&other), (true, false));
    }
}
