//! What is said about a column: its type and what is done to its values.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants are words of the experiment file.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// All words, in the order of this page.
            pub const WORDS: &[&str] = &[$($word),*];

            /// The word in an experiment file.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<$name, String> {
                match word {
                    $($word => Ok($name::$variant),)*
                    other => Err(format!("expected one of {}, got `{other}`", $name::WORDS.join(", "))),
                }
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What kind of values a column holds.
    ColumnType {
        /// Numbers.
        Number = "number",
        /// One of several levels.
        Category = "category",
        /// One of two levels; the second in sorted order is 1.
        Binary = "binary",
        /// Dates; kept as text and not an input.
        Date = "date",
        /// Free text: the words and pieces of words that a row has, each weighed by how
        /// rare it is.
        Text = "text",
        /// Images, `[height, width, channels]`.
        Image = "image",
        /// Not used, kept for showing.
        Ignore = "ignore",
        /// Names a row, says nothing about it: never an input.
        Id = "id",
        /// Says the part of a row with the words train, validation and test. It is
        /// never an input, and a row is the same whatever stands in it.
        Part = "part",
    }
}

words! {
    /// How numbers and images are scaled, by what the train rows say.
    Scaling {
        /// Mean 0 and standard deviation 1.
        Standard = "standard",
        /// Smallest value 0, largest 1.
        MinMax = "min_max",
        /// Median 0, distance of the quartiles 1.
        Robust = "robust",
        /// Divided by full intensity: 255 for bytes. For images.
        Unit = "unit",
        /// As they are.
        None = "none",
    }
}

words! {
    /// How a category becomes numbers.
    Encoding {
        /// One input per level, 1 for the row's own level.
        OneHot = "one_hot",
        /// One input, the index of the level.
        Ordinal = "ordinal",
        /// A fixed number of inputs, the level's hash says which is 1.
        Hash = "hash",
        /// For text: one input per term of a vocabulary, heavier the rarer it is.
        TfIdf = "tf_idf",
        /// A learned vector per level, beside the other inputs.
        Embedding = "embedding",
    }
}

words! {
    /// What happens to a level that the train rows do not have.
    HandleUnknown {
        /// It is no level: all inputs of a one-hot column are 0.
        Ignore = "ignore",
        /// It is a fault.
        Error = "error",
    }
}

words! {
    /// A function applied to a numeric column; on a target it is inverted
    /// before any metric.
    Transform {
        /// None.
        None = "none",
        /// Natural logarithm; values must be positive.
        Log = "log",
    }
}

/// What happens where a value is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Missing {
    /// The mean of the train rows takes its place.
    Mean,
    /// The median of the train rows.
    Median,
    /// The most frequent value of the train rows.
    MostFrequent,
    /// A given value, as it would stand in the file.
    Constant(String),
    /// The row is left out when the data is loaded, and a notice says so.
    Drop,
    /// Missing is a level of its own. For categories.
    Category,
    /// A missing value is a fault.
    Error,
}

impl Missing {
    /// The words of the experiment file.
    pub const WORDS: &[&str] =
        &["mean", "median", "most_frequent", "constant", "drop", "category", "error"];

    /// A given value instead of a missing one.
    pub fn constant(value: impl ToString) -> Missing {
        Missing::Constant(value.to_string())
    }

    /// The word in an experiment file.
    pub fn word(&self) -> &'static str {
        match self {
            Missing::Mean => "mean",
            Missing::Median => "median",
            Missing::MostFrequent => "most_frequent",
            Missing::Constant(_) => "constant",
            Missing::Drop => "drop",
            Missing::Category => "category",
            Missing::Error => "error",
        }
    }
}

/// What a person says about a column; what is not said is inferred or taken
/// from the defaults of its type.
///
/// ```
/// use ikhim_data::{Column, Missing};
/// let rooms = Column::number().missing(Missing::Median).missing_indicator();
/// assert_eq!(rooms.given_missing(), Some(&Missing::Median));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Column {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    kind: Option<ColumnType>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    missing: Option<Missing>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    missing_indicator: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    scaling: Option<Scaling>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    encoding: Option<Encoding>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    output_dim: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    max_features: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    handle_unknown: Option<HandleUnknown>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    transform: Option<Transform>,
}

impl Column {
    /// A column of which nothing is said: its type is inferred.
    pub fn inferred() -> Column {
        Column::default()
    }

    /// A column of a type.
    pub fn of(kind: ColumnType) -> Column {
        Column { kind: Some(kind), ..Column::default() }
    }

    /// A column of numbers.
    pub fn number() -> Column {
        Column::of(ColumnType::Number)
    }

    /// A column of levels.
    pub fn category() -> Column {
        Column::of(ColumnType::Category)
    }

    /// A column of two levels.
    pub fn binary() -> Column {
        Column::of(ColumnType::Binary)
    }

    /// A column of text.
    pub fn text() -> Column {
        Column::of(ColumnType::Text)
    }

    /// A column of images.
    pub fn image() -> Column {
        Column::of(ColumnType::Image)
    }

    /// A column that is not used.
    pub fn ignore() -> Column {
        Column::of(ColumnType::Ignore)
    }

    /// A column that names rows.
    pub fn id() -> Column {
        Column::of(ColumnType::Id)
    }

    /// What happens where a value is missing.
    pub fn missing(mut self, missing: Missing) -> Column {
        self.missing = Some(missing);
        self
    }

    /// Adds an input that is 1 where the value was missing.
    pub fn missing_indicator(mut self) -> Column {
        self.missing_indicator = Some(true);
        self
    }

    /// How the values are scaled.
    pub fn scaling(mut self, scaling: Scaling) -> Column {
        self.scaling = Some(scaling);
        self
    }

    /// How levels become numbers.
    pub fn encoding(mut self, encoding: Encoding) -> Column {
        self.encoding = Some(encoding);
        self
    }

    /// Embeds the levels in vectors of this length, at least 1. With
    /// [`Encoding::Embedding`] alone it is half of the number of levels, rounded
    /// up, and at most 50.
    pub fn output_dim(mut self, output_dim: usize) -> Column {
        self.encoding = Some(Encoding::Embedding);
        self.output_dim = Some(output_dim.max(1));
        self
    }

    /// The most terms that the vocabulary of a text may have. With
    /// [`Encoding::TfIdf`] alone it is 4,000, and fewer for very many rows.
    pub fn max_features(mut self, max_features: usize) -> Column {
        self.encoding = Some(Encoding::TfIdf);
        self.max_features = Some(max_features.max(1));
        self
    }

    /// What happens to unknown levels.
    pub fn handle_unknown(mut self, handle_unknown: HandleUnknown) -> Column {
        self.handle_unknown = Some(handle_unknown);
        self
    }

    /// A function applied to the values.
    pub fn transform(mut self, transform: Transform) -> Column {
        self.transform = Some(transform);
        self
    }

    /// The type, where one was given.
    pub fn given_type(&self) -> Option<ColumnType> {
        self.kind
    }

    /// The policy for missing values, where one was given.
    pub fn given_missing(&self) -> Option<&Missing> {
        self.missing.as_ref()
    }

    /// The scaling, where one was given.
    pub fn given_scaling(&self) -> Option<Scaling> {
        self.scaling
    }

    /// The encoding, where one was given.
    pub fn given_encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// The length of the vector of an embedded level, where one was given.
    pub fn given_output_dim(&self) -> Option<usize> {
        self.output_dim
    }

    /// Whether an input for missing values was asked for.
    pub fn given_missing_indicator(&self) -> Option<bool> {
        self.missing_indicator
    }

    /// What happens to unknown levels, where it was given.
    pub fn given_handle_unknown(&self) -> Option<HandleUnknown> {
        self.handle_unknown
    }

    /// The transform, where one was given.
    pub fn given_transform(&self) -> Option<Transform> {
        self.transform
    }

    /// Only what is said about scaling.
    pub(crate) fn only_scaling(&self) -> Column {
        Column { scaling: self.scaling, ..Column::default() }
    }

    /// What is said here, and where nothing is said what `defaults` says.
    pub fn or(self, defaults: &Column) -> Column {
        Column {
            kind: self.kind.or(defaults.kind),
            missing: self.missing.or_else(|| defaults.missing.clone()),
            missing_indicator: self.missing_indicator.or(defaults.missing_indicator),
            scaling: self.scaling.or(defaults.scaling),
            encoding: self.encoding.or(defaults.encoding),
            output_dim: self.output_dim.or(defaults.output_dim),
            max_features: self.max_features.or(defaults.max_features),
            handle_unknown: self.handle_unknown.or(defaults.handle_unknown),
            transform: self.transform.or(defaults.transform),
        }
    }

    /// Decides everything for a column of a type that is, or is not, a target.
    ///
    /// Numbers: missing values become the mean, scaling is standard.
    /// Categories: missing is a level of its own, one-hot, unknown levels are
    /// ignored. Binary columns: missing becomes the most frequent level, one
    /// input of 0 and 1, unknown levels are a fault. A missing text is an empty
    /// one, and its terms have an input each. Images are divided by their full
    /// intensity. Rows without a target are dropped; an unknown
    /// class is a fault.
    pub fn decide(&self, kind: ColumnType, target: bool) -> Policy {
        use ColumnType::{Binary, Category, Image, Number, Text};
        let missing = match kind {
            _ if target => Missing::Drop,
            Text => Missing::constant(""),
            Category => Missing::Category,
            Binary => Missing::MostFrequent,
            _ => Missing::Mean,
        };
        let scaling = match kind {
            Number => Scaling::Standard,
            Image => Scaling::Unit,
            _ => Scaling::None,
        };
        let encoding = match kind {
            Binary => Encoding::Ordinal,
            Text => Encoding::TfIdf,
            _ => Encoding::OneHot,
        };
        let handle_unknown =
            if target || kind == Binary { HandleUnknown::Error } else { HandleUnknown::Ignore };
        Policy {
            missing: self.missing.clone().unwrap_or(missing),
            missing_indicator: self.missing_indicator.unwrap_or(false),
            scaling: self.scaling.unwrap_or(scaling),
            encoding: self.encoding.unwrap_or(encoding),
            output_dim: self.output_dim,
            max_features: self.max_features,
            handle_unknown: self.handle_unknown.unwrap_or(handle_unknown),
            transform: self.transform.unwrap_or(Transform::None),
        }
    }
}

/// What is done to the values of a column, everything decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// What happens where a value is missing.
    pub missing: Missing,
    /// Whether an input says where the value was missing.
    pub missing_indicator: bool,
    /// How numbers and images are scaled.
    pub scaling: Scaling,
    /// How levels become numbers.
    pub encoding: Encoding,
    /// The length of the vector of an embedded level, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_dim: Option<usize>,
    /// The most terms of the vocabulary of a text, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_features: Option<usize>,
    /// What happens to levels that train rows do not have.
    pub handle_unknown: HandleUnknown,
    /// A function applied first.
    pub transform: Transform,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for word in ColumnType::WORDS {
            assert_eq!(word.parse::<ColumnType>().map(ColumnType::word), Ok(*word));
        }
        let wrong = "standart".parse::<Scaling>().unwrap_err();
        assert_eq!(wrong, "expected one of standard, min_max, robust, unit, none, got `standart`");
    }

    #[test]
    fn is_written_with_the_words_of_the_experiment() {
        let column = Column::category().missing(Missing::MostFrequent).encoding(Encoding::OneHot);
        let json = serde_json::to_string(&column).unwrap();
        assert_eq!(json, r#"{"type":"category","missing":"most_frequent","encoding":"one_hot"}"#);
        assert_eq!(serde_json::from_str::<Column>(&json).unwrap(), column);
        for (missing, word) in [(Missing::Mean, "mean"), (Missing::constant(0), "constant")] {
            assert_eq!(missing.word(), word);
            assert!(serde_json::to_string(&missing).unwrap().contains(word));
        }
    }

    #[test]
    fn what_is_said_wins_over_defaults() {
        let defaults = Column::number().scaling(Scaling::None).missing(Missing::Median);
        let column = Column::inferred().missing(Missing::Error).or(&defaults);
        let policy = column.decide(ColumnType::Number, false);
        assert_eq!(policy.missing, Missing::Error);
        assert_eq!(policy.scaling, Scaling::None);
    }
}
