//! `ikhim doctor RUN --treat`: treatments put to the proof, the better one kept.

use crate::console::Console;
use crate::document::Document;
use crate::project::{Project, relative};
use ikhim_cpu::Runtime;
use ikhim_doctor::{Arm, Proof, changed, treat};
use ikhim_report::number;
use ikhim_report::terminal::{Side, Table};
use ikhim_run::{Finding, RunFolder};
use ikhim_text::Result;
use ikhim_text::sentence::Sentence;
use ikhim_train::Launch;
use ikhim_train::experiment::Prepared;
use std::path::Path;

const NOTHING: Sentence = Sentence {
    english: "No treatment is significantly better than no change; nothing is kept.",
    korean: "아무것도 바꾸지 않는 것보다 뚜렷하게 나은 처방이 없어서 남기지 않습니다.",
};
const KEPT: Sentence = Sentence {
    english: "Kept: {set} (p = {p}), as the run {run}.",
    korean: "남김: {set} (p = {p}), 실행 {run}.",
};
const NO_CHANGE: Sentence = Sentence { english: "no change", korean: "그대로" };
const RANDOM: Sentence = Sentence { english: "by chance", korean: "무작위" };

/// Tries the treatments of findings over several seeds, on train and validation
/// rows only, and keeps the best as a run of its own when it is significantly
/// better than no change.
pub(super) fn run(
    prepared: &Prepared,
    base: &Path,
    findings: &[Finding],
    seeds: &[u64],
    project: &Project,
    runtime: &Runtime,
    console: &Console,
) -> Result<Document> {
    let proof = treat(prepared, base, findings, seeds)?;
    show(&proof, prepared, console);
    let kept = match proof.kept.and_then(|at| proof.treated.get(at)) {
        None => {
            console.say(NOTHING, &[]);
            None
        }
        Some((_, treatment, arm)) => {
            let treated = changed(prepared, base, &treatment.set)?.in_ledger(project.ledger());
            let name = format!("{}-treated", treated.experiment.name);
            let folder = RunFolder::next(&project.runs(), &name)?;
            let path = folder.path().to_path_buf();
            let launch = Launch::new(folder, project.ledger()).seed(seeds[0]);
            let _run = launch.runtime(runtime.clone()).run(&treated)?;
            let run = relative(&path).display().to_string();
            console.say(
                KEPT,
                &[("set", treatment.set.join(", ")), ("p", number(arm.p)), ("run", run.clone())],
            );
            Some(run)
        }
    };
    Ok(Document::part()
        .with("metric", &proof.metric)
        .with("seeds", &proof.seeds)
        .with("unchanged", document("", &proof.unchanged))
        .with(
            "treated",
            proof.treated.iter().map(|(id, _, arm)| document(id, arm)).collect::<Vec<_>>(),
        )
        .with("random", proof.random.iter().map(|arm| document("", arm)).collect::<Vec<_>>())
        .with("kept", proof.kept)
        .with("run", kept))
}

fn document(id: &str, arm: &Arm) -> Document {
    let finite = |value: &f64| value.is_finite().then_some(*value);
    let part = Document::part()
        .with("set", &arm.set)
        .with("values", arm.values.iter().map(finite).collect::<Vec<_>>())
        .number("p", arm.p);
    if id.is_empty() { part } else { part.with("finding", id) }
}

/// The changes as differences of the experiment, and what each seed gave.
fn show(proof: &Proof, prepared: &Prepared, console: &Console) {
    let before = prepared.experiment.resolved_toml();
    for (id, treatment, _) in &proof.treated {
        console.line(format!("\n{id}: {}", treatment.text.text(console.language)));
        let Ok(after) = prepared.experiment.with(&treatment.set) else { continue };
        difference(&before, &after.resolved_toml()).iter().for_each(|line| console.line(line));
    }
    let mut columns = vec![(String::new(), Side::Left)];
    columns.extend(proof.seeds.iter().map(|seed| (format!("seed {seed}"), Side::Right)));
    columns.push(("p".to_string(), Side::Right));
    let mut table = Table::new(columns);
    let mut row = |name: String, arm: &Arm| {
        let values = arm.values.iter().map(|value| number(*value));
        table.row([name].into_iter().chain(values).chain([number(arm.p)]));
    };
    row(format!("{} ({})", console.word(NO_CHANGE), proof.metric), &proof.unchanged);
    for (id, _, arm) in &proof.treated {
        row(id.clone(), arm);
    }
    for arm in &proof.random {
        row(format!("{}: {}", console.word(RANDOM), arm.set.join(", ")), arm);
    }
    console.line("");
    console.text(&table.render(console.columns(), console.glyphs()));
}

/// The lines that differ, those before with `-`, those after with `+`.
fn difference(before: &str, after: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("  - {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("  + {line}"));
    gone.chain(come).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_shown() {
        let lines = difference("a = 1\nb = 2\nc = 3", "a = 1\nb = 5\nc = 3");
        assert_eq!(lines, ["  - b = 2", "  + b = 5"]);
    }
}
