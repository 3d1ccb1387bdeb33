//! SVG figures: curves, confusion matrix, bars, wrong examples, histogram; and
//! for lessons any plot, a surface, a computation graph and grids of numbers.
//!
//! Each figure carries a title and a description, is readable without colors
//! (lines differ in dash and lightness, cells and bars carry their numbers),
//! and follows the light or dark scheme of the viewer. Values that are not
//! finite are left out, and the figure says how many.

mod axis;
mod bars;
mod canvas;
mod cells;
mod confusion;
mod curve;
mod examples;
mod flow;
mod heat;
mod histogram;
mod image;
mod picture;
mod plot;
mod sketch;
mod trials;

pub use bars::baselines;
pub use canvas::STYLE;
pub use cells::{Cells, cells};
pub use confusion::confusion;
pub use curve::{Scale, loss, metric};
pub use examples::wrong_examples;
pub use flow::{Flow, FlowNode, flow};
pub use heat::{Heat, heat};
pub use histogram::histogram;
pub use image::Image;
pub use picture::{Picture, picture, small_picture};
pub use plot::{Line, Plot, Shown, plot};
pub use trials::trials;

use crate::markup::escape;
use std::fmt;

/// A drawn figure with its text alternative.
///
/// ```
/// use ikhim_report::figure;
/// use ikhim_text::Language;
/// let drawn = figure::histogram("errors", &[0.1, 0.2, f64::NAN], Language::English);
/// assert_eq!(drawn.title(), "errors");
/// assert!(drawn.description().contains("1 value is not finite"));
/// assert!(drawn.to_string().starts_with("<svg xmlns="));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    title: String,
    description: String,
    width: u32,
    height: u32,
    shapes: String,
}

impl Figure {
    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the figure shows, in sentences.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The element for a page, whose style sheet holds [`STYLE`].
    pub fn inline(&self) -> String {
        // Beyond these limits text would be too small or too large; the page
        // scrolls what is wider than itself.
        let (least, most) = (self.width * 2 / 5, self.width * 2 / 3);
        self.element(&format!("style=\"min-width:{least}px;max-width:{most}px\""), "")
    }

    fn element(&self, attributes: &str, first: &str) -> String {
        let Figure { width, height, shapes, .. } = self;
        let (title, description) = (escape(&self.title), escape(&self.description));
        // Figures are drawn at twice their natural size, because plotters
        // rounds coordinates to whole units.
        let natural = width / 2;
        format!(
            "<svg {attributes} viewBox=\"0 0 {width} {height}\" width=\"{natural}\" role=\"img\" \
             aria-label=\"{title}. {description}\"><title>{title}</title>\
             <desc>{description}</desc>{first}{shapes}</svg>"
        )
    }
}

/// The figure as a file of its own, with a ground to stand on.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ground = format!(
            "<style>{STYLE}</style><rect x=\"0\" y=\"0\" width=\"{}\" height=\"{}\" fill=\"#FEFEFE\"/>",
            self.width, self.height
        );
        f.write_str(&self.element("xmlns=\"http://www.w3.org/2000/svg\"", &ground))
    }
}
