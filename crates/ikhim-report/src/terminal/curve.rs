use super::{Glyphs, pad, range, step, width};
use crate::number::number;

/// A line of a terminal plot.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// One value for each epoch; those that are not finite leave a gap.
    pub values: &'a [f64],
}

/// Marks of the lines in the plain form, in their order.
const MARKS: [char; 4] = ['*', 'o', '+', 'x'];
/// Bits of the dots of a braille character above U+2800, in `[column][row]`.
const DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
const BLANK: u32 = 0x2800;

/// A plot of `columns` by `rows` characters, its greatest and smallest value at
/// the left, the legend below. The first line is drawn in braille dots, the
/// others in a sign each, so that they differ without color; the plain form
/// has a sign for each. Empty where no value is finite.
///
/// ```
/// use ikhim_report::terminal::{Glyphs, Line, curve};
/// let plot = curve(&[Line { name: "loss", values: &[3.0, 2.0, 1.0] }], 12, 3, Glyphs::Ascii);
/// assert_eq!(plot, "3.000 |*\n      | **\n1.000 |   **\n       * loss\n");
/// ```
pub fn curve(lines: &[Line<'_>], columns: usize, rows: usize, glyphs: Glyphs) -> String {
    let Some(values) = range(lines.iter().flat_map(|line| line.values).copied()) else {
        return String::new();
    };
    let (top, bottom) = (number(values.1), number(values.0));
    let labels = width(&top).max(width(&bottom));
    let columns = columns.saturating_sub(labels + 2).max(1);
    let longest = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
    let epochs = (0.0, longest.saturating_sub(1) as f64);

    let mut cells = vec![vec![' '; columns]; rows.max(1)];
    // The first line is drawn last: its dots are the finer ones.
    for (index, line) in lines.iter().enumerate().rev() {
        let braille = index == 0 && glyphs == Glyphs::Unicode;
        let (wide, tall) = if braille { (2, 4) } else { (1, 1) };
        let place = |(epoch, value): (usize, f64)| {
            let x = step(epoch as f64, epochs, columns * wide);
            let y = step(value, values, cells.len() * tall);
            (x, cells.len() * tall - 1 - y)
        };
        let points: Vec<Option<(usize, usize)>> = (0..)
            .zip(line.values)
            .map(|(epoch, value)| value.is_finite().then(|| place((epoch, *value))))
            .collect();
        for (x, y) in joined(&points) {
            let cell = &mut cells[y / tall][x / wide];
            *cell = if braille { with_dot(*cell, DOTS[x % 2][y % 4]) } else { MARKS[index % 4] };
        }
    }

    let bar = if glyphs == Glyphs::Unicode { '│' } else { '|' };
    let last = cells.len() - 1;
    let mut text = String::new();
    for (index, row) in cells.iter().enumerate() {
        let label = if index == 0 {
            &top
        } else if index == last {
            &bottom
        } else {
            ""
        };
        let row: String = row.iter().collect();
        text.push_str(&format!("{} {bar}{}", pad(label, labels), row.trim_end()));
        text.push('\n');
    }
    let legend: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let mark =
                if index == 0 && glyphs == Glyphs::Unicode { '⠶' } else { MARKS[index % 4] };
            format!("{mark} {}", line.name)
        })
        .collect();
    format!("{text}{}{}\n", " ".repeat(labels + 2), legend.join("   "))
}

/// The points and those between two neighbors; none across a gap.
fn joined(points: &[Option<(usize, usize)>]) -> Vec<(usize, usize)> {
    let mut dots: Vec<(usize, usize)> = points.iter().copied().flatten().collect();
    for pair in points.windows(2) {
        let [Some(from), Some(to)] = pair else { continue };
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1));
        let between =
            |from: usize, to: usize, at: usize| (from * (steps - at) + to * at + steps / 2) / steps;
        dots.extend((1..steps).map(|at| (between(from.0, to.0, at), between(from.1, to.1, at))));
    }
    dots
}

fn with_dot(cell: char, dot: u32) -> char {
    let before = u32::from(cell);
    let dots = if (BLANK..BLANK + 256).contains(&before) { before } else { BLANK };
    char::from_u32(dots | dot).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braille_holds_eight_dots_a_character() {
        // One character, two epochs: from the dot at the lower left (number 7
        // of Unicode's braille patterns) over 3 and 5 to the upper right (4).
        let plot = curve(&[Line { name: "up", values: &[1.0, 2.0] }], 8, 1, Glyphs::Unicode);
        assert_eq!(plot, format!("2.000 │⡜\n{:7}⠶ up\n", ""));
        assert_eq!(u32::from('⡜'), 0x2800 + 0x40 + 0x04 + 0x10 + 0x08);
    }

    #[test]
    fn gaps_and_empty_lines_are_no_fault() {
        let gap = Line { name: "검증", values: &[1.0, f64::NAN, 3.0, f64::INFINITY] };
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let plot = curve(&[gap, Line { name: "train", values: &[] }], 40, 5, glyphs);
            assert_eq!(plot.lines().count(), 6, "{plot}");
            assert!(plot.lines().all(|line| width(line) <= 40));
            assert!(plot.contains("검증") && plot.contains("train"));
            assert_eq!(curve(&[Line { name: "loss", values: &[f64::NAN] }], 40, 5, glyphs), "");
            assert!(!curve(&[Line { name: "one", values: &[5.0] }], 0, 0, glyphs).is_empty());
        }
        let long: Vec<f64> = (0..1000).map(|epoch| 1.0 / f64::from(epoch + 1)).collect();
        let plot = curve(&[Line { name: "loss", values: &long }], 60, 8, Glyphs::Unicode);
        assert_eq!(plot.lines().count(), 9);
    }

    #[test]
    fn the_first_line_is_drawn_over_the_others() {
        let lines =
            [Line { name: "a", values: &[1.0, 1.0] }, Line { name: "b", values: &[1.0, 1.0] }];
        let plot = curve(&lines, 20, 1, Glyphs::Ascii);
        assert!(plot.starts_with("1.000 |*************\n"), "{plot}");
    }
}
