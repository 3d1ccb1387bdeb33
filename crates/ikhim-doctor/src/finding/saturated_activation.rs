use crate::chart::Chart;
use crate::course::median;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "saturated-activation",
    moment: Moment::During,
    sentence: sentence(
        "most values of a sigmoid or tanh layer lie at its ends, where its slope is gone",
        "sigmoid나 tanh 층의 값 대부분이 기울기가 사라진 양 끝에 있습니다",
    ),
    lesson: sentence(
        "Far from 0 a sigmoid is flat: a change of the weights changes nothing, and no slope comes back. Large inputs, large weights or long steps push units there.",
        "0에서 먼 곳의 sigmoid는 평평합니다. 가중치를 바꿔도 달라지는 것이 없고 기울기도 돌아오지 않습니다. 큰 입력, 큰 가중치, 긴 스텝이 유닛을 그곳으로 밉니다.",
    ),
    course: "10-1",
    numbers: "More than half of the values (as SageMaker Debugger and DeepDiagnosis count) where the slope is under a hundredth of its largest, at half of the looks, in a model that has not learned half of its train rows, or clearly less than the nearest rows know.",
    examine,
    red: "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'none' }\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'sigmoid' }, { type = 'dense', units = 3 }]\n[training]\nepochs = 10\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'sigmoid' }, { type = 'dense', units = 3 }]\n[training]\nepochs = 60\nlearning_rate = 0.01\n",
    near: "[data]\ndataset = 'iris'\n[data.defaults]\nnumber = { scaling = 'none' }\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'tanh' }, { type = 'dense', units = 3 }]\n[training]\nepochs = 60\nlearning_rate = 0.01\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|_| chart.went_badly()) else { return Vec::new() };
    let hidden = chart.anatomy.hidden().map(|(layer, _)| {
        let looks = course.looks.iter().filter_map(|look| look.layer(&layer.path));
        (&layer.path, median(looks.map(|look| look.saturated)))
    });
    let found = hidden.filter(|(_, share)| *share > 0.5).max_by(|a, b| a.1.total_cmp(&b.1));
    let Some((path, share)) = found else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Warning, 0.7, path);
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "{share} of the values of `{layer}` have less than a hundredth of the slope",
        "`{layer}`의 값 {share}에서 기울기가 100분의 1도 되지 않습니다",
        share = percent(share),
        layer = path
    )];
    finding.treatments = vec![
        treatment(
            say!("scale the inputs", "입력의 크기를 조정하세요"),
            super::unscaled_inputs::scaling(chart),
        ),
    ];
    finding.treatments.extend(super::vanishing_gradient::steep(chart));
    vec![finding]
}
