use super::Figure;
use super::canvas::{
    GRID, MAIN, MUTED, NOTE, TEXT, describe, draw, empty, fill, left_out, text, write, write_title,
};
use crate::number::{count, number, tick};
use ikhim_text::{Language, sentence};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

const LEFT: f64 = 40.0;
const RIGHT: f64 = 840.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 440.0;

/// How many values lie in each of up to 30 equal intervals.
pub fn histogram(title: &str, values: &[f64], language: Language) -> Figure {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let hidden = left_out(values.len() - finite.len(), language);
    let low = finite.iter().copied().fold(f64::INFINITY, f64::min);
    let high = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if finite.is_empty() {
        let reason = hidden.unwrap_or_else(|| sentence::FIGURE_NO_ROWS.say(language, &[]));
        return empty(title.to_string(), reason);
    }
    let bins = bins(&finite, low, high);
    let arguments =
        [("n", count(finite.len() as u64)), ("low", number(low)), ("high", number(high))];
    let summary = sentence::FIGURE_HISTOGRAM.say(language, &arguments);
    let description = describe([Some(summary), hidden.clone()]);
    let most = bins.iter().copied().max().unwrap_or(1).max(1);
    draw((880, 520), title.to_string(), description, |canvas| {
        write_title(canvas, title)?;
        let muted = |side| text(TEXT, &MUTED, side);
        let x = |share: f64| (LEFT + share * (RIGHT - LEFT)) as i32;
        let y = |share: f64| (BOTTOM - share * (BOTTOM - TOP)) as i32;
        for share in [0.0, 0.5, 1.0] {
            let line = [(x(0.0), y(share)), (x(1.0), y(share))];
            canvas.draw(&PathElement::new(line, GRID.stroke_width(2)))?;
        }
        let tallest = count(most as u64);
        write(canvas, &tallest, (x(1.0), TOP as i32 - 18), &muted(HPos::Right))?;
        for (index, rows) in bins.iter().enumerate() {
            let from = x(index as f64 / bins.len() as f64) + 2;
            let to = x((index + 1) as f64 / bins.len() as f64) - 2;
            let top = y(*rows as f64 / most as f64);
            fill(canvas, (from, top), (to, y(0.0)), MAIN.filled())?;
        }
        write(canvas, &tick(low), (x(0.0), y(0.0) + 30), &muted(HPos::Left))?;
        write(canvas, &tick(low / 2.0 + high / 2.0), (x(0.5), y(0.0) + 30), &muted(HPos::Center))?;
        write(canvas, &tick(high), (x(1.0), y(0.0) + 30), &muted(HPos::Right))?;
        match &hidden {
            Some(hidden) => write(canvas, hidden, (872, 504), &text(NOTE, &MUTED, HPos::Right)),
            None => Ok(()),
        }
    })
}

/// Counts of equal intervals from `low` to `high`; about the square root of
/// the number of values, 5 to 30.
fn bins(values: &[f64], low: f64, high: f64) -> Vec<usize> {
    let mut counts = vec![0; ((values.len() as f64).sqrt() as usize).clamp(5, 30)];
    let last = counts.len() - 1;
    for value in values {
        // Halves, because the difference of two finite numbers may be none.
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        // Equal values give 0/0, which the cast makes the first interval.
        counts[((share * (last + 1) as f64) as usize).min(last)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_value_once() {
        // numpy.histogram([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(bins(&values, 0.0, 9.0), [2, 2, 2, 2, 2]);
        assert_eq!(bins(&[3.0; 4], 3.0, 3.0), [4, 0, 0, 0, 0]);
        assert_eq!(bins(&[-f64::MAX, f64::MAX], -f64::MAX, f64::MAX), [1, 0, 0, 0, 1]);
    }
}
