//! The findings of the loop itself: numbers that are not finite. Everything
//! else is the business of observers.

use ikhim_run::{Finding, Severity, Treatment, Wording};
use ikhim_text::number::{number, rounded};
use ikhim_text::sentence;

/// A rate that most networks can learn with: the default one.
const USUAL_RATE: f64 = 1e-3;

/// The loss of a step was not a finite number.
pub(crate) fn loss_not_finite(step: u64, loss: f64, rate: f64) -> Finding {
    let words = [("step", (step + 1).to_string()), ("loss", number(loss))];
    finding("loss-not-finite", step, Wording::of(sentence::FINDING_LOSS, &words), rate)
}

/// A parameter is not a finite number any more.
pub(crate) fn weights_not_finite(step: u64, rate: f64) -> Finding {
    let words = [("step", step.to_string())];
    finding("weights-not-finite", step, Wording::of(sentence::FINDING_WEIGHTS, &words), rate)
}

fn finding(id: &str, step: u64, evidence: Wording, rate: f64) -> Finding {
    let lower = rounded(lower_rate(rate), 1);
    Finding {
        steps: (step, step + 1),
        evidence: vec![evidence, Wording::of(sentence::FINDING_RATE, &[("rate", number(rate))])],
        treatments: vec![
            Treatment {
                text: Wording::of(sentence::TREATMENT_RATE, &[("rate", lower.clone())]),
                set: vec![format!("training.learning_rate={lower}")],
            },
            Treatment {
                text: Wording::of(sentence::TREATMENT_CLIP, &[]),
                set: vec!["training.clip_norm=1.0".to_string()],
            },
        ],
        ..Finding::new(id, Severity::Error, "training")
    }
}

/// A tenth of a rate; of a rate that is beyond all measure, the usual one.
fn lower_rate(rate: f64) -> f64 {
    if rate.abs() > 1.0 || rate == 0.0 { USUAL_RATE } else { rate.abs() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_text::Language;

    #[test]
    fn the_treatment_is_a_rate_that_one_can_learn_with() {
        for (rate, lower) in [(1e30, "0.001"), (1.5, "0.001"), (0.3, "0.03"), (1e-5, "1e-6")] {
            let finding = loss_not_finite(7, f64::NAN, rate);
            let expected = format!("training.learning_rate={lower}");
            assert_eq!(finding.treatments[0].set, [expected]);
        }
    }

    #[test]
    fn a_finding_speaks_both_languages() {
        let finding = loss_not_finite(7, f64::INFINITY, 1e30);
        assert_eq!(finding.evidence[0].text(Language::English), "the loss of step 8 is inf");
        assert_eq!(finding.evidence[0].text(Language::Korean), "8번째 스텝의 손실이 inf입니다");
        assert_eq!(finding.evidence[1].to_string(), "the learning rate was 1e30");
    }
}
