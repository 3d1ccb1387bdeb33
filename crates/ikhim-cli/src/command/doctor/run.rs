use super::{fails, ledger, tell, treat};
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use crate::project::Project;
use crate::run::KeptRun;
use ikhim_cpu::Runtime;
use ikhim_doctor::{COURSE, Chart, Course, diagnose, examine, name_origin, told};
use ikhim_run::{Finding, epochs, logged_epochs};
use ikhim_text::{Result, sentence};
use ikhim_train::experiment::Prepared;

/// What is wrong with a run.
pub(super) fn run(
    meant: &str,
    project: &Project,
    fail_on: Option<&str>,
    seeds_of_treatment: Option<u64>,
    runtime: &Runtime,
    console: &Console,
) -> Result<Answer> {
    let run = KeptRun::find(project, meant)?;
    let prepared = run.prepared(project)?;
    let (course, mut unjudged) = course(&run, &prepared, runtime)?;
    unjudged.extend(damaged(&run)?);
    let base = run.folder.path();
    let mut findings = match &course {
        Some(course) => diagnose(&prepared, base, run.record.seed, course)?,
        None => told(examine(&Chart::before(&prepared, run.record.seed)?)),
    };
    // A number that is not finite follows from a cause, which stands before it.
    for mut finding in of_the_loop(&run) {
        // Without checkpoints the step cannot be replayed, and the finding stays
        // what the loop wrote.
        let _ = name_origin(&mut finding, &run.folder, &prepared, runtime);
        findings.push(finding);
    }
    let state = run.ledger_state(project)?;
    // No change of the experiment treats it, so it is not among what is treated.
    let altered = ledger::finding(ledger::told(&state, None).into_iter().collect());
    console.line(run.path().display().to_string());
    unjudged.iter().for_each(|sentence| console.say(*sentence, &[]));
    if findings.is_empty() && altered.is_none() {
        console.say(sentence::DOCTOR_NOTHING, &[]);
    }
    findings.iter().chain(&altered).for_each(|finding| tell(finding, console));
    let unjudged: Vec<&str> = unjudged.iter().map(|sentence| sentence.english).collect();
    let document = Document::new("doctor")
        .with("run", run.path().display().to_string())
        .with("findings", findings.iter().chain(&altered).collect::<Vec<_>>())
        .with("ledger", &state)
        .with("unjudged", unjudged);
    let document = match seeds_of_treatment {
        Some(count) => {
            let seeds: Vec<u64> = (0..count).map(|at| run.record.seed + at).collect();
            let proof = treat::run(&prepared, base, &findings, &seeds, project, runtime, console)?;
            document.with("treatment", proof)
        }
        None => document,
    };
    findings.extend(altered);
    let exit = fail_on.map_or(Exit::Done, |word| fails(&findings, word));
    Ok(Answer { document, exit })
}

/// What the training loop itself has found: numbers that are not finite.
fn of_the_loop(run: &KeptRun) -> Vec<Finding> {
    let kept: Vec<Finding> = run.folder.read_json("findings.json").unwrap_or_default();
    kept.into_iter().filter(|finding| finding.id.ends_with("-not-finite")).collect()
}

/// What the files of a run do not tell because they were altered, or because
/// another version has written them.
fn damaged(run: &KeptRun) -> Result<Vec<sentence::Sentence>> {
    let mut found = Vec::new();
    if run.record.ikhim != env!("CARGO_PKG_VERSION") {
        found.push(sentence::DOCTOR_OTHER_VERSION);
    }
    let table = epochs(run.folder.path())?.len();
    if table.min(logged_epochs(run.folder.path())) < run.record.epochs as usize {
        found.push(sentence::DOCTOR_LOG_CUT);
    }
    let has_findings = run.folder.path().join("findings.json").exists();
    if has_findings && run.folder.read_json::<Vec<Finding>>("findings.json").is_err() {
        found.push(sentence::DOCTOR_FINDINGS_LOST);
    }
    Ok(found)
}

/// The course of a run as it was watched; of one that was not, what its log and
/// its model tell. Beside it, what cannot be judged.
fn course(
    run: &KeptRun,
    prepared: &Prepared,
    runtime: &Runtime,
) -> Result<(Option<Course>, Vec<sentence::Sentence>)> {
    if let Ok(course) = run.folder.read_json::<Course>(COURSE) {
        let unjudged = match course.steps {
            0 => vec![sentence::DOCTOR_NO_STEP],
            _ => Vec::new(),
        };
        return Ok((Some(course), unjudged));
    }
    if run.record.steps == 0 {
        return Ok((None, vec![sentence::DOCTOR_NO_STEP]));
    }
    let Ok(model) = run.model(runtime) else {
        return Ok((None, vec![sentence::DOCTOR_NOT_WATCHED, sentence::DOCTOR_NO_MODEL]));
    };
    let metrics = model.metrics();
    let train = model.judge(prepared.data.train().encoded(), &metrics)?;
    let validation = match prepared.data.validation().is_empty() {
        true => None,
        false => Some(model.judge(prepared.data.validation().encoded(), &metrics)?),
    };
    let log = epochs(run.folder.path())?;
    let record = &run.record;
    let (status, steps) = (record.status.as_str(), record.steps);
    let course = Course::of_log(&log, status, steps, &train, validation.as_ref(), prepared);
    Ok((Some(course), vec![sentence::DOCTOR_NOT_WATCHED]))
}
