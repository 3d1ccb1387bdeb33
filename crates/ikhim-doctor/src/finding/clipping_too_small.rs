use crate::chart::Chart;
use crate::look::Look;
use crate::rule::{Moment, Rule, percent, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// A gradient that is cut to less than this share of itself …
const LEFT: f64 = 0.01;

/// … at more than this share of the looks.
const OFTEN: f64 = 0.5;

pub(crate) const RULE: Rule = Rule {
    id: "clipping-too-small",
    moment: Moment::During,
    sentence: sentence(
        "gradients are cut to next to nothing, so steps are far shorter than the rate says",
        "기울기를 거의 남지 않게 잘라서 스텝이 학습률보다 훨씬 짧습니다",
    ),
    lesson: sentence(
        "Clipping is for the rare step whose gradient is far too long. A border under the usual length makes every step as long as the border, times the rate.",
        "기울기 자르기는 어쩌다 너무 긴 기울기를 위한 것입니다. 경계가 보통 길이보다 작으면 모든 스텝이 경계에 학습률을 곱한 길이가 됩니다.",
    ),
    course: "07-1",
    numbers: "Less than a hundredth of the gradient left at more than half of the looks, under an optimizer whose step goes with the gradient (sgd), in a training that has not learned nine tenths of its train rows. Usual borders (0.25 to 10) leave more than a tenth of most gradients.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nclip_norm = 1e-5\nepochs = 20\n",
    green: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nepochs = 20\n",
    near: "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.1\nclip_norm = 0.5\nepochs = 20\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(cut) = cut(chart) else { return Vec::new() };
    let place = format!("training.{}", cut.key);
    let mut finding = RULE.finding(Severity::Warning, 0.94, place.clone());
    finding.steps = chart.course.map_or((0, 0), crate::Course::whole);
    finding.evidence = vec![say!(
        "the border is {border}, gradients are {length} in the middle: at {share} of the looks less than a hundredth is left",
        "경계는 {border}이고 기울기의 중앙값은 {length}입니다. 살펴본 때의 {share}에서 100분의 1도 남지 않습니다",
        border = short(cut.border),
        length = short(cut.length),
        share = percent(cut.share)
    )];
    finding.treatments = vec![
        treatment(say!("cut nothing", "자르지 마세요"), [format!("{place}='none'")]),
        treatment(say!("cut at 1", "1에서 자르세요"), [format!("{place}=1.0")]),
    ];
    vec![finding]
}

/// Gradients that are cut to next to nothing.
pub(super) struct Cut {
    key: &'static str,
    border: f64,
    /// The middle length before the cut.
    length: f64,
    /// The share of the looks at which next to nothing is left.
    share: f64,
}

/// Whether a border takes nearly all of most gradients: steps are short by it and
/// not by their rate.
pub(super) fn cut(chart: &Chart<'_>) -> Option<Cut> {
    let course = chart.course?;
    let training = &chart.prepared.experiment.training;
    let (key, border) = match (training.clip_norm(), training.clip_value()) {
        (Some(border), _) => ("clip_norm", border),
        (None, Some(border)) => ("clip_value", border),
        (None, None) => return None,
    };
    let proportional = training.optimizer().kind == "sgd";
    if !proportional || course.looks.len() < 3 || course.is_broken() || course.gain() >= 0.9 {
        return None;
    }
    let length = |look: &Look| {
        let squares: f64 = look.parameters.iter().map(|it| it.gradient.powi(2)).sum();
        let count: usize = look.parameters.iter().map(|it| it.count).sum();
        // A border of single values is compared with their root mean square.
        let count = if key == "clip_value" { count.max(1) as f64 } else { 1.0 };
        (squares / count).sqrt()
    };
    let lengths: Vec<f64> = course.looks.iter().map(length).collect();
    let cut = lengths.iter().filter(|length| border < LEFT * **length).count();
    let share = cut as f64 / lengths.len() as f64;
    let length = crate::course::median(lengths);
    (share > OFTEN).then_some(Cut { key, border, length, share })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evaluate, examine, fixture};

    #[test]
    fn a_rate_is_not_blamed_for_what_a_border_cuts() {
        let prepared = fixture::prepared(RULE.red);
        for seed in [1, 2, 3] {
            let course = evaluate::watched(&prepared, seed).unwrap();
            let chart = Chart::before(&prepared, seed).unwrap().with(&course);
            let ids: Vec<String> = examine(&chart).into_iter().map(|it| it.id).collect();
            assert!(ids.iter().any(|id| id == RULE.id), "{ids:?}");
            assert!(!ids.iter().any(|id| id == "learning-rate-too-low"), "{ids:?}");
        }
    }
}
