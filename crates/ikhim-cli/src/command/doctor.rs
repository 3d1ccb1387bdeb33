mod evaluate;
mod ledger;
mod list;
mod run;
mod treat;

use crate::arguments::positive;
use crate::command::Answer;
use crate::console::{Console, wrapped};
use crate::document::Document;
use crate::exit::Exit;
use crate::project::Project;
use clap::Args;
use ikhim_cpu::{Level, Runtime};
use ikhim_doctor::{Plan, check_seeds};
use ikhim_report::terminal::{Side, Table};
use ikhim_run::{Finding, Severity, Treatment, folder};
use ikhim_text::{Result, sentence};
use ledger::ProjectLedger;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Say what is wrong with a run and what to do; without one, look over this machine
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim doctor latest            what is wrong with the last run
  ikhim doctor --list            everything that can be found
  ikhim explain dead-relu        the page of a finding")]
pub(crate) struct Arguments {
    /// A path, a name, a unique prefix, or `latest`
    run: Option<String>,
    /// List the findings that there are
    #[arg(long, conflicts_with_all = ["run", "fail_on"])]
    list: bool,
    /// Train the treatments over several seeds and keep what is significantly better
    #[arg(long, requires = "run")]
    treat: bool,
    /// Measure the doctor on a folder of experiments that say what to expect
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["run", "list", "treat", "fail_on"])]
    evaluate: Option<PathBuf>,
    /// Seeds of --evaluate and --treat
    #[arg(long, value_name = "N", value_parser = positive::<NonZero<u32>>)]
    #[arg(allow_negative_numbers = true)]
    seeds: Option<NonZero<u32>>,
    /// With --evaluate, treat no case
    #[arg(long, requires = "evaluate")]
    no_repair: bool,
    /// With --evaluate, treatments by chance that each case is treated with too [default: 20]
    #[arg(long, value_name = "N", requires = "evaluate", conflicts_with = "no_repair")]
    draws: Option<u32>,
    /// With --evaluate, a file that keeps what is found, so that a run that is cut off goes on
    #[arg(long, value_name = "FILE", requires = "evaluate")]
    keep: Option<PathBuf>,
    /// Exit with 3 when a finding is at least so grave
    #[arg(long, value_name = "SEVERITY", value_parser = ["warning", "error"])]
    fail_on: Option<String>,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    if arguments.list {
        return Ok(list::list(console));
    }
    let seeds = arguments.seeds.map(|seeds| u64::from(seeds.get()));
    if let Some(folder) = &arguments.evaluate {
        let plan = Plan {
            seeds: seeds.unwrap_or(3),
            threads: runtime.threads(),
            repairs: !arguments.no_repair,
            draws: arguments.draws.unwrap_or(20) as usize,
            keep: arguments.keep.clone(),
        };
        return evaluate::run(folder, &plan, console);
    }
    let project = Project::find();
    if let Some(meant) = &arguments.run {
        let fail_on = arguments.fail_on.as_deref();
        let treat = arguments.treat.then(|| seeds.unwrap_or(SEEDS));
        // Before anything is trained.
        treat.map_or(Ok(()), |seeds| check_seeds(seeds as usize))?;
        return run::run(meant, &project, fail_on, treat, runtime, console);
    }
    let machine = Machine::look(runtime);
    let state = ProjectState::look(&project)?;
    let findings = state.findings(&machine);
    show(&machine, &project, &state, console);
    findings.iter().for_each(|finding| tell(finding, console));
    let document = Document::new("doctor")
        .with("machine", machine.document())
        .with("project", state.document(&project))
        .with("findings", &findings);
    let exit = match arguments.fail_on.as_deref() {
        Some(word) => fails(&findings, word),
        None => Exit::Done,
    };
    Ok(Answer { document, exit })
}

/// What is wrong with a run that has just ended, and its treatments, put to the
/// proof.
pub(crate) fn treated(
    run: &Path,
    project: &Project,
    runtime: &Runtime,
    console: &Console,
) -> Result<Document> {
    console.line("");
    let meant = run.display().to_string();
    Ok(run::run(&meant, project, None, Some(SEEDS), runtime, console)?.document)
}

/// Seeds of a treatment unless others are asked for.
const SEEDS: u64 = 5;

/// The exit code when findings of this severity or worse shall fail.
pub(crate) fn fails(findings: &[Finding], severity: &str) -> Exit {
    let least = if severity == "error" { Severity::Error } else { Severity::Warning };
    let grave = findings.iter().any(|finding| finding.severity >= least);
    if grave { Exit::Finding } else { Exit::Done }
}

/// Tells a finding with its evidence and treatments.
pub(crate) fn tell(finding: &Finding, console: &Console) {
    let severity = console.word(match finding.severity {
        Severity::Information => sentence::SEVERITY_NOTE,
        Severity::Warning => sentence::SEVERITY_WARNING,
        Severity::Error => sentence::SEVERITY_ERROR,
    });
    console.line(format!("\n{severity}: {} ({})", finding.id, finding.place));
    let sentence = finding.sentence.text(console.language);
    if !sentence.is_empty() {
        console.text(&wrapped(sentence, "  "));
    }
    for evidence in &finding.evidence {
        console.text(&point("-", evidence.text(console.language)));
    }
    for looked_at in &finding.counter_evidence {
        console.text(&point("-", looked_at.text(console.language)));
    }
    for treatment in &finding.treatments {
        console.text(&point("=", treatment.text.text(console.language)));
        for setting in &treatment.set {
            console.line(format!("      --set {}", typed_setting(setting)));
        }
    }
}

/// A point of a list: its sign stands in front of the first line only.
fn point(sign: &str, text: &str) -> String {
    wrapped(text, "    ").replacen("    ", &format!("  {sign} "), 1)
}

/// A setting as a shell takes it.
fn typed_setting(setting: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-=+".contains(c);
    if setting.chars().all(plain) {
        setting.to_string()
    } else {
        format!("\"{}\"", setting.replace('"', "\\\""))
    }
}

/// What a machine has.
struct Machine {
    level: Level,
    threads: usize,
    cores: usize,
    memory: Option<u64>,
    memory_available: Option<u64>,
    disk_free: Option<u64>,
}

impl Machine {
    fn look(runtime: &Runtime) -> Machine {
        Machine {
            level: runtime.level(),
            threads: runtime.threads(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: memory("MemTotal:"),
            memory_available: memory("MemAvailable:"),
            disk_free: disk_free(),
        }
    }

    fn document(&self) -> Document {
        Document::part()
            .with("os", std::env::consts::OS)
            .with("arch", std::env::consts::ARCH)
            .with("cpu", self.level.name())
            .with("cores", self.cores)
            .with("threads", self.threads)
            .with("memory", self.memory)
            .with("memory_available", self.memory_available)
            .with("disk_free", self.disk_free)
    }
}

/// An entry of Linux's memory table in bytes; other systems have none.
fn memory(entry: &str) -> Option<u64> {
    let table = fs::read_to_string("/proc/meminfo").ok()?;
    let line = table.lines().find_map(|line| line.strip_prefix(entry))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Bytes that a person may still write in the current folder.
#[cfg(unix)]
fn disk_free() -> Option<u64> {
    let disk = rustix::fs::statvfs(".").ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn disk_free() -> Option<u64> {
    None
}

/// How the project folder stands.
struct ProjectState {
    writable: bool,
    runs: usize,
    ledger: ProjectLedger,
}

impl ProjectState {
    fn look(project: &Project) -> Result<ProjectState> {
        Ok(ProjectState {
            writable: is_writable(project.folder()),
            runs: folder::list(&project.runs())?.len(),
            ledger: ProjectLedger::look(project)?,
        })
    }

    fn document(&self, project: &Project) -> Document {
        Document::part()
            .with("folder", shown(project.folder()))
            .with("writable", self.writable)
            .with("runs", self.runs)
            .with("ledger", &self.ledger.state)
            .with("looks", self.ledger.looks)
    }

    fn findings(&self, machine: &Machine) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.writable {
            let text = "go to a folder of your own, or name one with `ikhim train --out DIR`";
            findings.push(finding(
                "project-not-writable",
                Severity::Error,
                "project",
                "no file can be made in the project folder, so no run can be kept there".into(),
                text,
            ));
        }
        findings.extend(ledger::finding(self.ledger.told.clone()));
        if machine.disk_free.is_some_and(|bytes| bytes < LITTLE_DISK) {
            findings.push(finding(
                "disk-nearly-full",
                Severity::Warning,
                "machine",
                format!("{} are left on the disk", size(machine.disk_free)),
                "free some space: a run writes checkpoints while it goes on",
            ));
        }
        findings
    }
}

/// Less than this and the checkpoints of a small network may not fit.
const LITTLE_DISK: u64 = 100 << 20;

fn finding(
    id: &str,
    severity: Severity,
    place: &str,
    evidence: String,
    treatment: &str,
) -> Finding {
    Finding {
        evidence: vec![evidence.into()],
        treatments: vec![Treatment { text: treatment.into(), set: Vec::new() }],
        ..Finding::new(id, severity, place)
    }
}

/// Whether a file can be made in a folder: asked by making one.
fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".ikhim-probe-{}", std::process::id()));
    let made = fs::write(&probe, b"").is_ok();
    made && fs::remove_file(&probe).is_ok()
}

fn show(machine: &Machine, project: &Project, state: &ProjectState, console: &Console) {
    let looks = ("looks", state.ledger.looks.to_string());
    let ledger = match state.ledger.told.first() {
        Some(told) => told.text(console.language).to_string(),
        None => console.sentence(sentence::DOCTOR_LEDGER, &[looks]),
    };
    let writable =
        if state.writable { sentence::DOCTOR_WRITABLE } else { sentence::DOCTOR_NOT_WRITABLE };
    let mut table = Table::new([
        (format!("ikhim {}", env!("CARGO_PKG_VERSION")), Side::Left),
        (format!("{} {}", std::env::consts::OS, std::env::consts::ARCH), Side::Left),
    ]);
    let mut row = |name, value: String| table.row([console.word(name), value]);
    row(sentence::DOCTOR_PROCESSOR, machine.level.to_string());
    row(sentence::DOCTOR_CORES, machine.cores.to_string());
    row(sentence::DOCTOR_MEMORY, size(machine.memory));
    row(sentence::DOCTOR_MEMORY_FREE, size(machine.memory_available));
    row(sentence::DOCTOR_DISK, size(machine.disk_free));
    let folder = format!("{} ({})", shown(project.folder()), console.word(writable));
    row(sentence::DOCTOR_PROJECT, folder);
    row(sentence::DOCTOR_RUNS, state.runs.to_string());
    row(sentence::DOCTOR_LOOKS, ledger);
    console.text(&table.render(console.columns(), console.glyphs()));
}

/// The current folder has no name of its own.
fn shown(folder: &Path) -> String {
    if folder.as_os_str().is_empty() { ".".to_string() } else { folder.display().to_string() }
}

/// Bytes for a person.
pub(crate) fn size(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) if bytes >= 1 << 30 => format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
        Some(bytes) if bytes >= 1 << 18 => format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
        Some(bytes) => format!("{:.1} KiB", bytes as f64 / 1024.0),
        None => "?".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(Some(3 << 29)), "1.5 GiB");
        assert_eq!(size(Some(1 << 19)), "0.5 MiB");
        assert_eq!(size(Some(1536)), "1.5 KiB");
        assert_eq!(size(None), "?");
    }

    #[test]
    fn findings_fail_from_their_severity_on() {
        let warning = finding("x", Severity::Warning, "y", String::new(), "");
        assert_eq!(fails(std::slice::from_ref(&warning), "error"), Exit::Done);
        assert_eq!(fails(&[warning], "warning"), Exit::Finding);
        assert_eq!(fails(&[], "warning"), Exit::Done);
    }
}
