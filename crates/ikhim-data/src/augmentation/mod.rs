//! Train rows that are changed a little each time a network sees them.
//!
//! Every change is a function of seed, epoch and the row's place in its source,
//! so it depends neither on threads nor on batches, and a training that goes on
//! later sees what it would have seen. Nothing but train rows is ever changed:
//! [`Augmenter::batch`] takes [`EncodedTrain`] alone.

mod mixing;
mod options;
mod placement;

pub use options::{Augmentation, Fill, Flip};

use crate::{
    Encoded, EncodedInput, EncodedTarget, EncodedTrain, EncodedValues, ImageLevels, Preprocessing,
};
use ikhim_numeric::random::normal;
use ikhim_numeric::{Stream, stream_id};
use ikhim_text::{Fault, Result};
use mixing::{share, weighted};
use placement::{Frame, Placement};

/// The input that holds the class of the row that is mixed in.
pub const PARTNER: &str = "target_partner";
/// The input that holds the share of the row itself.
pub const MIXING: &str = "mixing";

/// Random numbers that one placement takes at most.
const NUMBERS: u64 = 16;

/// An [`Augmentation`] of certain rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmenter {
    augmentation: Augmentation,
    images: Vec<ImageLevels>,
}

impl Augmenter {
    /// What is to be done to rows that were encoded by this preprocessing.
    ///
    /// # Errors
    /// A change of images where no input is one; a mixture of levels, which have
    /// no middle.
    pub fn new(augmentation: Augmentation, preprocessing: &Preprocessing) -> Result<Augmenter> {
        let images = preprocessing.image_levels();
        if augmentation.changes_images() && images.is_empty() {
            return Err(Fault::of("data.augmentation_without_images")
                .with("found", augmentation.words().join(", ")));
        }
        if augmentation.mixup > 0.0 && preprocessing.embedded().next().is_some() {
            return Err(Fault::of("data.mixup_of_levels"));
        }
        Ok(Augmenter { augmentation, images })
    }

    /// What is done.
    pub fn augmentation(&self) -> &Augmentation {
        &self.augmentation
    }

    /// Whether rows with classes are mixed: a loss then needs both classes, from
    /// the inputs [`PARTNER`] and [`MIXING`].
    pub fn mixes_classes(&self, train: &EncodedTrain) -> bool {
        self.augmentation.mixup > 0.0 && matches!(train.encoded().target, EncodedTarget::Class(_))
    }

    /// The given train rows as an epoch sees them.
    pub fn batch(&self, train: &EncodedTrain, rows: &[usize], seed: u64, epoch: u64) -> Encoded {
        self.rows(train.encoded(), rows, seed, epoch)
    }

    pub(crate) fn rows(&self, train: &Encoded, rows: &[usize], seed: u64, epoch: u64) -> Encoded {
        let mut batch = self.changed(train, rows, seed, epoch);
        if self.augmentation.mixup > 0.0 && train.rows > 0 {
            self.mix(&mut batch, train, seed, epoch);
        }
        batch
    }

    /// Rows with all that is done to single images.
    fn changed(&self, train: &Encoded, rows: &[usize], seed: u64, epoch: u64) -> Encoded {
        let mut batch = train.gather(rows);
        let Encoded { inputs, row_ids, .. } = &mut batch;
        for (place, levels) in self.images.iter().enumerate() {
            let input = inputs.iter_mut().find(|input| input.name == levels.input);
            let Some(EncodedInput { values: EncodedValues::F32(values), .. }) = input else {
                continue;
            };
            let width: usize = levels.shape.iter().product();
            for (image, &id) in values.chunks_exact_mut(width.max(1)).zip(row_ids.iter()) {
                self.place(image, levels, seed, epoch, id);
                self.add_noise(image, levels, place, seed, epoch, id);
            }
        }
        batch
    }

    fn place(&self, image: &mut [f32], levels: &ImageLevels, seed: u64, epoch: u64, id: u64) {
        let [height, width, _] = levels.shape;
        let stream = Stream::new(seed, stream_id("data", "augmentation"));
        let draw = |number: u64| stream.bits(epoch, id.wrapping_mul(NUMBERS).wrapping_add(number));
        let placement = Placement::drawn(&self.augmentation, [height, width], draw);
        if placement.is_still() {
            return;
        }
        let black = match self.augmentation.fill {
            Fill::Edge => None,
            Fill::Black => Some(levels.black.as_slice()),
        };
        let source = image.to_vec();
        Frame { image: &source, shape: levels.shape, black }.sample(&placement, image);
    }

    /// Adds normal numbers, in shares of full intensity.
    fn add_noise(
        &self,
        image: &mut [f32],
        levels: &ImageLevels,
        place: usize,
        seed: u64,
        epoch: u64,
        id: u64,
    ) {
        let noise = self.augmentation.noise;
        if noise == 0.0 {
            return;
        }
        let purpose = if place == 0 { "noise".to_string() } else { format!("noise {place}") };
        let stream = Stream::new(seed, stream_id("data", &purpose));
        let channels = levels.black.len();
        let scales: Vec<f32> = (0..channels)
            .map(|channel| noise as f32 * (levels.full[channel] - levels.black[channel]))
            .collect();
        let blocks = image.len().div_ceil(4) as u64;
        let start = id.wrapping_mul(blocks);
        for (block, values) in (0..).zip(image.chunks_mut(4)) {
            let bits = stream.block(epoch, start.wrapping_add(block));
            for (index, (value, bits)) in (4 * block as usize..).zip(values.iter_mut().zip(bits)) {
                *value += scales[index % channels] * normal(bits);
            }
        }
    }

    /// Mixes each row with another train row: `λ · row + (1 − λ) · other`, with
    /// λ from a beta distribution.
    fn mix(&self, batch: &mut Encoded, train: &Encoded, seed: u64, epoch: u64) {
        let of = |purpose| Stream::new(seed, stream_id("data", purpose));
        let (partner, mixing) = (of("partner"), of("mixing"));
        let others: Vec<usize> = batch
            .row_ids
            .iter()
            .map(|&id| partner.below(train.rows as u64, epoch, id) as usize)
            .collect();
        let shares: Vec<f32> = batch
            .row_ids
            .iter()
            .map(|&id| share(self.augmentation.mixup, mixing, epoch, id) as f32)
            .collect();
        let other = self.changed(train, &others, seed, epoch);
        for (input, with) in batch.inputs.iter_mut().zip(&other.inputs) {
            let width = input.shape.iter().product();
            if let (EncodedValues::F32(values), EncodedValues::F32(with)) =
                (&mut input.values, &with.values)
            {
                weighted(values, with, width, &shares);
            }
        }
        match (&mut batch.target, other.target) {
            (
                EncodedTarget::Number { width, values, .. }
                | EncodedTarget::MultiLabel { width, values },
                EncodedTarget::Number { values: with, .. }
                | EncodedTarget::MultiLabel { values: with, .. },
            ) => weighted(values, &with, *width, &shares),
            (EncodedTarget::Class(_), EncodedTarget::Class(classes)) => {
                let single = |name: &str, values| EncodedInput {
                    name: name.to_string(),
                    shape: Vec::new(),
                    values,
                };
                batch.inputs.push(single(PARTNER, EncodedValues::I32(classes)));
                batch.inputs.push(single(MIXING, EncodedValues::F32(shares)));
            }
            _ => {}
        }
    }
}
