use super::Figure;
use super::axis::Axis;
use super::canvas::{describe, empty, left_out};
use super::sketch::{COLUMN, GRID, INK, MAIN, MUTED, NOTE, OTHER, Side, Sketch, TEXT};
use crate::number::{number, tick};
use crate::terminal::width;
use ikhim_text::{Language, sentence};

const WIDTH: f64 = 880.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = 840.0;
const LEGEND_ROW: f64 = 40.0;
const PLOT_HEIGHT: f64 = 430.0;
/// Beyond this many points a line is thinned evenly.
const MOST_POINTS: usize = 600;

/// How the values of a line are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// A line through them.
    #[default]
    Line,
    /// A line and a dot at each.
    Dotted,
    /// Dots alone.
    Dots,
    /// Bars from the bottom.
    Bars,
}

/// One sequence of values in a [`Plot`].
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// Its places and values.
    pub points: Vec<(f64, f64)>,
    /// How they are shown.
    pub shown: Shown,
}

/// Values over places, several of them together.
#[derive(Debug, Clone, Default)]
pub struct Plot {
    /// The title.
    pub title: String,
    /// What stands at the horizontal axis.
    pub x_label: String,
    /// What stands at the vertical axis.
    pub y_label: String,
    /// Whether equal steps of the horizontal axis are equal ratios.
    pub x_log: bool,
    /// Whether equal steps of the vertical axis are equal ratios.
    pub y_log: bool,
    /// The lines.
    pub lines: Vec<Line>,
    /// Vertical lines with a name each.
    pub marks: Vec<(f64, String)>,
    /// The ends of the vertical axis; without them the values decide. Lines are
    /// cut where they leave it.
    pub y_range: Option<(f64, f64)>,
}

/// Lines differ in dash as well as in color: the drawing is read in gray too.
const STYLES: [(&str, &str); 6] =
    [(MAIN, ""), (OTHER, "18 8"), (INK, "3 7"), (MUTED, "18 6 3 6"), (MAIN, "8 5"), (OTHER, "3 4")];

/// Draws values over places. Values that an axis cannot show are left out, and
/// the figure says how many.
///
/// ```
/// use ikhim_report::figure::{Line, Plot, plot};
/// use ikhim_text::Language;
/// let line = Line { name: "cost".into(), points: vec![(0.0, 4.0), (1.0, 1.0)], ..Line::default() };
/// let drawn = plot(&Plot { title: "descent".into(), lines: vec![line], ..Plot::default() }, Language::English);
/// assert!(drawn.description().contains("cost: 4.000 at 0"));
/// ```
pub fn plot(plot: &Plot, language: Language) -> Figure {
    let fits = |(x, y): &(f64, f64)| {
        x.is_finite() && y.is_finite() && (!plot.x_log || *x > 0.0) && (!plot.y_log || *y > 0.0)
    };
    let all = || plot.lines.iter().flat_map(|line| &line.points);
    let left_out = left_out(all().filter(|point| !fits(point)).count(), language);
    let hidden =
        [left_out, beyond(plot, language)].into_iter().flatten().reduce(|a, b| a + " " + &b);
    let places = || all().filter(|point| fits(point)).map(|point| point.0);
    let marks = plot.marks.iter().map(|mark| mark.0);
    let (x_low, x_high) = ends(places().chain(marks.filter(|at| !plot.x_log || *at > 0.0)));
    let (y_low, y_high) = plot.y_range.unwrap_or_else(|| {
        let (low, high) = ends(all().filter(|point| fits(point)).map(|p| p.1));
        // Air at the top, so that no point lies on the name of the axis.
        (low, if plot.y_log && high > low { high * (high / low).powf(0.08) } else { high })
    });
    if places().next().is_none() {
        return empty(plot.title.clone(), hidden.unwrap_or_default());
    }
    let axis =
        |log: bool, low, high| if log { Axis::log(low, high) } else { Axis::linear(low, high) };
    let (x, y) = (axis(plot.x_log, x_low, x_high), axis(plot.y_log, y_low, y_high));
    let words = plot.lines.iter().filter(|line| line.points.iter().any(fits));
    let words = words.map(|line| Some(in_words(line, &fits, language)));
    let marked = plot.marks.iter().map(|(at, name)| Some(format!("{name}: {}.", number(*at))));
    let description = describe(words.chain(marked).chain([hidden.clone()]));

    let named: Vec<&Line> = plot.lines.iter().filter(|line| !line.name.is_empty()).collect();
    let top = 62.0 + LEGEND_ROW * (named.len() as f64 / 2.0).ceil() + 22.0;
    let bottom = top + PLOT_HEIGHT;
    let place = |(px, py): (f64, f64)| {
        (LEFT + x.share(px) * (RIGHT - LEFT), bottom - y.share(py) * (bottom - top))
    };
    let mut sketch = Sketch::new(WIDTH as u32, bottom as u32 + 104, &plot.title);
    legend(&mut sketch, &named);
    sketch.text(&plot.y_label, (8.0, top - 14.0), NOTE, MUTED, Side::Start);
    sketch.text(&plot.x_label, (RIGHT, bottom + 72.0), NOTE, MUTED, Side::End);
    if let Some(hidden) = &hidden {
        sketch.text(hidden, (8.0, bottom + 72.0), NOTE, MUTED, Side::Start);
    }
    for at in y.ticks() {
        let (_, height) = place((x_low, at));
        sketch.line(&[(LEFT, height), (RIGHT, height)], GRID, 2.0, "");
        sketch.text(&tick(at), (LEFT - 10.0, height), NOTE, MUTED, Side::End);
    }
    for at in x.ticks() {
        let (across, _) = place((at, y_low));
        sketch.line(&[(across, bottom), (across, bottom + 8.0)], MUTED, 2.0, "");
        sketch.text(&tick(at), (across, bottom + 28.0), NOTE, MUTED, Side::Middle);
    }
    sketch.line(&[(LEFT, bottom), (RIGHT, bottom)], MUTED, 2.0, "");
    for (index, (at, name)) in plot.marks.iter().enumerate() {
        let (across, _) = place((*at, y_low));
        sketch.line(&[(across, top), (across, bottom)], INK, 3.0, "10 6");
        let height = top + 18.0 + 30.0 * index as f64;
        let (from, side) = if x.share(*at) > 0.5 { (-8.0, Side::End) } else { (8.0, Side::Start) };
        sketch.text(name, (across + from, height), NOTE, INK, side);
    }
    for (index, line) in plot.lines.iter().enumerate() {
        let style = STYLES[index % STYLES.len()];
        match (plot.y_range, line.shown) {
            (Some(range), Shown::Line) => {
                for points in inside(&line.points, range) {
                    let piece = Line { points, ..line.clone() };
                    draw_line(&mut sketch, &piece, style, &fits, &place, bottom);
                }
            }
            _ => draw_line(&mut sketch, line, style, &fits, &place, bottom),
        }
    }
    sketch.finish(&plot.title, description)
}

/// That values lie beyond an axis that does not reach them.
fn beyond(plot: &Plot, language: Language) -> Option<String> {
    let (low, high) = plot.y_range?;
    let mut values = plot.lines.iter().flat_map(|line| &line.points).map(|point| point.1);
    let any = values.any(|y| y.is_finite() && !(low..=high).contains(&y));
    let words = [("low", tick(low)), ("high", tick(high))];
    any.then(|| sentence::FIGURE_BEYOND.say(language, &words))
}

/// The pieces of a line between two heights, up to where it crosses them.
fn inside(points: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut piece: Vec<(f64, f64)> = Vec::new();
    let within = |y: f64| (low..=high).contains(&y);
    let crossing = |from: (f64, f64), to: (f64, f64), y: f64| {
        let share = (y - from.1) / (to.1 - from.1);
        (from.0 + share * (to.0 - from.0), y)
    };
    for (at, point) in points.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| points[at]);
        if let Some(before) = before.filter(|before| before.1.is_finite() && point.1.is_finite()) {
            // The heights that this step crosses, in the order of its way.
            let mut crossed: Vec<f64> = [low, high]
                .into_iter()
                .filter(|y| (before.1 < *y && *y < point.1) || (point.1 < *y && *y < before.1))
                .collect();
            if point.1 < before.1 {
                crossed.reverse();
            }
            for y in crossed {
                piece.push(crossing(before, *point, y));
                if piece.len() > 1 && !within(point.1) {
                    pieces.push(std::mem::take(&mut piece));
                }
            }
        }
        if within(point.1) {
            piece.push(*point);
        } else if !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

fn legend(sketch: &mut Sketch, named: &[&Line]) {
    for (index, line) in named.iter().enumerate() {
        let (color, dash) = STYLES[index % STYLES.len()];
        let x = if index % 2 == 0 { 8.0 } else { WIDTH / 2.0 };
        let y = 72.0 + LEGEND_ROW * (index / 2) as f64;
        match line.shown {
            Shown::Line | Shown::Dotted => sketch.line(&[(x, y), (x + 62.0, y)], color, 4.0, dash),
            Shown::Dots | Shown::Bars => sketch.circle((x + 31.0, y), 8.0, color, color),
        }
        let room = ((WIDTH / 2.0 - 84.0) / (TEXT * COLUMN)) as usize;
        let size = if width(&line.name) > room { NOTE } else { TEXT };
        sketch.text(&line.name, (x + 74.0, y), size, INK, Side::Start);
    }
}

fn draw_line(
    sketch: &mut Sketch,
    line: &Line,
    (color, dash): (&str, &str),
    fits: &impl Fn(&(f64, f64)) -> bool,
    place: &impl Fn((f64, f64)) -> (f64, f64),
    bottom: f64,
) {
    for piece in line.points.split(|point| !fits(point)).filter(|piece| !piece.is_empty()) {
        let every = piece.len().div_ceil(MOST_POINTS);
        let last = piece.len() - 1;
        let kept = piece.iter().enumerate().filter(|(at, _)| at % every == 0 || *at == last);
        let places: Vec<(f64, f64)> = kept.map(|(_, point)| place(*point)).collect();
        if matches!(line.shown, Shown::Line | Shown::Dotted) && places.len() > 1 {
            sketch.line(&places, color, 4.0, dash);
        }
        if matches!(line.shown, Shown::Dotted | Shown::Dots) || places.len() == 1 {
            places.iter().for_each(|at| sketch.circle(*at, 7.0, color, color));
        }
        if line.shown == Shown::Bars {
            let step = places.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(60.0, f64::min);
            for (x, y) in &places {
                let half = step * 0.4;
                sketch.rectangle((x - half, *y), (2.0 * half, bottom - y), color, None);
            }
        }
    }
}

fn in_words(line: &Line, fits: &impl Fn(&(f64, f64)) -> bool, language: Language) -> String {
    let points: Vec<(f64, f64)> = line.points.iter().copied().filter(|point| fits(point)).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let (low, high) = ends(points.iter().map(|point| point.1));
    let arguments = [
        ("name", line.name.clone()),
        ("first", number(first.1)),
        ("from", number(first.0)),
        ("last", number(last.1)),
        ("to", number(last.0)),
        ("low", number(low)),
        ("high", number(high)),
    ];
    sentence::FIGURE_SERIES.say(language, &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_it_leaves_the_axis() {
        // Up through both heights, down again, and back in.
        let points = [(0.0, -1.0), (1.0, 3.0), (2.0, 1.0), (3.0, 1.5), (4.0, f64::NAN), (5.0, 0.5)];
        let pieces = inside(&points, (0.0, 2.0));
        let expected: [&[(f64, f64)]; 3] =
            [&[(0.25, 0.0), (0.75, 2.0)], &[(1.5, 2.0), (2.0, 1.0), (3.0, 1.5)], &[(5.0, 0.5)]];
        assert_eq!(pieces, expected);
        assert!(inside(&[(0.0, 3.0), (1.0, 4.0)], (0.0, 2.0)).is_empty());
    }

    #[test]
    fn a_figure_with_a_cut_axis_says_so() {
        let line =
            Line { name: "a".into(), points: vec![(0.0, 1.0), (1.0, 9.0)], ..Line::default() };
        let cut = Plot { lines: vec![line], y_range: Some((0.0, 2.5)), ..Plot::default() };
        let words = plot(&cut, Language::English).description().to_string();
        assert!(words.contains("Only 0 to 2.5 is drawn."), "{words}");
    }
}
