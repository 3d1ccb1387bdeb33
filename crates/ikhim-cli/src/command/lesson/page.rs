use super::Work;
use super::check::{counted, document, tell};
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::typed;
use ikhim_cpu::Runtime;
use ikhim_lessons::{Standing, lessons, page};
use ikhim_run::durable;
use ikhim_text::{Language, Result, sentence};

pub(super) fn run(work: &Work, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let meant = work.which.lessons()?;
    let study = work.study(runtime);
    let file = match console.language {
        Language::English => "page.html",
        Language::Korean => "page.ko.html",
    };
    let mut progress = study.progress()?;
    let (mut pages, mut all) = (Vec::new(), Vec::new());
    for lesson in &meant {
        let changed = study.unpack(lesson)?;
        for name in &changed {
            let path = typed(&study.place(lesson).join(name));
            console.say(sentence::LESSON_KEPT, &[("file", path)]);
        }
        let checked = study.check(lesson, &|_| {})?;
        let html = page::page(lesson, &study, &checked, &changed, console.language)?;
        let path = study.place(lesson).join(file);
        durable::replace(&path, html.as_bytes())?;
        let standing = Standing::of(&checked);
        if study.is_plain() && changed.is_empty() {
            progress.lessons.insert(lesson.name.clone(), standing);
        }
        checked
            .iter()
            .filter(|claim| claim.verdict == ikhim_lessons::Verdict::Failed)
            .for_each(|claim| tell(claim, console));
        console.say(
            sentence::LESSON_PAGE,
            &[
                ("file", typed(&path)),
                ("passed", standing.passed.to_string()),
                ("failed", standing.failed.to_string()),
                ("skipped", standing.skipped.to_string()),
            ],
        );
        pages.push(path.display().to_string());
        all.extend(checked);
    }
    let course = lessons()?;
    let page_of = |name: &str| {
        let path = format!("{name}/{file}");
        study.folder().join(&path).exists().then_some(path)
    };
    let map = page::map(&course, &progress, &page_of, console.language);
    let name = match console.language {
        Language::English => "index.html",
        Language::Korean => "index.ko.html",
    };
    durable::replace(&study.folder().join(name), map.as_bytes())?;
    progress.write(study.folder())?;
    console.say(sentence::LESSON_MAP, &[("file", typed(&study.folder().join(name)))]);
    let written = Document::new("lesson").with("pages", pages).and(document(&all));
    Ok(Answer { document: written, exit: counted(&all) })
}
