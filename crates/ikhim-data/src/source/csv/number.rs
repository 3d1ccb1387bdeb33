//! Decimal numbers, read in the same pass that looks for the end of their cell.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Whole numbers up to this one are doubles without rounding.
const EXACT: u64 = 1 << 53;

/// Reads `-12.5` and its like, from a place up to the first byte that belongs to
/// no such number. Gives that place and the number, or `None` where it cannot be
/// had by one rounding: no digit, or more digits than a double holds.
///
/// Digits and power of ten are exact doubles here, so their one quotient is the
/// nearest double of the number (Clinger 1990), as `str::parse` gives it.
pub(super) fn decimal(bytes: &[u8], start: usize) -> (usize, Option<f64>) {
    let mut place = start;
    let negative = match bytes.get(place) {
        Some(b'-') => {
            place += 1;
            true
        }
        Some(b'+') => {
            place += 1;
            false
        }
        _ => false,
    };
    let mut digits = 0_u64;
    let first = place;
    while let Some(digit) = digit(bytes, place) {
        digits = digits.wrapping_mul(10).wrapping_add(digit);
        place += 1;
    }
    let mut count = place - first;
    let mut decimals = 0;
    if bytes.get(place) == Some(&b'.') {
        place += 1;
        let point = place;
        while let Some(digit) = digit(bytes, place) {
            digits = digits.wrapping_mul(10).wrapping_add(digit);
            place += 1;
        }
        decimals = place - point;
        count += decimals;
    }
    // Of 19 digits none is lost in 64 bits.
    if count == 0 || count > 19 || digits > EXACT || decimals >= POWERS.len() {
        return (place, None);
    }
    let number = digits as f64 / POWERS[decimals];
    (place, Some(if negative { -number } else { number }))
}

fn digit(bytes: &[u8], place: usize) -> Option<u64> {
    let digit = bytes.get(place)?.wrapping_sub(b'0');
    (digit < 10).then_some(u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_one_rounding_gives() {
        for (text, expected) in [
            ("-12.5,", (5, Some(-12.5))),
            ("+.5", (3, Some(0.5))),
            ("5.", (2, Some(5.0))),
            ("-0", (2, Some(-0.0))),
            ("1e5", (1, Some(1.0))),
            ("-", (1, None)),
            (".", (1, None)),
            ("", (0, None)),
            ("9007199254740993", (16, None)),
            ("0.00000000000000000000001", (25, None)),
        ] {
            assert_eq!(decimal(text.as_bytes(), 0), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn is_the_number_that_the_standard_library_reads(
            text in "[+-]?[0-9]{0,12}(\\.[0-9]{0,12})?",
        ) {
            if let (end, Some(number)) = decimal(text.as_bytes(), 0) {
                prop_assert_eq!(end, text.len());
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
            }
        }
    }
}
