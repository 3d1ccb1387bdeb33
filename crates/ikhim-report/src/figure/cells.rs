use super::Figure;
use super::canvas::describe;
use super::sketch::{GRID, INK, MAIN, MUTED, NOTE, PAPER, Side, Sketch, TEXT};
use crate::number::number;

const CELL: f64 = 76.0;

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
    let columns = |grid: &Cells| grid.rows.first().map_or(0, Vec::len);
    let wide: f64 = grids.iter().map(|grid| CELL * columns(grid).max(2) as f64 + 48.0).sum();
    let tall = grids.iter().map(|grid| grid.rows.len()).max().unwrap_or(0) as f64 * CELL;
    let room = arithmetic.chars().count() as f64 * NOTE * 0.58 + 16.0;
    let mut sketch = Sketch::new(wide.max(room).max(480.0) as u32, (tall + 172.0) as u32, title);
    let mut left = 8.0;
    for grid in grids {
        sketch.text(&grid.name, (left, 70.0), NOTE, MUTED, Side::Start);
        for (r, row) in grid.rows.iter().enumerate() {
            for (c, value) in row.iter().enumerate() {
                let at = (left + CELL * c as f64, 92.0 + CELL * r as f64);
                sketch.rectangle(at, (CELL, CELL), PAPER, Some((GRID, 2.0)));
                let text = short(*value);
                let size = if text.chars().count() > 4 { NOTE } else { TEXT };
                let middle = (at.0 + CELL / 2.0, at.1 + CELL / 2.0);
                sketch.text(&text, middle, size, INK, Side::Middle);
            }
        }
        if let Some([row, column, rows, width]) = grid.framed {
            let at = (left + CELL * column as f64, 92.0 + CELL * row as f64);
            let (x, y) = at;
            let (x2, y2) = (x + CELL * width as f64, y + CELL * rows as f64);
            sketch.line(&[(x, y), (x2, y), (x2, y2), (x, y2), (x, y)], MAIN, 7.0, "");
        }
        left += CELL * columns(grid).max(2) as f64 + 48.0;
    }
    sketch.text(arithmetic, (8.0, tall + 132.0), NOTE, INK, Side::Start);
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
