//! The figures of a lesson: each is made by a run when the page is.

mod cost;
mod fit;
mod inside;
mod maps;
mod picture;
mod training;

use crate::lesson::{Lesson, Words};
use crate::study::Study;
use ikhim_report::figure::{Figure, Plot, plot};
use ikhim_text::{Fault, Language, Result};
use serde::Deserialize;

/// A figure of `lesson.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawn {
    name: String,
    title: Words,
    draw: Kind,
}

/// What is drawn.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    /// The loss of several experiments over steps.
    Losses(training::Losses),
    /// Train and validation over steps, and the gap between them.
    Gap(training::Gap),
    /// The loss after so many steps over the learning rate, with the bound.
    Rates(training::Rates),
    /// The cost over one parameter, with the places that descent visits.
    Curve(cost::Curve),
    /// The cost over two parameters, with the path of descent.
    Surface(cost::Surface),
    /// Polynomials through noisy points.
    Fits(fit::Fits),
    /// Errors over the weight of the penalty.
    Ridge(fit::Ridge),
    /// Where a classifier says yes, at several moments.
    Boundary(inside::Boundary),
    /// The computation graph of one step with its numbers.
    Graph(inside::Graph),
    /// The size of the slopes of each layer.
    Slopes(inside::SlopeSizes),
    /// How the outputs of each layer are spread.
    Histograms(inside::Histograms),
    /// Activations, or their slopes.
    Functions(inside::Functions),
    /// A filter at several places of an image.
    Filter(picture::Filter),
    /// What the layers of a trained network make of an image.
    Maps(maps::Maps),
    /// Which class each filter answers to.
    Responses(maps::Responses),
}

/// What a figure is drawn from.
struct Desk<'a> {
    study: &'a Study,
    lesson: &'a Lesson,
    title: &'a str,
    language: Language,
}

/// An experiment with keys set over it, and what it is called in a figure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    experiment: String,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    seed: Option<u64>,
    words: Words,
}

impl Lesson {
    /// The names of its figures.
    pub fn figure_names(&self) -> Vec<&str> {
        self.figures.iter().filter_map(|table| table.get("name")?.as_str()).collect()
    }

    /// Draws a figure: one, or several side by side.
    ///
    /// # Errors
    /// No such figure, or an experiment that cannot be run.
    pub(crate) fn draw(
        &self,
        study: &Study,
        name: &str,
        language: Language,
    ) -> Result<Vec<Figure>> {
        let drawn = self.drawn(name)?;
        let title = drawn.title.say(language);
        let desk = Desk { study, lesson: self, title, language };
        if let Some(plotted) = drawn.draw.plot(&desk)? {
            return Ok(vec![plot(&plotted, language)]);
        }
        match &drawn.draw {
            Kind::Losses(_) | Kind::Gap(_) | Kind::Rates(_) => Ok(Vec::new()),
            Kind::Curve(curve) => curve.draw(&desk),
            Kind::Surface(surface) => surface.draw(&desk),
            Kind::Fits(fits) => Ok(fits.draw(&desk)),
            Kind::Ridge(ridge) => Ok(ridge.draw(&desk)),
            Kind::Boundary(boundary) => boundary.draw(&desk),
            Kind::Graph(graph) => graph.draw(&desk),
            Kind::Slopes(slopes) => slopes.draw(&desk),
            Kind::Histograms(histograms) => histograms.draw(&desk),
            Kind::Functions(functions) => functions.draw(&desk),
            Kind::Filter(filter) => filter.draw(&desk),
            Kind::Maps(maps) => maps.draw(&desk),
            Kind::Responses(responses) => responses.draw(&desk),
        }
    }

    /// The lines of a figure that a terminal can show; `None` of any other.
    ///
    /// # Errors
    /// As [`Lesson::draw`].
    pub(crate) fn plot(
        &self,
        study: &Study,
        name: &str,
        language: Language,
    ) -> Result<Option<Plot>> {
        let drawn = self.drawn(name)?;
        let title = drawn.title.say(language);
        drawn.draw.plot(&Desk { study, lesson: self, title, language })
    }

    fn drawn(&self, name: &str) -> Result<Drawn> {
        let fault = |why: String| {
            Fault::of("experiment.lesson").with("lesson", &self.name).with("found", why)
        };
        let own = self
            .figures
            .iter()
            .find(|table| table.get("name").and_then(toml::Value::as_str) == Some(name));
        let table = own.ok_or_else(|| fault(format!("no figure `{name}`")))?.clone();
        let drawn: Drawn = toml::Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| fault(format!("{name}: {}", error.message())))?;
        debug_assert_eq!(drawn.name, name);
        Ok(drawn)
    }
}

impl Kind {
    /// Lines over steps or rates; `None` of what is no line.
    fn plot(&self, desk: &Desk<'_>) -> Result<Option<Plot>> {
        Ok(Some(match self {
            Kind::Losses(losses) => losses.plot(desk)?,
            Kind::Gap(gap) => gap.plot(desk)?,
            Kind::Rates(rates) => rates.plot(desk)?,
            _ => return Ok(None),
        }))
    }
}

/// A label in the language of the page.
fn label(language: Language, english: &str, korean: &str) -> String {
    match language {
        Language::English => english,
        Language::Korean => korean,
    }
    .to_string()
}
