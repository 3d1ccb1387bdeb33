use super::Figure;
use super::axis::Axis;
use super::canvas::{
    COLUMN, Canvas, Drawn, GRID, INK, MAIN, MUTED, NOTE, OTHER, TEXT, describe, draw, empty,
    left_out, text, write, write_title,
};
use crate::number::number;
use crate::report::{Epoch, Role};
use crate::terminal::width;
use ikhim_text::{Language, sentence};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use std::cmp::Ordering;

const SIZE: (u32, u32) = (880, 600);
/// Beyond this many points a line keeps the extremes of each small stretch.
const MOST_POINTS: usize = 1200;

/// The vertical axis of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal steps are equal differences.
    Linear,
    /// Equal steps are equal ratios. Values that are not positive are left out.
    Log,
    /// [`Scale::Log`] where all values are positive and span more than a
    /// factor of 100, [`Scale::Linear`] otherwise.
    #[default]
    Auto,
}

/// Train and validation loss over epochs, the best epoch marked.
pub fn loss(epochs: &[Epoch], best: Option<u64>, scale: Scale, language: Language) -> Figure {
    let train = epochs.iter().map(|epoch| (epoch.epoch, epoch.train_loss)).collect();
    let validation =
        epochs.iter().filter_map(|epoch| Some((epoch.epoch, epoch.validation_loss?))).collect();
    let title = sentence::FIGURE_LOSS.say(language, &[]);
    curve(title, [(Role::Train, train), (Role::Validation, validation)], best, scale, language)
}

/// A metric over epochs for each part that has it, the best epoch marked.
pub fn metric(epochs: &[Epoch], name: &str, best: Option<u64>, language: Language) -> Figure {
    let points = |role| {
        let value = |epoch: &Epoch| {
            let found = epoch.metrics.iter().find(|known| known.name == name && known.role == role);
            found.map(|metric| (epoch.epoch, metric.value))
        };
        epochs.iter().filter_map(value).collect()
    };
    let roles = [Role::Train, Role::Validation];
    let series = roles.map(|role| (role, points(role)));
    curve(name.to_string(), series, best, Scale::Linear, language)
}

type Points = Vec<(u64, f64)>;

/// A line with gaps where values are left out.
struct Line {
    role: Role,
    name: String,
    pieces: Vec<Points>,
}

impl Line {
    fn points(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.pieces.iter().flatten().copied()
    }
}

fn curve(
    title: String,
    series: [(Role, Points); 2],
    best: Option<u64>,
    scale: Scale,
    language: Language,
) -> Figure {
    let all = || series.iter().flat_map(|(_, points)| points).map(|(_, value)| *value);
    let log = match scale {
        Scale::Linear => false,
        Scale::Log => true,
        Scale::Auto => spans_decades(all()),
    };
    let shown = |value: f64| value.is_finite() && (!log || value > 0.0);
    let not_positive = all().filter(|value| value.is_finite() && !shown(*value)).count();
    let hidden = describe([
        left_out(all().filter(|value| !value.is_finite()).count(), language),
        (not_positive > 0).then(|| {
            sentence::FIGURE_NOT_POSITIVE.say(language, &[("n", not_positive.to_string())])
        }),
    ]);
    let lines: Vec<Line> = series
        .iter()
        .map(|(role, points)| Line {
            role: *role,
            name: role.sentence().say(language, &[]),
            pieces: points
                .split(|(_, value)| !shown(*value))
                .filter(|piece| !piece.is_empty())
                .map(<[_]>::to_vec)
                .collect(),
        })
        .filter(|line| !line.pieces.is_empty())
        .collect();
    if lines.is_empty() {
        let no_epochs = || sentence::FIGURE_NO_EPOCHS.say(language, &[]);
        return empty(title, if hidden.is_empty() { no_epochs() } else { hidden });
    }

    let best_note =
        best.map(|epoch| sentence::FIGURE_BEST.say(language, &[("epoch", epoch.to_string())]));
    let description = describe(
        lines
            .iter()
            .map(|line| in_words(line, language))
            .chain([best_note.clone().map(|note| note + "."), Some(hidden.clone())]),
    );
    let epochs = || lines.iter().flat_map(Line::points).map(|(epoch, _)| epoch);
    let x = Axis::whole(epochs().min().unwrap_or(0), epochs().max().unwrap_or(0));
    let values = lines.iter().flat_map(Line::points).map(|(_, value)| value);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let heading = title.clone();
    draw(SIZE, title, description, |canvas| {
        write_title(canvas, &heading)?;
        let best = best.zip(best_note);
        legend(canvas, &lines, best.is_some(), best.as_ref().map_or("", |(_, note)| note))?;
        if !hidden.is_empty() {
            write(canvas, &hidden, (SIZE.0 as i32 - 8, 580), &text(NOTE, &MUTED, HPos::Right))?;
        }
        let y = if log { Axis::log(low, high) } else { Axis::linear(low, high) };
        plot(canvas, x, y, &lines, best.map(|(epoch, _)| epoch))
    })
}

fn spans_decades(values: impl Iterator<Item = f64>) -> bool {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| {
            (low.min(value), high.max(value))
        });
    low > 0.0 && high / low > 100.0
}

fn in_words(line: &Line, language: Language) -> Option<String> {
    let (first, last) = (line.points().next()?, line.points().last()?);
    let extreme = |compare: fn(&f64, &f64) -> Ordering| {
        line.points().map(|(_, value)| value).max_by(compare).map(number)
    };
    let arguments = [
        ("part", line.name.clone()),
        ("first", number(first.1)),
        ("last", number(last.1)),
        ("from", first.0.to_string()),
        ("to", last.0.to_string()),
        ("low", extreme(|a, b| b.total_cmp(a))?),
        ("high", extreme(f64::total_cmp)?),
    ];
    Some(sentence::FIGURE_LINE.say(language, &arguments))
}

fn legend(canvas: &Canvas<'_>, lines: &[Line], best: bool, best_note: &str) -> Drawn {
    let mut x = 8;
    let style = text(TEXT, &INK, HPos::Left);
    let mut entry = |words: &str, sample: ShapeStyle| -> Drawn {
        canvas.draw(&PathElement::new([(x, 66), (x + 56, 66)], sample))?;
        write(canvas, words, (x + 68, 66), &style)?;
        x += 68 + (width(words) as f64 * TEXT * COLUMN) as i32 + 36;
        Ok(())
    };
    for line in lines {
        entry(&line.name, stroke(line.role))?;
    }
    if best { entry(best_note, MUTED.stroke_width(2)) } else { Ok(()) }
}

fn stroke(role: Role) -> ShapeStyle {
    if role == Role::Train { OTHER.stroke_width(4) } else { MAIN.stroke_width(4) }
}

fn plot(canvas: &Canvas<'_>, x: Axis, y: Axis, lines: &[Line], best: Option<u64>) -> Drawn {
    let mut chart = ChartBuilder::on(canvas)
        .margin_top(96)
        .margin_right(48)
        .margin_bottom(32)
        .set_label_area_size(LabelAreaPosition::Left, 110)
        .set_label_area_size(LabelAreaPosition::Bottom, 44)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.stroke_width(2))
        .axis_style(MUTED.stroke_width(2))
        .label_style(text(TEXT, &MUTED, HPos::Left))
        .x_labels(8)
        .y_labels(6)
        .draw()?;
    if let Some(best) = best.map(|epoch| epoch as f64).filter(|best| x.contains(*best)) {
        let (bottom, top) = y.ends();
        let line = [(best, bottom), (best, top)];
        chart.draw_series([PathElement::new(line, MUTED.stroke_width(2))])?;
    }
    for line in lines {
        let few = line.points().count() <= 12;
        for piece in &line.pieces {
            let points: Vec<(f64, f64)> =
                thinned(piece).into_iter().map(|(epoch, value)| (epoch as f64, value)).collect();
            // Few points are shown as points too; a single one makes no line.
            if few || points.len() == 1 {
                let filled = stroke(line.role).color.filled();
                chart.draw_series(points.iter().map(|point| Circle::new(*point, 7, filled)))?;
            }
            chart.draw_series([PathElement::new(points, stroke(line.role))])?;
        }
        let at_best = line.points().find(|(epoch, _)| Some(*epoch) == best);
        if let Some((epoch, value)) = at_best.filter(|_| line.role == Role::Validation) {
            chart.draw_series([Circle::new((epoch as f64, value), 10, MAIN.filled())])?;
        }
    }
    Ok(())
}

/// All points of a short line; of a long one the lowest and the highest of
/// each stretch, in their order, so that no peak is lost.
fn thinned(points: &[(u64, f64)]) -> Points {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let by_value = |a: &&(u64, f64), b: &&(u64, f64)| a.1.total_cmp(&b.1);
    let mut kept = Points::new();
    for stretch in points.chunks(points.len().div_ceil(MOST_POINTS / 2)) {
        let ends = [stretch.iter().min_by(by_value), stretch.iter().max_by(by_value)];
        let mut ends: Points = ends.into_iter().flatten().copied().collect();
        ends.sort_by_key(|(epoch, _)| *epoch);
        ends.dedup();
        kept.extend(ends);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_keeps_its_peaks() {
        let mut points: Points = (0..100_000).map(|epoch| (epoch, 1.0)).collect();
        points[54_321].1 = 9.0;
        points[7].1 = -9.0;
        let kept = thinned(&points);
        assert!(kept.len() <= MOST_POINTS);
        assert!(kept.contains(&(54_321, 9.0)) && kept.contains(&(7, -9.0)));
        assert!(kept.is_sorted_by_key(|(epoch, _)| *epoch));
    }

    #[test]
    fn decades_choose_the_log_axis() {
        assert!(spans_decades([1e-3, 1.0].into_iter()));
        assert!(!spans_decades([0.0, 1.0].into_iter()));
        assert!(!spans_decades([0.5, 1.0].into_iter()));
        assert!(!spans_decades([].into_iter()));
    }
}
