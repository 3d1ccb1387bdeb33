use super::Figure;
use super::canvas::{
    GRID, MAIN, MUTED, NOTE, TEXT, describe, draw, empty, left_out, text, write, write_title,
};
use crate::number::{count, number, tick};
use ikhim_text::{Language, sentence};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

const LEFT: f64 = 120.0;
const RIGHT: f64 = 840.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 440.0;

/// A dot for what each trial of a tuning reached: its number and its value.
pub fn trials(points: &[(u64, f64)], metric: &str, language: Language) -> Figure {
    let title = sentence::FIGURE_TRIALS.say(language, &[("metric", metric.to_string())]);
    let finite: Vec<(u64, f64)> =
        points.iter().copied().filter(|(_, value)| value.is_finite()).collect();
    let hidden = left_out(points.len() - finite.len(), language);
    let low = finite.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = finite.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let last = finite.iter().map(|(trial, _)| *trial).max().unwrap_or(1).max(1);
    if finite.is_empty() {
        let reason = hidden.unwrap_or_else(|| sentence::FIGURE_NO_ROWS.say(language, &[]));
        return empty(title, reason);
    }
    let arguments =
        [("n", count(finite.len() as u64)), ("low", number(low)), ("high", number(high))];
    let summary = sentence::FIGURE_HISTOGRAM.say(language, &arguments);
    let description = describe([Some(summary), hidden.clone()]);
    draw((880, 520), title.clone(), description, |canvas| {
        write_title(canvas, &title)?;
        let muted = |side| text(TEXT, &MUTED, side);
        let x = |trial: u64| (LEFT + trial as f64 / last as f64 * (RIGHT - LEFT)) as i32;
        // Halves, because the difference of two finite numbers may be none.
        let span = high / 2.0 - low / 2.0;
        let share = |value: f64| match span > 0.0 {
            true => (value / 2.0 - low / 2.0) / span,
            false => 0.5,
        };
        let y = |share: f64| (BOTTOM - share * (BOTTOM - TOP)) as i32;
        for (place, value) in [(0.0, low), (0.5, low / 2.0 + high / 2.0), (1.0, high)] {
            let line = [(x(0), y(place)), (x(last), y(place))];
            canvas.draw(&PathElement::new(line, GRID.stroke_width(2)))?;
            write(canvas, &tick(value), (x(0) - 12, y(place) - 12), &muted(HPos::Right))?;
        }
        for (trial, value) in &finite {
            canvas.draw(&Circle::new((x(*trial), y(share(*value))), 6, MAIN.filled()))?;
        }
        let below = sentence::FIGURE_TRIAL.say(language, &[]);
        write(canvas, &below, (x(0), y(0.0) + 30), &muted(HPos::Left))?;
        write(canvas, &count(last), (x(last), y(0.0) + 30), &muted(HPos::Right))?;
        match &hidden {
            Some(hidden) => write(canvas, hidden, (872, 504), &text(NOTE, &MUTED, HPos::Right)),
            None => Ok(()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trial_is_a_dot() {
        let points = [(1, 0.5), (2, f64::NAN), (3, 0.75), (4, 0.5)];
        let figure = trials(&points, "accuracy", Language::English);
        assert_eq!(figure.to_string().matches("<circle").count(), 3);
        assert!(figure.description().contains("0.75"), "{}", figure.description());
        assert!(figure.description().contains("not finite"), "{}", figure.description());
        let none = trials(&[], "accuracy", Language::Korean);
        assert_eq!(none.to_string().matches("<circle").count(), 0);
        let same = trials(&[(1, 2.0), (2, 2.0)], "mse", Language::English);
        assert_eq!(same.to_string().matches("<circle").count(), 2);
    }
}
