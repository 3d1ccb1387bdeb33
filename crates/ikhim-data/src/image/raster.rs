//! An image in memory.

/// Rows of pixels from the top, each with its channels: grey, grey and alpha,
/// RGB, or RGB and alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<u8>,
}

impl Raster {
    /// The image as its camera meant it, by the orientation of EXIF.
    pub(crate) fn upright(self, orientation: u8) -> Raster {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (height, width, channels) = (self.height, self.width, self.channels);
        let (tall, wide) = if orientation >= 5 { (width, height) } else { (height, width) };
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..tall {
            for x in 0..wide {
                let (row, column) = match orientation {
                    2 => (y, width - 1 - x),
                    3 => (height - 1 - y, width - 1 - x),
                    4 => (height - 1 - y, x),
                    5 => (x, y),
                    6 => (height - 1 - x, y),
                    7 => (height - 1 - x, width - 1 - y),
                    _ => (x, width - 1 - y),
                };
                let start = (row * width + column) * channels;
                data.extend_from_slice(&self.data[start..start + channels]);
            }
        }
        Raster { height: tall, width: wide, channels, data }
    }

    /// The image over white, without transparency.
    pub(crate) fn over_white(self) -> Raster {
        let colors = match self.channels {
            2 => 1,
            4 => 3,
            _ => return self,
        };
        let mut data = Vec::with_capacity(self.height * self.width * colors);
        for pixel in self.data.chunks_exact(colors + 1) {
            let alpha = u32::from(pixel[colors]);
            let over = |&color: &u8| (u32::from(color) * alpha + 255 * (255 - alpha) + 127) / 255;
            data.extend(pixel[..colors].iter().map(|color| over(color) as u8));
        }
        Raster { channels: colors, data, ..self }
    }

    /// The same in grey (1) or in color (3).
    pub(crate) fn in_channels(self, channels: usize) -> Raster {
        let data = match (self.channels, channels) {
            (1, 3) => self.data.iter().flat_map(|&grey| [grey; 3]).collect(),
            (3, 1) => self.data.chunks_exact(3).map(grey).collect(),
            _ => return self,
        };
        Raster { channels, data, ..self }
    }
}

/// The luma of ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
fn grey(pixel: &[u8]) -> u8 {
    let part = |index: usize, weight: u32| u32::from(pixel[index]) * weight;
    ((part(0, 299) + part(1, 587) + part(2, 114) + 500) / 1000) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(height: usize, width: usize, channels: usize, data: &[u8]) -> Raster {
        Raster { height, width, channels, data: data.to_vec() }
    }

    /// Each of the eight ways to store the upright image 1 2 3 / 4 5 6.
    #[test]
    fn every_orientation_is_turned_upright() {
        let upright = raster(2, 3, 1, &[1, 2, 3, 4, 5, 6]);
        let stored: [(u8, usize, [u8; 6]); 8] = [
            (1, 2, [1, 2, 3, 4, 5, 6]),
            (2, 2, [3, 2, 1, 6, 5, 4]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 2, [4, 5, 6, 1, 2, 3]),
            (5, 3, [1, 4, 2, 5, 3, 6]),
            (6, 3, [3, 6, 2, 5, 1, 4]),
            (7, 3, [6, 3, 5, 2, 4, 1]),
            (8, 3, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, height, data) in stored {
            let found = raster(height, 6 / height, 1, &data).upright(orientation);
            assert_eq!(found, upright, "{orientation}");
        }
    }

    #[test]
    fn transparency_is_white() {
        let pixels = [10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128];
        let found = raster(1, 3, 4, &pixels).over_white();
        assert_eq!(found, raster(1, 3, 3, &[10, 20, 30, 255, 255, 255, 127, 127, 127]));
        let found = raster(1, 2, 2, &[9, 255, 9, 0]).over_white();
        assert_eq!(found, raster(1, 2, 1, &[9, 255]));
    }

    #[test]
    fn grey_and_color_become_each_other() {
        let colors = [255, 0, 0, 0, 255, 0, 0, 0, 255, 7, 7, 7];
        let grey = raster(1, 4, 3, &colors).in_channels(1);
        // 0.299, 0.587 and 0.114 of 255.
        assert_eq!(grey, raster(1, 4, 1, &[76, 150, 29, 7]));
        assert_eq!(raster(1, 1, 1, &[5]).in_channels(3), raster(1, 1, 3, &[5, 5, 5]));
    }
}
