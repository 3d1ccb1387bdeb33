use crate::number::tick;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// Most labels of an axis.
const MOST_TICKS: f64 = 7.0;

/// An axis over any finite values. plotters' own search for labels does not
/// end for ranges such as 1e-300 to 1e300, which a diverging run has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Linear,
    Log,
    Whole,
}

impl Axis {
    /// Equal steps are equal differences; with a little air, never empty.
    pub(super) fn linear(low: f64, high: f64) -> Axis {
        const LARGEST: f64 = f64::MAX / 4.0;
        let [low, high] = [low, high].map(|end| end.clamp(-LARGEST, LARGEST));
        // Values that differ in their last digits only would need labels of
        // sixteen digits.
        let least = (low.abs().max(high.abs()) * 1e-3).max(1e-300);
        let air = (high * 0.05 - low * 0.05).max(if high - low < least { least } else { 0.0 });
        Axis { low: low - air, high: high + air, kind: Kind::Linear }
    }

    /// Equal steps are equal ratios; both ends positive.
    pub(super) fn log(low: f64, high: f64) -> Axis {
        let [low, high] = [low, high].map(|end| end.clamp(1e-300, 1e300));
        let air = if high / low < 1.1 { 2.0 } else { 1.0 };
        Axis { low: low / air, high: high * air, kind: Kind::Log }
    }

    /// Whole numbers; a single one stands in the middle of three.
    pub(super) fn whole(first: u64, last: u64) -> Axis {
        let air = if first == last { 1.0 } else { 0.0 };
        Axis { low: first as f64 - air, high: last as f64 + air, kind: Kind::Whole }
    }

    pub(super) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    pub(super) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// 0 at the low end, 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let place = |value: f64| if self.kind == Kind::Log { value.ln() } else { value / 2.0 };
        let (low, high) = (place(self.low), place(self.high));
        ((place(value.clamp(self.low, self.high)) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Where its labels stand.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if self.kind == Kind::Log {
            return self.decades();
        }
        let rough = (self.high - self.low) / MOST_TICKS;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let nice = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * magnitude);
        let step = nice.into_iter().find(|step| *step >= rough).unwrap_or(rough);
        let step = if self.kind == Kind::Whole { step.max(1.0) } else { step };
        let first = (self.low / step).ceil();
        (0..=MOST_TICKS as usize)
            .map(|index| (first + index as f64) * step)
            .take_while(|tick| *tick <= self.high)
            .collect()
    }

    /// Powers of ten, with 2 and 5 between them where they are few.
    fn decades(&self) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let stride = (f64::from(last - first) / MOST_TICKS).ceil().max(1.0) as usize;
        let between: &[f64] = if last - first <= 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        (first..=last)
            .step_by(stride)
            .flat_map(|power| between.iter().map(move |factor| factor * 10_f64.powi(power)))
            .filter(|tick| self.contains(*tick))
            .collect()
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (self.share(*value) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        tick(*value)
    }

    fn format_ext(&self, value: &f64) -> String {
        if self.kind == Kind::Whole { format!("{value:.0}") } else { tick(*value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis) -> Vec<String> {
        axis.ticks().iter().map(|tick| axis.format_ext(tick)).collect()
    }

    #[test]
    fn labels_are_round_numbers() {
        assert_eq!(labels(Axis::linear(0.0, 1.0)), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(Axis::linear(-3.0, 3.0)), ["-3", "-2", "-1", "0", "1", "2", "3"]);
        assert_eq!(labels(Axis::log(0.001, 20.0)), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(Axis::log(1.0, 20.0)), ["1", "2", "5", "10", "20"]);
        assert_eq!(labels(Axis::whole(1, 3)), ["1", "2", "3"]);
        assert_eq!(labels(Axis::whole(7, 7)), ["6", "7", "8"]);
        assert_eq!(labels(Axis::whole(1, 1000)), ["200", "400", "600", "800", "1000"]);
    }

    #[test]
    fn any_range_has_few_labels_and_a_length() {
        let ends = [-f64::MAX, -1.0, 0.0, 5e-324, 1e-300, 1.0, 1.0 + f64::EPSILON, 1e300, f64::MAX];
        for (index, low) in ends.iter().enumerate() {
            for high in &ends[index..] {
                let mut axes = vec![Axis::linear(*low, *high)];
                if *low > 0.0 {
                    axes.push(Axis::log(*low, *high));
                }
                for axis in axes {
                    assert!(axis.low < axis.high && (axis.high - axis.low).is_finite(), "{axis:?}");
                    assert!((1..=9).contains(&axis.ticks().len()), "{axis:?} {:?}", axis.ticks());
                    assert_eq!(axis.map(&axis.low, (0, 100)), 0, "{axis:?}");
                    assert_eq!(axis.map(&axis.high, (0, 100)), 100, "{axis:?}");
                }
            }
        }
    }
}
