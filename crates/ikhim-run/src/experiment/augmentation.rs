//! What `[data.augmentation]` says, as the data crate takes it.

use super::DataSection;
use ikhim_data::Augmentation;

impl DataSection {
    /// How train rows are changed each time they are seen; `None` where nothing
    /// is done.
    pub fn augmentation(&self) -> Option<Augmentation> {
        let settings = self.settings().table("augmentation")?;
        let number = |key: &str| settings.number(key).unwrap_or(0.0);
        let mut augmentation = Augmentation::new()
            .shift(settings.count("shift").and_then(|pixels| pixels.try_into().ok()).unwrap_or(0))
            .rotate(number("rotate"))
            .crop(settings.number("crop").unwrap_or(1.0))
            .scale(number("scale"))
            .noise(number("noise"))
            .mixup(number("mixup"));
        if let Some(flip) = settings.word("flip").and_then(|word| word.parse().ok()) {
            augmentation = augmentation.flip(flip);
        }
        if let Some(fill) = settings.word("fill").and_then(|word| word.parse().ok()) {
            augmentation = augmentation.fill(fill);
        }
        (!augmentation.is_nothing()).then_some(augmentation)
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use ikhim_data::{Augmentation, Fill, Flip};

    #[test]
    fn keys_are_an_augmentation() {
        let read = |keys: &str| {
            let text = format!("[data]\ndataset = 'digits'\n{keys}");
            Experiment::parse(&text, "x.toml", &[]).unwrap().data.augmentation()
        };
        assert_eq!(read(""), None);
        assert_eq!(read("[data.augmentation]\nshift = 0"), None);
        let all = "[data.augmentation]\nshift = 2\nrotate = 10\nflip = 'both'\ncrop = 0.8\n\
                   scale = 0.1\nnoise = 0.02\nmixup = 0.2\nfill = 'black'";
        let expected = Augmentation::new()
            .shift(2)
            .rotate(10.0)
            .flip(Flip::Both)
            .crop(0.8)
            .scale(0.1)
            .noise(0.02)
            .mixup(0.2)
            .fill(Fill::Black);
        assert_eq!(read(all), Some(expected));
    }
}
