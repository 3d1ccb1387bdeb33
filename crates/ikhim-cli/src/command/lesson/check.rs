use super::Checking;
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use ikhim_cpu::Runtime;
use ikhim_lessons::{Checked, Standing, Verdict};
use ikhim_report::terminal::{Glyphs, pad};
use ikhim_text::{Result, sentence};

pub(super) fn run(checking: &Checking, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let work = &checking.work;
    let lessons = work.which.lessons()?;
    let study = work.study(runtime);
    let mut progress = study.progress()?;
    let mut all = Vec::new();
    for lesson in &lessons {
        console.line(lesson.title.say(console.language));
        let checked = if checking.must_fail {
            study.must_fail(lesson, &|claim| tell(claim, console))?
        } else {
            study.check(lesson, &|claim| tell(claim, console))?
        };
        if !checking.must_fail && study.is_plain() && study.unpack(lesson)?.is_empty() {
            progress.lessons.insert(lesson.name.clone(), Standing::of(&checked));
        }
        all.extend(checked);
    }
    if !checking.must_fail && study.is_plain() {
        progress.write(study.folder())?;
    }
    let standing = Standing::of(&all);
    let counts = [
        ("passed", standing.passed.to_string()),
        ("failed", standing.failed.to_string()),
        ("skipped", standing.skipped.to_string()),
    ];
    let told = match checking.must_fail {
        true => sentence::LESSON_BROKEN,
        false => sentence::LESSON_CHECKED,
    };
    console.line("");
    console.say(told, &counts);
    let written = Document::new("lesson").with("must_fail", checking.must_fail).and(document(&all));
    Ok(Answer { document: written, exit: counted(&all) })
}

/// One line for a claim: how it came out, where it is from, expected and found.
pub(super) fn tell(claim: &Checked, console: &Console) {
    let (sign, ascii) = match claim.verdict {
        Verdict::Passed => ("✓", "ok  "),
        Verdict::Failed => ("✗", "FAIL"),
        Verdict::Skipped => ("–", "skip"),
    };
    let sign = if console.glyphs() == Glyphs::Unicode { sign } else { ascii };
    let found = match claim.verdict {
        Verdict::Skipped if claim.needs_data => console.word(sentence::LESSON_NEEDS_DATA),
        Verdict::Skipped => console.word(sentence::LESSON_TAKES_LONG),
        _ => claim.found.clone(),
    };
    console.say(
        sentence::LESSON_CLAIM,
        &[
            ("sign", sign.to_string()),
            ("row", pad(&claim.origin(console.language), 13)),
            ("claim", claim.say(console.language).to_string()),
            ("expected", claim.expected.clone()),
            ("found", found),
        ],
    );
}

/// The claims as the document has them: a skipped one stands in `skipped` only.
pub(super) fn document(checked: &[Checked]) -> Document {
    let claim = |claim: &Checked| {
        Document::part()
            .with("lesson", &claim.lesson)
            .with("claim", &claim.row)
            .with("name", &claim.name)
            .with("text", &claim.words.en)
            .with("expected", &claim.expected)
            .with("found", &claim.found)
            .maybe("value", claim.value)
            .with("pass", claim.verdict == Verdict::Passed)
    };
    let of = |skipped: bool| -> Vec<Document> {
        let all = checked.iter();
        let meant = all.filter(|claim| (claim.verdict == Verdict::Skipped) == skipped);
        meant.map(claim).collect()
    };
    let standing = Standing::of(checked);
    Document::part()
        .with("claims", of(false))
        .with("passed", standing.passed)
        .with("failed", standing.failed)
        .with("skipped", standing.skipped)
        .with("skipped_claims", of(true))
}

/// A claim that failed fails the command.
pub(super) fn counted(checked: &[Checked]) -> Exit {
    match Standing::of(checked).failed {
        0 => Exit::Done,
        _ => Exit::Failed,
    }
}
