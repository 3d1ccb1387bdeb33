//! What can be said of a training while it goes on.

use crate::chart::Chart;
use crate::course::{Course, Ending, Score};
use crate::rule::Moment;
use crate::{examine, rule};
use ikhim_run::{Finding, Severity};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::collections::BTreeSet;

/// A finding that is less sure than this waits for the end.
const SURE: f64 = 0.8;

/// Before so much of a training is done, only what cannot mend itself is told.
const HALF: f64 = 0.5;

/// Listens to a training and says each thing once.
pub struct Live<'a> {
    chart: Chart<'a>,
    told: BTreeSet<String>,
}

impl<'a> Live<'a> {
    /// Someone who listens to a training with a seed.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn new(prepared: &'a Prepared, seed: u64) -> Result<Live<'a>> {
        let mut chart = Chart::before(prepared, seed)?;
        // Neighbors count right answers, which nobody does while it runs.
        chart.neighbors = None;
        Ok(Live { chart, told: BTreeSet::new() })
    }

    /// What is wrong before the first step.
    pub fn before(&mut self) -> Vec<Finding> {
        let mut findings = examine(&self.chart);
        findings.retain(|finding| finding.severity == Severity::Error);
        self.new_ones(findings)
    }

    /// What the course so far says that was not said yet.
    pub fn hear(&mut self, course: &Course) -> Vec<Finding> {
        let loss = course.mean_loss(0.8, 1.0) / self.chart.rows_of_loss();
        // Nobody has counted right answers yet: the share of the loss of a
        // constant answer that is gone stands for them.
        let gain = 1.0 - loss / self.chart.baseline();
        let train = Score { loss, gain, fit: gain, ..Score::default() };
        let ending = Ending { status: "running".to_string(), train, ..Ending::default() };
        let so_far = Course { ending: Some(ending), ..course.clone() };
        let late = course.steps as f64 >= HALF * course.planned as f64;
        let mut findings = examine(&self.chart.clone().with(&so_far));
        findings.retain(|finding| {
            let during = rule(&finding.id).is_some_and(|rule| rule.moment == Moment::During);
            let grave = match finding.severity {
                Severity::Error => true,
                Severity::Warning => late,
                Severity::Information => false,
            };
            during && grave && finding.confidence >= SURE
        });
        self.new_ones(findings)
    }

    fn new_ones(&mut self, mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.retain(|finding| self.told.insert(finding.id.clone()));
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::watched;
    use crate::fixture::prepared;

    /// What is heard of a training of which so much is done.
    fn heard(text: &str, share: f64) -> Vec<String> {
        let prepared = prepared(text);
        let mut live = Live::new(&prepared, 7).unwrap();
        let mut course = watched(&prepared, 7).unwrap();
        course.ending = None;
        let step = (course.steps as f64 * share) as u64;
        course.steps = step;
        course.looks.retain(|look| look.step < step);
        course.spans.retain(|span| span.first + span.steps <= step);
        course.epochs.retain(|epoch| epoch.step <= step);
        let findings: Vec<Finding> = live.before().into_iter().chain(live.hear(&course)).collect();
        let again = live.hear(&course);
        assert_eq!(again, [], "{text}");
        findings.into_iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn what_is_grave_is_said_early_and_once() {
        let rule = |id: &str| crate::rule(id).unwrap();
        let high = rule("learning-rate-too-high");
        assert_eq!(heard(high.red, 0.5), ["learning-rate-too-high"]);
        assert_eq!(heard(rule("double-softmax").red, 0.3), ["double-softmax"]);
        assert!(heard(rule("dead-relu").red, 0.3).contains(&"dead-relu".to_string()));
    }

    #[test]
    fn a_healthy_training_is_left_in_peace_at_any_time() {
        for id in ["learning-rate-too-high", "vanishing-gradient", "dead-relu", "overfitting"] {
            for share in [0.25, 0.5, 0.75] {
                let text = crate::rule(id).unwrap().green;
                assert_eq!(heard(text, share), Vec::<String>::new(), "{id} at {share}");
            }
        }
    }
}
