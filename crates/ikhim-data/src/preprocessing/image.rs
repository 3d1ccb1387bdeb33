use super::scaler::Scaler;
use super::{RowWarning, fault};
use crate::{ArrayData, Policy, Scaling};
use ikhim_text::Result;
use serde::{Deserialize, Serialize};

/// A column of images, one scaler per channel (the last axis).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ImageStep {
    pub(super) shape: Vec<usize>,
    full_scale: f64,
    channels: Vec<Scaler>,
}

/// An input of images as a network sees it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ImageLevels {
    /// The name of the input.
    pub input: String,
    /// Height, width, channels.
    pub shape: [usize; 3],
    /// The encoded value of black in each channel.
    pub black: Vec<f32>,
    /// The encoded value of full intensity in each channel.
    pub full: Vec<f32>,
}

impl ImageStep {
    pub(super) fn levels(&self, input: &str) -> Option<ImageLevels> {
        let &[height, width, channels] = self.shape.as_slice() else { return None };
        let encoded = |value: f64| self.channels.iter().map(|c| c.apply(value) as f32).collect();
        Some(ImageLevels {
            input: input.to_string(),
            shape: [height, width, channels],
            black: encoded(0.0),
            full: encoded(self.full_scale),
        })
    }

    pub(super) fn fit(
        name: &str,
        shape: &[usize],
        data: &ArrayData,
        full_scale: f64,
        policy: &Policy,
    ) -> Result<ImageStep> {
        let count = shape.last().copied().unwrap_or(1).max(1);
        let channels = match policy.scaling {
            Scaling::Unit => vec![Scaler::divisor(full_scale); count],
            Scaling::None => vec![Scaler::IDENTITY; count],
            Scaling::Standard => {
                let values = data.range_f32(0, data.len());
                let channel = |channel| -> Vec<f64> {
                    values.iter().skip(channel).step_by(count).map(|&x| f64::from(x)).collect()
                };
                (0..count).map(|c| Scaler::fit(Scaling::Standard, &channel(c))).collect()
            }
            other => return Err(fault::misfit(name, "scaling", other.word(), "image")),
        };
        Ok(ImageStep { shape: shape.to_vec(), full_scale, channels })
    }

    /// Elements of one image.
    pub(super) fn width(&self) -> usize {
        self.shape.iter().product()
    }

    pub(super) fn encode(&self, data: &ArrayData) -> Vec<f32> {
        let mut values = data.range_f32(0, data.len());
        for pixel in values.chunks_mut(self.channels.len()) {
            for (value, scaler) in pixel.iter_mut().zip(&self.channels) {
                *value = scaler.apply(f64::from(*value)) as f32;
            }
        }
        values
    }

    /// The values as they stand in the data.
    pub(super) fn invert(&self, values: &[f32]) -> Vec<f64> {
        let scalers = self.channels.iter().cycle();
        values.iter().zip(scalers).map(|(&value, scaler)| scaler.invert(value.into())).collect()
    }

    /// Tells the images that hold a value which no image holds.
    pub(super) fn warnings(&self, name: &str, data: &ArrayData, ids: &[u64]) -> Vec<RowWarning> {
        let width = self.width();
        let warning = |(index, &row): (usize, &u64)| {
            let values = data.range_f32(index * width, (index + 1) * width);
            let mut values = values.into_iter().map(f64::from);
            let value = values.find(|value| !(0.0..=self.full_scale).contains(value))?;
            let (column, range) = (name.to_string(), [0.0, self.full_scale]);
            Some(RowWarning::Extrapolation { row, column, value, range })
        };
        ids.iter().enumerate().filter_map(warning).collect()
    }
}
