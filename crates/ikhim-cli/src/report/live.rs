//! What the doctor says while a training goes on.

use crate::console::Console;
use ikhim_doctor::{Course, Live, Record};
use ikhim_run::{Finding, Severity};
use ikhim_text::sentence::{self, Sentence};
use ikhim_train::{Flow, Observer, Start, StepReport};
use indicatif::ProgressBar;
use std::sync::mpsc::{Receiver, Sender, channel};

const LINE: Sentence = Sentence {
    english: "step {step}: {severity}: {id} ({place}): {sentence}",
    korean: "스텝 {step}: {severity}: {id} ({place}): {sentence}",
};

/// Parts of a training, at the end of each of which but the last the doctor is
/// asked.
const PARTS: u64 = 4;

/// Looks without which there is nothing to say.
const FEWEST: usize = 3;

/// An observer that hands on the course so far, four times in a training, and
/// where it is handed to.
pub(crate) fn observer(record: Record) -> (impl Observer + Send + 'static, Receiver<Course>) {
    let (sender, receiver) = channel();
    (Quarters { record, sender, steps: 0 }, receiver)
}

struct Quarters {
    record: Record,
    sender: Sender<Course>,
    steps: u64,
}

impl Observer for Quarters {
    fn on_start(&mut self, start: &Start) {
        self.steps = start.steps;
    }

    fn on_step(&mut self, step: &StepReport) -> Flow {
        let part = |step: u64| step * PARTS / self.steps.max(1);
        let ends = part(step.step) > part(step.step.saturating_sub(1));
        if ends && step.step < self.steps {
            let course = self.record.course();
            if course.looks.len() >= FEWEST {
                // Where nobody listens any more there is nobody to tell.
                let _ = self.sender.send(course);
            }
        }
        Flow::Continue
    }
}

/// Says what is new at each hearing, until the training is over.
pub(crate) fn listen(
    mut live: Live<'_>,
    receiver: &Receiver<Course>,
    bar: &ProgressBar,
    console: &Console,
) {
    let tell = |step: u64, findings: Vec<Finding>| {
        for finding in findings {
            let line = line(step, &finding, console);
            bar.suspend(|| console.warn(line));
        }
    };
    tell(0, live.before());
    for course in receiver {
        tell(course.steps, live.hear(&course));
    }
}

fn line(step: u64, finding: &Finding, console: &Console) -> String {
    let severity = match finding.severity {
        Severity::Error => sentence::SEVERITY_ERROR,
        _ => sentence::SEVERITY_WARNING,
    };
    console.sentence(
        LINE,
        &[
            ("step", step.to_string()),
            ("severity", console.word(severity)),
            ("id", finding.id.clone()),
            ("place", finding.place.clone()),
            ("sentence", finding.sentence.text(console.language).to_string()),
        ],
    )
}
