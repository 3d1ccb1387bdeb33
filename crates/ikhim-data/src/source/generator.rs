//! Data that are made by a rule, for lessons and tests: what a network can learn
//! from them is known beforehand.

use super::arrays::{self, Features, Labels};
use super::names;
use super::table::Table;
use crate::column::words;
use ikhim_numeric::{Stream, stream_id};
use ikhim_text::Fault;

words! {
    /// The rules by which data are made.
    Rule {
        /// Points of a square around 0; a class for each pair of opposite
        /// quarters.
        Xor = "xor",
        /// A circle of radius ½ within one of radius 1.
        Circles = "circles",
        /// Two half circles that reach into each other.
        Moons = "moons",
        /// Normal clouds around random centers.
        Blobs = "blobs",
        /// Arms of a spiral, one for each class.
        Spirals = "spirals",
        /// `y = c₀ + c₁x + c₂x² + …` with x between −1 and 1.
        Polynomial = "polynomial",
        /// Normal inputs with labels that have nothing to do with them.
        RandomLabels = "random_labels",
        /// A series `sₜ = c₁sₜ₋₁ + c₂sₜ₋₂ + … + noise`: the inputs are the last
        /// values, the target is the next one.
        Autoregressive = "autoregressive",
        /// Names of invented languages, a text each: how syllables follow each other
        /// tells the language, and no single one does.
        Names = "names",
    }
}

/// What is made: a rule with its size, noise and seed.
///
/// ```
/// use ikhim_data::{Dataset, Generator, Rule};
/// let moons = Generator::new(Rule::Moons).rows(200).noise(0.1).seed(7);
/// let data = Dataset::generated(moons).load()?;
/// assert_eq!((data.len(), data.classes().len()), (200, 2));
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Generator {
    rule: Rule,
    rows: usize,
    noise: Option<f64>,
    seed: u64,
    classes: Option<usize>,
    features: Option<usize>,
    coefficients: Vec<f64>,
}

/// More numbers are refused: they would not fit in memory.
const MOST_NUMBERS: usize = 1 << 28;
/// Values of a series that are thrown away, so that its beginning at 0 is
/// forgotten.
const FORGOTTEN: usize = 200;
/// Half a turn and once around: an arm of a spiral.
const TURNS: f64 = 1.5;

impl Generator {
    /// A rule with 200 rows and its own noise: 1 for blobs and series, else 0.
    pub fn new(rule: Rule) -> Generator {
        Generator {
            rule,
            rows: 200,
            noise: None,
            seed: 0,
            classes: None,
            features: None,
            coefficients: Vec::new(),
        }
    }

    /// The number of rows.
    pub fn rows(mut self, rows: usize) -> Generator {
        self.rows = rows;
        self
    }

    /// The standard deviation of the noise: of points on both axes, of numbers on
    /// the target. Of names the share whose language is drawn anew: of `k` languages
    /// nobody then tells more than `1 - noise * (k - 1) / k`.
    pub fn noise(mut self, noise: f64) -> Generator {
        self.noise = Some(noise);
        self
    }

    /// What drives the draws.
    pub fn seed(mut self, seed: u64) -> Generator {
        self.seed = seed;
        self
    }

    /// The number of classes of blobs (3), spirals (2), random labels (2) and names
    /// (3, at most 4).
    pub fn classes(mut self, classes: usize) -> Generator {
        self.classes = Some(classes);
        self
    }

    /// The number of inputs of blobs (2) and random labels (20).
    pub fn features(mut self, features: usize) -> Generator {
        self.features = Some(features);
        self
    }

    /// The coefficients of a polynomial, from the constant on, or of a series,
    /// from the last value on.
    pub fn coefficients(mut self, coefficients: impl Into<Vec<f64>>) -> Generator {
        self.coefficients = coefficients.into();
        self
    }

    pub(crate) fn table(&self) -> ikhim_text::Result<Table> {
        let width = self.width();
        let wrong = |expected: &str, found: String| {
            Fault::of("data.generator")
                .with("rule", self.rule)
                .with("expected", expected)
                .with("found", found)
        };
        if self.rows == 0 || self.rows.saturating_mul(width + 1) > MOST_NUMBERS {
            return Err(wrong("a number of rows that fits in memory", self.rows.to_string()));
        }
        if !self.noise_or_own().is_finite() || self.noise_or_own() < 0.0 {
            return Err(wrong("noise of at least 0", self.noise_or_own().to_string()));
        }
        if self.classes_or_own() < 2 || width == 0 {
            let found = format!("{} classes, {width} inputs", self.classes_or_own());
            return Err(wrong("two classes and one input at least", found));
        }
        if self.rule == Rule::Names {
            let (noise, languages) = (self.noise_or_own(), self.classes_or_own());
            if noise > 1.0 || languages > names::MOST_LANGUAGES {
                let found = format!("{languages} languages, noise {noise}");
                return Err(wrong("at most 4 languages and noise of at most 1", found));
            }
            return Ok(names::table(self.rows, languages, noise, &|purpose| self.stream(purpose)));
        }
        let (features, labels) = match self.rule {
            Rule::Polynomial => self.polynomial(),
            Rule::Autoregressive => self.series(),
            _ => self.points(),
        };
        if features.iter().any(|value| !value.is_finite()) {
            return Err(wrong(
                "a series that does not grow without bound",
                "infinite values".into(),
            ));
        }
        let mut table = arrays::table(&[width], &Features::F64(features), &labels)?;
        table.name = self.rule.word().to_string();
        Ok(table)
    }

    fn noise_or_own(&self) -> f64 {
        let own = matches!(self.rule, Rule::Blobs | Rule::Autoregressive);
        self.noise.unwrap_or(if own { 1.0 } else { 0.0 })
    }

    fn classes_or_own(&self) -> usize {
        let own = if matches!(self.rule, Rule::Blobs | Rule::Names) { 3 } else { 2 };
        self.classes.unwrap_or(own)
    }

    fn coefficients_or(&self, own: &[f64]) -> Vec<f64> {
        if self.coefficients.is_empty() { own.to_vec() } else { self.coefficients.clone() }
    }

    fn width(&self) -> usize {
        match self.rule {
            Rule::Polynomial | Rule::Names => 1,
            Rule::Autoregressive => self.coefficients_or(&[0.9]).len(),
            Rule::RandomLabels => self.features.unwrap_or(20),
            Rule::Blobs => self.features.unwrap_or(2),
            _ => 2,
        }
    }

    fn stream(&self, purpose: &str) -> Stream {
        Stream::new(self.seed, stream_id(self.rule.word(), purpose))
    }

    /// Points with their classes. Classes take turns, so all are equally frequent
    /// within one row; those of random labels are drawn.
    fn points(&self) -> (Vec<f64>, Labels) {
        let (place, noise, label) =
            (self.stream("place"), self.stream("noise"), self.stream("label"));
        let (classes, width) = (self.classes_or_own(), self.width());
        let uniform = |row: usize, axis: u64| f64::from(place.uniform(row as u64, axis));
        let normal = |row: usize, axis: usize| f64::from(noise.normal(row as u64, axis as u64));
        let center = |class: usize, axis: usize| {
            f64::from(self.stream("center").uniform(class as u64, axis as u64)) * 20.0 - 10.0
        };
        let two = |class: usize| class % 2;
        let mut features = Vec::with_capacity(self.rows * width);
        let mut labels = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let turn = row % classes;
            let (point, class): (Vec<f64>, usize) = match self.rule {
                Rule::Xor => {
                    let (a, b) = (uniform(row, 0) * 2.0 - 1.0, uniform(row, 1) * 2.0 - 1.0);
                    (vec![a, b], usize::from((a > 0.0) != (b > 0.0)))
                }
                Rule::Circles => {
                    let (angle, class) = (uniform(row, 0) * std::f64::consts::TAU, two(row));
                    let radius = if class == 0 { 1.0 } else { 0.5 };
                    (vec![radius * libm::cos(angle), radius * libm::sin(angle)], class)
                }
                Rule::Moons => {
                    let (angle, class) = (uniform(row, 0) * std::f64::consts::PI, two(row));
                    let (x, y) = (libm::cos(angle), libm::sin(angle));
                    (if class == 0 { vec![x, y] } else { vec![1.0 - x, 0.5 - y] }, class)
                }
                Rule::Spirals => {
                    let radius = uniform(row, 0);
                    let angle =
                        std::f64::consts::TAU * (TURNS * radius + turn as f64 / classes as f64);
                    (vec![radius * libm::cos(angle), radius * libm::sin(angle)], turn)
                }
                Rule::Blobs => ((0..width).map(|axis| center(turn, axis)).collect(), turn),
                _ => {
                    let drawn = label.below(classes as u64, row as u64, 0) as usize;
                    (vec![0.0; width], drawn)
                }
            };
            // Random labels have inputs of noise alone.
            let size = if self.rule == Rule::RandomLabels { 1.0 } else { self.noise_or_own() };
            let noisy = point.iter().enumerate().map(|(axis, x)| x + size * normal(row, axis));
            features.extend(noisy);
            labels.push(class.to_string());
        }
        (features, Labels::Classes(labels))
    }

    fn polynomial(&self) -> (Vec<f64>, Labels) {
        let (place, noise) = (self.stream("place"), self.stream("noise"));
        let coefficients = self.coefficients_or(&[1.0, -2.0, 0.5, 3.0]);
        let x: Vec<f64> =
            (0..self.rows).map(|row| f64::from(place.uniform(row as u64, 0)) * 2.0 - 1.0).collect();
        let y = x.iter().enumerate().map(|(row, x)| {
            let value = coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c);
            value + self.noise_or_own() * f64::from(noise.normal(row as u64, 0))
        });
        let y = y.collect();
        (x, Labels::Numbers(y))
    }

    /// Each row holds the last values, the newest first, and is about the next.
    fn series(&self) -> (Vec<f64>, Labels) {
        let noise = self.stream("noise");
        let coefficients = self.coefficients_or(&[0.9]);
        let order = coefficients.len();
        let mut values = vec![0.0; order];
        for step in 0..FORGOTTEN + self.rows {
            let last = values.iter().rev().zip(&coefficients).map(|(value, c)| value * c);
            let next =
                last.sum::<f64>() + self.noise_or_own() * f64::from(noise.normal(step as u64, 0));
            values.push(next);
        }
        let values = &values[FORGOTTEN..];
        let rows = (0..self.rows).map(|row| &values[row..row + order]);
        let features = rows.flat_map(|before| before.iter().rev().copied()).collect();
        (features, Labels::Numbers(values[order..].to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Dataset, Values, statistics};

    fn numbers(data: &Dataset, name: &str) -> Vec<f64> {
        match &data.column(name).unwrap().values {
            Values::Number(values) => values.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn made(generator: Generator) -> Dataset {
        Dataset::generated(generator).load().unwrap()
    }

    fn classes(data: &Dataset) -> Vec<u32> {
        match &data.targets().next().unwrap().values {
            Values::Category { indices, .. } => indices.iter().map(|it| it.unwrap()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_rule_gives_its_rows_again_from_its_seed() {
        for word in Rule::WORDS {
            let generator = Generator::new(word.parse().unwrap()).rows(61).noise(0.3).seed(5);
            let data = made(generator.clone());
            assert_eq!((data.len(), data.name()), (61, *word));
            assert_eq!(data.content_hash(), made(generator.clone()).content_hash());
            assert_ne!(data.content_hash(), made(generator.seed(6)).content_hash());
        }
    }

    #[test]
    fn points_lie_where_the_rule_says() {
        let circles = made(Generator::new(Rule::Circles).rows(100));
        let (x, y, class) = (numbers(&circles, "x1"), numbers(&circles, "x2"), classes(&circles));
        for row in 0..100 {
            let radius = if class[row] == 0 { 1.0 } else { 0.5 };
            assert!((x[row].hypot(y[row]) - radius).abs() < 1e-12);
        }
        let xor = made(Generator::new(Rule::Xor).rows(400));
        let (x, y, class) = (numbers(&xor, "x1"), numbers(&xor, "x2"), classes(&xor));
        assert!((0..400).all(|row| (x[row] * y[row] < 0.0) == (class[row] == 1)));
        let moons = made(Generator::new(Rule::Moons).rows(100));
        let (x, y, class) = (numbers(&moons, "x1"), numbers(&moons, "x2"), classes(&moons));
        for row in 0..100 {
            let (x, y) =
                if class[row] == 0 { (x[row], y[row]) } else { (1.0 - x[row], 0.5 - y[row]) };
            assert!((x.hypot(y) - 1.0).abs() < 1e-12 && y >= 0.0);
        }
        let blobs = made(Generator::new(Rule::Blobs).rows(300).classes(4).features(3));
        assert_eq!((blobs.classes().len(), blobs.inputs().count()), (4, 3));
    }

    /// The AR(1) process with coefficient φ has the autocorrelation φ and the
    /// variance σ²/(1 − φ²).
    #[test]
    fn a_series_has_the_autocorrelation_of_its_coefficient() {
        let data = made(Generator::new(Rule::Autoregressive).rows(20_000).coefficients([0.7]));
        let values = numbers(&data, "y");
        let found = statistics::lag_1_autocorrelation(&values);
        assert!((found - 0.7).abs() < 0.02, "{found}");
        let deviation = statistics::standard_deviation(&values);
        assert!((deviation - (1.0_f64 / 0.51).sqrt()).abs() < 0.05, "{deviation}");
        assert_eq!(numbers(&data, "x1")[1..], values[..values.len() - 1]);
    }

    #[test]
    fn a_polynomial_is_exact_without_noise() {
        let generator = Generator::new(Rule::Polynomial).rows(50).coefficients([1.0, 0.0, 2.0]);
        let data = Dataset::generated(generator).column("y", Column::number()).load().unwrap();
        let (x, y) = (numbers(&data, "x1"), numbers(&data, "y"));
        assert!(x.iter().zip(&y).all(|(x, y)| (1.0 + 2.0 * x * x - y).abs() < 1e-15));
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        for generator in [
            Generator::new(Rule::Xor).rows(0),
            Generator::new(Rule::Xor).rows(usize::MAX),
            Generator::new(Rule::Xor).noise(-1.0),
            Generator::new(Rule::Xor).noise(f64::NAN),
            Generator::new(Rule::Blobs).classes(1),
            Generator::new(Rule::RandomLabels).features(0),
            Generator::new(Rule::Names).classes(5),
            Generator::new(Rule::Names).noise(1.5),
            Generator::new(Rule::Autoregressive).coefficients([40.0]).rows(2_000),
        ] {
            let fault = Dataset::generated(generator).load().unwrap_err();
            assert_eq!(fault.code(), "data.generator");
        }
    }
}
