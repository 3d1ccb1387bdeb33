//! From the size of an image to the size of a row.
//!
//! A cell of the result is the weighted mean of the pixels under a triangle of
//! half width `max(1, s)` around its middle, `s` pixels to a cell: between
//! pixels where the image grows, an average of all of them where it shrinks.
//! Height and width are taken one after the other.

use super::options::Resize;
use super::raster::Raster;

/// A part of an image, in pixels that need not be whole.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    start: f64,
    length: f64,
}

/// Brings an image to a size.
pub(super) fn resized(image: &Raster, [height, width]: [usize; 2], how: Resize) -> Raster {
    let (tall, wide) = (image.height as f64, image.width as f64);
    let middle = |whole: f64, length: f64| Part { start: (whole - length) / 2.0, length };
    match how {
        _ if [image.height, image.width] == [height, width] => image.clone(),
        Resize::Stretch => {
            sampled(image, [middle(tall, tall), middle(wide, wide)], [height, width])
        }
        Resize::Crop => {
            // Pixels to a cell, equal in both directions.
            let scale = (tall / height as f64).min(wide / width as f64);
            let part = [middle(tall, scale * height as f64), middle(wide, scale * width as f64)];
            sampled(image, part, [height, width])
        }
        Resize::Pad => {
            let scale = (tall / height as f64).max(wide / width as f64);
            let fitted =
                |whole: f64, most: usize| ((whole / scale).round() as usize).clamp(1, most);
            let inner = [fitted(tall, height), fitted(wide, width)];
            let inside = sampled(image, [middle(tall, tall), middle(wide, wide)], inner);
            framed(&inside, [height, width])
        }
    }
}

/// The image in the middle of a black one.
fn framed(image: &Raster, [height, width]: [usize; 2]) -> Raster {
    let channels = image.channels;
    let mut data = vec![0; height * width * channels];
    let (top, left) = ((height - image.height) / 2, (width - image.width) / 2);
    let line = image.width * channels;
    for (row, pixels) in image.data.chunks_exact(line).enumerate() {
        let start = ((top + row) * width + left) * channels;
        data[start..start + line].copy_from_slice(pixels);
    }
    Raster { height, width, channels, data }
}

/// A part of an image at a size.
fn sampled(image: &Raster, [rows, columns]: [Part; 2], [height, width]: [usize; 2]) -> Raster {
    let channels = image.channels;
    let down = windows(rows, image.height, height);
    let across = windows(columns, image.width, width);
    let line = image.width * channels;
    let mut data = Vec::with_capacity(height * width * channels);
    let mut mixed = vec![0.0_f32; line];
    for window in &down {
        mixed.fill(0.0);
        for (row, weight) in (window.first..).zip(&window.weights) {
            let pixels = &image.data[row * line..(row + 1) * line];
            for (sum, &pixel) in mixed.iter_mut().zip(pixels) {
                *sum += weight * f32::from(pixel);
            }
        }
        for window in &across {
            for channel in 0..channels {
                let mut sum = 0.0;
                for (column, weight) in (window.first..).zip(&window.weights) {
                    sum += weight * mixed[column * channels + channel];
                }
                data.push((sum + 0.5).clamp(0.0, 255.0) as u8);
            }
        }
    }
    Raster { height, width, channels, data }
}

/// The pixels that one cell is a mean of.
struct Window {
    first: usize,
    weights: Vec<f32>,
}

/// The windows of all cells along one axis.
fn windows(part: Part, pixels: usize, cells: usize) -> Vec<Window> {
    let step = part.length / cells as f64;
    let reach = step.max(1.0);
    let window = |cell: usize| {
        let middle = part.start + (cell as f64 + 0.5) * step;
        let first = (middle - reach).floor().max(0.0) as usize;
        let last = ((middle + reach).ceil() as usize).clamp(first + 1, pixels);
        let first = first.min(pixels - 1);
        let weight = |pixel: usize| {
            let distance = (pixel as f64 + 0.5 - middle).abs() / reach;
            (1.0 - distance).max(0.0)
        };
        let weights: Vec<f64> = (first..last.max(first + 1)).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        let weights = weights.iter().map(|weight| (weight / sum) as f32).collect();
        Window { first, weights }
    };
    (0..cells).map(window).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(height: usize, width: usize, pixel: impl Fn(usize, usize) -> u8) -> Raster {
        let data = (0..height * width).map(|i| pixel(i / width, i % width)).collect();
        Raster { height, width, channels: 1, data }
    }

    #[test]
    fn one_color_stays_one_color() {
        let image = Raster { height: 7, width: 5, channels: 3, data: [9, 80, 255].repeat(35) };
        for how in [Resize::Crop, Resize::Stretch] {
            for size in [[3, 3], [20, 11], [1, 1]] {
                let found = resized(&image, size, how);
                assert_eq!(found.data, [9, 80, 255].repeat(size[0] * size[1]), "{how} {size:?}");
            }
        }
    }

    /// By hand: the middle of the one cell is the edge between the two middle
    /// pixels, the triangle reaches 4 pixels, weights are 1/16 · (1, 3, 5, 7,
    /// 7, 5, 3, 1) on eight pixels and here 1, 3, 3, 1 of 8 on four.
    #[test]
    fn shrinking_is_a_triangle() {
        let image = grey(1, 4, |_, x| [0, 80, 160, 240][x]);
        assert_eq!(resized(&image, [1, 1], Resize::Stretch).data, [120]);
        let image = grey(1, 4, |_, x| [80, 0, 0, 0][x]);
        // Reach 4 around 2: weights 1 - 1.5/4, 1 - 0.5/4, twice: 0.625, 0.875.
        assert_eq!(resized(&image, [1, 1], Resize::Stretch).data, [17]);
    }

    /// A ramp of equal steps is a ramp of equal steps at every size, away from
    /// the borders: a triangle is symmetric, so its mean is its middle.
    #[test]
    fn a_ramp_stays_a_ramp() {
        let image = grey(2, 64, |_, x| (3 * x + 20) as u8);
        let found = resized(&image, [2, 16], Resize::Stretch);
        for cell in 1..15 {
            // The middle of cell c is pixel 4c + 1.5.
            let expected = 3.0 * (4.0 * cell as f64 + 1.5) + 20.0;
            let value = f64::from(found.data[cell]);
            assert!((value - expected).abs() <= 0.5, "{cell}: {value} for {expected}");
        }
    }

    #[test]
    fn crop_takes_the_middle_and_pad_keeps_all() {
        // Left third 0, middle 100, right 200.
        let image = grey(4, 12, |_, x| [0, 100, 200][x / 4]);
        assert_eq!(resized(&image, [4, 4], Resize::Crop).data, [100; 16]);
        let padded = resized(&image, [12, 12], Resize::Pad);
        assert_eq!(padded.data[..4 * 12], [0; 48]);
        assert_eq!(padded.data[4 * 12..8 * 12], image.data);
        assert_eq!(padded.data[8 * 12..], [0; 48]);
        let same = resized(&image, [4, 12], Resize::Crop);
        assert_eq!(same, image);
    }
}
