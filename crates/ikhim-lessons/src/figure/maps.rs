//! Inside a trained network of filters: what they look like, what they make of
//! an image, and which class they answer to.

use super::{Desk, label};
use crate::measure::{answers, by_class};
use ikhim_data::EncodedTarget;
use ikhim_graph::Array;
use ikhim_report::figure::{Figure, Heat, Image, Picture, heat, small_picture};
use ikhim_text::{Fault, Language, Result};
use serde::Deserialize;

/// The maps that layers of a trained network make of one validation image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maps {
    experiment: String,
    layers: Vec<String>,
    /// The first validation row of this class is shown.
    class: i32,
}

impl Maps {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let trained = desk.study.trained(desk.lesson, &self.experiment, &[], None)?;
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &[])?;
        let encoded = prepared.data.validation().encoded();
        let nothing = || Fault::of("data.no_target_values");
        let EncodedTarget::Class(labels) = &encoded.target else { return Err(nothing()) };
        let row = labels.iter().position(|label| *label == self.class).ok_or_else(nothing)?;
        let mut figures = Vec::new();
        if let Some(input) = encoded.inputs.first()
            && let (&[height, width, channels], Some(values)) =
                (input.shape.as_slice(), input.values.as_f32())
        {
            let cells = height * width * channels;
            let image = Array::f32(
                &[1, height, width, channels],
                values[row * cells..(row + 1) * cells].to_vec(),
            );
            let name = label(desk.language, "the image", "이미지");
            figures.extend(mosaic(desk, &name, &image));
        }
        for layer in &self.layers {
            let Some(value) = answers(&prepared, &trained, layer, &[row])? else {
                return Err(nothing());
            };
            figures.extend(mosaic(desk, layer, &value));
        }
        Ok(figures)
    }
}

/// The channels of an image side by side, all on one scale: black is the least
/// answer, white the greatest.
fn mosaic(desk: &Desk<'_>, name: &str, value: &Array) -> Option<Figure> {
    let &[_, height, width, channels] = value.shape() else { return None };
    let values = value.to_f32();
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let white = if high > low { high } else { low + 1.0 };
    let maps: Vec<Image> = (0..channels)
        .map(|channel| {
            let cells: Vec<f32> = values.iter().skip(channel).step_by(channels).copied().collect();
            Image::of_values(&[height, width], &cells, low, white)
        })
        .collect();
    let scale = format!("{low:.2} … {high:.2}");
    let caption = match desk.language {
        Language::English => {
            format!("{channels} × ({height}×{width}), black to white: {scale}")
        }
        Language::Korean => format!("{channels} × ({height}×{width}), 검정에서 흰색까지 {scale}"),
    };
    Some(small_picture(&Picture {
        name: name.to_string(),
        title: format!("{}: {name}", desk.title),
        caption,
        image: Image::mosaic(&maps, 4.min(channels)),
    }))
}

/// The mean answer of each filter to the images of each class, as a share of the
/// filter's greatest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Responses {
    experiment: String,
    layer: String,
}

impl Responses {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let trained = desk.study.trained(desk.lesson, &self.experiment, &[], None)?;
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &[])?;
        let found = by_class(&prepared, &trained, &self.layer)?;
        let filters = found.ok_or_else(|| Fault::of("data.no_target_values"))?;
        let classes = filters.first().map_or(0, Vec::len);
        let shares = |answers: &Vec<f64>| -> Vec<f64> {
            let most = answers.iter().copied().fold(0.0, f64::max);
            answers.iter().map(|answer| if most > 0.0 { answer / most } else { 0.0 }).collect()
        };
        let rows = filters.len() as f64;
        Ok(vec![heat(
            &Heat {
                title: desk.title.to_string(),
                x: (label(desk.language, "class", "클래스"), -0.5, classes as f64 - 0.5),
                y: (label(desk.language, "filter", "필터"), 0.5, rows + 0.5),
                columns: classes,
                values: filters.iter().flat_map(shares).collect(),
                range: Some((0.0, 1.0)),
                ..Heat::default()
            },
            desk.language,
        )])
    }
}
