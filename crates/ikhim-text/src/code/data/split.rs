//! Codes of the kind `data` that are about splits.

use crate::code::Code;

pub(in crate::code) const CODES: &[Code] = &[
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
        english: "split.method = \"stratified\" needs one target with classes or numbers, and `{column}` is one of several",
        korean: "split.method = \"stratified\"에는 클래스가 필요한데 목표 열 `{column}`에는 클래스가 없습니다",
        help: "use split.method = \"random\"",
        help_korean: "split.method = \"random\"을 쓰세요",
        page: "A stratified split keeps the proportions of the classes in every part, and of one \
               target of numbers those of its tenths. Several targets have no proportions of \
               which all could be kept; `random` draws the rows without looking at them.",
    },
    Code {
        code: "data.text_split",
        english: "split.method = \"{method}\" would part neighboring windows of a text",
        korean: "split.method = \"{method}\"로는 글의 이웃한 창이 서로 다른 부분으로 갈라집니다",
        help: "use split.method = \"time\", or leave it out",
        help_korean: "split.method = \"time\"을 쓰거나 이 키를 빼세요",
        page: "The rows of a text are windows that may overlap. If one is a train row and the \
               next is sealed, a network is examined on tokens that it has seen. So a text is cut \
               in time: its beginning is for training, its end is sealed, and no window crosses a \
               cut.",
    },
    Code {
        code: "data.no_split_group",
        english: "split.method = \"group\" needs the name of the column",
        korean: "split.method = \"group\"에는 열 이름이 필요합니다",
        help: "set split.group to the column whose equal values stay together",
        help_korean: "같은 값끼리 함께 둘 열의 이름을 split.group에 적으세요",
        page: "Several rows of one patient, house or speaker are alike. If some are train rows and \
               others are sealed, a network is examined on what it has seen. `split.group` names \
               the column that says what belongs together, and all rows of one value go into one \
               part.",
    },
    Code {
        code: "data.group_missing",
        english: "row {row} has no `{column}`, so nobody knows with which rows it belongs",
        korean: "행 {row}에 `{column}` 값이 없어 어느 행들과 함께 두어야 할지 알 수 없습니다",
        help: "fill the column in, or leave the row out",
        help_korean: "그 열을 채우거나 그 행을 빼세요",
        page: "A split by groups keeps the rows of one value of `split.group` together. A row \
               without a value belongs to nobody knows whom: it could be a twin of a sealed row. \
               Give every row its value, for instance its own number when it belongs to no other.",
    },
    Code {
        code: "data.no_moment",
        english: "row {row} of `{column}` holds {found}, which is no moment in time",
        korean: "`{column}`의 행 {row}에 있는 {found}은(는) 시각이 아닙니다",
        help: "write dates as 2024-01-31, with a time behind as in 2024-01-31 12:30, or as numbers",
        help_korean: "날짜는 2024-01-31처럼, 시각이 있으면 2024-01-31 12:30처럼 적거나 숫자로 적으세요",
        page: "A split by time orders the rows by `split.column`: numbers, or dates with the year \
               first, as in 2024-01-31, 2024/1/31 or 2024년 1월 31일. Of 01/02/2024 nobody knows \
               the month. A row without a moment has no place in the order.",
    },
    Code {
        code: "data.folds",
        english: "{folds} folds cannot be cut from {rows} rows",
        korean: "행 {rows}개를 {folds}겹으로 나눌 수 없습니다",
        help: "2 folds at least, and at most as many as there are different rows outside the test part",
        help_korean: "2겹 이상이어야 하고, 테스트 부분 밖의 서로 다른 행 수보다 많을 수 없습니다",
        page: "Cross-validation cuts the rows outside the sealed part into folds; each is the \
               validation part of one run. Rows with equal inputs, or of one group, stay in one \
               fold, so there may be fewer folds than rows.",
    },
    Code {
        code: "data.folds_of_groups",
        english: "{folds} folds cannot be cut from the groups of `{column}`, of which the test part leaves {groups}",
        korean: "테스트 부분을 빼면 `{column}` 묶음이 {groups}개뿐이라 {folds}겹으로 나눌 수 없습니다",
        help: "take fewer folds, or name another column as split.group",
        help_korean: "겹 수를 줄이거나 split.group에 다른 열을 적으세요",
        page: "Rows of one group, and rows with equal inputs, stay in one fold, or a network would \
               be judged on what it has seen. So there are at most as many folds as groups outside \
               the sealed part.",
    },
    Code {
        code: "data.folds_not_drawn",
        english: "folds need rows that are drawn by chance, and split.method = \"{method}\" draws none",
        korean: "교차 검증은 무작위로 나눈 행이 필요한데 split.method = \"{method}\"은(는) 무작위로 나누지 않습니다",
        help: "set split.method to random, stratified or group, or train without folds",
        help_korean: "split.method를 random, stratified, group 가운데 하나로 두거나 교차 검증 없이 학습하세요",
        page: "Cross-validation lets every row outside the test part be validation once, which is \
               honest when rows are independent. In a series in time a fold would be judged with \
               its own future in the train rows, and parts that come with the data say themselves \
               what is validation.",
    },
    Code {
        code: "data.no_part_files",
        english: "split.method = \"files\": `{name}` does not come in train and test files",
        korean: "split.method = \"files\"인데 `{name}`에는 훈련 파일과 테스트 파일이 따로 없습니다",
        help: "use split.method = \"stratified\" or \"random\"",
        help_korean: "split.method = \"stratified\"나 \"random\"을 쓰세요",
        page: "Some data sets are published in parts, such as the train-* and t10k-* files of \
               MNIST; `split.method = \"files\"` keeps them. This data is one piece and has to be \
               drawn.",
    },
    Code {
        code: "data.no_split_column",
        english: "split.method = \"column\" needs the name of the column",
        korean: "split.method = \"column\"에는 열 이름이 필요합니다",
        help: "set split.column to a column that holds the words train, validation and test",
        help_korean: "split.column에 train, validation, test 가운데 하나가 적힌 열을 주세요",
        page: "A split by a column takes the part of each row from a column of the data with the \
               words train, validation and test. `split.column` names it.",
    },
    Code {
        code: "data.unknown_split_column",
        english: "{key} = `{column}`: there is no such column",
        korean: "{key} = `{column}`: 그런 열이 없습니다",
        help: "the columns are {expected}",
        help_korean: "있는 열은 {expected}입니다",
        page: "A column of the data says where a row belongs: `split.column` its part or its \
               moment, `split.group` with which rows it stays together. The column that is named \
               does not exist; `ikhim data show` lists the columns.",
    },
    Code {
        code: "data.split_word",
        english: "column `{column}`, row {row}: expected {expected}, found {found}",
        korean: "열 `{column}`의 {row}행: {expected}이어야 하는데 {found}입니다",
        help: "every row needs one of these three words in the column that split.column names",
        help_korean: "split.column이 가리키는 열에는 행마다 이 세 낱말 가운데 하나가 있어야 합니다",
        page: "A split by a column takes the part of each row from a column of the data. Each of \
               its cells has to hold train, validation or test; rows are counted from 1 without \
               the header.",
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
        korean: "열 `{column}`: 값 `{level}`이(가) {part} 행에는 있는데 훈련 행에는 없습니다",
        help: "set handle_unknown = \"ignore\" for the column, or type = \"ignore\" to leave it \
               out",
        help_korean: "그 열에 handle_unknown = \"ignore\"를 주거나 type = \"ignore\"로 빼세요",
        page: "With `handle_unknown = \"error\"` a level that no train row has is a fault, and \
               that is told before training instead of when the part is read. `handle_unknown = \
               \"ignore\"` encodes such a level as none of the known ones.",
    },
];
