//! Cross-validation: a run for each fold, then one number with its spread.

use super::{Arguments, Company, Ended, Session, document, summary, typed};
use crate::command::Answer;
use crate::document::Document;
use crate::exit::Exit;
use crate::experiment_source::ExperimentSource;
use crate::score;
use ikhim_data::statistics::{maximum, mean, minimum, standard_deviation};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::{Prepared, dataset};

impl Session<'_> {
    /// Trains one run for each fold of each cut. The sealed rows are those of a
    /// training without folds, and stay sealed.
    pub(super) fn folds(&self, source: &ExperimentSource, arguments: &Arguments) -> Result<Answer> {
        for (flag, given) in [
            ("--seeds", arguments.seeds.is_some()),
            ("--out", arguments.out.is_some()),
            ("--from", arguments.from.is_some()),
        ] {
            if given {
                return Err(Fault::of("usage.no_effect")
                    .with("flag", flag)
                    .with("with", "split.folds"));
            }
        }
        let split = &source.experiment.split;
        let count = split.folds().unwrap_or(1) * split.repeats();
        // The rows are read once; each fold parts them anew.
        let dataset = dataset(&source.experiment, &source.base)
            .map_err(|fault| source.experiment.place(fault))?;
        let prepared: Vec<Prepared> = (1..=count)
            .map(|fold| {
                let experiment = source.experiment.with(&[format!("split.fold={fold}")])?;
                Prepared::of_dataset(&experiment, dataset.clone(), self.project.ledger())
            })
            .collect::<Result<_>>()?;
        let Some(first) = prepared.first() else { return Err(Fault::of("train.no_metric")) };
        first.step()?;
        first.keep_assignment()?;
        summary::before(first, self.console)?;
        let seed = source.experiment.seed;
        let ended = self.many(&prepared, &first.experiment.name, |prepared, folder| {
            let path = folder.path().to_path_buf();
            let run = self.launch(folder, prepared, source, None, seed, Company::Others)?;
            Ok(Ended { path, run })
        })?;
        self.over_folds(&ended, &prepared)
    }

    fn over_folds(&self, ended: &[Ended], prepared: &[Prepared]) -> Result<Answer> {
        let metric = ended.first().and_then(|ended| ended.run.validation.first());
        let metric = metric.map_or("", |(metric, _)| metric.name());
        let value = |ended: &Ended| ended.run.validation.first().map_or(f64::NAN, |(_, v)| v);
        let values: Vec<f64> = ended.iter().map(value).collect();
        let part = self.console.word(sentence::ROLE_VALIDATION);
        let mut table = Table::new([
            (self.console.word(sentence::COLUMN_FOLD), Side::Right),
            (self.console.word(sentence::COLUMN_RUN), Side::Left),
            (self.console.word(sentence::COLUMN_ROWS), Side::Right),
            (self.console.word(sentence::COLUMN_BEST_EPOCH), Side::Right),
            (format!("{part} {metric}"), Side::Right),
        ]);
        for (fold, (Ended { path, run }, value)) in ended.iter().zip(&values).enumerate() {
            table.row([
                (fold + 1).to_string(),
                typed(path),
                run.validation.rows.to_string(),
                run.best_epoch.map_or(String::new(), |epoch| epoch.to_string()),
                number(*value),
            ]);
        }
        let table = table.render(self.console.columns(), self.console.glyphs());
        self.console.text(&format!("\n{table}"));
        let spread = [
            ("mean", mean(&values)),
            ("standard_deviation", standard_deviation(&values)),
            ("lowest", minimum(&values)),
            ("highest", maximum(&values)),
        ];
        self.console.line("");
        self.console.say(
            sentence::FOLDS_SPREAD,
            &[
                ("metric", metric.to_string()),
                ("folds", values.len().to_string()),
                ("mean", number(spread[0].1)),
                ("sd", number(spread[1].1)),
                ("low", number(spread[2].1)),
                ("high", number(spread[3].1)),
            ],
        );
        let baselines = over_baselines(ended);
        for (name, value) in &baselines {
            let name = score::baseline_name(name, self.console);
            self.console.line(format!("  {name} {}", number(*value)));
        }
        let runs: Vec<Document> = ended
            .iter()
            .zip(prepared)
            .map(|(ended, prepared)| document(Document::part(), ended, prepared))
            .collect::<Result<_>>()?;
        let document = Document::new("folds").with("metric", metric).with("folds", values.len());
        let document = spread
            .into_iter()
            .fold(document, |document, (name, value)| document.number(name, value));
        let baselines = baselines
            .into_iter()
            .fold(Document::part(), |document, (name, value)| document.number(name, value));
        let exits = ended.iter().map(|ended| self.exit(ended.run.status));
        let exit = exits.max_by_key(|exit| *exit as u8).unwrap_or(Exit::Done);
        Ok(Answer { document: document.with("baselines", baselines).with("runs", runs), exit })
    }
}

/// The mean of each simple rule over the folds.
fn over_baselines(ended: &[Ended]) -> Vec<(&'static str, f64)> {
    let Some(first) = ended.first() else { return Vec::new() };
    let of = |name: &str| {
        let values = ended.iter().filter_map(|ended| {
            let rules = &ended.run.baselines;
            let rule = rules.iter().find(|baseline| baseline.name == name)?;
            rule.judgement.first().map(|(_, value)| value)
        });
        mean(&values.collect::<Vec<_>>())
    };
    first.run.baselines.iter().map(|baseline| (baseline.name, of(baseline.name))).collect()
}
