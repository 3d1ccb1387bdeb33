//! Pictures of what a network holds: heat maps, mosaics, images side by side.

use super::Figure;
use super::Image;
use super::canvas::{INK, MUTED, NOTE, TEXT, describe, draw, text, write, write_title};
use plotters::style::text_anchor::HPos;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Gray around the parts of a mosaic.
const GAP: u8 = 128;

/// A picture with its heading and what it shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Picture {
    /// Letters and digits, for the name of a file.
    pub name: String,
    /// The heading.
    pub title: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// The picture.
    pub image: Image,
}

impl Image {
    /// Values as heat: the smallest black, then red, yellow, the largest white.
    /// Equal values are black, as is one that is no number.
    ///
    /// ```
    /// use ikhim_report::figure::Image;
    /// let heat = Image::heat(1, 3, &[0.0, 1.0, 3.0]);
    /// assert_eq!(heat.pixels, [0, 0, 0, 255, 0, 0, 255, 255, 255]);
    /// ```
    pub fn heat(height: usize, width: usize, values: &[f32]) -> Image {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min);
        let high = finite().fold(f32::NEG_INFINITY, f32::max);
        let pixel = |value: &f32| {
            let share =
                if high > low && value.is_finite() { (value - low) / (high - low) } else { 0.0 };
            [0.0, 1.0, 2.0]
                .map(|start| ((3.0 * share - start).clamp(0.0, 1.0) * 255.0).round() as u8)
        };
        Image { height, width, channels: 3, pixels: values.iter().flat_map(pixel).collect() }
    }

    /// Values as levels of gray, the smallest black and the largest white.
    pub fn gray(height: usize, width: usize, values: &[f32]) -> Image {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min);
        let high = finite().fold(f32::NEG_INFINITY, f32::max);
        let white = if high > low { high } else { low + 1.0 };
        Image::of_values(&[height, width], values, low, white)
    }

    /// The image in red, green and blue.
    pub fn in_color(self) -> Image {
        if self.channels != 1 {
            return self;
        }
        let pixels = self.pixels.iter().flat_map(|&gray| [gray; 3]).collect();
        Image { channels: 3, pixels, ..self }
    }

    /// Each pixel as a square of so many.
    pub fn enlarged(&self, factor: usize) -> Image {
        let factor = factor.max(1);
        let (height, width) = (self.height * factor, self.width * factor);
        let mut pixels = Vec::with_capacity(height * width * self.channels);
        for y in 0..height {
            for x in 0..width {
                let start = ((y / factor) * self.width + x / factor) * self.channels;
                pixels.extend_from_slice(&self.pixels[start..start + self.channels]);
            }
        }
        Image { height, width, channels: self.channels, pixels }
    }

    /// Half of each of two images of one size, in color.
    pub fn blended(self, other: Image) -> Image {
        let (first, second) = (self.in_color(), other.in_color());
        let pairs = first.pixels.iter().zip(&second.pixels);
        let pixels = pairs.map(|(a, b)| u16::midpoint((*a).into(), (*b).into()) as u8).collect();
        Image { pixels, ..first }
    }

    /// Images of one size in rows of so many, with a gray line between them.
    pub fn mosaic(parts: &[Image], columns: usize) -> Image {
        let Some(first) = parts.first() else { return Image::default() };
        let (columns, channels) = (columns.clamp(1, parts.len()), first.channels);
        let rows = parts.len().div_ceil(columns);
        let height = rows * (first.height + 1) + 1;
        let width = columns * (first.width + 1) + 1;
        let mut pixels = vec![GAP; height * width * channels];
        let same = |part: &&Image| part.height == first.height && part.width == first.width;
        for (index, part) in parts.iter().filter(same).enumerate() {
            let top = index / columns * (first.height + 1) + 1;
            let left = index % columns * (first.width + 1) + 1;
            let line = part.width * channels;
            for (y, row) in part.pixels.chunks_exact(line.max(1)).enumerate() {
                let start = ((top + y) * width + left) * channels;
                pixels[start..start + line].copy_from_slice(row);
            }
        }
        Image { height, width, channels, pixels }
    }
}

/// A picture as a figure of the page.
pub fn picture(picture: &Picture) -> Figure {
    sized(picture, 840)
}

/// A picture as a smaller figure, beside others; its heading and its caption are
/// short.
pub fn small_picture(picture: &Picture) -> Figure {
    sized(picture, 520)
}

/// A picture whose longer side is about so long.
fn sized(picture: &Picture, side: usize) -> Figure {
    let Image { height, width, .. } = picture.image;
    let scale = (side / height.max(width).max(1)).max(1);
    let (height, width) = ((height * scale) as i32, (width * scale) as i32);
    let size = ((width + 40).max(side as i32 + 40) as u32, (height + 120) as u32);
    let middle = side as i32 / 2 + 20;
    let description = describe([Some(picture.caption.clone())]);
    let (title, caption) = (picture.title.clone(), picture.caption.clone());
    let heading = title.clone();
    let mut figure = draw(size, title, description, |canvas| {
        write_title(canvas, &heading)?;
        let shown = crate::terminal::truncate(&caption, 72);
        write(canvas, &shown, (8, 66), &text(NOTE, &MUTED, HPos::Left))?;
        match height {
            0 => write(canvas, "–", (middle, 100), &text(TEXT, &INK, HPos::Center)),
            _ => Ok(()),
        }
    });
    if let Some(data) = picture.image.data_uri() {
        let _ = writeln!(
            figure.shapes,
            "<image x=\"20\" y=\"96\" width=\"{width}\" height=\"{height}\" href=\"{data}\"/>"
        );
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(height: usize, width: usize, pixels: &[u8]) -> Image {
        Image { height, width, channels: 1, pixels: pixels.to_vec() }
    }

    #[test]
    fn a_mosaic_has_lines_between_its_parts() {
        let parts = [gray(1, 2, &[1, 2]), gray(1, 2, &[3, 4]), gray(1, 2, &[5, 6])];
        let mosaic = Image::mosaic(&parts, 2);
        assert_eq!((mosaic.height, mosaic.width), (5, 7));
        let row = |y: usize| &mosaic.pixels[7 * y..7 * y + 7];
        assert_eq!(row(0), [128; 7]);
        assert_eq!(row(1), [128, 1, 2, 128, 3, 4, 128]);
        assert_eq!(row(3), [128, 5, 6, 128, 128, 128, 128]);
        assert_eq!(Image::mosaic(&[], 3), Image::default());
    }

    #[test]
    fn pixels_grow_and_blend() {
        let large = gray(1, 2, &[1, 2]).enlarged(2);
        assert_eq!(large.pixels, [1, 1, 2, 2, 1, 1, 2, 2]);
        let mixed = gray(1, 1, &[100]).blended(Image::heat(1, 1, &[1.0]));
        assert_eq!(mixed.pixels, [50; 3]);
        assert_eq!(Image::gray(1, 3, &[-1.0, 0.0, 1.0]).pixels, [0, 128, 255]);
        assert_eq!(Image::gray(1, 2, &[2.0, f32::NAN]).pixels, [0, 0]);
    }

    #[test]
    fn a_picture_is_drawn_with_its_words() {
        let image = gray(2, 2, &[0, 1, 2, 3]);
        let drawn = picture(&Picture {
            name: "x".into(),
            title: "filters <1>".into(),
            caption: "what".into(),
            image,
        });
        assert_eq!((drawn.title(), drawn.description()), ("filters <1>", "what"));
        let svg = drawn.to_string();
        assert!(
            svg.contains("data:image/png;base64,") && svg.contains("filters &lt;1&gt;"),
            "{svg}"
        );
    }
}
