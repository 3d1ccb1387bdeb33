//! Pictures of a model: its filters, its activations and what it looks at.

use ikhim_data::{Encoded, ImageLevels, Task};
use ikhim_graph::Array;
use ikhim_report::figure::{Image, Picture};
use ikhim_run::Model;
use ikhim_text::{Language, Result, sentence};

/// Pictures are enlarged to about this many pixels.
const SIDE: usize = 320;
/// Parts of a mosaic beside each other.
const COLUMNS: usize = 8;
/// Channels or filters that are shown of a layer.
const SHOWN: usize = 64;

/// The image that the model reads first, where it reads one.
pub(crate) fn image_input(model: &Model) -> Option<ImageLevels> {
    let images = model.preprocessing().image_levels();
    images.into_iter().find(|levels| matches!(levels.shape[2], 1 | 3))
}

/// The layers with filters that move over an image, with their filters,
/// `[height, width, in, out]`.
fn convolutions(model: &Model) -> Vec<(String, &Array)> {
    let kernel = |path: String| {
        let kernel = model.state().get(&format!("{path}.kernel"))?;
        (kernel.shape().len() == 4).then_some((path, kernel))
    };
    model.layers().into_iter().filter_map(kernel).collect()
}

/// The filters of the first layer that has some.
pub(crate) fn filters(model: &Model, language: Language) -> Option<Picture> {
    let (layer, kernel) = convolutions(model).into_iter().next()?;
    let &[height, width, channels, filters] = kernel.shape() else { return None };
    let values = kernel.to_f64();
    let at = |y: usize, x: usize, channel: usize, filter: usize| {
        values[((y * width + x) * channels + channel) * filters + filter] as f32
    };
    let low = values.iter().copied().fold(f64::INFINITY, f64::min) as f32;
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) as f32;
    let part = |filter: usize| {
        // Red, green and blue have a color; of other channels the mean is shown.
        let kept: Vec<f32> = (0..height * width)
            .flat_map(|cell| {
                let (y, x) = (cell / width, cell % width);
                let all = (0..channels).map(|channel| at(y, x, channel, filter));
                match channels {
                    3 => all.collect(),
                    _ => vec![all.sum::<f32>() / channels as f32],
                }
            })
            .collect();
        let shape = [height, width, if channels == 3 { 3 } else { 1 }];
        Image::of_values(&shape, &kept, low, if high > low { high } else { low + 1.0 })
    };
    let parts: Vec<Image> = (0..filters.min(SHOWN)).map(part).collect();
    let words = [("layer", layer.clone())];
    Some(Picture {
        name: format!("filters_{}", file_name(&layer)),
        title: sentence::PICTURE_FILTERS.say(language, &words),
        caption: sentence::PICTURE_FILTERS_CAPTION.say(language, &[]),
        image: grown(&Image::mosaic(&parts, COLUMNS)),
    })
}

/// The activations of all layers with filters for one row.
///
/// # Errors
/// A row that was encoded for another network.
pub(crate) fn activations(
    model: &Model,
    row: &Encoded,
    name: &str,
    language: Language,
) -> Result<Vec<Picture>> {
    let layers: Vec<String> = convolutions(model).into_iter().map(|(layer, _)| layer).collect();
    let names: Vec<&str> = layers.iter().map(String::as_str).collect();
    let values = model.values(row, &names)?;
    let mut pictures = Vec::new();
    for (layer, array) in layers.iter().zip(values) {
        let &[_, height, width, channels] = array.shape() else { continue };
        let values = array.to_f64();
        let part = |channel: usize| {
            let of_channel = values.iter().skip(channel).step_by(channels).take(height * width);
            let values: Vec<f32> = of_channel.map(|value| *value as f32).collect();
            Image::heat(height, width, &values)
        };
        let parts: Vec<Image> = (0..channels.min(SHOWN)).map(part).collect();
        let words = [("layer", layer.clone()), ("row", name.to_string())];
        pictures.push(Picture {
            name: format!("activations_{}", file_name(layer)),
            title: sentence::PICTURE_ACTIVATIONS.say(language, &words),
            caption: sentence::PICTURE_ACTIVATIONS_CAPTION.say(language, &[]),
            image: grown(&Image::mosaic(&parts, COLUMNS)),
        });
    }
    Ok(pictures)
}

/// One row beside what its answer depends on.
///
/// # Errors
/// A row that was encoded for another network.
pub(crate) fn saliency(
    model: &Model,
    levels: &ImageLevels,
    row: &Encoded,
    name: &str,
    language: Language,
) -> Result<Option<Picture>> {
    let Some(image) = shown(levels, row) else { return Ok(None) };
    let [height, width, _] = levels.shape;
    let slopes = model.saliency(row, None)?.to_f64();
    let slopes: Vec<f32> = slopes.into_iter().map(|slope| slope as f32).collect();
    let heat = Image::heat(height, width, &slopes);
    let parts = [image.clone(), heat.clone(), image.blended(heat)];
    let decided = model.predict(row)?.decided();
    let class = decided.first().and_then(|class| model.preprocessing().classes().get(*class));
    let row = ("row", name.to_string());
    let title = match class {
        Some(class) => sentence::PICTURE_SALIENCY.say(language, &[("class", class.clone()), row]),
        None => sentence::PICTURE_SALIENCY_NUMBER.say(language, &[row]),
    };
    Ok(Some(Picture {
        name: "saliency".to_string(),
        title,
        caption: sentence::PICTURE_SALIENCY_CAPTION.say(language, &[]),
        image: grown(&Image::mosaic(&parts, 3)),
    }))
}

/// One row beside what an autoencoder gives back.
fn reconstruction(
    model: &Model,
    levels: &ImageLevels,
    row: &Encoded,
    name: &str,
    language: Language,
) -> Result<Option<Picture>> {
    let Some(image) = shown(levels, row) else { return Ok(None) };
    let output: Vec<f32> = model.scaled_outputs(row)?.iter().map(|value| *value as f32).collect();
    let [height, width, channels] = levels.shape;
    if output.len() != height * width * channels {
        return Ok(None);
    }
    let back = of_levels(levels, &output);
    Ok(Some(Picture {
        name: "reconstruction".to_string(),
        title: sentence::PICTURE_RECONSTRUCTION.say(language, &[("row", name.to_string())]),
        caption: sentence::PICTURE_RECONSTRUCTION_CAPTION.say(language, &[]),
        image: grown(&Image::mosaic(&[image, back], 2)),
    }))
}

/// The image that a row holds.
fn shown(levels: &ImageLevels, row: &Encoded) -> Option<Image> {
    let values = row.input(&levels.input)?.values.as_f32()?;
    let count: usize = levels.shape.iter().product();
    Some(of_levels(levels, values.get(..count)?))
}

/// Encoded values as the image that they stand for.
fn of_levels(levels: &ImageLevels, values: &[f32]) -> Image {
    let [height, width, channels] = levels.shape;
    let level = |(index, value): (usize, &f32)| {
        let channel = index % channels;
        let (black, full) = (levels.black[channel], levels.full[channel]);
        ((value - black) / (full - black) * 255.0).round() as u8
    };
    let pixels = values.iter().enumerate().map(level).collect();
    Image { height, width, channels, pixels }.in_color()
}

/// The pictures of a report: the filters, and one row.
///
/// # Errors
/// A row that was encoded for another network.
pub(crate) fn of_report(model: &Model, rows: &Encoded, language: Language) -> Result<Vec<Picture>> {
    let Some(levels) = image_input(model).filter(|_| rows.rows > 0) else { return Ok(Vec::new()) };
    let row = rows.gather(&[0]);
    let number = row.row_ids.first().map_or(1, |id| id + 1).to_string();
    let name = sentence::PICTURE_ROW.say(language, &[("row", number)]);
    let mut pictures: Vec<Picture> = filters(model, language).into_iter().collect();
    pictures.extend(activations(model, &row, &name, language)?.into_iter().take(2));
    pictures.extend(match model.preprocessing().task() {
        Task::Reconstruction => reconstruction(model, &levels, &row, &name, language)?,
        _ => saliency(model, &levels, &row, &name, language)?,
    });
    Ok(pictures)
}

fn grown(image: &Image) -> Image {
    let side = image.height.max(image.width).max(1);
    image.enlarged(SIDE.div_ceil(side))
}

/// A layer's path as a part of a file's name.
fn file_name(path: &str) -> String {
    path.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}
