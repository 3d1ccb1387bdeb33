//! Shapes written straight as SVG, for figures that are no chart of epochs:
//! places are not rounded to whole units, and lines have dashes of their own.

use super::Figure;
use crate::markup::escape;
use crate::terminal::truncate;

pub(super) const INK: &str = "#1B1F24";
pub(super) const MUTED: &str = "#59636E";
pub(super) const GRID: &str = "#D8DEE4";
pub(super) const MAIN: &str = "#164A8A";
pub(super) const OTHER: &str = "#D07A1E";
pub(super) const PAPER: &str = "#FEFEFE";

pub(super) const TEXT: f64 = 26.0;
pub(super) const NOTE: f64 = 22.0;
const HEADING: f64 = 30.0;
/// Rough width of one terminal column of text of size 1.
pub(super) const COLUMN: f64 = 0.56;

/// Where a text stands relative to its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Start,
    Middle,
    End,
}

/// A figure under construction.
pub(super) struct Sketch {
    width: u32,
    height: u32,
    shapes: String,
}

impl Sketch {
    /// A ground with a title.
    pub(super) fn new(width: u32, height: u32, title: &str) -> Sketch {
        let mut sketch = Sketch { width, height, shapes: String::new() };
        let columns = (f64::from(width) / (HEADING * COLUMN)) as usize;
        let heading = escape(&truncate(title, columns));
        sketch.shapes.push_str(&format!(
            "<text x=\"8\" y=\"36\" font-size=\"{HEADING}\" font-weight=\"bold\" \
             font-family=\"sans-serif\" fill=\"{INK}\">{heading}</text>"
        ));
        sketch
    }

    pub(super) fn text(&mut self, words: &str, at: (f64, f64), size: f64, fill: &str, side: Side) {
        let anchor = match side {
            Side::Start => "start",
            Side::Middle => "middle",
            Side::End => "end",
        };
        self.shapes.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size}\" font-family=\"sans-serif\" \
             text-anchor=\"{anchor}\" fill=\"{fill}\">{}</text>",
            at.0,
            at.1 + size * 0.35,
            escape(words)
        ));
    }

    /// A text over lines: the ground shows around its letters.
    pub(super) fn text_over(&mut self, words: &str, at: (f64, f64), size: f64, fill: &str) {
        self.shapes.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size}\" font-family=\"sans-serif\" \
             fill=\"{fill}\" stroke=\"{PAPER}\" stroke-width=\"8\" stroke-linejoin=\"round\" \
             paint-order=\"stroke\">{}</text>",
            at.0,
            at.1 + size * 0.35,
            escape(words)
        ));
    }

    /// A line through points; `dash` as SVG writes it, empty for a solid one.
    pub(super) fn line(&mut self, points: &[(f64, f64)], stroke: &str, width: f64, dash: &str) {
        let places: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let dash = match dash {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        self.shapes.push_str(&format!(
            "<polyline fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{dash} points=\"{}\"/>",
            places.join(" ")
        ));
    }

    pub(super) fn rectangle(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: &str,
        stroke: Option<(&str, f64)>,
    ) {
        let border = stroke.map_or(String::new(), |(color, width)| {
            format!(" stroke=\"{color}\" stroke-width=\"{width}\"")
        });
        self.shapes.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{fill}\"{border}/>"
        ));
    }

    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, stroke: &str) {
        self.shapes.push_str(&format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{fill}\" \
             stroke=\"{stroke}\" stroke-width=\"3\"/>"
        ));
    }

    /// A picture that fills a rectangle; `uri` holds its bytes.
    pub(super) fn picture(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), uri: &str) {
        self.shapes.push_str(&format!(
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             preserveAspectRatio=\"none\" href=\"{uri}\"/>"
        ));
    }

    pub(super) fn finish(self, title: &str, description: String) -> Figure {
        let Sketch { width, height, shapes } = self;
        Figure { title: title.to_string(), description, width, height, shapes }
    }
}
