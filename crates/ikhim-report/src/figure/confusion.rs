use super::Figure;
use super::canvas::{
    COLUMN, Canvas, Drawn, GRID, INK, MAIN, MUTED, NOTE, PAPER, TEXT, describe, draw, empty, fill,
    text, write, write_title,
};
use crate::number::count;
use crate::report::{Confusion, Mistake, Role};
use crate::terminal::{truncate, width};
use ikhim_text::{Language, sentence};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// Up to this many classes the whole matrix is drawn.
const MOST_CLASSES: usize = 20;
/// Mistakes that are listed for more classes.
const MOST_MISTAKES: usize = 20;
const LABEL_COLUMNS: usize = 14;

/// True classes in rows against predicted classes in columns, each cell with
/// its count; of more than 20 classes the most frequent mistakes instead.
pub fn confusion(confusion: &Confusion, role: Role, language: Language) -> Figure {
    let part = role.sentence().say(language, &[]);
    let whole = confusion.classes.len() <= MOST_CLASSES;
    let title = if whole { sentence::FIGURE_CONFUSION } else { sentence::FIGURE_MISTAKES };
    let title = title.say(language, &[("part", part)]);
    let mistakes = confusion.mistakes(MOST_MISTAKES);
    if confusion.classes.is_empty() {
        return empty(title, sentence::FIGURE_NO_ROWS.say(language, &[]));
    }
    let description = in_words(confusion, &mistakes, language);
    if whole {
        matrix(confusion, title, description, language)
    } else if mistakes.is_empty() {
        empty(title, description)
    } else {
        list(confusion, &mistakes, title, description, language)
    }
}

fn in_words(confusion: &Confusion, mistakes: &[Mistake], language: Language) -> String {
    let classes = 0..confusion.classes.len();
    let rows: u64 = classes.clone().map(|class| confusion.rows_of(class)).sum();
    let right: u64 = classes.map(|class| confusion.count(class, class)).sum();
    let arguments = [
        ("classes", count(confusion.classes.len() as u64)),
        ("rows", count(rows)),
        ("right", count(right)),
    ];
    let first = mistakes.iter().take(3).map(|mistake| {
        let arguments = [
            ("truth", confusion.class(mistake.truth).to_string()),
            ("predicted", confusion.class(mistake.predicted).to_string()),
            ("n", count(mistake.rows)),
        ];
        Some(sentence::FIGURE_MISTAKE.say(language, &arguments))
    });
    describe(std::iter::once(Some(sentence::FIGURE_RIGHT.say(language, &arguments))).chain(first))
}

fn matrix(confusion: &Confusion, title: String, description: String, language: Language) -> Figure {
    let classes = confusion.classes.len() as i32;
    let cell = if classes <= 4 {
        112
    } else if classes <= 12 {
        68
    } else {
        56
    };
    let names: Vec<String> =
        confusion.classes.iter().map(|name| truncate(name, LABEL_COLUMNS)).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0) as f64;
    let label = (widest * TEXT * COLUMN) as i32 + 16;
    // Column labels stand upright where a cell is too narrow for them.
    let upright = label > cell + 8;
    let (left, top) = (label + 56, 108 + if upright { label } else { 40 });
    let right = (left + classes * cell + 16).max(560);
    let heading = title.clone();
    draw((right as u32, (top + classes * cell + 16) as u32), title, description, |canvas| {
        write_title(canvas, &heading)?;
        let muted = text(NOTE, &MUTED, HPos::Center);
        let (truth, predicted) = (
            sentence::FIGURE_TRUE.say(language, &[]),
            sentence::FIGURE_PREDICTED.say(language, &[]),
        );
        write(canvas, &format!("{predicted} →"), (left + classes * cell / 2, 76), &muted)?;
        let turned = muted.transform(FontTransform::Rotate270);
        write(canvas, &format!("← {truth}"), (24, top + classes * cell / 2), &turned)?;
        for (index, name) in names.iter().enumerate() {
            let middle = index as i32 * cell + cell / 2;
            write(canvas, name, (left - 10, top + middle), &text(TEXT, &INK, HPos::Right))?;
            if upright {
                let style = text(TEXT, &INK, HPos::Left).transform(FontTransform::Rotate270);
                write(canvas, name, (left + middle, top - 10), &style)?;
            } else {
                write(canvas, name, (left + middle, top - 22), &text(TEXT, &INK, HPos::Center))?;
            }
        }
        for truth in 0..confusion.classes.len() {
            for predicted in 0..confusion.classes.len() {
                let corner = (left + predicted as i32 * cell, top + truth as i32 * cell);
                draw_cell(canvas, confusion, (truth, predicted), corner, cell)?;
            }
        }
        Ok(())
    })
}

fn draw_cell(
    canvas: &Canvas<'_>,
    confusion: &Confusion,
    (truth, predicted): (usize, usize),
    (x, y): (i32, i32),
    cell: i32,
) -> Drawn {
    let rows = confusion.count(truth, predicted);
    let share = rows as f64 / confusion.rows_of(truth).max(1) as f64;
    // The middle shades are skipped: on them neither dark nor light text can
    // be read.
    let shade = match rows {
        0 => 0.0,
        _ if share < 0.5 => 0.08 + 0.7 * share,
        _ => 0.6 + 0.4 * share,
    };
    fill(canvas, (x + 1, y + 1), (x + cell - 1, y + cell - 1), MAIN.mix(shade).filled())?;
    let edge = if truth == predicted { MUTED } else { GRID };
    canvas.draw(&Rectangle::new([(x + 1, y + 1), (x + cell - 1, y + cell - 1)], edge))?;
    let color = match rows {
        0 => MUTED,
        _ if share < 0.5 => INK,
        _ => PAPER,
    };
    let digits = if rows == 0 { "·".to_string() } else { count(rows) };
    let size = TEXT.min(f64::from(cell - 6) / (digits.len() as f64 * COLUMN));
    write(canvas, &digits, (x + cell / 2, y + cell / 2), &text(size, &color, HPos::Center))
}

fn list(
    confusion: &Confusion,
    mistakes: &[Mistake],
    title: String,
    description: String,
    language: Language,
) -> Figure {
    const ROW: i32 = 44;
    let [truth, predicted] =
        [sentence::FIGURE_TRUE, sentence::FIGURE_PREDICTED].map(|word| word.say(language, &[]));
    let legend = format!("{truth} → {predicted}");
    let most = mistakes.iter().map(|mistake| mistake.rows).max().unwrap_or(1).max(1) as f64;
    let heading = title.clone();
    draw((880, (96 + ROW * mistakes.len() as i32) as u32), title, description, |canvas| {
        write_title(canvas, &heading)?;
        write(canvas, &legend, (440, 66), &text(NOTE, &MUTED, HPos::Right))?;
        for (index, mistake) in mistakes.iter().enumerate() {
            let y = 108 + ROW * index as i32;
            let name = |class| truncate(confusion.class(class), LABEL_COLUMNS);
            let words = format!("{} → {}", name(mistake.truth), name(mistake.predicted));
            write(canvas, &words, (440, y), &text(TEXT, &INK, HPos::Right))?;
            let length = (mistake.rows as f64 / most * 320.0) as i32;
            fill(canvas, (456, y - 14), (456 + length.max(2), y + 14), MAIN.filled())?;
            let rows = count(mistake.rows);
            write(canvas, &rows, (468 + length, y), &text(TEXT, &INK, HPos::Left))?;
        }
        Ok(())
    })
}
