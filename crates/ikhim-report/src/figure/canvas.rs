//! What all figures share: palette, text and the way onto plotters' canvas.

use super::Figure;
use crate::markup::clean;
use crate::terminal::truncate;
use ikhim_text::{Language, sentence};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::io;

pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

pub(super) const INK: RGBColor = RGBColor(0x1B, 0x1F, 0x24);
pub(super) const MUTED: RGBColor = RGBColor(0x59, 0x63, 0x6E);
pub(super) const GRID: RGBColor = RGBColor(0xD8, 0xDE, 0xE4);
pub(super) const PAPER: RGBColor = RGBColor(0xFE, 0xFE, 0xFE);
/// Validation, and the network among its baselines: the dark one in gray.
pub(super) const MAIN: RGBColor = RGBColor(0x16, 0x4A, 0x8A);
/// Train: the light one in gray; its lines are dashed.
pub(super) const OTHER: RGBColor = RGBColor(0xD0, 0x7A, 0x1E);

/// The palette for a dark scheme. plotters writes colors as attributes, which
/// any style rule overrides, so viewers without style sheets see the light
/// palette.
pub const STYLE: &str = "\
svg image{image-rendering:pixelated}\
@media(prefers-color-scheme:dark){\
svg [fill='#1B1F24']{fill:#E6E9ED}svg [stroke='#1B1F24']{stroke:#E6E9ED}\
svg [fill='#59636E']{fill:#9DA7B3}svg [stroke='#59636E']{stroke:#9DA7B3}\
svg [fill='#D8DEE4']{fill:#39414A}svg [stroke='#D8DEE4']{stroke:#39414A}\
svg [fill='#FEFEFE']{fill:#14181D}svg [stroke='#FEFEFE']{stroke:#14181D}\
svg [fill='#164A8A']{fill:#8AB8F0}svg [stroke='#164A8A']{stroke:#8AB8F0}\
svg [fill='#D07A1E']{fill:#F0A35E}svg [stroke='#D07A1E']{stroke:#F0A35E}}";

/// Size of most text, in units of the drawing.
pub(super) const TEXT: f64 = 26.0;
/// Size of notes.
pub(super) const NOTE: f64 = 22.0;
const HEADING: f64 = 30.0;
/// Rough width of one terminal column of text of size 1.
pub(super) const COLUMN: f64 = 0.56;

/// Lets `paint` draw on a canvas and gives the figure. A failure of the
/// drawing library becomes the description: a report without one figure is
/// better than no report.
pub(super) fn draw(
    (width, height): (u32, u32),
    title: String,
    mut description: String,
    paint: impl FnOnce(&Canvas<'_>) -> Drawn,
) -> Figure {
    let mut document = String::new();
    let canvas = SVGBackend::with_string(&mut document, (width, height)).into_drawing_area();
    let drawn = paint(&canvas).and_then(|()| canvas.present());
    drop(canvas);
    if let Err(fault) = drawn {
        description = fault.to_string();
    }
    let shapes = document
        .split_once(">\n")
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(shapes, _)| shapes)
        // Dashes tell the lines apart without colors; plotters has no style
        // for them, only thousands of short lines.
        .replace("stroke=\"#D07A1E\"", "stroke=\"#D07A1E\" stroke-dasharray=\"16 8\"");
    Figure { title, description, width, height, shapes }
}

/// A figure that says why it is empty.
pub(super) fn empty(title: String, reason: String) -> Figure {
    let (heading, sentence) = (title.clone(), reason.clone());
    draw((880, 200), title, reason, |canvas| {
        write_title(canvas, &heading)?;
        write(canvas, &sentence, (440, 120), &text(TEXT, &MUTED, HPos::Center))
    })
}

pub(super) fn text<'a>(size: f64, color: &'a RGBColor, side: HPos) -> TextStyle<'a> {
    // plotters divides the size of a font by 1.24 on its way into SVG.
    TextStyle::from(("sans-serif", size * 1.24).into_font())
        .color(color)
        .pos(Pos::new(side, VPos::Center))
}

pub(super) fn write(
    canvas: &Canvas<'_>,
    words: &str,
    at: (i32, i32),
    style: &TextStyle<'_>,
) -> Drawn {
    canvas.draw_text(&clean(words), style, at)
}

pub(super) fn write_title(canvas: &Canvas<'_>, title: &str) -> Drawn {
    let style = TextStyle::from(("sans-serif", HEADING * 1.24, FontStyle::Bold).into_font())
        .color(&INK)
        .pos(Pos::new(HPos::Left, VPos::Center));
    let columns = (f64::from(canvas.dim_in_pixel().0) / (HEADING * COLUMN)) as usize;
    write(canvas, &truncate(title, columns), (8, 26), &style)
}

pub(super) fn fill(
    canvas: &Canvas<'_>,
    from: (i32, i32),
    to: (i32, i32),
    style: ShapeStyle,
) -> Drawn {
    canvas.draw(&Rectangle::new([from, to], style))
}

/// `3 values are not finite and left out`, or nothing.
pub(super) fn left_out(count: usize, language: Language) -> Option<String> {
    match count {
        0 => None,
        1 => Some(sentence::FIGURE_ONE_NOT_FINITE.say(language, &[])),
        n => Some(sentence::FIGURE_NOT_FINITE.say(language, &[("n", n.to_string())])),
    }
}

/// Sentences joined into a description.
pub(super) fn describe(sentences: impl IntoIterator<Item = Option<String>>) -> String {
    let sentences = sentences.into_iter().flatten().filter(|sentence| !sentence.is_empty());
    sentences.collect::<Vec<_>>().join(" ")
}
