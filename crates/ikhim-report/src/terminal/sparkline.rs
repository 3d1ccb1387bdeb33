use super::{Glyphs, range, step};

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SIGNS: [char; 8] = ['_', '.', ',', '-', '=', '+', '*', '#'];

/// The last values as a row of at most `width` characters, low to high; a
/// value that is not finite is a `!`.
///
/// ```
/// use ikhim_report::terminal::{Glyphs, sparkline};
/// assert_eq!(sparkline(&[1.0, 8.0, f64::NAN, 4.0], 10, Glyphs::Unicode), "▁█!▄");
/// assert_eq!(sparkline(&[1.0, 8.0], 1, Glyphs::Ascii), "=");
/// ```
pub fn sparkline(values: &[f64], width: usize, glyphs: Glyphs) -> String {
    let shown = &values[values.len().saturating_sub(width)..];
    let Some(range) = range(shown.iter().copied()) else { return "!".repeat(shown.len()) };
    let levels = if glyphs == Glyphs::Unicode { BLOCKS } else { SIGNS };
    let level = |value: &f64| {
        if value.is_finite() { levels[step(*value, range, levels.len())] } else { '!' }
    };
    shown.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_last_values_between_their_own_extremes() {
        let falling: Vec<f64> = (0..8).rev().map(f64::from).collect();
        assert_eq!(sparkline(&falling, 8, Glyphs::Unicode), "█▇▆▅▄▃▂▁");
        assert_eq!(sparkline(&falling, 2, Glyphs::Unicode), "█▁");
        assert_eq!(sparkline(&falling, 8, Glyphs::Ascii), "#*+=-,._");
        assert_eq!(sparkline(&[], 8, Glyphs::Unicode), "");
        assert_eq!(sparkline(&[f64::INFINITY, f64::NAN], 8, Glyphs::Unicode), "!!");
        assert_eq!(sparkline(&[f64::MAX, -f64::MAX], 8, Glyphs::Unicode), "█▁");
    }
}
