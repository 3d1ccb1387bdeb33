use super::Figure;
use super::canvas::describe;
use super::sketch::{GRID, INK, MAIN, MUTED, NOTE, PAPER, Side, Sketch, TEXT};
use crate::number::number;

/// The side of a cell: smaller where all numbers are short, so that a figure of
/// many columns is still read on a narrow screen.
fn side(grids: &[Cells]) -> f64 {
    let values = grids.iter().flat_map(|grid| grid.rows.iter().flatten());
    let longest = values.map(|value| short(*value).chars().count()).max().unwrap_or(0);
    if longest > 3 { 76.0 } else { 56.0 }
}

/// A sum in lines of so many letters at most, each but the first from a plus on.
fn lines(arithmetic: &str) -> Vec<String> {
    const LETTERS: usize = 40;
    let mut lines: Vec<String> = Vec::new();
    for term in arithmetic.split_inclusive(" + ") {
        match lines.last_mut() {
            Some(line) if line.chars().count() + term.chars().count() <= LETTERS => {
                line.push_str(term);
            }
            _ => lines.push(term.to_string()),
        }
    }
    lines
}

/// A grid of numbers with a name.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// The name.
    pub name: String,
    /// The numbers, row by row.
    pub rows: Vec<Vec<f64>>,
    /// The cells that are framed: first row, first column, rows, columns.
    pub framed: Option<[usize; 4]>,
}

/// Draws grids of numbers side by side, and below them a line of arithmetic.
pub fn cells(title: &str, grids: &[Cells], arithmetic: &str) -> Figure {
    let (cell, lines) = (side(grids), lines(arithmetic));
    let columns = |grid: &Cells| grid.rows.first().map_or(0, Vec::len);
    let wide: f64 = grids.iter().map(|grid| cell * columns(grid).max(2) as f64 + 48.0).sum();
    let tall = grids.iter().map(|grid| grid.rows.len()).max().unwrap_or(0) as f64 * cell;
    let letters = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let room = letters as f64 * NOTE * 0.58 + 16.0;
    let high = tall + 142.0 + 30.0 * lines.len() as f64;
    let mut sketch = Sketch::new(wide.max(room).max(480.0) as u32, high as u32, title);
    let mut left = 8.0;
    for grid in grids {
        sketch.text(&grid.name, (left, 70.0), NOTE, MUTED, Side::Start);
        for (r, row) in grid.rows.iter().enumerate() {
            for (c, value) in row.iter().enumerate() {
                let at = (left + cell * c as f64, 92.0 + cell * r as f64);
                sketch.rectangle(at, (cell, cell), PAPER, Some((GRID, 2.0)));
                let text = short(*value);
                let size = if text.chars().count() > 4 { NOTE } else { TEXT };
                let middle = (at.0 + cell / 2.0, at.1 + cell / 2.0);
                sketch.text(&text, middle, size, INK, Side::Middle);
            }
        }
        if let Some([row, column, rows, width]) = grid.framed {
            let at = (left + cell * column as f64, 92.0 + cell * row as f64);
            let (x, y) = at;
            let (x2, y2) = (x + cell * width as f64, y + cell * rows as f64);
            sketch.line(&[(x, y), (x2, y), (x2, y2), (x, y2), (x, y)], MAIN, 7.0, "");
        }
        left += cell * columns(grid).max(2) as f64 + 48.0;
    }
    for (line, text) in lines.iter().enumerate() {
        let down = tall + 132.0 + 30.0 * line as f64;
        sketch.text(text.trim_end(), (8.0, down), NOTE, INK, Side::Start);
    }
    let words = grids.iter().map(|grid| {
        let rows: Vec<String> = grid
            .rows
            .iter()
            .map(|row| row.iter().map(|value| short(*value)).collect::<Vec<_>>().join(" "))
            .collect();
        Some(format!("{}: {}.", grid.name, rows.join(" / ")))
    });
    let description = describe(words.chain([Some(arithmetic.to_string())]));
    sketch.finish(title, description)
}

/// Whole numbers as they are.
fn short(value: f64) -> String {
    if value == value.round() && value.abs() < 1e6 { format!("{value:.0}") } else { number(value) }
}
