use std::str::FromStr;

/// A language in which ikhim speaks to a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English, the language of everything that has no second form.
    #[default]
    English,
    /// Korean (한국어).
    Korean,
}

impl Language {
    /// The language of a locale name such as `ko_KR.UTF-8`; English for every
    /// locale that is not Korean.
    ///
    /// ```
    /// use ikhim_text::Language;
    /// assert_eq!(Language::of_locale("ko_KR.UTF-8"), Language::Korean);
    /// assert_eq!(Language::of_locale("C"), Language::English);
    /// ```
    pub fn of_locale(locale: &str) -> Language {
        let tag = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if tag.eq_ignore_ascii_case("ko") { Language::Korean } else { Language::English }
    }

    /// The two-letter tag: `en` or `ko`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Korean => "ko",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> Result<Language, String> {
        match tag {
            "en" => Ok(Language::English),
            "ko" => Ok(Language::Korean),
            other => Err(format!("unknown language `{other}`: expected `en` or `ko`")),
        }
    }
}
