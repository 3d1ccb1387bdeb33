//! What `[data]` says of image files, as the data crate takes it.

use super::DataSection;
use super::reader::Reader;
use super::tree::{Node, Raw};
use super::value::{Settings, Value};
use ikhim_data::ImageOptions;
use ikhim_text::Fault;

impl DataSection {
    /// How image files become rows of one shape.
    pub fn image_options(&self) -> ImageOptions {
        let settings = self.settings();
        let mut options = ImageOptions::new();
        let sides: Vec<usize> = match settings.get("image_size") {
            Some(Value::List(sides)) => sides.iter().filter_map(Value::count).collect(),
            Some(side) => side.count().into_iter().collect(),
            None => Vec::new(),
        };
        if let (Some(height), Some(width)) = (sides.first(), sides.last()) {
            options = options.size(*height, *width);
        }
        if let Some(resize) = settings.word("resize").and_then(|word| word.parse().ok()) {
            options = options.resize(resize);
        }
        if let Some(channels) = settings.count("channels") {
            options = options.channels(channels);
        }
        if let Some(unreadable) = settings.word("unreadable").and_then(|word| word.parse().ok()) {
            options = options.unreadable(unreadable);
        }
        options.cache(settings.boolean("cache").unwrap_or(true))
    }
}

/// A size has one side or two, and channels are 1 or 3.
pub(super) fn check(reader: &mut Reader, tree: &Node, settings: &Settings) {
    let Some((given, data)) = tree.get("data").zip(settings.table("data")) else { return };
    let told = |key: &str, found: String, expected: [&str; 2]| {
        Fault::of("experiment.image_files")
            .with("key", format!("data.{key}"))
            .with("found", found)
            .with_words("expected", expected[0], expected[1])
    };
    if let Some((node, Raw::List(sides))) = given
        .get("image_size")
        .map(|node| (node, &node.raw))
        .filter(|_| data.get("image_size").is_some())
        && sides.len() > 2
    {
        let expected = ["one number, or height and width", "수 하나, 또는 높이와 너비"];
        let found = format!("{} numbers", sides.len());
        reader.faults.push((node.span.clone(), told("image_size", found, expected)));
    }
    if let (Some(node), Some(channels)) = (given.get("channels"), data.count("channels"))
        && ![1, 3].contains(&channels)
    {
        let fault = told("channels", channels.to_string(), ["1 or 3", "1 또는 3"]);
        reader.faults.push((node.span.clone(), fault));
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use ikhim_data::{ImageOptions, Resize, Unreadable};

    fn parsed(keys: &str) -> ikhim_text::Result<Experiment> {
        Experiment::parse(&format!("[data]\npath = 'photos'\n{keys}"), "x.toml", &[])
    }

    #[test]
    fn keys_are_options() {
        let options = |keys| parsed(keys).unwrap().data.image_options();
        assert_eq!(options(""), ImageOptions::new());
        assert_eq!(options("image_size = 32").given_size(), Some([32, 32]));
        assert_eq!(options("image_size = [48, 64]").given_size(), Some([48, 64]));
        let all = options("resize = 'pad'\nchannels = 1\nunreadable = 'skip'\ncache = false");
        let expected = ImageOptions::new()
            .resize(Resize::Pad)
            .channels(1)
            .unreadable(Unreadable::Skip)
            .cache(false);
        assert_eq!(all, expected);
    }

    #[test]
    fn sizes_and_channels_that_are_none_are_told_together() {
        let fault = parsed("image_size = [1, 2, 3]\nchannels = 2").unwrap_err();
        assert_eq!(
            fault.to_string(),
            "data.image_size: expected one number, or height and width, found 3 numbers"
        );
        assert_eq!(fault.others()[0].to_string(), "data.channels: expected 1 or 3, found 2");
    }
}
