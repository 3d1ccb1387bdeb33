use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "regularization-too-strong",
    moment: Moment::During,
    sentence: sentence(
        "the penalty on the weights outweighs what the rows teach",
        "가중치에 대한 벌점이 행이 가르치는 것보다 무겁습니다",
    ),
    lesson: sentence(
        "A penalty holds weights near 0 so that the network does not learn by heart. Too strong, it holds back the learning too: the answers stay close to what a constant gives.",
        "벌점은 가중치를 0 가까이 붙들어 외우지 못하게 합니다. 너무 강하면 배우는 것까지 막아서 답이 상수와 비슷해집니다.",
    ),
    course: "07-1",
    numbers: "At the end the network has not learned nine tenths of its train rows, and the penalty is still above a tenth of the loss, or the layers pass on less than half of what they did at the start; a penalty in its place costs a few hundredths of the loss. In a training that has learned more, or where decay alone would have brought a weight to e⁻¹ of itself, a tenth of the loss of a constant answer must be left, and validation rows must cost a quarter less without it, by three standard errors over two seeds or on five seeds of five.",
    examine,
    red: "[data]\ndataset = 'digits'\n[model]\nhidden = [32]\n[training]\nepochs = 10\nl2 = 1.0\n",
    green: "[data]\ndataset = 'digits'\n[model]\nhidden = [32]\n[training]\nepochs = 10\nl2 = 1e-4\n",
    near: "[data]\ndataset = 'digits'\n[model]\nhidden = [32]\n[training]\nepochs = 20\nl2 = 1e-3\n",
};

/// A loss of so much of what a constant answer costs is worth a trial.
const MUCH: f64 = 0.1;

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course.filter(|course| course.has_start()) else {
        return Vec::new();
    };
    let training = &chart.prepared.experiment.training;
    let (Some(last), Some(start)) = (course.looks.last(), course.looks.first()) else {
        return Vec::new();
    };
    let share = last.penalty / last.loss.max(1e-30);
    let norm = |look: &crate::look::Look| {
        let kernels = chart.anatomy.kernels();
        let squares = kernels.filter_map(|(_, kernel)| Some(look.parameter(&kernel.path)?.weight.powi(2)));
        squares.sum::<f64>().sqrt()
    };
    let shrunk = norm(last) / norm(start).max(1e-30);
    let decay = training.weight_decay() > 0.0 && shrunk < 0.3;
    let penalty = last.penalty > 0.0 && (share > 0.1 || shrunk < 0.5);
    let rates: f64 = course.looks.windows(2).map(|pair| {
        pair[0].learning_rate.abs() * (pair[1].step - pair[0].step) as f64
    }).sum();
    // A weight on which nothing else pulls would have come down to e⁻¹ of itself.
    let decayed = training.weight_decay() * rates > 1.0;
    let harms = course.gain() < 0.9 && (decay || penalty);
    let judged = course.ending.as_ref().map(|it| it.validation.unwrap_or(it.train).loss);
    let is_left = judged.is_some_and(|loss| loss > MUCH * chart.baseline());
    let may_harm = is_left && (decay || penalty || decayed);
    if course.is_broken() || !(harms || may_harm) {
        return Vec::new();
    }
    let confidence = if shrunk < 0.5 || !harms { 0.85 } else { 0.55 };
    let is_set = |key: &&str| training.settings().number(key).unwrap_or(0.0) > 0.0;
    let of_loss: Vec<&str> = ["l2", "l1"].into_iter().filter(is_set).collect();
    // Layers may have penalties of their own.
    let layers = chart.prepared.experiment.model.layers().unwrap_or_default();
    let own: Vec<&str> = layers
        .iter()
        .filter(|layer| layer.settings.table("kernel_regularizer").is_some())
        .map(|layer| layer.path.as_str())
        .collect();
    let mut set: Vec<String> = of_loss.iter().map(|key| format!("training.{key}=0.0")).collect();
    set.extend(own.iter().filter_map(|path| chart.layer_key(path, "kernel_regularizer", "'none'")));
    let mut place = match (of_loss.first(), own.first()) {
        (Some(key), _) => format!("training.{key}"),
        (None, Some(path)) => (*path).to_string(),
        (None, None) => String::new(),
    };
    // Decay is no part of the loss: it is at fault where nothing there is.
    if set.is_empty() || !penalty {
        place = "training.weight_decay".to_string();
        set = vec![format!("{place}=0.0")];
    }
    // In a training that has learned, or with nothing but a setting to show, the rows
    // must prove that it harms.
    let severity = if harms { Severity::Warning } else { Severity::Information };
    let mut finding = RULE.finding(severity, confidence, place);
    if harms {
        finding.steps = course.whole();
    }
    finding.evidence = vec![
        say!(
            "the penalty is {share} of the loss at the end",
            "끝에서 벌점이 손실의 {share}배입니다",
            share = short(share)
        ),
        say!(
            "the weights have shrunk to {shrunk} of what they were",
            "가중치가 처음의 {shrunk}배로 줄었습니다",
            shrunk = short(shrunk)
        ),
    ];
    finding.treatments = vec![treatment(
        say!("take the penalty away", "벌점을 빼세요"),
        set,
    )];
    vec![finding]
}
