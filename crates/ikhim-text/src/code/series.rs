//! Codes of the kind `data` that speak of series in time and of sequences.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "data.series_setting",
        english: "data.series.{key} = {found}: expected at least 1",
        korean: "data.series.{key} = {found}: 1 이상이어야 합니다",
        help: "a window of 7 rows with a horizon of 1 foresees the next row from the last seven",
        help_korean: "window 7과 horizon 1이면 최근 7개 행에서 바로 다음 행을 예측합니다",
        page: "A series becomes rows by windows: each holds `window` rows of the table, its target \
               stands `horizon` rows behind the last of them, and the next window begins `stride` \
               rows later. None of the three can be 0.",
    },
    Code {
        code: "data.series_task",
        english: "windows of a series foresee numbers, and the task is {task}",
        korean: "시계열의 창은 수를 예측하는데, 과제가 {task}입니다",
        help: "name a column of numbers as data.target, and set data.task = \"regression\" where it holds few different ones",
        help_korean: "수로 된 열을 data.target으로 정하세요. 서로 다른 값이 적다면 data.task = \"regression\"도 적으세요",
        page: "With `[data.series]` the target is the value of a column some steps ahead, beside \
               the rule that it stays as it is. Both need numbers. A column of few whole numbers is \
               taken for classes unless `data.task` says otherwise.",
    },
    Code {
        code: "data.series_repeated",
        english: "rows {row} and {other} have the same time in `{column}` ({count} such pairs in all)",
        korean: "{row}행과 {other}행의 `{column}` 시각이 같습니다(이런 쌍은 모두 {count}개)",
        help: "keep one row for each time: the mean of them, or the last; several series in one file are several files",
        help_korean: "시각마다 행을 하나만 남기세요(평균이나 마지막 값). 한 파일에 시계열이 여럿이면 파일을 나누세요",
        page: "A series has one row for each moment. Where two rows have the same time, nothing says \
               which comes first, and a window would hold a moment twice. Often a file holds several \
               series below each other, such as one for each shop: each is a file of its own.",
    },
    Code {
        code: "data.series_gap",
        english: "between rows {row} and {other} the series has a gap of {steps} usual steps",
        korean: "{row}행과 {other}행 사이에 평소 간격의 {steps}배만큼 비어 있습니다",
        help: "data.series.gaps = \"cut\" lets no window cross it, \"ignore\" takes the rows as following each other",
        help_korean: "data.series.gaps = \"cut\"이면 창이 빈 곳을 건너지 않고, \"ignore\"면 행이 이어진 것으로 봅니다",
        page: "The usual step of a series is the median of the steps between its moments; more than \
               one and a half of it is a gap. Days on which nothing is traded are gaps too, though \
               the rows may well be meant to follow each other: then `ignore` says so.",
    },
    Code {
        code: "data.series_too_short",
        english: "the series has {found} rows, and a window of {window} with what belongs to it needs {expected}",
        korean: "시계열의 행이 {found}개인데, 길이 {window}인 창과 그에 딸린 것에는 {expected}개가 필요합니다",
        help: "make data.series.window or data.series.horizon smaller, or take a longer series",
        help_korean: "data.series.window나 data.series.horizon을 줄이거나 더 긴 시계열을 쓰세요",
        page: "A row to learn from is a window of the series and the value `horizon` rows behind it. \
               To predict, the window is enough: give the model at least as many rows as its window \
               has, the newest last or with their times.",
    },
    Code {
        code: "data.series_all_gaps",
        english: "no window of {window} fits between the {gaps} gaps of the series: the longest stretch has {found} rows, and {expected} are needed",
        korean: "빈 곳 {gaps}개 사이에 길이 {window}인 창이 들어가지 않습니다. 가장 긴 구간이 {found}행인데 {expected}행이 필요합니다",
        help: "data.series.gaps = \"ignore\" takes the rows as following each other, as days of trade do",
        help_korean: "거래일처럼 행이 이어진다고 보려면 data.series.gaps = \"ignore\"로 두세요",
        page: "A gap is more than one and a half of the usual step between two rows, and no window \
               crosses one unless `data.series.gaps` says so. Where weekends are left out, every \
               stretch is a week, and most windows do not fit in.",
    },
    Code {
        code: "data.series_split",
        english: "split.method = \"{method}\" would part neighboring windows of a series",
        korean: "split.method = \"{method}\"로는 시계열의 이웃한 창이 서로 다른 부분으로 갈라집니다",
        help: "use split.method = \"time\", or leave it out",
        help_korean: "split.method = \"time\"을 쓰거나 이 키를 빼세요",
        page: "Neighboring windows of a series share most of their rows, and the target of one is an \
               input of the next. If they came into different parts, a network would be examined on \
               what it has learned. So a series is cut in time: the oldest windows are for training, \
               the newest are sealed, and between two parts so many are left out that no window \
               crosses a cut.",
    },
    Code {
        code: "data.sequence_column",
        english: "`{column}` cannot be read token by token: it is the target, or no text",
        korean: "`{column}` 열은 토큰별로 읽을 수 없습니다. 목표 열이거나 글이 아닙니다",
        help: "name a column of text as data.sequence.column, and another one as data.target",
        help_korean: "data.sequence.column에는 글로 된 열을, data.target에는 다른 열을 적으세요",
        page: "With `[data.sequence]` one column of text is cut into tokens, and their sequence is the \
               only input of the network. What is to be learned stands in another column.",
    },
    Code {
        code: "data.sequence_token",
        english: "row {row} of `{column}` has {token}, which no train row has",
        korean: "`{column}` 열 {row}행에 있는 {token}은(는) 훈련 행에 없습니다",
        help: "data.sequence.unknown = \"token\" lets one token stand for all that train rows do not have",
        help_korean: "data.sequence.unknown = \"token\"으로 두면 훈련 행에 없는 것을 토큰 하나가 대신합니다",
        page: "The tokens are those of the train rows, as every statistic is. Where `unknown` is \
               `error`, another one is a fault; as one token all of them are read alike.",
    },
];
