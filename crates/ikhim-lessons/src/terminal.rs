//! The text of a lesson for a terminal.

use crate::Lesson;
use crate::page::Words;
use crate::text::{Block, Piece, pieces};
use ikhim_report::terminal::{Glyphs, Side, Table, width};
use ikhim_text::Language;

/// A lesson as text of at most so many columns. Questions keep their answers to
/// the end, so that a reader has time to think.
pub fn shown(lesson: &Lesson, language: Language, columns: usize, glyphs: Glyphs) -> String {
    let columns = columns.clamp(40, 92);
    let words = Words::of(language);
    let mut text = String::new();
    let mut answers: Vec<String> = Vec::new();
    let mut questions = 0;
    for block in lesson.blocks(language) {
        match block {
            Block::Title(line) => {
                let line = plain(&line);
                text.push_str(&format!("{line}\n{}\n\n", "=".repeat(width(&line).min(columns))));
            }
            Block::Section(line) => {
                let line = plain(&line);
                text.push_str(&format!("\n{line}\n{}\n\n", "-".repeat(width(&line).min(columns))));
            }
            Block::Paragraph(line) => text.push_str(&(wrapped(&plain(&line), "", columns) + "\n")),
            Block::List(items) => {
                for item in items {
                    let item = wrapped(&plain(&item), "  ", columns);
                    text.push_str(&format!("- {}", item.trim_start()));
                }
                text.push('\n');
            }
            Block::Table(rows) => {
                let mut rows = rows.into_iter();
                let headings = rows.next().unwrap_or_default();
                let mut table = Table::new(headings.iter().map(|cell| (plain(cell), Side::Left)));
                rows.for_each(|row| {
                    table.row(row.iter().map(|cell| plain(cell)));
                });
                text.push_str(&table.render(columns, glyphs));
                text.push('\n');
            }
            Block::Formula(formula) => {
                formula.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
                text.push('\n');
            }
            Block::Question(line) => {
                questions += 1;
                let line = format!("? {questions}. {}", plain(&line));
                text.push_str(&(wrapped(&line, "  ", columns) + "\n"));
            }
            Block::Answer(line) => {
                answers.push(wrapped(&format!("{questions}. {}", plain(&line)), "  ", columns));
            }
            Block::Exercise(number) => {
                let Some(exercise) = lesson.exercises.get(number.wrapping_sub(1)) else { continue };
                let line = format!("[{number}] {}", plain(exercise.question.say(language)));
                text.push_str(&wrapped(&line, "    ", columns));
                if let crate::Answer::Choice { choices, .. } = &exercise.answer {
                    for (at, choice) in choices.iter().enumerate() {
                        let line = format!("{}) {}", at + 1, plain(choice.say(language)));
                        text.push_str(&format!(
                            "    {}",
                            wrapped(&line, "    ", columns).trim_start()
                        ));
                    }
                }
                text.push('\n');
            }
            Block::Figure(_) | Block::Claims => {}
        }
    }
    if !answers.is_empty() {
        text.push_str(&format!("\n{}\n\n{}", words.answer, answers.concat()));
    }
    text
}

fn plain(line: &str) -> String {
    let words = pieces(line).into_iter().map(|piece| match piece {
        Piece::Plain(text) | Piece::Code(text) | Piece::Strong(text) => text,
        Piece::Found(_) => "…",
    });
    words.collect()
}

/// Lines of at most so many columns; those after the first behind a margin.
fn wrapped(text: &str, margin: &str, columns: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = lines
            .last()
            .is_some_and(|line| line.trim().is_empty() || width(line) + 1 + width(word) <= columns);
        if !fits {
            lines.push(margin.to_string());
        }
        if let Some(line) = lines.last_mut() {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}
