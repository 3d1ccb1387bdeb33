//! Codes of the kind `data`: contents of data files. Here are those that are about
//! columns and targets.

pub(super) mod source;
pub(super) mod split;
pub(super) mod value;

use super::Code;

pub(super) const CODES: &[Code] = &[
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
        code: "data.not_a_number",
        english: "column `{column}`, row {row}: `{found}` is not a number; {numbers} of {present} values are",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 숫자가 아닙니다. 값 {present}개 중 {numbers}개가 숫자입니다",
        help: "correct the value, or read the column as levels: data.columns.{column}.type = \"category\", or name the word for a missing value: data.missing_values = [\"{found}\"]",
        help_korean: "값을 고치거나, 열을 범주로 읽거나(data.columns.{column}.type = \"category\"), 빠진 값을 뜻하는 낱말로 적으세요: data.missing_values = [\"{found}\"]",
        page: "Nearly all values of the column are numbers, so it is one of numbers, and then every value has to be one. A typing error is corrected in the file. A word such as `-` or `unknown` that means \"no value\" goes into `data.missing_values`. A column whose numbers are names, such as codes, is a category. Words that mean a missing value without being named: an empty cell, ?, NA, N/A, NaN, nan, null, NULL, None.",
    },
    Code {
        code: "data.number_expected",
        english: "column `{column}`, row {row}: `{found}` is not a number, and the model has learned numbers there",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 숫자가 아닙니다. 모델은 이 열을 숫자로 배웠습니다",
        help: "correct the value, or leave it empty when it is unknown",
        help_korean: "값을 고치세요. 모르는 값이면 비워 두세요",
        page: "New rows are read as the model has learned their columns. A column of numbers takes numbers, and an empty cell for a value that is not known. Words that mean a missing value besides: ?, NA, N/A, NaN, nan, null, NULL, None, and what `data.missing_values` named when the model was trained.",
    },
    Code {
        code: "data.infinite",
        english: "column `{column}`, row {row}: `{found}` is not finite",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 유한한 수가 아닙니다",
        help: "correct the value, or leave the cell empty when it is unknown",
        help_korean: "값을 고치세요. 모르는 값이면 칸을 비우세요",
        page: "One infinite value makes the mean of its column infinite, and the loss of every row not a number. A number of more than about 1.8e308 counts as infinite. Words for NaN are missing values in a file; arrays of a program must hold none.",
    },
    Code {
        code: "data.comma_in_number",
        english: "column `{column}`, row {row}: `{found}` has a comma in a number",
        korean: "열 `{column}`의 {row}번째 행: 숫자 `{found}`에 쉼표가 있습니다",
        help: "write 1.5 instead of 1,5 and 1000 instead of 1,000; if these are no numbers, set data.columns.{column}.type = \"category\"",
        help_korean: "1,5는 1.5로, 1,000은 1000으로 적으세요. 숫자가 아니라면 data.columns.{column}.type = \"category\"로 두세요",
        page: "Every value of the column would be a number without its commas. Whether a comma cuts off decimals or groups thousands cannot be seen, so it is not guessed: 1,500 may be 1.5 or 1500.",
    },
    Code {
        code: "data.no_day",
        english: "column `{column}`, row {row}: there is no day `{found}`",
        korean: "열 `{column}`의 {row}번째 행: `{found}`이라는 날은 없습니다",
        help: "correct the date, or leave the cell empty; if these are no dates, set data.columns.{column}.type = \"category\"",
        help_korean: "날짜를 고치거나 칸을 비우세요. 날짜가 아니라면 data.columns.{column}.type = \"category\"로 두세요",
        page: "The column is one of dates: at least four of five are days of the calendar, and all \
               others are written as if they were. A day such as February 30 is a mistake of \
               whoever wrote it; read as words, every date would become a class of its own.",
    },
    Code {
        code: "data.unknown_target",
        english: "no column `{found}` to be the target; the columns are {expected}",
        korean: "목표로 삼을 열 `{found}`이(가) 없습니다. 열은 {expected}입니다",
        help: "give the name of a column, or its number from 1",
        help_korean: "열 이름이나 1부터 센 번호를 적으세요",
        page: "The target is the column to be learned. It is named as the header names it, or by its number from 1. `ikhim data show FILE` lists the columns.",
    },
    Code {
        code: "data.unknown_column",
        english: "no column `{found}`; the columns are {expected}",
        korean: "열 `{found}`이(가) 없습니다. 열은 {expected}입니다",
        help: "name a column as the header does",
        help_korean: "헤더에 있는 이름으로 적으세요",
        page: "Something is said about a column that the data does not have. `ikhim data show FILE` lists the columns.",
    },
    Code {
        code: "data.missing_column",
        english: "the data has no column `{column}`, which the model needs; it has {found}",
        korean: "모델에 필요한 열 `{column}`이(가) 데이터에 없습니다. 있는 열은 {found}입니다",
        help: "new rows need the columns that the model was trained on",
        help_korean: "새 행에는 학습에 쓰인 열이 모두 있어야 합니다",
        page: "A model reads new rows by the names of the columns it was trained on. Their order does not matter, the target may be absent, further columns are kept and not used.",
    },
    Code {
        code: "data.no_inputs",
        english: "no column is left to learn from: {found}",
        korean: "학습에 쓸 입력 열이 하나도 남지 않았습니다: {found}",
        help: "give a column a type to keep it, e.g. data.columns.NAME.type = \"category\"; one wide column may mean another separator",
        help_korean: "열에 형을 적으면 남습니다. 예: data.columns.이름.type = \"category\". 열이 하나뿐이라면 구분자가 다를 수 있습니다",
        page: "Besides the target, every column was left out: ids, constants and free text say nothing that a network could generalize. The notices name each of them. A file with another separator, such as blanks, is seen as one column: give `separator`.",
    },
    Code {
        code: "data.missing_value",
        english: "column `{column}`, row {row}: the value is missing ({count} in all), and missing = \"error\" forbids it",
        korean: "열 `{column}`의 {row}번째 행: 값이 없습니다(모두 {count}개). missing = \"error\"가 이를 금지합니다",
        help: "fill in the value, or choose another policy, e.g. missing = \"median\"",
        help_korean: "값을 채우거나 다른 방침을 고르세요. 예: missing = \"median\"",
        page: "The policy `error` says that no value of this column may be missing. Other policies put the mean, the median, the most frequent or a given value in its place, drop the row, or make missing a level of its own.",
    },
    Code {
        code: "data.all_dropped",
        english: "none of {count} rows is left after rows with missing values are dropped",
        korean: "값이 없는 행을 빼고 나니 {count}개 행 중 하나도 남지 않습니다",
        help: "check the target and the columns with missing = \"drop\"",
        help_korean: "목표 열과 missing = \"drop\"인 열을 확인하세요",
        page: "Rows without a target cannot be learned from and are left out, and so are rows that a policy `missing = \"drop\"` names. Here that is every row.",
    },
    Code {
        code: "data.not_binary",
        english: "column `{column}` has {count} levels, a binary column has 2: {found}",
        korean: "열 `{column}`에 값이 {count}가지입니다. 이진 열은 2가지여야 합니다: {found}",
        help: "use type = \"category\", or name words for missing values in data.missing_values",
        help_korean: "type = \"category\"로 두거나, 빠진 값을 뜻하는 낱말을 data.missing_values에 적으세요",
        page: "A binary column, and each target of a multi-label task, has two levels such as yes and no. Another spelling (`Yes`, `yes`) is another level.",
    },
    Code {
        code: "data.word_does_not_fit",
        english: "column `{column}`: {key} = \"{found}\" does not fit a column of type {expected}",
        korean: "열 `{column}`: {key} = \"{found}\"은(는) {expected} 열에 맞지 않습니다",
        help: "leave the key out, or give the column another type",
        help_korean: "이 키를 빼거나 열의 형을 바꾸세요",
        page: "The word has no meaning for a column of this type, and passing it over would hide that. Mean and median, scaling and transforms are for numbers; encoding is for categories; a target is never made up, so its missing values can only be dropped or be a fault.",
    },
    Code {
        code: "data.one_target",
        english: "classification has one target, found {found}",
        korean: "분류의 목표 열은 하나여야 하는데 {found}개입니다",
        help: "name one target, or set task = \"multi_label\" when each is a yes or no",
        help_korean: "목표 열을 하나만 적거나, 각각 예/아니오라면 task = \"multi_label\"로 두세요",
        page: "Classification answers one of several classes. Several yes/no columns are a multi-label task, several columns of numbers a regression.",
    },
    Code {
        code: "data.mixed_targets",
        english: "the targets are neither all numbers nor all yes/no",
        korean: "목표 열들이 모두 숫자도 아니고 모두 예/아니오도 아닙니다",
        help: "choose targets of one kind, or train one model for each",
        help_korean: "같은 종류의 목표만 고르거나, 목표마다 모델을 따로 학습하세요",
        page: "Several targets are learned together when all are numbers (regression) or all have two values (multi-label). One of many classes can only be a target by itself.",
    },
    Code {
        code: "data.constant_target",
        english: "the target `{column}` is {found} in all {rows} rows",
        korean: "목표 열 `{column}`의 값이 {rows}개 행 모두 {found}입니다",
        help: "there is nothing to learn; check which column is the target",
        help_korean: "배울 것이 없습니다. 어느 열이 목표인지 확인하세요",
        page: "A target that never changes is predicted without any input. Often the wrong column is the target.",
    },
    Code {
        code: "data.labels_almost_unique",
        english: "the target `{column}` has {count} classes in {rows} rows",
        korean: "목표 열 `{column}`에 클래스가 {count}개인데 행은 {rows}개입니다",
        help: "almost every row has a class of its own; check the target, or set task = \"regression\" when it is a number",
        help_korean: "거의 모든 행의 클래스가 서로 다릅니다. 목표 열을 확인하거나, 숫자라면 task = \"regression\"으로 두세요",
        page: "Classes can be learned when each has several rows. A target in which nearly every row differs is an id, a free text or a number.",
    },
];
