use super::{Showing, study};
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use ikhim_cpu::Runtime;
use ikhim_lessons::{plotted, shown};
use ikhim_text::Result;

pub(super) fn run(showing: &Showing, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let lessons = showing.which.lessons()?;
    let (language, columns, glyphs) = (console.language, console.columns(), console.glyphs());
    let study = study(showing.out.as_ref()).threads(runtime.threads());
    let mut texts = Vec::new();
    for lesson in &lessons {
        // A document has no use for curves.
        console.text(&match showing.plots && !console.json {
            true => plotted(lesson, &study, language, columns, glyphs)?,
            false => shown(lesson, language, columns, glyphs),
        });
        texts.push(
            Document::part()
                .with("name", &lesson.name)
                .with("title", lesson.title.say(language))
                .with("text", lesson.text(language)),
        );
    }
    Ok(Answer::done(Document::new("lesson").with("lessons", texts)))
}
