//! Whether the ledger of looks is what the runs saw of it.

use crate::project::Project;
use crate::run::KeptRun;
use ikhim_data::{LedgerHead, LedgerState};
use ikhim_run::{Finding, LedgerMemory, Severity, Treatment, Wording, folder, memory};
use ikhim_text::{Result, sentence};

/// So many runs are named.
const NAMED: usize = 5;

/// The ledger of a project beside what its runs saw.
pub(super) struct ProjectLedger {
    /// That of the first run that saw another ledger; else that of the chain itself.
    pub(super) state: LedgerState,
    pub(super) looks: usize,
    /// What is wrong with it, in sentences.
    pub(super) told: Vec<Wording>,
}

impl ProjectLedger {
    pub(super) fn look(project: &Project) -> Result<ProjectLedger> {
        let names = folder::list(&project.runs())?;
        // What is no run, or cannot be read, remembers nothing. The heads before the
        // ledger: a look that is taken meanwhile makes it longer.
        let saw = |name: String| -> Option<(String, Vec<LedgerHead>)> {
            let run = KeptRun::open(&project.runs().join(&name)).ok()?;
            Some((name, LedgerMemory::of(&run.folder).ok()?.heads().ok()?))
        };
        let saw: Vec<(String, Vec<LedgerHead>)> = names.into_iter().filter_map(saw).collect();
        let chain = project.ledger().read()?;
        let own = chain.state(None);
        let runs = saw.into_iter().map(|(name, heads)| (name, memory::state(&heads, &chain)));
        let other: Vec<(String, LedgerState)> = runs.filter(|(_, state)| *state != own).collect();
        let of_runs = other.iter().take(NAMED).filter_map(|(name, state)| told(state, Some(name)));
        let more = other.len().saturating_sub(NAMED);
        let more = (more > 0)
            .then(|| Wording::of(sentence::LEDGER_MORE_RUNS, &[("runs", more.to_string())]));
        Ok(ProjectLedger {
            looks: chain.number_of_looks(),
            told: told(&own, None).into_iter().chain(of_runs).chain(more).collect(),
            state: other.into_iter().next().map_or(own, |(_, state)| state),
        })
    }
}

/// What is wrong with a ledger, before it the run that knows.
pub(super) fn told(state: &LedgerState, run: Option<&str>) -> Option<Wording> {
    let notice = state.notice()?;
    Some(Wording::in_each(|language| match run {
        Some(run) => format!("{run}: {}", notice.text(language)),
        None => notice.text(language),
    }))
}

/// The finding of a ledger of which something is told.
pub(super) fn finding(told: Vec<Wording>) -> Option<Finding> {
    if told.is_empty() {
        return None;
    }
    let text = Wording::of(sentence::LEDGER_BRING_BACK, &[]);
    Some(Finding {
        evidence: told,
        treatments: vec![Treatment { text, set: Vec::new() }],
        ..Finding::new("ledger-altered", Severity::Warning, "ledger")
    })
}
