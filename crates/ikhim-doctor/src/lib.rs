//! The doctor: what is wrong with a training, where, by which numbers, and what
//! to do.
//!
//! A [`Rule`] reads a [`Chart`]: what is known of a training before, while and
//! after it runs. Each rule has a file of its own with its words in English and
//! Korean, where its numbers come from, and three experiments: one that must
//! fire it, its healthy twin, and one that comes near. Nothing here sees a
//! metric of the sealed test part.

mod anatomy;
mod by_rows;
mod chance;
mod chart;
mod course;
mod cure;
mod curvature;
mod diagnosis;
mod evaluate;
mod facts;
mod finding;
mod kept;
mod live;
mod look;
mod loose;
mod neighbors;
mod origin;
mod parts;
mod repair;
mod rule;
mod text;
mod through_time;
mod treatment;
mod trial;
mod watch;

#[cfg(test)]
mod fixture;

pub use chance::Chance;
pub use chart::Chart;
pub use course::{Course, Ending, Epoch, Score, Span};
pub use cure::{Cure, cure};
pub use diagnosis::diagnose;
pub use evaluate::{Evaluation, Expectation, Plan, Progress, Rate, Trained, evaluate, watched};
pub use live::Live;
pub use look::{LayerLook, Look, ParameterLook};
pub use origin::name_origin;
pub use repair::Repaired;
pub use rule::{Moment, Rule};
pub use through_time::StepSlopes;
pub use treatment::{Arm, Proof, check_seeds, treat};
pub use trial::{Trial, changed};
pub use watch::{Record, Watch};

use ikhim_run::{Finding, Severity};

/// The file of a run folder that holds its [`Course`].
pub const COURSE: &str = "course.json";

/// All rules, causes before what follows from them.
pub fn rules() -> &'static [&'static Rule] {
    finding::ALL
}

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    finding::ALL.iter().copied().find(|rule| rule.id == id)
}

/// What the rules find, the gravest first, among equals the surest, then causes
/// before what follows from them.
pub fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        finding::ALL.iter().flat_map(|rule| (rule.examine)(chart)).collect();
    findings
        .sort_by(|a, b| b.severity.cmp(&a.severity).then(b.confidence.total_cmp(&a.confidence)));
    findings
}

/// The findings as they are told of a run: what is only worth knowing stands
/// once at the most, and not beside something grave.
pub fn told(findings: Vec<Finding>) -> Vec<Finding> {
    let grave = findings.iter().any(|finding| finding.severity > Severity::Information);
    let mut hints = 0;
    let mut findings = findings;
    findings.retain(|finding| {
        if finding.severity > Severity::Information {
            return true;
        }
        hints += 1;
        hints <= 1 && !grave
    });
    findings
}
