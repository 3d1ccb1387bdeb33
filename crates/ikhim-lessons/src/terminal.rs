//! The text of a lesson for a terminal.

use crate::Lesson;
use crate::page::Words;
use crate::study::Study;
use crate::text::{Block, Piece, pieces};
use ikhim_report::figure::Plot;
use ikhim_report::number;
use ikhim_report::terminal::{Glyphs, Line, Side, Table, curve, width};
use ikhim_text::{Language, Result};

/// A lesson as text of at most so many columns. Questions keep their answers to
/// the end, so that a reader has time to think.
pub fn shown(lesson: &Lesson, language: Language, columns: usize, glyphs: Glyphs) -> String {
    told(lesson, language, columns, glyphs, &mut |_| String::new())
}

/// The same with the lines of its figures, whose experiments are trained for it.
///
/// # Errors
/// An experiment that cannot be run, or a folder that cannot be written.
pub fn plotted(
    lesson: &Lesson,
    study: &Study,
    language: Language,
    columns: usize,
    glyphs: Glyphs,
) -> Result<String> {
    study.unpack(lesson)?;
    let mut fault = None;
    let text = told(lesson, language, columns, glyphs, &mut |name| match lesson
        .plot(study, name, language)
    {
        Ok(Some(plot)) => drawn(&plot, columns.clamp(40, 92), glyphs),
        Ok(None) => String::new(),
        Err(error) => {
            fault.get_or_insert(error);
            String::new()
        }
    });
    fault.map_or(Ok(text), Err)
}

/// Lines over places in the signs of a terminal.
fn drawn(plot: &Plot, columns: usize, glyphs: Glyphs) -> String {
    let x = |at: f64| if plot.x_log { at.log10() } else { at };
    let y = |value: f64| match plot.y_log {
        true if value > 0.0 => value.log10(),
        true => f64::NAN,
        false => value,
    };
    let places = || plot.lines.iter().flat_map(|line| &line.points).map(|point| x(point.0));
    let (low, high) =
        (places().fold(f64::INFINITY, f64::min), places().fold(-f64::INFINITY, f64::max));
    if !(low.is_finite() && high.is_finite()) {
        return String::new();
    }
    // Two dots stand side by side in a sign.
    let samples = 2 * columns;
    let lines: Vec<(String, Vec<f64>)> = plot
        .lines
        .iter()
        .map(|line| {
            let mut values = vec![f64::NAN; samples];
            for (at, value) in &line.points {
                let share = (x(*at) - low) / (high - low).max(f64::MIN_POSITIVE);
                values[(share * (samples - 1) as f64).round() as usize] = y(*value);
            }
            // Between two points the line stays where it was.
            for at in 1..samples {
                if values[at].is_nan() {
                    values[at] = values[at - 1];
                }
            }
            (line.name.clone(), values)
        })
        .collect();
    let lines: Vec<Line<'_>> = lines.iter().map(|(name, values)| Line { name, values }).collect();
    let (x_name, y_name) = (&plot.x_label, &plot.y_label);
    let y_name = if plot.y_log { format!("log10({y_name})") } else { y_name.clone() };
    let ends = plot.lines.iter().flat_map(|line| &line.points).map(|point| point.0);
    let first = ends.clone().fold(f64::INFINITY, f64::min);
    let last = ends.fold(f64::NEG_INFINITY, f64::max);
    format!(
        "  {}\n{}  {y_name}; {x_name} {} – {}\n\n",
        plot.title,
        curve(&lines, columns, 10, glyphs),
        number(first),
        number(last)
    )
}

/// The text; what stands for a figure is asked for by its name.
fn told(
    lesson: &Lesson,
    language: Language,
    columns: usize,
    glyphs: Glyphs,
    figure: &mut dyn FnMut(&str) -> String,
) -> String {
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
            Block::Figure(name) => text.push_str(&figure(&name)),
            Block::Claims => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_report::figure::Line as Drawn;

    #[test]
    fn a_line_that_falls_is_drawn_from_the_top_left_to_the_bottom_right() {
        let points = (0..40).map(|at| (f64::from(at), 10_f64.powi(2 - at / 10))).collect();
        let plot = Plot {
            title: "descent".into(),
            x_label: "step".into(),
            y_label: "cost".into(),
            y_log: true,
            lines: vec![Drawn { name: "a".into(), points, ..Drawn::default() }],
            ..Plot::default()
        };
        let text = drawn(&plot, 40, Glyphs::Ascii);
        let rows: Vec<&str> = text.lines().filter(|line| line.contains('|')).collect();
        assert_eq!(rows.len(), 10, "{text}");
        let first = |row: &str| row.find('*').unwrap_or(usize::MAX);
        assert!(first(rows[0]) < first(rows[9]) && first(rows[9]) < 60, "{text}");
        // 100 to 0.1, as powers of ten.
        assert!(rows[0].starts_with("2.000") && rows[9].starts_with("-1.000"), "{text}");
        assert!(text.contains("log10(cost); step 0 – 39"), "{text}");
    }
}
