use super::Which;
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use ikhim_lessons::shown;
use ikhim_text::Result;

pub(super) fn run(which: &Which, console: &Console) -> Result<Answer> {
    let lessons = which.lessons()?;
    let mut texts = Vec::new();
    for lesson in &lessons {
        console.text(&shown(lesson, console.language, console.columns(), console.glyphs()));
        texts.push(
            Document::part()
                .with("name", &lesson.name)
                .with("title", lesson.title.say(console.language))
                .with("text", lesson.text(console.language)),
        );
    }
    Ok(Answer::done(Document::new("lesson").with("lessons", texts)))
}
