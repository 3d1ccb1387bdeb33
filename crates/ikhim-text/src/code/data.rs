//! Codes of the kind `data`: contents of data files.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "data.too_few_rows",
        english: "{rows} rows are too few to split: the {part} part would be empty",
        korean: "{rows}개 행은 나누기에 너무 적습니다: {part} 부분이 비게 됩니다",
        help: "add rows, or set split.method = \"none\"; then every number is one of train rows",
        help_korean: "행을 더 모으거나 split.method = \"none\"으로 두세요. 그러면 모든 수치는 train 행의 것입니다",
        page: "A split needs at least one row in each part that is asked for. With very few rows \
               there is nothing to measure on: more data is the cure. `split.method = \"none\"` \
               trains on all rows, and `split.validation` or `split.test` given as a number of \
               rows asks for exactly so many.",
    },
    Code {
        code: "data.split_size",
        english: "{key} = {found}: expected a share below 1 or a whole number of rows",
        korean: "{key} = {found}: 1보다 작은 비율이나 행의 개수여야 합니다",
        help: "0.15 is 15 % of the rows, 500 is 500 rows, 0 is none",
        help_korean: "0.15는 행의 15 %, 500은 500개 행, 0은 없음을 뜻합니다",
        page: "Sizes of parts are given as in scikit-learn: a number below 1 is a share of all \
               rows, a whole number from 1 on is a number of rows, 0 leaves the part empty.",
    },
    Code {
        code: "data.split_too_large",
        english: "{validation} validation rows and {test} test rows of {rows} leave no train row",
        korean: "전체 {rows}개 행에서 validation {validation}개와 test {test}개를 빼면 train 행이 남지 않습니다",
        help: "make split.validation or split.test smaller",
        help_korean: "split.validation이나 split.test를 줄이세요",
        page: "Validation and test rows are taken out of all rows, and what is left is for \
               training. Here nothing would be left. The usual shares are 0.15 each.",
    },
    Code {
        code: "data.not_stratifiable",
        english: "split.method = \"stratified\" needs classes, and the target `{column}` has none",
        korean: "",
        help: "use split.method = \"random\"",
        help_korean: "",
        page: "A stratified split keeps the proportions of the classes in every part. A target of \
               numbers or of several answers has no classes to keep; `random` draws the rows \
               without looking at it.",
    },
    Code {
        code: "data.no_part_files",
        english: "split.method = \"files\": `{name}` does not come in train and test files",
        korean: "",
        help: "use split.method = \"stratified\" or \"random\"",
        help_korean: "",
        page: "Some data sets are published in parts, such as the train-* and t10k-* files of \
               MNIST; `split.method = \"files\"` keeps them. This data is one piece and has to be \
               drawn.",
    },
    Code {
        code: "data.no_split_column",
        english: "split.method = \"column\" needs the name of the column",
        korean: "",
        help: "set split.column to a column that holds the words train, validation and test",
        help_korean: "",
        page: "A split by a column takes the part of each row from a column of the data with the \
               words train, validation and test. `split.column` names it.",
    },
    Code {
        code: "data.unknown_split_column",
        english: "split.column = `{column}`: there is no such column",
        korean: "split.column = `{column}`: 그런 열이 없습니다",
        help: "",
        help_korean: "",
        page: "A split by a column takes the part of each row from a column of the data with the \
               words train, validation and test. The column that `split.column` names does not \
               exist; `ikhim data show` lists the columns.",
    },
    Code {
        code: "data.split_word",
        english: "column `{column}`, row {row}: expected {expected}, found {found}",
        korean: "",
        help: "every row needs one of these three words in the column that split.column names",
        help_korean: "",
        page: "A split by a column takes the part of each row from a column of the data. Each of \
               its cells has to hold train, validation or test; rows are counted from 1 without \
               the header.",
    },
    Code {
        code: "data.one_class",
        english: "the target `{column}` has one class only: `{class}`",
        korean: "목표 열 `{column}`에 클래스가 `{class}` 하나뿐입니다",
        help: "a network has nothing to tell apart; check the target and the rows that were kept",
        help_korean: "구별할 것이 없습니다. 목표 열과 남은 행을 확인하세요",
        page: "Classification learns to tell classes apart. When all rows have the same one, \
               answering it always is right and nothing can be learned. Often the wrong column is \
               the target, or a filter has kept one class only.",
    },
    Code {
        code: "data.class_not_in_train",
        english: "class `{class}` of `{column}` stands in {part} rows and in no train row",
        korean: "`{column}`의 클래스 `{class}`가 {part} 행에는 있는데 train 행에는 없습니다",
        help: "a network cannot answer a class that it never saw; use split.method = \
               \"stratified\", or give train rows of it",
        help_korean: "본 적 없는 클래스는 답할 수 없습니다. split.method = \"stratified\"를 쓰거나 그 클래스의 train 행을 \
                      넣으세요",
        page: "The classes of a network are those of its train rows. A class that stands only in \
               validation or test rows can never be answered, and every such row would count as \
               wrong. A stratified split gives every class train rows; a class with a single row \
               goes to train.",
    },
    Code {
        code: "data.level_not_in_train",
        english: "column `{column}`: level `{level}` stands in {part} rows and in no train row",
        korean: "",
        help: "set handle_unknown = \"ignore\" for the column, or type = \"ignore\" to leave it \
               out",
        help_korean: "",
        page: "With `handle_unknown = \"error\"` a level that no train row has is a fault, and \
               that is told before training instead of when the part is read. `handle_unknown = \
               \"ignore\"` encodes such a level as none of the known ones.",
    },
    Code {
        code: "data.logarithm",
        english: "column `{column}`: transform = \"log\" needs {expected}, found {found}",
        korean: "",
        help: "use transform = \"none\", or correct the values",
        help_korean: "",
        page: "The logarithm exists for positive numbers only. A column that holds zeros or \
               negative numbers cannot be transformed by it.",
    },
];
