use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

/// Srivastava et al. (2014) use 0.5 for hidden layers and 0.2 for inputs.
const HIGH: f64 = 0.65;

/// Less than a fifth of the units is left: no usual network is trained so.
const EXTREME: f64 = 0.8;

pub(crate) const RULE: Rule = Rule {
    id: "dropout-too-high",
    moment: Moment::During,
    sentence: sentence(
        "dropout takes away so much that the rest cannot learn its own train rows",
        "드롭아웃이 너무 많이 빼서 남은 것으로는 훈련 행도 배우지 못합니다",
    ),
    lesson: sentence(
        "Dropout keeps a network from relying on single units. It pays where a network learns by heart; one that does not even learn its train rows needs less of it.",
        "드롭아웃은 유닛 하나하나에 기대지 못하게 합니다. 외우는 신경망에는 도움이 되지만 훈련 행도 못 배우는 신경망에는 줄여야 합니다.",
    ),
    course: "10-5",
    numbers: "A rate above 0.65 (Srivastava et al. 2014 use up to 0.5) in a model that has not learned half of its train rows with all units at work, or clearly less than the nearest rows know. Or one above 0.8, which leaves less than a fifth of the units, where 0.2 costs validation rows clearly less (three standard errors over two seeds).",
    examine,
    red: "[data]\ndataset = 'digits'\n[model]\nhidden = [8]\ndropout = 0.95\n[training]\nepochs = 5\n",
    green: "[data]\ndataset = 'digits'\n[model]\nhidden = [32]\ndropout = 0.2\n[training]\nepochs = 10\n",
    near: "[data]\ndataset = 'digits'\n[model]\nhidden = [128]\ndropout = 0.7\n[training]\nepochs = 20\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    let model = &chart.prepared.experiment.model;
    let layers = model.layers().unwrap_or_default().iter();
    let named = layers.flat_map(|layer| {
        // Recurrent layers have a dropout of their own.
        let keys: &[&str] = match layer.kind.ends_with("dropout") {
            true => &["rate"],
            false => &["dropout", "recurrent_dropout"],
        };
        keys.iter().filter_map(|key| {
            let path = format!("model.layers.{}.{key}", layer.path);
            Some((layer.path.clone(), path, layer.settings.number(key)?))
        })
    });
    let whole = model.choice().settings.number("dropout").map(|rate| {
        ("model.dropout".to_string(), "model.dropout".to_string(), rate)
    });
    let most = named.chain(whole).max_by(|a, b| a.2.total_cmp(&b.2));
    let Some((place, key, rate)) = most.filter(|(_, _, rate)| *rate > HIGH) else {
        return Vec::new();
    };
    let badly = chart.went_badly();
    if course.is_broken() || !badly && (rate <= EXTREME || course.went_well()) {
        return Vec::new();
    }
    let severity = if badly { Severity::Warning } else { Severity::Information };
    let mut finding = RULE.finding(severity, 0.8, place);
    // The file shows what is only worth knowing until the rows prove its harm.
    if badly {
        finding.steps = course.whole();
    }
    finding.evidence = vec![say!(
        "dropout takes {rate}, and {gain} of the train rows' errors are cured",
        "드롭아웃이 {rate}를 빼고, 훈련 행의 오류 가운데 {gain}만 고쳐졌습니다",
        rate = percent(rate),
        gain = percent(course.gain())
    )];
    finding.treatments =
        vec![treatment(say!("take less", "줄이세요"), [format!("{key}=0.2")])];
    vec![finding]
}
