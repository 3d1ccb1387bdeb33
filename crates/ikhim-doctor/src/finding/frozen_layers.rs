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
    numbers: "All kernels frozen; or some of them, none of which was given, in a training that has not learned nineteen twentieths of its train rows (the share from which a training counts as one that went well). A network that learns with some layers frozen was given their weights, or does not need them.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu', trainable = false }, { type = 'dense', units = 3, trainable = false }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 64, activation = 'relu', trainable = false }, { type = 'dense', units = 3 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let kernels = chart.anatomy.kernels().filter(|(_, kernel)| !kernel.learns);
    let products = kernels.map(|(layer, _)| layer.path.as_str());
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    // A table of vectors has no product, and stays as it is all the same.
    let tables = layers.iter().filter(|layer| {
        layer.kind == "embedding" && layer.settings.boolean("trainable") == Some(false)
    });
    let frozen: Vec<&str> = tables.map(|layer| layer.path.as_str()).chain(products).collect();
    let all = chart.anatomy.kernels().all(|(_, kernel)| !kernel.learns);
    let badly = chart.went_badly();
    let behind = chart.course.is_some_and(|course| course.ending.is_some() && !course.went_well());
    let drawn = || frozen.iter().all(|path| is_drawn(chart, path));
    let fires = all || badly || behind && drawn();
    let Some(first) = frozen.first().filter(|_| fires) else { return Vec::new() };
    let (severity, confidence) = match (all, badly) {
        (true, _) => (Severity::Error, 1.0),
        (false, true) => (Severity::Warning, 0.75),
        // Not all was learned, and it may be for other reasons.
        (false, false) => (Severity::Warning, 0.7),
    };
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

/// Whether a layer begins by chance: the file gives no kernel for it.
fn is_drawn(chart: &Chart<'_>, path: &str) -> bool {
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    let keys = ["kernel", "embeddings"];
    let is_given = |it: &&str| layers.iter().any(|l| l.path == path && l.settings.list(it).is_some());
    let given = keys.iter().any(is_given);
    !given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Course, Ending, Score};
    use crate::fixture;

    fn fires(text: &str, gain: f64) -> bool {
        let prepared = fixture::prepared(text);
        let train = Score { rows: 120, gain, majority: 0.4, ..Score::default() };
        let ending = Ending { status: "completed".to_string(), train, ..Ending::default() };
        let course = Course { steps: 100, ending: Some(ending), ..Course::default() };
        !examine(&Chart::before(&prepared, 3).unwrap().with(&course)).is_empty()
    }

    #[test]
    fn what_begins_by_chance_is_no_reason_to_be_frozen_while_rows_are_left() {
        assert!(fires(RULE.near, 0.9));
        assert!(!fires(RULE.near, 0.97));
        // Kernels that were given may be worth keeping.
        let given = "[data]\ngenerate = { type = 'moons', rows = 200, noise = 0.1 }\n[model]\n\
                     layers = [{ type = 'dense', units = 3, activation = 'relu', \
                     kernel = [[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]], trainable = false }, \
                     { type = 'dense', units = 1 }]\n";
        let drawn = given.replace("kernel = [[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]], ", "");
        assert!(!fires(given, 0.9));
        assert!(fires(&drawn, 0.9));
    }
}
