//! A filter that slides over an image, with its arithmetic.

use super::{Desk, label};
use crate::measure::convolved;
use ikhim_report::figure::{Cells, Figure, cells};
use ikhim_text::Result;
use serde::Deserialize;

/// A filter at some places of an image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    image: Vec<Vec<f64>>,
    filter: Vec<Vec<f64>>,
    #[serde(default = "one")]
    stride: usize,
    /// Zeros around the image.
    #[serde(default)]
    padding: usize,
    /// Rows and columns of the cells that are worked out.
    places: Vec<[usize; 2]>,
}

/// A product as it is written by hand: a negative factor stands in parentheses.
fn factors(a: f64, b: f64) -> String {
    let factor = |value: f64| match value < 0.0 {
        true => format!("({})", signed(value)),
        false => signed(value),
    };
    format!("{}·{}", factor(a), factor(b))
}

/// A number with the sign of mathematics.
fn signed(value: f64) -> String {
    value.to_string().replace('-', "−")
}

fn one() -> usize {
    1
}

impl Filter {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let around = toml::Value::Integer(self.padding as i64);
        let output = convolved(&self.image, Some(&self.filter), 2, self.stride, &around)?;
        let image = self.padded();
        let (height, width) = (self.filter.len(), self.filter.first().map_or(0, Vec::len));
        let name = |english: &str, korean: &str| label(desk.language, english, korean);
        let figures = self.places.iter().map(|[row, column]| {
            let (top, left) = (row * self.stride, column * self.stride);
            let mut terms = Vec::new();
            for (r, filter) in self.filter.iter().enumerate() {
                for (c, weight) in filter.iter().enumerate() {
                    let cell = image.get(top + r).and_then(|row| row.get(left + c));
                    terms.push(factors(cell.copied().unwrap_or(0.0), *weight));
                }
            }
            let value = output.get(*row).and_then(|row| row.get(*column)).copied();
            let sum = signed(value.unwrap_or(f64::NAN));
            let arithmetic = format!("{} = {sum}", terms.join(" + "));
            let grids = [
                Cells {
                    name: name("image", "이미지"),
                    rows: image.clone(),
                    framed: Some([top, left, height, width]),
                },
                Cells { name: name("filter", "필터"), rows: self.filter.clone(), framed: None },
                Cells {
                    name: name("output", "출력"),
                    rows: output.clone(),
                    framed: Some([*row, *column, 1, 1]),
                },
            ];
            let title = format!("{} ({}, {})", desk.title, row + 1, column + 1);
            cells(&title, &grids, &arithmetic)
        });
        Ok(figures.collect())
    }

    fn padded(&self) -> Vec<Vec<f64>> {
        let width = self.image.first().map_or(0, Vec::len) + 2 * self.padding;
        let zeros = vec![vec![0.0; width]; self.padding];
        let side = vec![0.0; self.padding];
        let rows = self.image.iter().map(|row| [&side[..], row, &side[..]].concat());
        [zeros.clone(), rows.collect(), zeros].concat()
    }
}
