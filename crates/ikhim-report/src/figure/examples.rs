use super::canvas::{INK, MUTED, NOTE, TEXT, describe, draw, empty, text, write, write_title};
use super::{Figure, Image};
use crate::report::{Input, WrongExample};
use crate::terminal::truncate;
use ikhim_text::{Language, sentence};
use plotters::style::text_anchor::HPos;
use std::fmt::Write;

const COLUMNS: usize = 4;
const CELL: (i32, i32) = (220, 272);
const TOP: i32 = 96;
const SIDE: i32 = 180;

/// Images that were taken for another class, four in a row, each with its true
/// class, the predicted one and its probability. Rows of tables are left to
/// the page, which shows them as a table.
pub fn wrong_examples(examples: &[WrongExample], language: Language) -> Figure {
    let title = sentence::FIGURE_WRONG.say(language, &[]);
    let images: Vec<(&WrongExample, &Image)> = examples
        .iter()
        .filter_map(|example| match &example.input {
            Input::Image(image) => Some((example, image)),
            Input::Fields(_) => None,
        })
        .collect();
    if images.is_empty() {
        return empty(title, sentence::FIGURE_NO_ROWS.say(language, &[]));
    }
    let description = describe(images.iter().map(|(example, _)| Some(in_words(example, language))));
    let rows = images.len().div_ceil(COLUMNS) as i32;
    let heading = title.clone();
    let mut figure = draw((880, (TOP + rows * CELL.1) as u32), title, description, |canvas| {
        write_title(canvas, &heading)?;
        let legend = sentence::FIGURE_WRONG_LEGEND.say(language, &[]);
        write(canvas, &legend, (8, 66), &text(NOTE, &MUTED, HPos::Left))?;
        for (index, (example, _)) in images.iter().enumerate() {
            let (x, y) = corner(index);
            let at = (x + SIDE / 2, y + SIDE + 22);
            let words =
                format!("{} → {}", truncate(&example.truth, 7), truncate(&example.predicted, 7));
            write(canvas, &words, at, &text(TEXT, &INK, HPos::Center))?;
            if let Some(probability) = example.probability {
                let at = (at.0, at.1 + 28);
                write(canvas, &format!("{probability:.2}"), at, &text(NOTE, &MUTED, HPos::Center))?;
            }
        }
        Ok(())
    });
    for (index, (_, image)) in images.iter().enumerate() {
        // plotters draws bitmaps only with an image decoder built in.
        let ((x, y), Some(data)) = (corner(index), image.data_uri()) else { continue };
        let _ = writeln!(
            figure.shapes,
            "<image x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" href=\"{data}\"/>"
        );
    }
    figure
}

fn corner(index: usize) -> (i32, i32) {
    let (row, column) = ((index / COLUMNS) as i32, (index % COLUMNS) as i32);
    (column * CELL.0 + (CELL.0 - SIDE) / 2, TOP + row * CELL.1)
}

fn in_words(example: &WrongExample, language: Language) -> String {
    let mut arguments = vec![
        ("row", example.row.to_string()),
        ("truth", example.truth.clone()),
        ("predicted", example.predicted.clone()),
    ];
    match example.probability {
        None => sentence::FIGURE_WRONG_ROW.say(language, &arguments),
        Some(probability) => {
            arguments.push(("probability", format!("{probability:.2}")));
            sentence::FIGURE_WRONG_ROW_PROBABLE.say(language, &arguments)
        }
    }
}
