use super::axis::Axis;
use super::canvas::describe;
use super::sketch::{INK, MAIN, MUTED, NOTE, PAPER, Side, Sketch, TEXT};
use super::{Figure, Image};
use crate::number::{number, tick};
use ikhim_text::{Language, sentence};

const LEFT: f64 = 100.0;
const TOP: f64 = 126.0;
const SIDE: f64 = 520.0;

/// A value over a plane, as lightness.
#[derive(Debug, Clone, Default)]
pub struct Heat {
    /// The title.
    pub title: String,
    /// What stands at the horizontal axis, and its ends.
    pub x: (String, f64, f64),
    /// What stands at the vertical axis, and its ends.
    pub y: (String, f64, f64),
    /// Values of a row of the plane.
    pub columns: usize,
    /// The values, row by row from the lowest `y`, each from the lowest `x`.
    pub values: Vec<f64>,
    /// Whether equal steps of lightness are equal ratios.
    pub log: bool,
    /// The values that are lightest and darkest; without them the lowest and
    /// the highest.
    pub range: Option<(f64, f64)>,
    /// A path over the plane.
    pub path: Vec<(f64, f64)>,
    /// Points with a short text each.
    pub points: Vec<(f64, f64, String)>,
    /// A value whose border is drawn as a line of dots, such as a probability
    /// of one half.
    pub border: Option<f64>,
}

/// Draws a value over a plane: light is low, dark is high.
pub fn heat(heat: &Heat, language: Language) -> Figure {
    let finite = || heat.values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = heat.range.unwrap_or((
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    ));
    let level = |value: f64| match (heat.log && low > 0.0, high > low) {
        (_, false) => 0.0,
        (true, _) => (value / low).ln() / (high / low).ln(),
        (false, _) => (value - low) / (high - low),
    };
    let rows = heat.values.len() / heat.columns.max(1);
    let image = Image {
        height: rows,
        width: heat.columns,
        channels: 1,
        // From the top; never quite black, so that lines stay visible on it.
        pixels: (0..rows)
            .rev()
            .flat_map(|row| &heat.values[row * heat.columns..(row + 1) * heat.columns])
            .map(|value| (250.0 - 170.0 * level(*value).clamp(0.0, 1.0)) as u8)
            .collect(),
    };
    let (x, y) = (Axis::linear(heat.x.1, heat.x.2), Axis::linear(heat.y.1, heat.y.2));
    // The axes have air around the plane; the plane itself fills its ends.
    let across = |at: f64| LEFT + (at - heat.x.1) / (heat.x.2 - heat.x.1) * SIDE;
    let up = |at: f64| TOP + SIDE - (at - heat.y.1) / (heat.y.2 - heat.y.1) * SIDE;
    let place = |(px, py): (f64, f64)| {
        (across(px.clamp(heat.x.1, heat.x.2)), up(py.clamp(heat.y.1, heat.y.2)))
    };
    let scale = sentence::FIGURE_HEAT.say(language, &[("low", short(low)), ("high", short(high))]);
    let path = heat.path.first().zip(heat.path.last()).map(|(first, last)| {
        let pair = |(x, y): &(f64, f64)| format!("({}, {})", number(*x), number(*y));
        sentence::FIGURE_PATH.say(language, &[("from", pair(first)), ("to", pair(last))])
    });
    let border = heat.border.map(|border| {
        let above = heat.values.iter().filter(|value| **value > border).count();
        let share = 100.0 * above as f64 / heat.values.len().max(1) as f64;
        let words = [("border", number(border)), ("share", format!("{share:.0}"))];
        sentence::FIGURE_BORDER.say(language, &words)
    });
    let points = heat.points.iter().map(|point| Some(of_point(heat, point, language)));
    let description = describe([Some(scale.clone()), border, path].into_iter().chain(points));

    let mut sketch = Sketch::new(700, (TOP + SIDE + 84.0) as u32, &heat.title);
    sketch.text(&scale, (8.0, 66.0), NOTE, MUTED, Side::Start);
    if let Some(uri) = image.data_uri() {
        sketch.picture((LEFT, TOP), (SIDE, SIDE), &uri);
    }
    for at in x.ticks().into_iter().filter(|at| (heat.x.1..=heat.x.2).contains(at)) {
        sketch.text(&tick(at), (across(at), TOP + SIDE + 24.0), NOTE, MUTED, Side::Middle);
    }
    for at in y.ticks().into_iter().filter(|at| (heat.y.1..=heat.y.2).contains(at)) {
        sketch.text(&tick(at), (LEFT - 10.0, up(at)), NOTE, MUTED, Side::End);
    }
    sketch.text(&heat.x.0, (LEFT + SIDE, TOP + SIDE + 60.0), NOTE, MUTED, Side::End);
    sketch.text(&heat.y.0, (8.0, TOP - 24.0), NOTE, MUTED, Side::Start);
    if let Some(border) = heat.border {
        for (from, to) in crossings(heat, border) {
            sketch.line(&[place(from), place(to)], INK, 3.0, "");
        }
    }
    let path: Vec<(f64, f64)> = heat.path.iter().map(|point| place(*point)).collect();
    if path.len() > 1 {
        sketch.line(&path, PAPER, 9.0, "");
        sketch.line(&path, MAIN, 4.0, "");
        sketch.circle(path[0], 10.0, PAPER, MAIN);
        sketch.circle(path[path.len() - 1], 10.0, MAIN, PAPER);
    }
    for (px, py, name) in &heat.points {
        let at = place((*px, *py));
        sketch.circle(at, 20.0, PAPER, INK);
        sketch.text(name, at, TEXT, INK, Side::Middle);
    }
    sketch.finish(&heat.title, description)
}

/// A point in words, with the value under it where there is a border to be on one
/// side of.
fn of_point(heat: &Heat, (x, y, name): &(f64, f64, String), language: Language) -> String {
    let place = (number(*x), number(*y));
    let value = heat.border.and_then(|_| {
        let columns = heat.columns.max(1);
        let rows = heat.values.len() / columns;
        let cell = |at: f64, (_, low, high): &(String, f64, f64), cells: usize| {
            let cell = ((at - low) / (high - low) * cells as f64).floor();
            (0.0..cells as f64).contains(&cell).then_some(cell as usize)
        };
        heat.values.get(cell(*y, &heat.y, rows)? * columns + cell(*x, &heat.x, columns)?)
    });
    match value {
        Some(value) => {
            let words =
                [("x", place.0), ("y", place.1), ("name", name.clone()), ("value", number(*value))];
            sentence::FIGURE_POINT.say(language, &words)
        }
        None => format!("({}, {}): {name}.", place.0, place.1),
    }
}

/// Whole numbers without decimals.
fn short(value: f64) -> String {
    if value == value.round() { tick(value) } else { number(value) }
}

type Segment = ((f64, f64), (f64, f64));

/// Short lines between neighboring cells on two sides of a value.
fn crossings(heat: &Heat, border: f64) -> Vec<Segment> {
    let columns = heat.columns;
    let rows = heat.values.len() / columns.max(1);
    let (width, height) =
        ((heat.x.2 - heat.x.1) / columns as f64, (heat.y.2 - heat.y.1) / rows.max(1) as f64);
    let above = |row: usize, column: usize| heat.values[row * columns + column] > border;
    let mut found = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (heat.x.1 + width * column as f64, heat.y.1 + height * row as f64);
            if column > 0 && above(row, column) != above(row, column - 1) {
                found.push(((x, y), (x, y + height)));
            }
            if row > 0 && above(row, column) != above(row - 1, column) {
                found.push(((x, y), (x + width, y)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_and_what_lies_under_each_point_are_told() {
        let drawn = Heat {
            title: "answers".into(),
            x: ("a".into(), 0.0, 2.0),
            y: ("b".into(), 0.0, 2.0),
            columns: 2,
            values: vec![0.125, 0.25, 0.375, 0.875],
            points: vec![(1.5, 1.5, "1".into()), (1.5, 0.5, "0".into()), (9.0, 0.5, "x".into())],
            border: Some(0.5),
            range: Some((0.0, 1.0)),
            ..Heat::default()
        };
        let words = heat(&drawn, Language::English).description().to_string();
        for expected in [
            "Above 0.5000 lies 25 % of the plane.",
            "(1.500, 1.500), marked 1: 0.8750.",
            "(1.500, 0.5000), marked 0: 0.2500.",
            "(9.000, 0.5000): x.",
        ] {
            assert!(words.contains(expected), "{expected} in {words}");
        }
    }
}
