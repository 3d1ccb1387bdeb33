//! The findings of the loop itself: numbers that are not finite. Everything
//! else is the business of observers.

use ikhim_run::{Finding, Severity, Treatment};
use ikhim_text::number::{number, rounded};

/// The loss of a step was not a finite number.
pub(crate) fn loss_not_finite(step: u64, loss: f64, rate: f64) -> Finding {
    let evidence = format!("the loss of step {} is {}", step + 1, number(loss));
    finding("loss-not-finite", step, evidence, rate)
}

/// A parameter is not a finite number any more.
pub(crate) fn weights_not_finite(step: u64, rate: f64) -> Finding {
    let evidence = format!("after step {step} a parameter is not a finite number");
    finding("weights-not-finite", step, evidence, rate)
}

fn finding(id: &str, step: u64, evidence: String, rate: f64) -> Finding {
    // A tenth of an absurd rate would be absurd as well.
    let lower = if rate.abs() > 1.0 { 0.01_f64.copysign(rate) } else { rate / 10.0 };
    let lower = rounded(lower, 6);
    Finding {
        id: id.to_string(),
        severity: Severity::Error,
        confidence: 1.0,
        place: "training".to_string(),
        steps: (step, step + 1),
        evidence: vec![evidence, format!("the learning rate was {}", number(rate))],
        treatments: vec![
            Treatment {
                text: format!("lower the learning rate, e.g. to {lower}"),
                set: vec![format!("training.learning_rate={lower}")],
            },
            Treatment {
                text: "limit the size of the gradient".to_string(),
                set: vec!["training.clip_norm=1.0".to_string()],
            },
        ],
    }
}
