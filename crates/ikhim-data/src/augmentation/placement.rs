//! Where each pixel of a changed image comes from.

use super::options::{Augmentation, Flip};
use ikhim_numeric::random::uniform;

/// A straight map from a pixel of the result to a place in the image, both
/// from the middle of the image, first down and then across.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placement {
    /// Rows of the matrix.
    turn: [[f64; 2]; 2],
    /// The place of the middle.
    start: [f64; 2],
}

impl Placement {
    /// What the numbers of a row give; `draw` gives the same 32 bits for the
    /// same number. A number belongs to one change, so that one change more
    /// moves no other.
    pub(super) fn drawn(
        augmentation: &Augmentation,
        [height, width]: [usize; 2],
        draw: impl Fn(u64) -> u32,
    ) -> Placement {
        let unit = |number| f64::from(uniform(draw(number)));
        let around = |number, most: f64| (2.0 * unit(number) - 1.0) * most;
        let whole = |number| {
            let choices = 2 * u64::from(augmentation.shift) + 1;
            let chosen = (u64::from(draw(number)) * choices) >> 32;
            chosen as f64 - f64::from(augmentation.shift)
        };
        let mirrored = |number, axes: [Flip; 2]| {
            if axes.contains(&augmentation.flip) && unit(number) < 0.5 { -1.0 } else { 1.0 }
        };
        let share = 1.0 - unit(0) * (1.0 - augmentation.crop);
        let factor = share / (1.0 + around(3, augmentation.scale));
        let (sine, cosine) = sine_cosine(around(4, augmentation.rotate));
        let down = mirrored(5, [Flip::Vertical, Flip::Both]);
        let across = mirrored(6, [Flip::Horizontal, Flip::Both]);
        let room = |number, side: usize| around(number, (1.0 - share) / 2.0 * side as f64);
        // From the result back: shift, mirror, turn, scale, and the part's place.
        // A turn to the left by θ sends (down, across) to (d cos θ − a sin θ,
        // d sin θ + a cos θ) with down pointing down.
        let turn = [
            [factor * cosine * down, factor * sine * across],
            [factor * -sine * down, factor * cosine * across],
        ]
        .map(|row| row.map(|value| value + 0.0));
        let [up, left] = [whole(7), whole(8)];
        let at = |axis: usize| -(turn[axis][0] * up + turn[axis][1] * left);
        let start = [room(1, height) + at(0), room(2, width) + at(1)];
        Placement { turn, start }
    }

    /// Whether every pixel stays where it is.
    pub(super) fn is_still(&self) -> bool {
        self.turn == [[1.0, 0.0], [0.0, 1.0]] && self.start == [0.0, 0.0]
    }
}

/// An image to sample from.
pub(super) struct Frame<'a> {
    pub(super) image: &'a [f32],
    /// Height, width, channels.
    pub(super) shape: [usize; 3],
    /// What is beyond the border, for each channel; its nearest pixel without.
    pub(super) black: Option<&'a [f32]>,
}

impl Frame<'_> {
    /// Fills the result: between four pixels, weighted by nearness.
    pub(super) fn sample(&self, placement: &Placement, result: &mut [f32]) {
        let [height, width, channels] = self.shape;
        let middle = [(height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0];
        let mut pixels = result.chunks_exact_mut(channels);
        for y in 0..height {
            let down = y as f64 - middle[0];
            for x in 0..width {
                let across = x as f64 - middle[1];
                let place = |axis: usize| {
                    let [by_down, by_across] = placement.turn[axis];
                    by_down * down + by_across * across + placement.start[axis] + middle[axis]
                };
                if let Some(pixel) = pixels.next() {
                    self.pixel([place(0), place(1)], pixel);
                }
            }
        }
    }

    fn pixel(&self, [y, x]: [f64; 2], pixel: &mut [f32]) {
        let [height, width, _] = self.shape;
        let (y, x) = match self.black {
            Some(_) => (y, x),
            None => (y.clamp(0.0, height as f64 - 1.0), x.clamp(0.0, width as f64 - 1.0)),
        };
        let (top, left) = (y.floor(), x.floor());
        let (down, across) = ((y - top) as f32, (x - left) as f32);
        let (top, left) = (top as i64, left as i64);
        for (channel, value) in pixel.iter_mut().enumerate() {
            let at = |row: i64, column: i64| self.at(row, column, channel);
            let mixed = |low: f32, high: f32, share: f32| {
                if share == 0.0 { low } else { low + (high - low) * share }
            };
            let upper = mixed(at(top, left), at(top, left + 1), across);
            let lower = mixed(at(top + 1, left), at(top + 1, left + 1), across);
            *value = mixed(upper, lower, down);
        }
    }

    fn at(&self, row: i64, column: i64, channel: usize) -> f32 {
        let [height, width, channels] = self.shape;
        let inside = |place: i64, size: usize| usize::try_from(place).ok().filter(|p| *p < size);
        let (row, column) = match (inside(row, height), inside(column, width), self.black) {
            (Some(row), Some(column), _) => (row, column),
            (.., Some(black)) => return black.get(channel).copied().unwrap_or(0.0),
            _ => {
                let near = |place: i64, size: usize| place.clamp(0, size as i64 - 1) as usize;
                (near(row, height), near(column, width))
            }
        };
        self.image[(row * width + column) * channels + channel]
    }
}

/// Sine and cosine of degrees; exact at the quarters of a turn, and the same on
/// every system.
fn sine_cosine(degrees: f64) -> (f64, f64) {
    let quarters = (degrees / 90.0).round();
    let rest = (degrees - 90.0 * quarters) * (std::f64::consts::PI / 180.0);
    let (sine, cosine) = (libm::sin(rest), libm::cos(rest));
    match quarters.rem_euclid(4.0) as u8 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augmentation::Fill;

    /// Bits that give a share; 24 bits are used.
    fn bits(share: f64) -> u32 {
        (share * 4_294_967_296.0).clamp(0.0, 4_294_967_295.0) as u32
    }

    /// An image changed by given draws.
    fn changed(
        augmentation: Augmentation,
        shape: [usize; 3],
        image: &[f32],
        draw: impl Fn(u64) -> f64,
    ) -> Vec<f32> {
        let [height, width, _] = shape;
        let placement =
            Placement::drawn(&augmentation, [height, width], |number| bits(draw(number)));
        let black = vec![-1.0; shape[2]];
        let black = (augmentation.fill == Fill::Black).then_some(black.as_slice());
        let mut result = vec![0.0; image.len()];
        Frame { image, shape, black }.sample(&placement, &mut result);
        result
    }

    /// The number that a test sets, ½ for all others: no change.
    fn only(set: &[(u64, f64)]) -> impl Fn(u64) -> f64 + '_ {
        move |number| {
            let found = set.iter().find(|(known, _)| *known == number);
            found.map_or(if number == 0 { 0.0 } else { 0.5 }, |(_, share)| *share)
        }
    }

    const PICTURE: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    const SHAPE: [usize; 3] = [2, 3, 1];

    #[test]
    fn a_shift_moves_whole_pixels() {
        // Down by 1 and left by 1, of at most 1: the first and last third.
        let one = Augmentation::new().shift(1);
        let draw = [(7, 0.9), (8, 0.1)];
        let edge = changed(one.clone(), SHAPE, &PICTURE, only(&draw));
        assert_eq!(edge, [2.0, 3.0, 3.0, 2.0, 3.0, 3.0]);
        let black = changed(one.clone().fill(Fill::Black), SHAPE, &PICTURE, only(&draw));
        assert_eq!(black, [-1.0, -1.0, -1.0, 2.0, 3.0, -1.0]);
        let still = Placement::drawn(&one, [2, 3], |number| bits(only(&[])(number)));
        assert!(still.is_still());
    }

    #[test]
    fn a_flip_mirrors() {
        let flipped = |flip, draw: &[(u64, f64)]| {
            changed(Augmentation::new().flip(flip), SHAPE, &PICTURE, only(draw))
        };
        assert_eq!(flipped(Flip::Horizontal, &[(6, 0.4)]), [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
        assert_eq!(flipped(Flip::Horizontal, &[(6, 0.6)]), PICTURE);
        assert_eq!(flipped(Flip::Vertical, &[(5, 0.0)]), [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]);
        let both = flipped(Flip::Both, &[(5, 0.0), (6, 0.0)]);
        assert_eq!(both, [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    }

    /// 90° to the left: the right column becomes the top row.
    #[test]
    fn a_quarter_turn_is_exact() {
        let square: Vec<f32> = (1..=9).map(|value| value as f32).collect();
        let turned = |degrees, share| {
            changed(Augmentation::new().rotate(degrees), [3, 3, 1], &square, only(&[(4, share)]))
        };
        let left = [3.0, 6.0, 9.0, 2.0, 5.0, 8.0, 1.0, 4.0, 7.0];
        let right = [7.0, 4.0, 1.0, 8.0, 5.0, 2.0, 9.0, 6.0, 3.0];
        // A share of ¾ is half of the most to the left, ¼ half of it to the right.
        assert_eq!(turned(180.0, 0.75), left);
        assert_eq!(turned(180.0, 0.25), right);
        let half: Vec<f32> = square.iter().rev().copied().collect();
        assert_eq!(turned(180.0, 0.0), half);
        for (degrees, sine, cosine) in
            [(0.0, 0.0, 1.0), (90.0, 1.0, 0.0), (-90.0, -1.0, 0.0), (180.0, 0.0, -1.0)]
        {
            let (found_sine, found_cosine) = sine_cosine(degrees);
            assert_eq!((found_sine + 0.0, found_cosine + 0.0), (sine, cosine));
        }
        let (sine, cosine) = sine_cosine(30.0);
        assert!((sine - 0.5).abs() < 1e-15 && (cosine - 0.75_f64.sqrt()).abs() < 1e-15);
    }

    /// Between the pixels of a plane `2·down + 3·across + 1` sampling is exact,
    /// so every straight map has a closed form.
    #[test]
    fn any_map_of_a_plane_is_a_plane() {
        let (height, width) = (21_usize, 31_usize);
        let plane = |down: f64, across: f64| 2.0 * down + 3.0 * across + 1.0;
        let middle = [10.0, 15.0];
        let image: Vec<f32> = (0..height * width)
            .map(|i| plane((i / width) as f64 - 10.0, (i % width) as f64 - 15.0) as f32)
            .collect();
        let augmentation = Augmentation::new().rotate(40.0).scale(0.2).crop(0.5).shift(2);
        // Turned by 20° to the left, enlarged by 1.1, the middle half as wide
        // and high; down by 2, right by 1.
        let draw = [(0, 0.5), (1, 0.75), (2, 0.25), (3, 0.75), (4, 0.75), (7, 0.99), (8, 0.7)];
        let found = changed(augmentation, [height, width, 1], &image, only(&draw));
        let (sine, cosine) = (20.0_f64.to_radians().sin(), 20.0_f64.to_radians().cos());
        let (share, grown) = (0.75, 1.1);
        // The part's middle is half of the room from the image's.
        let part = [0.5 * 0.125 * height as f64, -0.5 * 0.125 * width as f64];
        let mut compared = 0;
        for (i, value) in found.iter().enumerate() {
            let down = (i / width) as f64 - middle[0] - 2.0;
            let across = (i % width) as f64 - middle[1] - 1.0;
            let (turned_down, turned_across) =
                (cosine * down + sine * across, cosine * across - sine * down);
            let down = turned_down * share / grown + part[0];
            let across = turned_across * share / grown + part[1];
            if down.abs() <= middle[0] && across.abs() <= middle[1] {
                let expected = plane(down, across);
                assert!((f64::from(*value) - expected).abs() < 1e-4, "{i}: {value} {expected}");
                compared += 1;
            }
        }
        assert!(compared > 400, "{compared}");
    }
}
