use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::Args;
use ikhim_run::{Model, Sampling, durable};
use ikhim_text::{Result, sentence};
use std::num::NonZero;
use std::path::Path;

/// How a model of a text goes on with one.
#[derive(Debug, Args)]
pub(crate) struct Writing {
    /// Go on with this text, for a model that has learned one
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) prefix: Option<String>,
    /// How many tokens to write
    #[arg(long, value_name = "N", default_value_t = 200, requires = "prefix")]
    length: usize,
    /// Below 1 probable tokens gain; 0 always takes the most probable one
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "prefix")]
    #[arg(value_parser = temperature)]
    temperature: f64,
    /// Draw among so many of the most probable tokens only
    #[arg(long, value_name = "K", requires = "prefix")]
    top_k: Option<NonZero<usize>>,
    /// Draw among the fewest tokens whose probabilities come to this
    #[arg(long, value_name = "SHARE", requires = "prefix", value_parser = share)]
    top_p: Option<f64>,
    /// What drives the draws: the same seed writes the same text
    #[arg(long, value_name = "SEED", default_value_t = 0, requires = "prefix")]
    seed: u64,
}

impl Writing {
    /// Lets the model write, piece by piece for a person who watches.
    pub(super) fn write(
        &self,
        prefix: &str,
        model: &Model,
        output: Option<&Path>,
        console: &Console,
    ) -> Result<Answer> {
        let sampling = Sampling::new()
            .temperature(self.temperature)
            .top_k(self.top_k.map(NonZero::get))
            .top_p(self.top_p)
            .seed(self.seed);
        let shown = output.is_none();
        // The prefix is shown with the first piece: a fault comes before it.
        let mut started = false;
        let text = model.generate(prefix, self.length, &sampling, |piece| {
            if shown && !started {
                console.text(prefix);
            }
            started = true;
            if shown {
                console.text(piece);
            }
        })?;
        let document = Document::new("predict")
            .with("model", &model.about().name)
            .with("run", &model.about().run)
            .with("n", self.length)
            .with("warnings", Vec::<Document>::new())
            .with("prefix", prefix)
            .with("text", &text);
        match output {
            Some(path) => {
                durable::replace(path, format!("{prefix}{text}").as_bytes())?;
                let path = path.display().to_string();
                console.say(sentence::PREDICT_TEXT_WRITTEN, &[("path", path.clone())]);
                Ok(Answer::done(document.with("file", path)))
            }
            None => {
                console.text("\n");
                Ok(Answer::done(document))
            }
        }
    }
}

fn temperature(text: &str) -> std::result::Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or("expected a number, at least 0")
}

fn share(text: &str) -> std::result::Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && *number <= 1.0);
    number.ok_or("expected a number above 0 and at most 1")
}
