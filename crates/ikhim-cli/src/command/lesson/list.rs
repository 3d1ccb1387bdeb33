use super::study;
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use ikhim_lessons::lessons;
use ikhim_report::terminal::{Glyphs, Side, Table};
use ikhim_text::{Result, sentence};

pub(super) fn run(console: &Console) -> Result<Answer> {
    let progress = study(None).progress()?;
    let lessons = lessons()?;
    let headings = [sentence::LESSON_PASSED, sentence::LESSON_NAME, sentence::LESSON_TITLE];
    let mut table = Table::new(headings.map(|heading| (console.word(heading), Side::Left)));
    let mut listed = Vec::new();
    for lesson in &lessons {
        let standing = progress.lessons.get(&lesson.name).copied();
        let passed = standing.is_some_and(|standing| standing.is_passed());
        let tick = match (passed, console.glyphs()) {
            (true, Glyphs::Unicode) => "✓",
            (true, Glyphs::Ascii) => "x",
            (false, _) => "",
        };
        let title = lesson.title.say(console.language);
        table.row([tick.to_string(), lesson.name.clone(), title.to_string()]);
        listed.push(
            Document::part()
                .with("name", &lesson.name)
                .with("title", &lesson.title.en)
                .with("claims", lesson.claims.len())
                .with("exercises", lesson.exercises.len())
                .with("passed", passed)
                .with("leads_to", &lesson.leads_to),
        );
    }
    console.text(&table.render(console.columns(), console.glyphs()));
    console.line("");
    console.say(sentence::LESSON_NEXT, &[]);
    Ok(Answer::done(Document::new("lesson").with("lessons", listed)))
}
