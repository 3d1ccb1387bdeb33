//! Dates as they stand in tables.

/// The seconds from the start of 1970 to a date: `2024-01-31`, `2024/1/31`,
/// `2024.1.31`, `2024년 1월 31일`, each with a time behind it or without one
/// (`2024-01-31T12:30:05Z`). `None` for all else: of `01/02/2024` nobody knows
/// the month.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let (year, rest) = number(text, 4..=4)?;
    let (separator, rest) = separator(rest)?;
    let (month, rest) = number(rest, 1..=2)?;
    let rest = match separator {
        "년" => rest.strip_prefix('월')?.trim_start(),
        same => rest.strip_prefix(same)?.trim_start(),
    };
    let (day, rest) = number(rest, 1..=2)?;
    let rest = match separator {
        "년" => rest.strip_prefix('일')?,
        "." => rest.strip_prefix('.').unwrap_or(rest),
        _ => rest,
    };
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let days = days_from_1970(year, month, day) as f64;
    match rest {
        "" => Some(days * 86_400.0),
        rest => Some(days * 86_400.0 + time(rest.strip_prefix(['T', ' '])?.trim_start())?),
    }
}

fn separator(text: &str) -> Option<(&'static str, &str)> {
    let known = ["-", "/", ".", "년"].into_iter().find(|sign| text.starts_with(sign))?;
    Some((known, text[known.len()..].trim_start()))
}

/// A number of so many digits at the start of a text, and what follows.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(i64, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let found = digits.contains(&length).then(|| text[..length].parse().ok()).flatten()?;
    Some((found, &text[length..]))
}

/// Seconds of `12:30`, `12:30:05.25`, with `Z` or `+09:00` behind.
fn time(text: &str) -> Option<f64> {
    let (hours, rest) = number(text, 1..=2)?;
    let (minutes, mut rest) = number(rest.strip_prefix(':')?, 2..=2)?;
    let mut seconds = 0.0;
    if let Some(after) = rest.strip_prefix(':') {
        let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
        seconds = after[..end].parse().ok()?;
        rest = &after[end..];
    }
    let offset = match rest {
        "" | "Z" => 0,
        rest => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let (hours, rest) = number(rest.strip_prefix(['+', '-'])?, 2..=2)?;
            let (minutes, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2..=2)?;
            rest.is_empty().then_some(sign * (hours * 3600 + minutes * 60))?
        }
    };
    let fits = hours < 24 && minutes < 60 && seconds < 61.0;
    fits.then(|| (hours * 3600 + minutes * 60 - offset) as f64 + seconds)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the Gregorian calendar (Howard Hinnant, *chrono-compatible low-level
/// date algorithms*, `days_from_civil`).
fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds by Python's `datetime(…, tzinfo=timezone.utc).timestamp()`.
    #[test]
    fn dates_are_read() {
        for (text, expected) in [
            ("1970-01-01", 0.0),
            ("2000-02-29", 951_782_400.0),
            (" 2024/1/31 ", 1_706_659_200.0),
            ("2024.01.31.", 1_706_659_200.0),
            ("2024년 1월 31일", 1_706_659_200.0),
            ("1969-12-31 23:59", -60.0),
            ("2024-01-31T12:30:05Z", 1_706_704_205.0),
            ("2024-01-31T12:30:05.5+09:00", 1_706_671_805.5),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "2024",
            "20240131",
            "01/02/2024",
            "2023-02-29",
            "2024-13-01",
            "2024-01",
            "2024-01/31",
            "2024-01-31 25:00",
            "2024-01-31 x",
            "3.14.15",
            "2024-01-31T12:30+9",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
