use super::Figure;
use super::canvas::{
    INK, MAIN, MUTED, NOTE, OTHER, TEXT, describe, draw, empty, fill, left_out, text, write,
    write_title,
};
use crate::number::number;
use crate::report::Comparison;
use crate::terminal::truncate;
use ikhim_text::{Language, sentence};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

const ROW: i32 = 64;
const LEFT: i32 = 320;
const RIGHT: i32 = 740;

/// The network's value of a metric as a bar above those of the baselines.
pub fn baselines(comparison: &Comparison, language: Language) -> Figure {
    let network = sentence::FIGURE_NETWORK.say(language, &[]);
    let bars: Vec<(&str, f64)> = std::iter::once((network.as_str(), comparison.network))
        .chain(comparison.baselines.iter().map(|rule| (rule.name.as_str(), rule.value)))
        .collect();
    let better = if comparison.higher_is_better {
        sentence::FIGURE_HIGHER_IS_BETTER
    } else {
        sentence::FIGURE_LOWER_IS_BETTER
    };
    let better = better.say(language, &[]);
    let hidden = left_out(bars.iter().filter(|bar| !bar.1.is_finite()).count(), language);
    let title = comparison.metric.clone();
    let finite = || bars.iter().map(|bar| bar.1).filter(|value| value.is_finite());
    // Bars start at zero; a span of zero would have no scale.
    let (low, high) =
        finite().fold((0.0_f64, 0.0_f64), |(l, h), value| (l.min(value), h.max(value)));
    if finite().next().is_none() {
        return empty(title, hidden.unwrap_or_default());
    }
    let place = |value: f64| {
        let scale = low.abs().max(high).max(f64::MIN_POSITIVE);
        let (low, high, value) = (low / scale, high / scale, value / scale);
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        LEFT + (share * f64::from(RIGHT - LEFT)) as i32
    };
    let words = bars.iter().map(|(name, value)| Some(format!("{name}: {}.", number(*value))));
    let description = describe(words.chain([Some(better.clone()), hidden.clone()]));
    let heading = title.clone();
    let height = 132 + ROW * bars.len() as i32;
    draw((880, height as u32), title, description, |canvas| {
        write_title(canvas, &heading)?;
        write(canvas, &better, (8, 66), &text(NOTE, &MUTED, HPos::Left))?;
        for (index, (name, value)) in bars.iter().enumerate() {
            let y = 124 + ROW * index as i32;
            let name = truncate(name, 22);
            write(canvas, &name, (LEFT - 14, y), &text(TEXT, &INK, HPos::Right))?;
            let mut end = place(0.0);
            if value.is_finite() {
                let color = if index == 0 { MAIN } else { OTHER };
                let (from, to) = (place(value.min(0.0)), place(value.max(0.0)));
                fill(canvas, (from, y - 20), (to.max(from + 2), y + 20), color.filled())?;
                end = to;
            }
            write(canvas, &number(*value), (end + 12, y), &text(TEXT, &INK, HPos::Left))?;
        }
        let zero = place(0.0);
        let axis = [(zero, 96), (zero, 96 + ROW * bars.len() as i32)];
        canvas.draw(&PathElement::new(axis, MUTED.stroke_width(2)))?;
        match &hidden {
            Some(hidden) => {
                write(canvas, hidden, (872, height - 16), &text(NOTE, &MUTED, HPos::Right))
            }
            None => Ok(()),
        }
    })
}
