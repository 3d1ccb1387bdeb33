//! Proof by the rows: what was seen to be wrong is told although the training went
//! well, where with the change the same validation rows cost clearly less.

use crate::diagnosis::is_before;
use crate::finding::{regularization_too_strong, training_too_short, underfitting};
use crate::rule::{say, short};
use crate::trial::{Trial, can_be_tried, changed};
use ikhim_run::{Finding, Severity};
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// Standard errors of the mean difference of rows, of two seeds together.
const CLEAR: f64 = 3.0;

/// What the change may leave of the loss at the most, where the graph or the rows show a fault, …
const LEAVES_OF_FAULT: f64 = 0.95;

/// … where a sign of one was seen in the training, …
const LEAVES: f64 = 0.9;

/// … and where it is a suspicion, or a penalty, which is no fault by itself.
const LEAVES_OF_SUSPICION: f64 = 0.75;

/// The confidence of a sign that was seen.
const SEEN: f64 = 0.5;

/// From so many standard errors on more seeds may make it clear.
const NEARLY: f64 = 1.5;

/// Rows that a difference is told from.
const ROWS: usize = 30;

/// The confidence of what is proven so.
const PROVEN: f64 = 0.85;

/// The same of what stands behind every cause.
const FOLLOWS: f64 = 0.7;

/// Seeds by which rows are compared, …
const SEEDS: usize = 2;

/// … and those that must agree where rows alone do not make it clear, as a few that
/// are surely wrong outweigh all others: five of five are better by chance one time
/// in 32.
const MORE_SEEDS: usize = 5;

/// A training over some seeds.
struct Trials(Vec<Trial>);

impl Trials {
    /// Trains the seeds from one on that are not there yet.
    fn upto(&mut self, count: usize, prepared: &Prepared, seed: u64) -> Option<()> {
        for at in self.0.len()..count {
            self.0.push(Trial::of(prepared, seed.wrapping_add(at as u64)).ok()?);
        }
        Some(())
    }

    /// The mean loss of a row of all of them.
    fn mean(&self) -> f64 {
        let all = || self.0.iter().flat_map(|trial| &trial.losses);
        all().sum::<f64>() / all().count().max(1) as f64
    }

    /// Whether these cost less than others on every seed.
    fn all_cost_less(&self, others: &Trials) -> bool {
        let sum = |trial: &Trial| trial.losses.iter().sum::<f64>();
        self.0.iter().zip(&others.0).all(|(own, other)| sum(own) < sum(other))
    }

    /// By how many standard errors the rows of these cost less than those of others;
    /// 0 unless they do on every seed.
    fn ahead_of(&self, others: &Trials) -> f64 {
        let rows = self.0.first().map_or(0, |trial| trial.losses.len());
        let same = |trial: &Trial| trial.losses.len() == rows;
        let fit = self.0.iter().chain(&others.0).all(same);
        if rows < ROWS || !fit || !self.all_cost_less(others) {
            return 0.0;
        }
        let pairs = || self.0.iter().zip(&others.0);
        let of_row = |row: usize| {
            let less = pairs().map(|(own, other)| other.losses[row] - own.losses[row]);
            less.sum::<f64>() / self.0.len() as f64
        };
        let differences: Vec<f64> = (0..rows).map(of_row).collect();
        let mean = differences.iter().sum::<f64>() / rows as f64;
        let squares: f64 = differences.iter().map(|it| (it - mean).powi(2)).sum();
        let error = (squares / (rows - 1) as f64 / rows as f64).sqrt();
        if error > 0.0 { mean / error } else { 0.0 }
    }
}

/// Whether a finding waits for such a proof: its sign was seen, and only its harm is
/// not known. Where neighbors or a simple rule know more, something is wrong, and
/// what is only suspected may be it.
fn is_shown(finding: &Finding, is_behind: bool) -> bool {
    let seen = finding.confidence >= SEEN && !is_on_its_way(finding);
    let capacity = finding.id == underfitting::RULE.id;
    finding.severity == Severity::Information && (seen || capacity || is_behind)
}

/// A long training whose loss still falls: more steps help nearly all of them.
fn is_on_its_way(finding: &Finding) -> bool {
    finding.id == training_too_short::RULE.id && !is_before(finding)
}

/// Trains each treatment of what is shown over two seeds, and makes a warning of it
/// where the validation rows cost clearly less than without. Train rows prove nothing:
/// without a penalty they always cost less.
pub(crate) fn prove(
    prepared: &Prepared,
    base: &Path,
    seed: u64,
    is_behind: bool,
    findings: &mut [Finding],
) {
    if prepared.data.validation().len() < ROWS {
        return;
    }
    let mut without = Trials(Vec::new());
    for finding in findings.iter_mut().filter(|finding| is_shown(finding, is_behind)) {
        // A change that cannot be made is no proof either way.
        let _ = prove_one(prepared, base, seed, finding, &mut without);
    }
}

fn prove_one(
    prepared: &Prepared,
    base: &Path,
    seed: u64,
    finding: &mut Finding,
    without: &mut Trials,
) -> Option<()> {
    let can = |which: &usize| can_be_tried(&finding.treatments[*which].set);
    let mut best: Option<(usize, Prepared, Trials)> = None;
    for which in (0..finding.treatments.len().min(2)).filter(can) {
        let Ok(changed) = changed(prepared, base, &finding.treatments[which].set) else {
            continue;
        };
        let mut with = Trials(Vec::new());
        let is_less =
            |with: &Trials| best.as_ref().is_none_or(|(.., known)| with.mean() < known.mean());
        if with.upto(SEEDS, &changed, seed).is_some() && is_less(&with) {
            best = Some((which, changed, with));
        }
    }
    let (which, changed, mut with) = best?;
    without.upto(SEEDS, prepared, seed)?;
    let mut beside = Trials(without.0[..SEEDS].to_vec());
    let clear = with.ahead_of(&beside);
    let leaves = match finding.id.as_str() {
        _ if finding.confidence < SEEN => LEAVES_OF_SUSPICION,
        id if id == regularization_too_strong::RULE.id => LEAVES_OF_SUSPICION,
        _ if is_before(finding) => LEAVES_OF_FAULT,
        _ => LEAVES,
    };
    let is_less = |with: &Trials, beside: &Trials| with.mean() <= leaves * beside.mean();
    let mut proven = clear >= CLEAR && is_less(&with, &beside);
    if !proven && clear >= NEARLY && is_less(&with, &beside) {
        with.upto(MORE_SEEDS, &changed, seed)?;
        without.upto(MORE_SEEDS, prepared, seed)?;
        beside = Trials(without.0.clone());
        proven = with.all_cost_less(&beside) && is_less(&with, &beside);
    }
    let words = say!(
        "tried over {seeds} seeds: a validation row costs {with} with the change and {without} without, {errors} standard errors apart",
        "시드 {seeds}개로 시험해 보니 검증 행 하나의 손실이 바꾸면 {with}, 바꾸지 않으면 {without}이고, 그 차이는 표준 오차의 {errors}배입니다",
        seeds = with.0.len(),
        with = short(with.mean()),
        without = short(beside.mean()),
        errors = short(with.ahead_of(&beside))
    );
    if !proven {
        finding.counter_evidence.push(words);
        return Some(());
    }
    finding.treatments[..=which].rotate_right(1);
    finding.severity = Severity::Warning;
    let confidence = match finding.id == underfitting::RULE.id || finding.confidence < SEEN {
        true => FOLLOWS,
        false => PROVEN,
    };
    finding.confidence = finding.confidence.max(confidence);
    finding.evidence.push(words);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Score;

    fn pair(first: &[f64], second: &[f64]) -> Trials {
        let of = |losses: &[f64]| Trial {
            train: Score::default(),
            judged: Score::default(),
            metric: 0.0,
            losses: losses.to_vec(),
        };
        Trials(vec![of(first), of(second)])
    }

    #[test]
    fn validation_rows_prove_and_train_rows_do_not() {
        let tried = |split: &str| {
            let prepared = crate::fixture::prepared(&format!(
                "[data]\ndataset = 'iris'\n[split]\n{split}\n[model]\nhidden = [8]\n\
                 [training]\nepochs = 60\nlearning_rate = 0.03\nl2 = 1.0\n"
            ));
            let mut finding =
                Finding::new(regularization_too_strong::RULE.id, Severity::Information, "");
            finding.confidence = 0.85;
            finding.treatments = vec![ikhim_run::Treatment {
                text: "no penalty".into(),
                set: vec!["training.l2=0.0".to_string()],
            }];
            let mut findings = [finding];
            prove(&prepared, Path::new("."), 3, false, &mut findings);
            (findings[0].severity, findings[0].evidence.len())
        };
        assert_eq!(tried("validation = 0.4\ntest = 0.0"), (Severity::Warning, 1));
        assert_eq!(tried("method = 'none'"), (Severity::Information, 0));
    }

    #[test]
    fn rows_that_cost_less_on_both_seeds_are_ahead_by_their_standard_error() {
        // Differences of 1 and 3 in turn: mean 2, deviation 1 with n - 1 below, so the
        // standard error of 40 rows is √(40/39)/√40 = 1/√39.
        let others: Vec<f64> = (0..40).map(|row| if row % 2 == 0 { 4.0 } else { 6.0 }).collect();
        let own = vec![3.0; 40];
        let ahead = pair(&own, &own).ahead_of(&pair(&others, &others));
        assert!((ahead - 2.0 * 39.0_f64.sqrt()).abs() < 1e-9, "{ahead}");
        // Where one seed loses there is nothing to tell, and neither of few rows.
        assert_eq!(pair(&own, &vec![9.0; 40]).ahead_of(&pair(&others, &others)), 0.0);
        assert_eq!(pair(&own[..9], &own[..9]).ahead_of(&pair(&others[..9], &others[..9])), 0.0);
        let broken = vec![f64::NAN; 40];
        assert_eq!(pair(&broken, &own).ahead_of(&pair(&others, &others)), 0.0);
    }
}
