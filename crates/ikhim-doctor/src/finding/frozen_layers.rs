use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "frozen-layers",
    moment: Moment::Before,
    sentence: sentence(
        "layers are frozen: they stay as they were drawn and learn nothing",
        "층이 고정되어 있습니다. 처음 뽑은 그대로 남아 아무것도 배우지 않습니다",
    ),
    lesson: sentence(
        "Freezing a layer keeps what it has learned elsewhere. A layer that begins by chance has learned nothing that is worth keeping.",
        "층을 고정하면 다른 곳에서 배운 것을 지킵니다. 무작위로 시작한 층에는 지킬 만한 것이 없습니다.",
    ),
    course: "",
    numbers: "All kernels frozen; or some of them in a training that has not learned half of its train rows. A network that learns with some layers frozen was given their weights, or does not need them.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu', trainable = false }, { type = 'dense', units = 3, trainable = false }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 64, activation = 'relu', trainable = false }, { type = 'dense', units = 3 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let frozen: Vec<&str> = chart
        .anatomy
        .kernels()
        .filter(|(_, kernel)| !kernel.learns)
        .map(|(layer, _)| layer.path.as_str())
        .collect();
    let all = frozen.len() == chart.anatomy.kernels().count();
    let badly = chart.went_badly();
    let Some(first) = frozen.first().filter(|_| all || badly) else { return Vec::new() };
    let (severity, confidence) =
        if all { (Severity::Error, 1.0) } else { (Severity::Warning, 0.75) };
    let mut finding = RULE.finding(severity, confidence, *first);
    finding.evidence = vec![say!(
        "trainable = false in {layers}",
        "{layers}에 trainable = false가 있습니다",
        layers = frozen.join(", ")
    )];
    finding.treatments = vec![treatment(
        say!("let them learn", "배우게 하세요"),
        frozen.iter().filter_map(|path| chart.layer_key(path, "trainable", "true")),
    )];
    vec![finding]
}
