//! `ikhim train --lr-find`: which learning rates make the loss fall.

use super::{Session, summary};
use crate::command::Answer;
use crate::document::Document;
use crate::experiment_source::ExperimentSource;
use ikhim_report::number;
use ikhim_report::terminal::{Line, curve};
use ikhim_text::{Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::range_test;

/// Lines of the plot.
const HEIGHT: usize = 10;
/// Columns of the plot, where there is room.
const WIDTH: usize = 80;

impl Session<'_> {
    pub(super) fn learning_rate(&self, source: &ExperimentSource) -> Result<Answer> {
        let ledger = self.project.ledger();
        let prepared = Prepared::in_project(&source.experiment, &source.base, ledger)?;
        prepared.step()?;
        summary::before(&prepared, self.console)?;
        let found = range_test(&prepared, source.experiment.seed, self.runtime.clone())?;
        let losses: Vec<f64> = found.points.iter().map(|(_, loss)| *loss).collect();
        let width = self.console.columns().min(WIDTH);
        let lines = [Line { name: "loss", values: &losses }];
        let plot = curve(&lines, width, HEIGHT, self.console.glyphs());
        self.console.text(&format!("\n{plot}"));
        let ends = [found.points.first(), found.points.last()];
        if let [Some((low, _)), Some((high, _))] = ends {
            let words = [("low", format!("{low:.0e}")), ("high", format!("{high:.1e}"))];
            self.console.say(sentence::LR_AXIS, &words);
        }
        match found.suggested {
            Some(rate) => {
                let rate = format!("{rate:.1e}");
                self.console.say(sentence::LR_SUGGESTED, &[("rate", rate)]);
            }
            None => self.console.say(
                sentence::LR_NONE,
                &[("rate", number(prepared.experiment.training.learning_rate()))],
            ),
        }
        let points: Vec<Document> = found
            .points
            .iter()
            .map(|(rate, loss)| {
                Document::part().number("learning_rate", *rate).number("loss", *loss)
            })
            .collect();
        let document = Document::new("lr_find")
            .number("learning_rate", prepared.experiment.training.learning_rate())
            .maybe("suggested", found.suggested)
            .with("points", points);
        Ok(Answer::done(document))
    }
}
