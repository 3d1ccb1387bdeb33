//! `[data]`: where the rows come from and what they mean.

use super::KnownAs::Here;
use super::augmentation::AUGMENTATION;
use super::image_files::{CACHE, CHANNELS, IMAGE_SIZE, RESIZE, UNREADABLE};
use super::{AUTO, Choices, Key, NONE, Rule, Table, Type, key, kind};

pub(super) const DATA: Table = Table {
    keys: &[
        key(
            "path",
            Type::Either(&[Type::Text(Rule::Any), Type::NonEmpty(&Type::Text(Rule::Any))]),
            "The file or folder of the data, relative to this file; its extension tells the format. A \
             list, or a pattern with `*` and `?`, is several tables as one.",
        )
        .builder("Dataset::path")
        .known_as(&[Here("file", "", "`path`"), Here("url", "", "`path`")]),
        key("rows", Type::NonEmpty(&Type::List(&CELL)), "The rows themselves, instead of a file.")
            .builder("Dataset::rows"),
        key("dataset", Type::Choice(&DATASETS), "A data set that ikhim carries with it.")
            .builder("Dataset::named"),
        key(
            "generate",
            Type::Choice(&RULES),
            "Rows that a rule makes; the target is `y`.",
        )
        .builder("Dataset::generated"),
        key(
            "header",
            Type::Either(&[AUTO, Type::Boolean, Type::NonEmpty(&Type::Text(Rule::Any))]),
            "Whether the first row of the file names the columns; a list names them here, and then \
             every row of the file holds values.",
        )
        .default("auto")
        .builder("DatasetBuilder::header")
        .known_as(&[Here("names", "pandas", "`header` = [names]")]),
        key(
            "target",
            Type::Either(&[Type::Text(Rule::Any), Type::NonEmpty(&Type::Text(Rule::Any))]),
            "The column that is predicted, or a list of them; all others are inputs.",
        )
        .builder("DatasetBuilder::targets")
        .known_as(&[
            Here("label", "", "`target`"),
            Here("labels", "", "`target`"),
            Here("y", "scikit-learn", "`target`"),
        ]),
        key("task", Type::Choice(&TASKS), "What is learned; without it, seen from the target.")
            .default("auto")
            .builder("DatasetBuilder::task"),
        key(
            "limit",
            Type::Either(&[Type::Integer(1), NONE]),
            "Uses only the first rows of the train part, so many; the split is drawn before.",
        )
        .default("none")
        .builder("Train::first")
        .known_as(&[Here("nrows", "pandas", "`limit`, of the train part")]),
        key(
            "streaming",
            Type::Either(&[AUTO, Type::Boolean]),
            "Whether a CSV file is read in pieces and its train rows batch by batch, so that it need not fit \
             into memory; `auto`: from 512 MiB on.",
        )
        .default("auto")
        .builder("DatasetBuilder::streaming")
        .only_with("path", "*"),
        key(
            "separator",
            Type::Either(&[AUTO, Type::Text(Rule::Character)]),
            "The character between two cells of a CSV file.",
        )
        .default("auto")
        .builder("DatasetBuilder::separator")
        .only_with("path", "*")
        .known_as(&[
            Here("sep", "pandas", "`separator`"),
            Here("delimiter", "Python csv", "`separator`"),
        ]),
        key(
            "comment",
            Type::Either(&[NONE, Type::Text(Rule::Character)]),
            "The sign that comment lines of a CSV file start with; `none` when there are none.",
        )
        .default("'#'")
        .only_with("path", "*")
        .builder("DatasetBuilder::comment"),
        key(
            "missing_values",
            Type::List(&Type::Text(Rule::Any)),
            "Further cells that mean a missing value, beside empty ones, `NA`, `NaN`, `null`, `?` \
             and the like.",
        )
        .default("[]")
        .only_with("path", "*")
        .builder("DatasetBuilder::missing_values")
        .known_as(&[Here("na_values", "pandas", "`missing_values`")]),
        IMAGE_SIZE,
        RESIZE,
        CHANNELS,
        UNREADABLE,
        CACHE,
        AUGMENTATION,
        key("tokenizer", Type::Choice(&TOKENIZERS), "What a text is cut into.")
            .default("char")
            .builder("TextBuilder::tokenizer")
            .only_with("task", "next_token"),
        key("window", Type::Table(&WINDOW), "How a text becomes rows.")
            .default("{}")
            .builder("TextBuilder::window")
            .only_with("task", "next_token"),
        key(
            "unknown",
            Type::Choice(&UNKNOWN),
            "What happens to a token of a text that no train row has.",
        )
        .default("error")
        .builder("TextBuilder::handle_unknown")
        .only_with("task", "next_token"),
        key(
            "sequence",
            Type::Table(&SEQUENCE),
            "Reads a column of text token by token; it is then the only input.",
        )
        .builder("DatasetBuilder::sequence"),
        key(
            "series",
            Type::Table(&SERIES_WINDOWS),
            "Takes the rows as moments of a series in time: a row to learn from is a window of them, \
             its target the value of the target column some steps ahead.",
        )
        .builder("DatasetBuilder::series"),
        key(
            "columns",
            Type::Map(&Type::Table(&COLUMN)),
            "What is said about single columns, by their names; what is not said is inferred.",
        )
        .default("{}")
        .builder("DatasetBuilder::column")
        .known_as(&[
            Here("dtype", "pandas", "`[data.columns]`"),
            Here("usecols", "pandas", "`[data.columns]`, type = \"ignore\" for the others"),
        ]),
        key(
            "defaults",
            Type::Table(&DEFAULTS),
            "What is done to the columns of a type where `[data.columns]` does not say.",
        )
        .default("{}")
        .builder("DatasetBuilder::defaults"),
    ],
    foreign: &[],
};

/// A cell of an inline row.
const CELL: Type =
    Type::Either(&[Type::Number(super::Range::Any), Type::Boolean, Type::Text(Rule::Any)]);

const DATASETS: Choices = Choices {
    what: ("data set", "데이터"),
    tag: "type",
    kinds: &[&[
        kind("digits", "1,797 handwritten digits of 8 × 8 pixels.").builder("Dataset::digits"),
        kind("iris", "150 flowers of three species, four lengths each."),
        kind("wine", "178 wines of three growers, 13 measurements each."),
        kind("breast_cancer", "569 tumors, 30 measurements each, benign or malignant."),
    ]],
};

const RULES: Choices = Choices {
    what: ("rule", "규칙"),
    tag: "type",
    kinds: &[&[
        kind("xor", "Points of a square; a class for each pair of opposite quarters.")
            .builder("Rule::Xor")
            .keys(MADE),
        kind("circles", "A circle within a circle.").builder("Rule::Circles").keys(MADE),
        kind("moons", "Two half circles that reach into each other.")
            .builder("Rule::Moons")
            .keys(MADE),
        kind("blobs", "Normal clouds around random centers.").builder("Rule::Blobs").keys(CLOUDS),
        kind("spirals", "Arms of a spiral, one for each class.")
            .builder("Rule::Spirals")
            .keys(ARMS),
        kind("polynomial", "A polynomial of x between -1 and 1.")
            .builder("Rule::Polynomial")
            .keys(SUMMED),
        kind("random_labels", "Labels that have nothing to do with the inputs.")
            .builder("Rule::RandomLabels")
            .keys(LABELED),
        kind("autoregressive", "A series; the inputs are its last values, the newest first.")
            .builder("Rule::Autoregressive")
            .keys(SERIES),
        kind(
            "names",
            "Names of invented languages in the column `name`: how syllables follow each other tells \
             the language, and no single one does.",
        )
        .builder("Rule::Names")
        .keys(LANGUAGES),
    ]],
};

const ROWS: Key = key("rows", Type::Integer(1), "The number of rows.")
    .default("200")
    .builder("Generator::rows")
    .known_as(&[Here("n_samples", "scikit-learn", "`rows`")]);
const NOISE: Key =
    key("noise", Type::Number(super::Range::AtLeast(0.0)), "The standard deviation of the noise.")
        .builder("Generator::noise");
const RULE_SEED: Key =
    key("seed", super::SEED, "Drives the draws of the rule, and nothing else does.")
        .default("0")
        .builder("Generator::seed");
const CLASSES: Key =
    key("classes", Type::Integer(2), "The number of classes.").builder("Generator::classes");
const INPUTS: Key = key("features", Type::Integer(1), "The number of inputs.")
    .builder("Generator::features")
    .known_as(&[Here("n_features", "scikit-learn", "`features`")]);
const COEFFICIENTS: Key = key(
    "coefficients",
    Type::NonEmpty(&Type::Number(super::Range::Any)),
    "Of a polynomial from the constant on, of a series from the last value on.",
)
.builder("Generator::coefficients");

const MADE: &[Key] = &[ROWS, NOISE.default("0.0"), RULE_SEED];
const CLOUDS: &[Key] =
    &[ROWS, NOISE.default("1.0"), RULE_SEED, CLASSES.default("3"), INPUTS.default("2")];
const ARMS: &[Key] = &[ROWS, NOISE.default("0.0"), RULE_SEED, CLASSES.default("2")];
const LABELED: &[Key] = &[ROWS, RULE_SEED, CLASSES.default("2"), INPUTS.default("20")];
const SUMMED: &[Key] =
    &[ROWS, NOISE.default("0.0"), RULE_SEED, COEFFICIENTS.default("[1.0, -2.0, 0.5, 3.0]")];
const LANGUAGES: &[Key] = &[
    ROWS,
    key(
        "noise",
        Type::Number(super::Range::Share),
        "The share of names whose language is drawn anew from all; of k languages nobody then tells \
         more than 1 - noise * (k - 1) / k.",
    )
    .default("0.0")
    .builder("Generator::noise"),
    RULE_SEED,
    CLASSES.default("3"),
];
const SERIES: &[Key] = &[ROWS, NOISE.default("1.0"), RULE_SEED, COEFFICIENTS.default("[0.9]")];

const TASKS: Choices = Choices {
    what: ("task", "과제"),
    tag: "type",
    kinds: &[&[
        kind("auto", "Seen from the target."),
        kind("regression", "The target is a number."),
        kind("classification", "The target is one of several classes."),
        kind("multi_label", "Each target is yes or no, independent of the others."),
        kind("reconstruction", "The input itself, for autoencoders; no column is a target."),
        kind("next_token", "The target is the text itself, one token on.").builder("Dataset::text"),
    ]],
};

const TOKENIZERS: Choices = Choices {
    what: ("tokenizer", "토큰 나누기"),
    tag: "type",
    kinds: &[&[
        kind("char", "Characters."),
        kind("byte", "The bytes of UTF-8."),
        kind("word", "Words of letters and digits; all else character by character."),
        kind("jamo", "Characters, each Hangul syllable as its letters."),
    ]],
};

const WINDOW: Table = Table {
    keys: &[
        key("length", Type::Integer(1), "How many tokens a row has.")
            .default("64")
            .builder("TextBuilder::window")
            .known_as(&[Here("sequence_length", "Keras", "`length`")]),
        key(
            "stride",
            Type::Either(&[Type::Integer(1), AUTO]),
            "How many tokens lie between the starts of two rows; `auto` is the length.",
        )
        .default("auto")
        .builder("TextBuilder::window")
        .known_as(&[Here("sequence_stride", "Keras", "`stride`")]),
    ],
    foreign: &[],
};

const SERIES_WINDOWS: Table = Table {
    keys: &[
        key("window", Type::Integer(1), "How many moments a row has.")
            .required()
            .builder("Series::new")
            .known_as(&[
                Here("sequence_length", "Keras", "`window`"),
                Here("lookback", "", "`window`"),
            ]),
        key(
            "horizon",
            Type::Integer(1),
            "How many steps behind the last moment of a window its target stands.",
        )
        .default("1")
        .builder("Series::horizon"),
        key("stride", Type::Integer(1), "How many moments lie between the starts of two windows.")
            .default("1")
            .builder("Series::stride")
            .known_as(&[Here("sequence_stride", "Keras", "`stride`")]),
        key(
            "time",
            Type::Text(Rule::Any),
            "The column that tells the moment of a row; when not said, the one column of dates, and \
             without one the order of the rows, oldest first unless `split.order` says otherwise.",
        )
        .builder("Series::time"),
        key("gaps", Type::Choice(&GAPS), "What happens where a moment is missing.")
            .default("cut")
            .builder("Series::gaps"),
    ],
    foreign: &[],
};

const SEQUENCE: Table = Table {
    keys: &[
        key("column", Type::Text(Rule::Any), "The column of text.")
            .required()
            .builder("SequenceColumn::new"),
        key("tokenizer", Type::Choice(&TOKENIZERS), "What its text is cut into.")
            .default("char")
            .builder("SequenceColumn::tokenizer"),
        key(
            "length",
            Type::Either(&[Type::Integer(1), AUTO]),
            "How many tokens a row has, padding counted; `auto` is the longest train row. What is \
             longer is cut off.",
        )
        .default("auto")
        .builder("SequenceColumn::length")
        .known_as(&[
            Here("maxlen", "Keras", "`length`"),
            Here("output_sequence_length", "Keras", "`length`"),
        ]),
        key("unknown", Type::Choice(&UNKNOWN), "What happens to a token that no train row has.")
            .default("token")
            .builder("SequenceColumn::handle_unknown"),
        key(
            "buckets",
            Type::Integer(1),
            "Train batches hold rows of like length, of so many groups of lengths, and are computed \
             up to the length of their group only; 1 is all rows together at the full length.",
        )
        .default("1")
        .builder("SequenceColumn::buckets")
        .known_as(&[Here("bucket_boundaries", "TensorFlow", "`buckets`, their number")]),
    ],
    foreign: &[],
};

const GAPS: Choices = Choices {
    what: ("policy for gaps", "빈 곳 처리 방법"),
    tag: "type",
    kinds: &[&[
        kind("cut", "No window crosses a gap, and a notice says so."),
        kind("error", "A gap is a fault."),
        kind("ignore", "The rows follow each other, however much time lies between them."),
    ]],
};

const UNKNOWN: Choices = Choices {
    what: ("value", "값"),
    tag: "type",
    kinds: &[&[
        kind("error", "It is a fault."),
        kind("token", "One token stands for all of them."),
    ]],
};

const TYPE: Key = key("type", Type::Choice(&TYPES), "What kind of values the column holds.")
    .builder("Column::of")
    .known_as(&[Here("dtype", "pandas", "`type`")]);
const SCALING: Key = key(
    "scaling",
    Type::Choice(&SCALINGS),
    "How its numbers are scaled, by what the train rows say.",
)
.builder("Column::scaling")
.known_as(&[Here("normalization", "Ludwig", "`scaling`"), Here("normalize", "", "`scaling`")]);
const MISSING: Key =
    key("missing", Type::Choice(&MISSINGS), "What takes the place of a missing value.")
        .builder("Column::missing")
        .known_as(&[
            Here("missing_value_strategy", "Ludwig", "`missing`"),
            Here("strategy", "scikit-learn", "`missing`"),
            Here("fillna", "pandas", "`missing`"),
        ]);
const INDICATOR: Key =
    key("missing_indicator", Type::Boolean, "Adds an input that is 1 where the value was missing.")
        .builder("Column::missing_indicator")
        .known_as(&[Here("add_indicator", "scikit-learn", "`missing_indicator`")]);
const ENCODING: Key =
    key("encoding", Type::Choice(&ENCODINGS), "How a category or a text becomes numbers.")
        .builder("Column::encoding");
const HANDLE_UNKNOWN: Key = key(
    "handle_unknown",
    Type::Choice(&HANDLE_UNKNOWNS),
    "What happens to a level that the train rows do not have.",
)
.builder("Column::handle_unknown");

/// A column of `[data.columns]`.
const COLUMN: Table = Table {
    keys: &[
        TYPE,
        MISSING,
        key(
            "fill_value",
            Type::Either(&[Type::Number(super::Range::Any), Type::Text(Rule::Any)]),
            "The value that takes the place of a missing one.",
        )
        .builder("Missing::constant")
        .only_with("missing", "constant"),
        INDICATOR,
        SCALING,
        ENCODING,
        HANDLE_UNKNOWN,
        key(
            "transform",
            Type::Choice(&TRANSFORMS),
            "A function of the numbers; of a target, inverted before any metric.",
        )
        .builder("Column::transform"),
    ],
    foreign: &[],
};

const DEFAULTS: Table = Table {
    keys: &[
        key("number", Type::Table(&NUMBER), "Columns of numbers.").default("{}"),
        key("category", Type::Table(&CATEGORY), "Columns of categories.").default("{}"),
        key("binary", Type::Table(&BINARY), "Columns of two levels.").default("{}"),
        key("text", Type::Table(&TEXT), "Columns of free text.").default("{}"),
        key("image", Type::Table(&IMAGE), "Images.").default("{}"),
    ],
    foreign: &[
        Here("numerical", "Ludwig", "`number`"),
        Here("categorical", "pandas", "`category`"),
    ],
};

const NUMBER: Table = Table {
    keys: &[MISSING.default("mean"), INDICATOR.default("false"), SCALING.default("standard")],
    foreign: &[],
};

const CATEGORY: Table = Table {
    keys: &[
        MISSING.default("category"),
        ENCODING.default("one_hot"),
        HANDLE_UNKNOWN.default("ignore"),
    ],
    foreign: &[],
};

const BINARY: Table =
    Table { keys: &[MISSING.default("most_frequent"), INDICATOR.default("false")], foreign: &[] };

const TEXT: Table = Table { keys: &[ENCODING.default("tf_idf")], foreign: &[] };

const IMAGE: Table = Table { keys: &[SCALING.default("unit")], foreign: &[] };

const TYPES: Choices = Choices {
    what: ("column type", "열의 종류"),
    tag: "type",
    kinds: &[&[
        kind("number", "Numbers.").known_as(&[
            Here("numerical", "Ludwig", "`number`"),
            Here("float", "pandas", "`number`"),
            Here("int", "pandas", "`number`"),
        ]),
        kind("category", "One of several levels.").known_as(&[Here(
            "categorical",
            "pandas",
            "`category`",
        )]),
        kind("binary", "One of two levels.").known_as(&[Here("bool", "pandas", "`binary`")]),
        kind("date", "Dates; not an input."),
        kind("text", "Free text: an input for each of its words and pieces of words.")
            .known_as(&[Here("object", "pandas", "`text`")]),
        kind("image", "Images."),
        kind("ignore", "Not used."),
        kind("id", "Names a row and says nothing about it; not an input."),
        kind(
            "part",
            "Says `train`, `validation` or `test`, for `split.column`; not an input, and no part of \
             what a row is known by.",
        ),
    ]],
};

const MISSINGS: Choices = Choices {
    what: ("policy for missing values", "결측값 처리 방법"),
    tag: "type",
    kinds: &[&[
        kind("mean", "The mean of the train rows."),
        kind("median", "The median of the train rows."),
        kind("most_frequent", "The most frequent value of the train rows.").known_as(&[Here(
            "mode",
            "pandas",
            "`most_frequent`",
        )]),
        kind("constant", "The value of `fill_value`.").known_as(&[Here(
            "fill_with_const",
            "Ludwig",
            "`constant` and `fill_value`",
        )]),
        kind("drop", "The row is left out, and a notice says so.")
            .known_as(&[Here("drop_row", "Ludwig", "`drop`")]),
        kind("category", "Missing is a level of its own."),
        kind("error", "A missing value is a fault."),
    ]],
};

const SCALINGS: Choices = Choices {
    what: ("scaling", "크기 조정 방법"),
    tag: "type",
    kinds: &[&[
        kind("standard", "Mean 0 and standard deviation 1.").known_as(&[
            Here("zscore", "Ludwig", "`standard`"),
            Here("StandardScaler", "scikit-learn", "`standard`"),
        ]),
        kind("min_max", "Smallest value 0, largest 1.").known_as(&[
            Here("minmax", "Ludwig", "`min_max`"),
            Here("MinMaxScaler", "scikit-learn", "`min_max`"),
        ]),
        kind("robust", "Median 0, distance of the quartiles 1.").known_as(&[
            Here("iq", "Ludwig", "`robust`"),
            Here("RobustScaler", "scikit-learn", "`robust`"),
        ]),
        kind("unit", "Divided by the largest possible intensity, 255 for bytes; for images."),
        kind("none", "As they are."),
    ]],
};

const ENCODINGS: Choices = Choices {
    what: ("encoding", "부호화 방법"),
    tag: "type",
    kinds: &[&[
        kind("one_hot", "One input for each level, 1 for the level of the row.").known_as(&[
            Here("onehot", "", "`one_hot`"),
            Here("OneHotEncoder", "scikit-learn", "`one_hot`"),
        ]),
        kind("ordinal", "One input, the index of the level.").known_as(&[Here(
            "label",
            "",
            "`ordinal`",
        )]),
        kind("hash", "A fixed number of inputs; the hash of the level, or of a term, says which.")
            .known_as(&[Here("hashing", "scikit-learn", "`hash`")]),
        kind(
            "tf_idf",
            "Of a text, an input for each term of a vocabulary: words, and pieces of words of one \
             to three characters; the rarer among train rows, the heavier.",
        )
        .keys(TF_IDF)
        .known_as(&[
            Here("TfidfVectorizer", "scikit-learn", "`tf_idf`"),
            Here("tfidf", "", "`tf_idf`"),
        ]),
        kind(
            "embedding",
            "A learned vector for each level, beside the other inputs; zeros for an unknown level.",
        )
        .keys(EMBEDDING)
        .known_as(&[Here("embed", "Ludwig", "`embedding`")]),
    ]],
};

const EMBEDDING: &[Key] = &[key(
    "output_dim",
    Type::Either(&[AUTO, Type::Integer(1)]),
    "The length of a vector; `auto` is half the number of levels, rounded up, and at most 50.",
)
.default("auto")
.builder("Column::output_dim")
.known_as(&[
    Here("embedding_dim", "PyTorch", "`output_dim`"),
    Here("embedding_size", "Ludwig", "`output_dim`"),
])];

const TF_IDF: &[Key] = &[key(
    "max_features",
    Type::Either(&[AUTO, Type::Integer(1)]),
    "The most terms of the vocabulary; `auto` is 4,000, and fewer where train rows are more than \
     67,000.",
)
.default("auto")
.builder("Column::max_features")];

const HANDLE_UNKNOWNS: Choices = Choices {
    what: ("policy for unknown levels", "미지 범주 처리 방법"),
    tag: "type",
    kinds: &[&[
        kind("ignore", "It is no level: all its one-hot inputs, or its vector, are 0."),
        kind("error", "It is a fault."),
    ]],
};

const TRANSFORMS: Choices = Choices {
    what: ("transform", "변환"),
    tag: "type",
    kinds: &[&[
        kind("none", "None."),
        kind("log", "The natural logarithm; the values must be positive."),
    ]],
};

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::{ColumnType, Encoding, HandleUnknown, Missing, Scaling, Transform};

    #[test]
    fn words_are_those_of_the_data_crate() {
        let words = |choices: &Choices| choices.kinds().map(|kind| kind.name).collect::<Vec<_>>();
        assert_eq!(words(&TYPES), ColumnType::WORDS);
        assert_eq!(words(&MISSINGS), Missing::WORDS);
        assert_eq!(words(&SCALINGS), Scaling::WORDS);
        assert_eq!(words(&ENCODINGS), Encoding::WORDS);
        assert_eq!(words(&HANDLE_UNKNOWNS), HandleUnknown::WORDS);
        assert_eq!(words(&TRANSFORMS), Transform::WORDS);
        assert_eq!(words(&RULES), ikhim_data::Rule::WORDS);
        assert_eq!(words(&GAPS), ikhim_data::Gaps::WORDS);
    }
}
