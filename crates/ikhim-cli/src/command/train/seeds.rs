//! Several seeds of one experiment: one run on each thread, then their spread.

use super::{Company, Ended, Session, document};
use crate::command::Answer;
use crate::document::Document;
use crate::exit::Exit;
use crate::experiment_source::ExperimentSource;
use crate::run::KeptRun;
use ikhim_data::statistics::{maximum, median, minimum, standard_deviation};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_text::{Result, sentence};
use ikhim_train::Run;
use ikhim_train::experiment::Prepared;

impl Session<'_> {
    /// Trains the experiment with `count` seeds from its own on.
    pub(super) fn seeds(
        &self,
        prepared: &Prepared,
        source: &ExperimentSource,
        parent: Option<&KeptRun>,
        count: u32,
    ) -> Result<Answer> {
        let first = source.experiment.seed;
        let seeds: Vec<u64> = (first..first.saturating_add(u64::from(count))).collect();
        let ended = self.many(&seeds, &prepared.experiment.name, |&seed, folder| {
            let path = folder.path().to_path_buf();
            let run = self.launch(folder, prepared, source, parent, seed, Company::Others)?;
            self.tell_one(&run);
            Ok(Ended { path, run })
        })?;
        self.spread(&ended, prepared)
    }

    /// The progress of several runs on a terminal: a line for each that ended.
    fn tell_one(&self, run: &Run) {
        if let (true, Some((metric, value))) = (self.console.is_watched(), run.validation.first()) {
            self.console.warn(self.console.sentence(
                sentence::SEEDS_ENDED,
                &[
                    ("seed", run.seed.to_string()),
                    ("part", self.console.word(crate::score::role(run.role))),
                    ("metric", metric.name().to_string()),
                    ("value", number(value)),
                ],
            ));
        }
    }

    fn spread(&self, ended: &[Ended], prepared: &Prepared) -> Result<Answer> {
        let first = ended.first().and_then(|ended| ended.run.validation.first());
        let metric = first.map_or("", |(metric, _)| metric.name());
        let role = ended.first().map_or("validation", |ended| ended.run.role);
        let value = |ended: &Ended| ended.run.validation.first().map_or(f64::NAN, |(_, v)| v);
        let values: Vec<f64> = ended.iter().map(value).collect();
        self.table(ended, metric, role);
        let spread = [
            ("median", median(&values)),
            ("lowest", minimum(&values)),
            ("highest", maximum(&values)),
            ("standard_deviation", standard_deviation(&values)),
        ];
        self.console.line("");
        let words = spread.map(|(name, value)| (name, number(value)));
        self.console.say(
            sentence::SEEDS_SPREAD,
            &[
                ("metric", metric.to_string()),
                ("runs", ended.len().to_string()),
                ("median", words[0].1.clone()),
                ("low", words[1].1.clone()),
                ("high", words[2].1.clone()),
            ],
        );
        let runs: Vec<Document> = ended
            .iter()
            .map(|ended| document(Document::part(), ended, prepared))
            .collect::<Result<_>>()?;
        let document = Document::new("seeds").with("metric", metric).with("role", role);
        let document = spread
            .into_iter()
            .fold(document, |document, (name, value)| document.number(name, value));
        let exits = ended.iter().map(|ended| self.exit(ended.run.status));
        let exit = exits.max_by_key(|exit| *exit as u8).unwrap_or(Exit::Done);
        if let Some(stopped) = ended.iter().find(|ended| self.exit(ended.run.status) as u8 >= 130) {
            self.console.warn(super::resume_command(&stopped.path));
        }
        Ok(Answer { document: document.with("runs", runs), exit })
    }

    fn table(&self, ended: &[Ended], metric: &str, role: &str) {
        let part = self.console.word(crate::score::role(role));
        let mut table = Table::new([
            (self.console.word(sentence::COLUMN_RUN), Side::Left),
            (self.console.word(sentence::COLUMN_SEED), Side::Right),
            (self.console.word(sentence::COLUMN_EPOCHS), Side::Right),
            (self.console.word(sentence::COLUMN_BEST_EPOCH), Side::Right),
            (format!("{part} {metric}"), Side::Right),
        ]);
        for Ended { path, run } in ended {
            let value = run.validation.first().map_or(f64::NAN, |(_, value)| value);
            table.row([
                super::typed(path),
                run.seed.to_string(),
                run.epochs.to_string(),
                run.best_epoch.map_or(String::new(), |epoch| epoch.to_string()),
                number(value),
            ]);
        }
        let table = table.render(self.console.columns(), self.console.glyphs());
        self.console.text(&format!("\n{table}"));
    }
}
