//! Numbers inside of sentences.

/// A number with all its digits, as a person would write it: `0.001`, `1000`,
/// and with a power of ten where it is very small or very large: `1e30`.
///
/// ```
/// use ikhim_text::number::number;
/// let written = [1e30, 1000.0, 0.001, -2.5e-7, f64::NAN, f64::NEG_INFINITY].map(number);
/// assert_eq!(written, ["1e30", "1000", "0.001", "-2.5e-7", "nan", "-inf"]);
/// ```
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_string();
    }
    // Rust's form for programmers has these powers of ten, and `.0` behind
    // whole numbers.
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

/// The same, rounded to so many significant digits.
///
/// ```
/// use ikhim_text::number::rounded;
/// assert_eq!(rounded(1e30 / 10.0, 6), "1e29");
/// assert_eq!(rounded(0.1 + 0.2, 6), "0.3");
/// ```
pub fn rounded(value: f64, digits: usize) -> String {
    let decimals = digits.saturating_sub(1);
    number(format!("{value:.decimals$e}").parse().unwrap_or(value))
}
