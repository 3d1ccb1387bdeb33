//! Codes of the kind `data` that are about values which meet what was fitted.

use crate::code::Code;

pub(in crate::code) const CODES: &[Code] = &[
    Code {
        code: "data.logarithm",
        english: "column `{column}`: transform = \"log\" needs {expected}, found {found}",
        korean: "열 `{column}`: transform = \"log\"에는 {expected}이(가) 필요한데 {found}이(가) 있습니다",
        help: "use transform = \"none\", or correct the values",
        help_korean: "transform = \"none\"을 쓰거나 값을 고치세요",
        page: "The logarithm exists for positive numbers only. A column that holds zeros or \
               negative numbers cannot be transformed by it.",
    },
    Code {
        code: "data.too_large",
        english: "column `{column}`, row {row}: {found} is too large to compute with; at most {most}",
        korean: "열 `{column}`의 {row}번째 행: {found}은(는) 계산하기에 너무 큽니다. 최대 {most}입니다",
        help: "correct the value, or divide the whole column, e.g. by {power}, and write that into its name",
        help_korean: "값을 고치거나, 열 전체를 {power}(으)로 나누고 이름에 적으세요",
        page: "Errors and variances are made of squares, and the square of a number above 1e150 is \
               beyond double precision: every metric would be infinite. A column with scaling = \
               \"none\" goes into the network as it is, in single precision, which ends at 3.4e38. \
               One such value among usual ones is a mistake; a whole column of them is in a unit \
               that is too small. Divide it by a power of ten. A column of inputs may also take \
               transform = \"log\".",
    },
    Code {
        code: "data.too_small",
        english: "column `{column}`: its values differ by {found}, which is too little to compute with; at least {least}",
        korean: "열 `{column}`: 값들의 차이가 {found}뿐이라 계산하기에 너무 작습니다. 최소 {least}입니다",
        help: "multiply the whole column, e.g. by {power}, and write that into its name",
        help_korean: "열 전체에 {power}을(를) 곱하고 이름에 적으세요",
        page: "Errors and variances are made of squares, and the square of a number below 1e-150 is \
               0 in double precision: every error would be 0, and the mean of the target as good \
               as the truth. A column with scaling = \"none\" goes into the network as it is, in \
               single precision, which begins at 1.2e-38. Such a column is in a unit that is too \
               large. Multiply it by a power of ten.",
    },
    Code {
        code: "data.token_outside",
        english: "{token} is in no train row, so the vocabulary has no place for it",
        korean: "{token}은(는) train 행에 없어서 어휘에 자리가 없습니다",
        help: "data.unknown = \"token\" lets one token stand for all that train rows do not have",
        help_korean: "data.unknown = \"token\"으로 두면 train 행에 없는 것을 토큰 하나가 대신합니다",
        page: "The vocabulary is made of the train rows alone, as every statistic is. A character \
               or word that only validation or test rows have was never seen by the network. \
               Either that is a fault, which is the default, or one token stands for all of them.",
    },
    Code {
        code: "data.unknown_token",
        english: "{token}, character {place} of the text, is not in the vocabulary of the model",
        korean: "글의 {place}번째 글자 {token}은(는) 모델의 어휘에 없습니다",
        help: "use the characters of the text that the model was trained on",
        help_korean: "모델이 배운 글에 있는 글자를 쓰세요",
        page: "A model of a text knows the tokens of its train rows, which are saved with it. A \
               text to go on with may hold no others, unless the model was trained with \
               `data.unknown = \"token\"`.",
    },
    Code {
        code: "data.no_values",
        english: "column `{column}` has no value in any train row",
        korean: "열 `{column}`은(는) train 행 어디에도 값이 없습니다",
        help: "leave the column out with type = \"ignore\", or give missing a constant",
        help_korean: "type = \"ignore\"로 이 열을 빼거나 missing의 constant로 채우세요",
        page: "What takes the place of missing values (a mean, a median, the most frequent value) \
               is computed from train rows. Here they have none, so there is nothing to compute \
               from and nothing to learn.",
    },
    Code {
        code: "data.no_target",
        english: "there is no target to learn",
        korean: "학습할 목표가 없습니다",
        help: "name the column to be learned as target",
        help_korean: "학습할 열을 target으로 주세요",
        page: "Preprocessing for training needs a target: the column that the network learns to \
               answer.",
    },
    Code {
        code: "data.value_needed",
        english: "column `{column}`, row {row}: the value is missing, and nothing may take its \
                  place",
        korean: "열 `{column}`의 {row}번째 행: 값이 없고, 대신할 값도 없습니다",
        help: "give the value; a policy such as missing = \"median\" is chosen before training",
        help_korean: "값을 주세요. missing = \"median\" 같은 방침은 학습 전에 정합니다",
        page: "The policy of this column was `drop` or `error`, or no train row had it missing, \
               so the model knows nothing to put in its place. New rows are all answered, none is \
               dropped.",
    },
    Code {
        code: "data.label_needed",
        english: "row {row} has no `{column}`, so its answer cannot be judged",
        korean: "{row}번째 행에 `{column}` 값이 없어 답을 평가할 수 없습니다",
        help: "fill it in or leave the row out; `ikhim predict` answers rows whose `{column}` nobody knows",
        help_korean: "값을 채우거나 그 행을 빼세요. `{column}` 값을 모르는 행의 답은 `ikhim predict`로 구합니다",
        page: "To judge a model is to compare its answers with the truth, row by row. A row without \
               the truth is not left out without a word, because the measure would then be one of \
               other rows than those of the file.",
    },
    Code {
        code: "data.unseen_level",
        english: "column `{column}`, row {row}: unknown level `{found}`; known are {expected}",
        korean: "열 `{column}`의 {row}번째 행: 모르는 값 `{found}`입니다. 아는 값은 {expected}입니다",
        help: "correct the spelling, or train with handle_unknown = \"ignore\" for this column",
        help_korean: "철자를 고치거나, 이 열에 handle_unknown = \"ignore\"를 주고 학습하세요",
        page: "The levels of a category are those of the train rows. With `handle_unknown = \
               \"error\"` any other level is a fault; with `ignore` it is encoded as none of the \
               known ones, and a warning says so.",
    },
    Code {
        code: "data.unseen_class",
        english: "row {row}: class `{found}` of `{column}` is none that the model answers",
        korean: "{row}번째 행: `{column}`의 클래스 `{found}`은(는) 모델이 답할 수 없는 클래스입니다",
        help: "correct the spelling, or train with rows of that class",
        help_korean: "철자를 고치거나 그 클래스의 행을 넣어 학습하세요",
        page: "The classes of a model are those of its train rows. A row of another class cannot \
               be answered rightly, so no metric over it would say anything about the model.",
    },
    Code {
        code: "data.row_length",
        english: "row {row}: expected {expected} values, found {found}",
        korean: "{row}번째 행: 값이 {expected}개여야 하는데 {found}개입니다",
        help: "give one value for every input, in the order of the columns, without the target",
        help_korean: "목표 열을 빼고 열 순서대로 입력마다 값을 하나씩 주세요",
        page: "A row without names is read by place: one value for each input column in the order \
               of the training data, or one value for each pixel of an image.",
    },
    Code {
        code: "data.pixel",
        english: "row {row}: `{found}` is no finite number",
        korean: "{row}행: `{found}`은(는) 유한한 수가 아닙니다",
        help: "an image by place is numbers only",
        help_korean: "자리로 적는 이미지는 수로만 이루어집니다",
        page: "A row of an image is given as one number for each pixel, row after row. Each of \
               them has to be a finite number.",
    },
    Code {
        code: "data.batch_size",
        english: "a batch of 0 rows",
        korean: "배치가 0행입니다",
        help: "batch_size is at least 1, or \"full\"",
        help_korean: "batch_size는 1 이상이거나 \"full\"입니다",
        page: "The number of rows that one step sees is at least 1; `full` takes all train rows \
               in one batch.",
    },
    Code {
        code: "data.no_answer",
        english: "row {row}: the network's answer is not a number",
        korean: "{row}행: 신경망의 답이 수가 아닙니다",
        help: "a value of this row lies beyond the range of 32-bit numbers once it is scaled, or the model itself has diverged; compare the row with `ikhim data show` of the train data",
        help_korean: "이 행의 어떤 값이 변환한 뒤 32비트 수의 범위를 벗어났거나, 모델이 발산했습니다. 학습 데이터의 `ikhim data show`와 비교해 보세요",
        page: "Numbers of a network have 32 bits and end at about 3.4·10³⁸. A value that is larger \
               after scaling becomes infinite, and the answer of the network is then no number, of \
               which no class may be the most probable. Check the units and the digits of the row.",
    },
    Code {
        code: "data.no_target_values",
        english: "the rows have no target values to compare with",
        korean: "비교할 정답 열이 없는 데이터입니다",
        help: "give a file that has the target column",
        help_korean: "정답 열이 있는 파일을 주세요",
        page: "A metric compares predictions with the truth, so the rows must have the target column. To predict rows without it, use `ikhim predict`.",
    },
];
