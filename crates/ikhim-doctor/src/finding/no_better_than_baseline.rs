use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "no-better-than-constant",
    moment: Moment::After,
    sentence: sentence(
        "the network is no better than always giving the same answer",
        "신경망이 언제나 같은 답을 하는 것보다 낫지 않습니다",
    ),
    lesson: sentence(
        "The most frequent class, or the mean, costs nothing. A network that does not beat it has learned nothing, whatever its accuracy looks like.",
        "가장 많은 클래스나 평균은 공짜입니다. 그보다 낫지 않은 신경망은 정확도가 어떻게 보이든 아무것도 배우지 못한 것입니다.",
    ),
    course: "05-2",
    numbers: "A gain over the best constant answer on the train rows of less than a twentieth, in a classification or a regression of 20 rows or more; in a text less than that of what a table of pairs of tokens knows; or, of classes, a gain of less than a tenth that is within three standard errors of none both on train and on validation. Where the five nearest rows know less than a tenth too, within each part and across them, and yet more than chance (three standard errors), it is worth knowing only: noise outweighs what there is to be learned. It is what follows from a cause: its confidence is low, so that every cause stands before it.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 8, activation = 'relu', bias_initializer = { type = 'constant', value = -20.0 } }, { type = 'dense', units = 3 }]\n[training]\nepochs = 5\n",
    green: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\nepochs = 40\n",
    near: "[data]\ndataset = 'breast_cancer'\n[training]\nepochs = 3\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    let Some(ending) = &course.ending else { return Vec::new() };
    let train = &ending.train;
    let few = chart.prepared.data.train().len() < 20 && train.gain > 0.0;
    // The standard error of a share of rows, by the share that a constant answer
    // gets wrong, is at most 1/√rows.
    let guessing = |score: &crate::Score| {
        score.gain < 0.1 && score.gain < 3.0 / (score.rows.max(1) as f64).sqrt()
    };
    let is_classes = !chart.target.classes.is_empty();
    let guesses = is_classes && guessing(train) && ending.validation.as_ref().is_some_and(guessing);
    if course.steps == 0 || few || !(train.gain < 0.05 || train.gain.is_nan() || guesses) {
        return Vec::new();
    }
    let constant = train.one_answer > 0.98 || course.looks.last().is_some_and(|look| {
        look.prediction.spread < 1e-3 * look.prediction.rms.max(1e-6)
    });
    // Where noise outweighs what there is, a small gain is all that can be had.
    let severity =
        if chart.is_mostly_noise() { Severity::Information } else { Severity::Warning };
    let mut finding = RULE.finding(severity, 0.4, &chart.anatomy.output_layer);
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "of what a constant answer leaves on the train rows {gain} is cured",
        "훈련 행에서 상수 답이 남기는 오류 가운데 {gain}만 고쳐졌습니다",
        gain = percent(train.gain)
    )];
    if constant {
        finding.evidence.push(say!(
            "the prediction is the same for every row: it differs by {spread} between rows",
            "모든 행에 같은 예측을 합니다. 행 사이의 차이가 {spread}입니다",
            spread = short(course.looks.last().map_or(0.0, |look| look.prediction.spread))
        ));
    }
    finding.treatments = vec![
        treatment(say!("ten times the rate", "학습률을 10배로 하세요"), [chart.rate_times(10.0)]),
        treatment(say!("a tenth of the rate", "학습률을 10분의 1로 하세요"), [chart.rate_times(0.1)]),
    ];
    vec![finding]
}
