//! The sentences of progress, summaries and reports, each in both languages.
//!
//! A sentence is a [`Sentence`] constant named after what it says; holes are
//! `{name}`.

use crate::{Language, template::fill};

/// One sentence in English and Korean, with named holes.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// English form.
    pub english: &'static str,
    /// Korean form, with the same holes.
    pub korean: &'static str,
}

impl Sentence {
    /// The sentence with its holes filled.
    pub fn say(&self, language: Language, arguments: &[(&'static str, String)]) -> String {
        let template = match language {
            Language::English => self.english,
            Language::Korean => self.korean,
        };
        fill(template, arguments)
    }
}

/// Declares the table: a constant for each sentence and the list of all.
macro_rules! sentences {
    ($($(#[$meta:meta])* $name:ident: $english:literal, $korean:literal;)*) => {
        $($(#[$meta])* pub const $name: Sentence = Sentence { english: $english, korean: $korean };)*

        /// All sentences with their names.
        pub const ALL: &[(&str, Sentence)] = &[$((stringify!($name), $name)),*];
    };
}

sentences! {
    /// Title of the table of results of a run.
    EPOCH: "epoch {epoch}/{epochs}", "에포크 {epoch}/{epochs}";
    /// A line of a plot, in words.
    FIGURE_SERIES: "{name}: {first} at {from}, {last} at {to}, between {low} and {high}.",
        "{name}: {from}에서 {first}, {to}에서 {last}, 가장 작은 값 {low}, 가장 큰 값 {high}.";
    /// What lightness means in a figure.
    FIGURE_HEAT: "Light is low ({low}), dark is high ({high}).",
        "밝을수록 작고({low}) 어두울수록 큽니다({high}).";
    /// A border over a plane.
    FIGURE_BORDER: "Above {border} lies {share} % of the plane.",
        "{border}보다 큰 곳은 평면의 {share} %입니다.";
    /// A named point of a plane with a border.
    FIGURE_POINT: "({x}, {y}), marked {name}: {value}.", "({x}, {y}), 표시 {name}: {value}.";
    /// Values beyond a cut axis.
    FIGURE_BEYOND: "Only {low} to {high} is drawn.",
        "{low}에서 {high}까지만 그렸습니다.";
    /// A path over a plane.
    FIGURE_PATH: "The path leads from {from} to {to}.", "경로는 {from}에서 {to}까지 갑니다.";
    /// Headings of the list of lessons.
    LESSON_PASSED: "passed", "통과";
    /// The name of a lesson.
    LESSON_NAME: "name", "이름";
    /// The title of a lesson.
    LESSON_TITLE: "lesson", "수업";
    /// What to do with the list of lessons.
    LESSON_NEXT: "ikhim lesson run NAME makes its page; ikhim lesson check NAME checks what it claims",
        "ikhim lesson run 이름: 수업 페이지를 만듭니다. ikhim lesson check 이름: 수업의 주장을 확인합니다";
    /// A file of a lesson that the reader has changed.
    LESSON_KEPT: "{file} was changed by you and is used as it is; delete it to have the lesson's own again",
        "{file}은(는) 직접 고친 파일이라 그대로 씁니다. 지우면 수업의 원래 파일로 돌아갑니다";
    /// A page that was made.
    LESSON_PAGE: "{file}  ({passed} claims passed, {failed} failed, {skipped} skipped)",
        "{file}  (주장 {passed}개 통과, {failed}개 실패, {skipped}개 건너뜀)";
    /// The map of the course.
    LESSON_MAP: "{file}  is the map of the course", "{file}  수업 지도";
    /// One claim, as it is checked.
    LESSON_CLAIM: "{sign} {row} {claim} Expected {expected}, found {found}",
        "{sign} {row} {claim} | 기대 {expected} | 나온 값 {found}";
    /// A claim that needs data.
    LESSON_NEEDS_DATA: "nothing: it needs --data DIR", "없음 (--data 폴더 필요)";
    /// A claim that takes minutes.
    LESSON_TAKES_LONG: "nothing: it takes minutes, and --quick leaves it out",
        "없음 (몇 분이 걸려 --quick에서는 건너뜀)";
    /// The end of a check.
    LESSON_CHECKED: "{passed} claims passed, {failed} failed, {skipped} skipped",
        "주장 {passed}개 통과, {failed}개 실패, {skipped}개 건너뜀";
    /// The end of a check in which every claim must fail.
    LESSON_BROKEN: "{passed} claims failed as they must under their change, {failed} survived it, {skipped} skipped",
        "주장 {passed}개가 바꾼 조건에서 예상대로 실패, {failed}개는 그래도 통과, {skipped}개 건너뜀";
    /// A section of the experiment that `train` does not use.
    TUNE_IGNORED: "`train` ignores `[tune]`; `ikhim tune {file}` uses it",
        "`train`은 `[tune]`을 쓰지 않습니다. `ikhim tune {file}` 명령이 씁니다";
    /// A class with one row.
    SPLIT_SINGLE_MEMBER: "class `{class}` has one row: it stays in train, and nothing measures it",
        "클래스 `{class}`는 행이 하나뿐입니다. train에 남으며 측정되지 않습니다";
    /// A size that a method does not use.
    SPLIT_UNUSED_SIZE: "{key} is not used by split.method = \"{method}\"",
        "split.method = \"{method}\"에서는 {key}를 쓰지 않습니다";
    /// A table that is a series in time by its rows alone.
    SPLIT_SERIES: "neighboring rows are alike (autocorrelation {alike}): the rows are read as a series in time; split.method = \"random\" takes them as independent",
        "이웃한 행들이 비슷합니다(자기상관 {alike}). 시간 순서의 자료로 읽습니다. split.method = \"random\"으로 두면 서로 독립인 행으로 다룹니다";
    /// Which end of the rows is the past.
    SPLIT_OLDEST_FIRST: "the first row is taken as the oldest, which the rows cannot tell; if it is the newest, set split.order = \"newest_first\"",
        "첫 행을 가장 오래된 것으로 봅니다. 행만으로는 알 수 없습니다. 첫 행이 가장 최근이면 split.order = \"newest_first\"로 두세요";
    /// The same of the other end.
    SPLIT_NEWEST_FIRST: "the first row is taken as the newest: split.order = \"newest_first\"",
        "첫 행을 가장 최근 것으로 봅니다: split.order = \"newest_first\"";
    /// Rows between two parts of a split by time.
    SPLIT_GAP: "{rows} rows between the parts belong to none: split.gap = {gap}",
        "부분들 사이의 {rows}개 행은 어디에도 속하지 않습니다: split.gap = {gap}";
    /// Rows that were appended since the data was split.
    SPLIT_NEW_ROWS: "{new} rows are new since these data were split: they were drawn, and the {known} known ones keep their part",
        "이 데이터를 나눈 뒤 {new}개 행이 새로 생겼습니다. 새 행만 나누었고, 이미 알던 {known}개 행은 제자리에 그대로 있습니다";
    /// A column that repeats the target.
    DATA_LEAK: "left out, it repeats the target `{target}` in other words: `{column}`; [data.columns] with a type for it keeps it",
        "제외했습니다. 목표 `{target}`을(를) 다른 말로 되풀이하는 열입니다: `{column}`. [data.columns]에 종류를 적으면 남겨 둡니다";
    /// A column that nearly repeats the target.
    DATA_SUSPECT: "`{column}` alone tells `{target}` in {percent} % of the train rows: is it known before the answer is?",
        "`{column}` 하나로 train 행의 {percent} %에서 `{target}`을(를) 맞힙니다. 답을 알기 전에 알 수 있는 값인가요?";
    /// A column with a heap of zeros.
    DATA_MANY_ZEROS: "many values are exactly 0, which may stand for what nobody measured: {columns}",
        "정확히 0인 값이 많습니다. 재지 않은 값을 0으로 적은 것일 수 있습니다: {columns}";
    /// Columns with the same information.
    DATA_SAME_COLUMNS: "these columns say the same in other words: {columns}",
        "다음 열들은 같은 내용을 다르게 적은 것입니다: {columns}";
    /// Rows that repeat.
    DATA_REPEATED_ROWS: "{repeated} of {rows} rows have the inputs of an earlier row",
        "{rows}개 행 가운데 {repeated}개는 앞의 어떤 행과 입력이 같습니다";
    /// A file that is not in UTF-8.
    DATA_ENCODING: "the file is read as {encoding}", "파일을 {encoding}(으)로 읽었습니다";
    /// Columns of dates.
    DATA_DATE_COLUMNS: "left out, dates: {columns}; split.method = \"time\" with split.column splits by one",
        "제외한 열(날짜): {columns}. split.method = \"time\"과 split.column으로 날짜에 따라 나눌 수 있습니다";
    /// Columns that say the part of each row.
    DATA_PART_COLUMNS: "no input, says the part of each row: {columns}; split.method = \"column\" with split.column splits by one",
        "입력이 아닌 열(행이 어느 부분인지 말함): {columns}. split.method = \"column\"과 split.column으로 그에 따라 나눌 수 있습니다";
    /// The column by which rows were parted.
    SPLIT_PART_COLUMN: "`{column}` says the part of each row and is no input",
        "`{column}` 열은 행이 어느 부분인지 말하므로 입력이 아닙니다";
    /// The column whose values keep rows together.
    SPLIT_GROUP_COLUMN: "`{column}` names the groups and is no input; [data.columns] with a type for it makes it one",
        "`{column}` 열은 묶음의 이름이므로 입력이 아닙니다. [data.columns]에 종류를 적으면 입력이 됩니다";
    /// The column that orders the rows.
    SPLIT_TIME_COLUMN: "`{column}` orders the rows and is no input: later rows have values that no train row has; [data.columns] with a type for it makes it one",
        "`{column}` 열은 행의 차례를 정하므로 입력이 아닙니다. 뒤의 행에는 학습 행에 없는 값이 있기 때문입니다. [data.columns]에 종류를 적으면 입력이 됩니다";
    /// A split without a test part.
    SPLIT_NOTHING_SEALED: "no test part is sealed: every number is one of rows that choices were made on",
        "봉인된 테스트 부분이 없습니다. 모든 수치는 학습과 선택에 쓰인 행의 것입니다";
    /// A test part on which little can be measured.
    SPLIT_SMALL_TEST: "the test part has {rows} rows: an accuracy measured on them is uncertain by up to {points} percentage points",
        "테스트 부분이 {rows}개 행입니다. 여기서 잰 정확도는 최대 {points} 퍼센트포인트까지 불확실합니다";
    /// A test part on which little can be measured, of numbers.
    SPLIT_SMALL_TEST_NUMBERS: "the test part has {rows} rows: what is measured on them is uncertain, as its interval will say",
        "테스트 부분이 {rows}개 행입니다. 여기서 잰 값은 불확실하며, 얼마나 그런지는 구간이 알려 줍니다";
    /// A last line of the ledger that is no whole one.
    LEDGER_TORN: "line {line} of the ledger of looks cannot be read: it counts as a look",
        "열람 기록(ledger)의 {line}번째 줄을 읽을 수 없어 열람 1번으로 셉니다";
    /// A run saw a ledger and there is none.
    LEDGER_MISSING: "the ledger of looks is missing: this run saw one, and earlier looks are not counted",
        "열람 기록(ledger)이 없습니다. 이 실행이 보았던 기록이며, 이전의 열람은 세지 않습니다";
    /// The ledger ends before what a run saw.
    LEDGER_SHORTER: "the ledger of looks has {lines} lines where this run saw {remembered}: looks are not counted",
        "열람 기록(ledger)이 {lines}줄입니다. 이 실행은 {remembered}줄을 보았으므로 빠진 열람은 세지 않습니다";
    /// A line of the ledger is not what it was.
    LEDGER_EDITED: "the ledger of looks was changed at line {line}: the count is not to be trusted",
        "열람 기록(ledger)의 {line}번째 줄이 바뀌었습니다. 횟수를 믿을 수 없습니다";
    /// Lines of the ledger changed places.
    LEDGER_REORDERED: "the lines of the ledger of looks changed places at line {line}: the count is not to be trusted",
        "열람 기록(ledger)의 {line}번째 줄에서 순서가 바뀌었습니다. 횟수를 믿을 수 없습니다";
    /// A copy gave back what the ledger had lost.
    LEDGER_ADOPTED: "Looks taken over from the copy in the run's folder, which count again: {looks}.",
        "실행 폴더의 사본에서 이어받은 열람: {looks}번. 횟수에 다시 넣습니다.";
    /// Further runs that saw another ledger.
    LEDGER_MORE_RUNS: "more runs that saw another ledger: {runs}",
        "다른 기록(ledger)을 보았던 실행이 더 있습니다: {runs}개";
    /// What to do about a ledger that was altered.
    LEDGER_BRING_BACK: "bring back `.ikhim/ledger.jsonl` from a backup; the next `test`, `evaluate` or `learn` of a run takes over what the copy in its folder knows",
        "백업에서 `.ikhim/ledger.jsonl`을 되살리세요. 실행에 대해 `test`, `evaluate`, `learn` 가운데 하나를 쓰면 그 폴더의 사본에 남은 기록을 이어받습니다";
    /// A number of a new row outside the train rows.
    ROW_EXTRAPOLATION: "row {row}: `{column}` = {value} lies outside the train rows' {low} to {high}",
        "{row}번째 행: `{column}` = {value}은(는) train 행의 범위 {low}~{high} 밖입니다";
    /// A level of a new row that no train row has.
    ROW_UNSEEN_LEVEL: "row {row}: no train row has the level `{level}` of `{column}`",
        "{row}번째 행: `{column}`의 값 `{level}`은(는) train 행에 없습니다";
    /// Several numbers of a column outside the train rows.
    ROWS_EXTRAPOLATION: "`{column}`: {count} values lie outside the train rows' {low} to {high}, from {least} to {most}; the first is row {row}",
        "`{column}`: 값 {count}개({least}~{most})가 train 행의 범위 {low}~{high} 밖입니다. 처음은 {row}번째 행입니다";
    /// Several levels of a column that no train row has.
    ROWS_UNSEEN_LEVEL: "`{column}`: {count} rows have levels that no train row has, {levels}; the first is row {row}",
        "`{column}`: 행 {count}개의 값 {levels}이(가) train 행에 없습니다. 처음은 {row}번째 행입니다";
    /// Rows that stand in two parts.
    SPLIT_SHARED_ROWS: "{rows} {part} rows have the inputs of a train row",
        "{part} 행 {rows}개가 train 행과 같은 입력을 가집니다";

    /// Images of several sizes, or of a large one.
    DATA_IMAGE_SIZE: "images of {count} sizes, from {smallest} to {largest}: each becomes {size} by `{resize}` (data.image_size, data.resize)",
        "이미지 크기가 {count}가지({smallest}~{largest})라서 모두 `{resize}` 방식으로 {size}(으)로 바꿉니다(data.image_size, data.resize)";
    /// Grey images among colored ones.
    DATA_IMAGE_CHANNELS: "{grey} grey and {colored} color images: all are read in color (data.channels)",
        "흑백 이미지 {grey}개와 컬러 이미지 {colored}개: 모두 컬러로 읽습니다(data.channels)";
    /// Transparent images.
    DATA_IMAGE_ALPHA: "{count} images have transparency, which is laid over white",
        "이미지 {count}개에 투명한 부분이 있어 흰 바탕에 얹습니다";
    /// Images that are left out.
    DATA_IMAGES_SKIPPED: "{count} of {of} images cannot be read and are left out: {files}",
        "이미지 {of}개 중 {count}개를 읽을 수 없어 뺍니다: {files}";
    /// Files beside images.
    DATA_OTHER_FILES: "{count} files are no images and are left out: {files}",
        "이미지가 아닌 파일 {count}개를 뺍니다: {files}";

    /// Links in a folder that lead back to a folder above them.
    DATA_LINKS_BACK: "{count} links lead back to a folder above them and are not followed: {files}",
        "위쪽 폴더로 되돌아가는 링크 {count}개는 따라가지 않습니다: {files}";
    /// Columns of numbers with something beside them.
    DATA_UNIT_COLUMNS: "left out, numbers with a sign or a unit beside them: {columns}; write the number alone, as -1.92, and the unit in the column's name",
        "수 옆에 기호나 단위가 붙어 있어서 뺌: {columns}. -1.92처럼 수만 적고, 단위는 열 이름에 적으세요";
    /// Columns of dates in another form.
    DATA_OTHER_DATES: "left out, dates in another form: {columns}; write them as 2024-01-31, then they can order a split",
        "다른 형식의 날짜라서 뺌: {columns}. 2024-01-31처럼 적으면 시간 순서로 나눌 수 있습니다";
    /// Columns of an earlier prediction.
    PREDICT_REPLACED: "columns of an earlier prediction give way to the new one: {columns}",
        "이전 예측의 열 대신 새 예측을 넣습니다: {columns}";
    /// Tokens behind the last window of a text.
    DATA_TEXT_REST: "{count} of {of} tokens stand behind the last whole window and are in no row",
        "토큰 {of}개 중 마지막 창 뒤에 남은 {count}개는 어느 행에도 들어가지 않습니다";
    /// Whole numbers that a column of numbers cannot tell apart.
    DATA_NUMBERS_MERGED: "whole numbers above 9,007,199,254,740,992 that differ are one number to a network: {columns}; type = \"category\" tells them apart",
        "9,007,199,254,740,992보다 큰 정수는 서로 달라도 신경망에는 같은 수입니다: {columns}. type = \"category\"이면 구별합니다";
    /// Columns of whole numbers that are all one number to a network.
    DATA_MERGED_COLUMNS: "left out, whole numbers so large that they cannot be told apart: {columns}; type = \"category\" tells them apart",
        "너무 커서 서로 구별되지 않는 정수라서 뺌: {columns}. type = \"category\"이면 구별합니다";
    /// Rows of which no value is known where a network has a value that is none.
    REPORT_NO_VALUE: "The network has no {metric} on these rows, so nothing can be said of it beside simple rules.",
        "이 데이터에서 신경망의 {metric} 값이 없어 단순한 방법과 견줄 수 없습니다.";
    /// A validation part that was wanted and is empty.
    SPLIT_NO_VALIDATION: "no row is left for validation: rows with equal inputs stay together, and there are only {different} different ones. The epoch and all numbers are of train rows; split.method = \"none\" says so, more rows or a smaller split.validation help",
        "검증에 쓸 행이 없습니다. 입력이 같은 행은 함께 묶이는데 서로 다른 행이 {different}개뿐입니다. 에포크와 수치는 모두 훈련 행의 것입니다. split.method = \"none\"으로 밝히거나, 행을 늘리거나 split.validation을 줄이세요";

    /// The same where a column says which rows belong together.
    SPLIT_NO_VALIDATION_GROUP: "no row is left for validation: rows of one `{column}` stay together, and the number of such groups is {different}. The epoch and all numbers are of train rows; another column for split.group, or rows of more groups help",
        "검증에 쓸 행이 없습니다. `{column}` 값이 같은 행은 함께 묶이는데 그 묶음이 {different}개뿐입니다. 에포크와 수치는 모두 훈련 행의 것입니다. split.group에 다른 열을 쓰거나 더 많은 묶음의 행을 모으세요";
    /// Files of a folder of texts that are none.
    DATA_FILES_NO_TEXT: "{count} files are no texts (.txt) and are left out: {files}",
        "텍스트(.txt)가 아닌 파일 {count}개를 뺍니다: {files}";

    /// The train part.
    ROLE_TRAIN: "train", "훈련";
    /// The validation part.
    ROLE_VALIDATION: "validation", "검증";
    /// The test part.
    ROLE_TEST: "test", "테스트";
    /// All epochs were trained.
    STATUS_COMPLETED: "completed", "완료";
    /// Early stopping ended the run.
    STATUS_EARLY_STOPPED: "stopped early: validation no longer improved", "조기 종료: 검증 성능이 더 나아지지 않음";
    /// A person or the system ended the run.
    STATUS_INTERRUPTED: "interrupted", "중단됨";
    /// A finding ended the run.
    STATUS_STOPPED_BY_FINDING: "stopped by a finding", "문제가 발견되어 멈춤";
    /// A finding worth knowing.
    SEVERITY_NOTE: "Note", "참고";
    /// A finding that makes the result worse or less certain.
    SEVERITY_WARNING: "Warning", "주의";
    /// A finding that makes the result useless.
    SEVERITY_ERROR: "Error", "오류";

    /// Title of the figure of losses, and heading of their columns.
    FIGURE_LOSS: "loss", "손실";
    /// In place of curves.
    FIGURE_NO_EPOCHS: "No epoch was trained.", "학습한 에포크가 없습니다.";
    /// The mark in a curve.
    FIGURE_BEST: "best epoch {epoch}", "가장 좋은 에포크 {epoch}";
    /// A line of a curve in words.
    FIGURE_LINE: "{part}: {first} at epoch {from}, {last} at epoch {to}, lowest {low}, highest {high}.", "{part}: 에포크 {from}에서 {first}, 에포크 {to}에서 {last}, 최솟값 {low}, 최댓값 {high}.";
    /// A value that is left out of a figure.
    FIGURE_ONE_NOT_FINITE: "1 value is not finite and left out.", "값 1개는 유한한 수가 아니어서 그리지 않았습니다.";
    /// Values that are left out of a figure.
    FIGURE_NOT_FINITE: "{n} values are not finite and left out.", "값 {n}개는 유한한 수가 아니어서 그리지 않았습니다.";
    /// Values that a logarithmic axis cannot show.
    FIGURE_NOT_POSITIVE: "Not on the logarithmic axis, because not positive: {n}.", "0 이하여서 로그 축에 그리지 못한 값: {n}개.";
    /// Title of a confusion matrix.
    FIGURE_CONFUSION: "confusion matrix · {part}", "혼동 행렬 · {part}";
    /// In place of a figure of rows.
    FIGURE_NO_ROWS: "There is nothing to show.", "보여 줄 내용이 없습니다.";
    /// A confusion matrix in words.
    FIGURE_RIGHT: "Of {rows} rows in {classes} classes, {right} are right.", "클래스 {classes}개, 전체 {rows}행 가운데 {right}행을 맞혔습니다.";
    /// A cell of a confusion matrix in words.
    FIGURE_MISTAKE: "{truth} taken for {predicted}: {n}.", "실제 {truth}, 예측 {predicted}: {n}행.";
    /// Heading of true classes or values.
    FIGURE_TRUE: "true", "실제";
    /// Heading of predicted classes or values.
    FIGURE_PREDICTED: "predicted", "예측";
    /// The bar of the network.
    FIGURE_NETWORK: "this network", "이 신경망";
    /// Direction of a metric.
    FIGURE_HIGHER_IS_BETTER: "Higher is better.", "높을수록 좋습니다.";
    /// Direction of a metric.
    FIGURE_LOWER_IS_BETTER: "Lower is better.", "낮을수록 좋습니다.";
    /// A histogram in words.
    FIGURE_HISTOGRAM: "{n} values from {low} to {high}.", "값 {n}개, 범위 {low} ~ {high}.";
    /// Title of the residuals of a regression.
    FIGURE_RESIDUALS: "predicted minus true · {part}", "예측값 − 실젯값 · {part}";
    /// Title of the images that were predicted wrongly.
    FIGURE_WRONG: "wrong examples", "틀린 예";
    /// What stands under each wrong example.
    FIGURE_WRONG_LEGEND: "true → predicted, below its probability", "실제 → 예측, 그 아래는 예측한 확률";
    /// A wrong example in words.
    FIGURE_WRONG_ROW: "Row {row}: {truth}, predicted {predicted}.", "{row}행: 실제 {truth}, 예측 {predicted}.";
    /// A wrong example in words, with the probability of the predicted class.
    FIGURE_WRONG_ROW_PROBABLE: "Row {row}: {truth}, predicted {predicted} with probability {probability}.", "{row}행: 실제 {truth}, 예측 {predicted}, 확률 {probability}.";

    /// Link for the keyboard.
    REPORT_SKIP: "Skip to the result", "결과로 바로 가기";
    /// Name of the list of links.
    REPORT_CONTENTS: "Contents", "차례";
    /// The seed of the run.
    REPORT_SEED: "seed {seed}", "시드 {seed}";
    /// Steps of the run.
    REPORT_STEPS: "{n} steps", "{n}스텝";
    /// Time of the run.
    REPORT_SECONDS: "{seconds} s", "{seconds}초";
    /// Heading of the numbers.
    REPORT_RESULT: "Result", "결과";
    /// Heading of the curves.
    REPORT_CURVES: "Training", "학습 과정";
    /// Heading of the validation part.
    REPORT_VALIDATION: "Validation, row by row", "검증 데이터에서 틀린 것";
    /// Heading of the test part.
    REPORT_TEST: "Test", "테스트";
    /// Heading of the layers.
    REPORT_NETWORK: "Network", "신경망";
    /// Heading of the data.
    REPORT_DATA: "Data", "데이터";
    /// Heading of the experiment file.
    REPORT_EXPERIMENT: "Experiment", "실험 파일";
    /// Heading of the findings.
    REPORT_FINDINGS: "Findings", "발견된 문제";
    /// Heading of the baselines.
    REPORT_BASELINES: "Is it any good?", "정말 잘 배웠을까?";
    /// What the bars of the baselines are.
    REPORT_BASELINES_WHAT: "The network beside simple rules: {metric} on {n} rows of {part}.", "신경망과 단순한 방법을 같은 데이터({part} {n}행)에서 {metric}(으)로 견주었습니다.";
    /// The epoch that was kept.
    REPORT_BEST_EPOCH: "weights of epoch {epoch}, the best on validation", "검증에서 가장 좋았던 에포크 {epoch}의 가중치";
    /// In place of the numbers.
    REPORT_NO_SCORES: "The run ended before anything was measured.", "아무것도 재기 전에 실행이 끝났습니다.";
    /// Caption of the numbers.
    REPORT_ALL_SCORES: "All numbers, each with its part and rows", "모든 수치와 그 수치를 잰 데이터";
    /// The test part was not opened.
    REPORT_SEALED: "sealed", "봉인됨";
    /// A number of rows.
    REPORT_ROWS: "{n} rows", "{n}행";
    /// How the train loss of each epoch came about.
    REPORT_LOSS_RUNNING: "Train loss is the mean over the epoch while the weights move and dropout is on; validation loss is measured after the epoch. So the two do not compare exactly.", "훈련 손실은 가중치가 바뀌고 드롭아웃이 켜진 상태에서 한 에포크 동안 평균한 값이고, 검증 손실은 에포크가 끝난 뒤에 잰 값입니다. 그래서 두 값을 곧바로 비교할 수는 없습니다.";
    /// How the train loss of each epoch came about.
    REPORT_LOSS_EVAL: "Train and validation loss are both measured after the epoch, with dropout off.", "훈련 손실과 검증 손실 모두 에포크가 끝난 뒤 드롭아웃을 끄고 잰 값입니다.";
    /// Unfolds the numbers of the curves.
    REPORT_AS_TABLE: "The curves as numbers", "곡선을 표로 보기";
    /// Caption of a selection of epochs.
    REPORT_EVERY_NTH: "Every epoch whose number is {n} apart, the best (★) and the last; metrics.csv has all", "{n}에포크 간격으로 고른 에포크와 가장 좋은 에포크(★), 마지막 에포크. 전체는 metrics.csv에 있습니다";
    /// Caption of all epochs.
    REPORT_ALL_EPOCHS: "All epochs, the best with ★", "모든 에포크 (★: 가장 좋은 에포크)";
    /// In place of the predictions of a part.
    REPORT_NOT_EXAMINED: "No prediction was kept for this part.", "이 데이터에 대한 예측이 남아 있지 않습니다.";
    /// How many rows are wrong.
    REPORT_WRONG_ROWS: "Wrong rows of {part}: {wrong} of {n}.", "{part} 데이터 {n}행 가운데 {wrong}행을 틀렸습니다.";
    /// Caption of wrong rows of a table.
    REPORT_WRONG_TABLE: "The rows that are most wrong", "가장 크게 틀린 행";
    /// The data have no test part.
    REPORT_NO_TEST: "These data have no test part, so no number here says how the network does on new data.", "이 데이터에는 테스트 부분이 없습니다. 따라서 여기 있는 어떤 수치도 새로운 데이터에서의 성능을 말해 주지 않습니다.";
    /// The box around the sealed part.
    REPORT_SEALED_BOX: "The test part ({n} rows) is sealed. Looks so far: {looks}.", "테스트 데이터 {n}행은 봉인되어 있습니다. 지금까지 열어 본 횟수: {looks}번.";
    /// Before the command that opens the seal.
    REPORT_OPEN_HOW: "No number on this page comes from it. When all choices are made, open it with", "이 페이지의 어떤 수치도 테스트 데이터에서 나오지 않았습니다. 모든 선택을 마친 뒤에 여는 명령:";
    /// Of a look that is not the first.
    LOOKS_WIDENED: "The interval is widened for {looks} looks at the same rows.",
        "같은 행을 {looks}번 열어 보았으므로 구간을 그만큼 넓혔습니다.";
    /// What a ladder has shown, on a page.
    LADDER_SHOWN: "test {metric} by the ladder with the step {step}: {value} is the best shown up to look {look}",
        "테스트 {metric}, 걸음 {step}의 사다리: {look}번째로 열 때까지 보인 최고는 {value}입니다";
    /// A look that climbs a ladder.
    LADDER_BEST: "A new best on the ladder, shown in steps of {step}.",
        "사다리에서 새 최고입니다. 값은 {step} 단위로 보여 줍니다.";
    /// A look that does not climb a ladder.
    LADDER_NO_BEST: "No new best: this model is not better than the best before it by more than the step {step}. The value is that of the best; of this look nothing else is shown.",
        "새 최고가 아닙니다. 이 모델은 앞선 최고보다 {step} 넘게 낫지 않습니다. 보이는 값은 앞선 최고의 것이고, 이번에 연 것에서는 다른 것을 보여 주지 않습니다.";
    /// Several files that are one table.
    DATA_FILES: "{count} files as one: {files}", "파일 {count}개를 하나로 읽었습니다: {files}";
    /// What a model went on to learn.
    LEARN_ROWS: "{n} rows of {path}, chunk by chunk ({chunks}), each judged before it was learned",
        "{path}의 {n}행을 {chunks}덩이로 나누어, 덩이마다 먼저 평가하고 학습했습니다";
    /// Sealed rows among new ones.
    LEARN_SEALED: "{rows} rows are sealed and were not learned.", "{rows}행은 봉인되어 있어 학습하지 않았습니다.";
    /// The rows that the model was chosen on.
    LEARN_OLD: "old, {part}", "이전 {part}";
    /// The rows that it learned now.
    LEARN_NEW: "new", "새 데이터";
    /// Heading of the model before.
    COLUMN_AS_IT_WAS: "as it was", "이전 모델";
    /// Heading of the model that learns.
    COLUMN_LEARNING: "learning", "학습한 모델";
    /// Where the new model is.
    LEARN_WRITTEN: "The new model is {path}; the run keeps its own.", "새 모델은 {path}에 있습니다. 실행의 모델은 그대로입니다.";
    /// A threshold that was chosen.
    THRESHOLD_CHOSEN: "`{class}` is predicted where its probability is above {threshold}: {metric} is highest there on the {n} validation rows, {value} instead of {half} at 0.5.",
        "확률이 {threshold}보다 크면 `{class}`(으)로 예측합니다. 검증 데이터 {n}행에서 {metric}이(가) 가장 높은 곳입니다(0.5에서는 {half}, 여기서는 {value}).";
    /// No threshold is better than one half.
    THRESHOLD_STAYS: "The threshold stays at 0.5: no other has a higher {metric} on the {n} validation rows.",
        "기준값은 0.5 그대로입니다. 검증 데이터 {n}행에서 {metric}이(가) 더 높은 기준값이 없습니다.";
    /// A threshold that was given.
    THRESHOLD_GIVEN: "`{class}` is predicted where its probability is above {threshold}.",
        "확률이 {threshold}보다 크면 `{class}`(으)로 예측합니다.";
    /// Where prediction intervals come from.
    INTERVALS_OF: "Of new rows like the {n} validation rows, 95 of 100 lie within the interval that `ikhim predict` shows.",
        "검증 데이터 {n}행과 비슷한 새 행 100개 가운데 95개는 `ikhim predict`가 보여 주는 구간 안에 듭니다.";
    /// How many true values prediction intervals hold.
    INTERVALS_HELD: "The 95 % prediction intervals hold {share} % of the true values.",
        "95% 예측 구간이 실제 값의 {share}%를 담고 있습니다.";
    /// Heading of the importance of columns.
    REPORT_IMPORTANCE: "What the model depends on", "모델이 무엇에 기대는가";
    /// What importance is.
    IMPORTANCE_WHAT: "By how much {metric} gets worse on the {n} rows of {part} when the values of one column change places among the rows: mean and standard deviation of {repetitions} repetitions. A column that another one repeats looks unimportant.",
        "{part} 데이터 {n}행에서 한 열의 값을 행끼리 뒤섞었을 때 {metric}이(가) 나빠지는 정도입니다({repetitions}번 반복한 평균과 표준편차). 다른 열이 같은 내용을 담고 있는 열은 중요하지 않아 보입니다.";
    /// Heading of losses of a metric.
    COLUMN_WORSE: "{metric} worse by", "{metric} 악화";
    /// Heading of standard deviations.
    COLUMN_DEVIATION: "standard deviation", "표준편차";
    /// What the best of several models owes to luck.
    LOOKS_LUCK: "Of {models} equally good models, the one that looks best seems about {luck} better than it is.",
        "똑같이 좋은 모델 {models}개 가운데 가장 좋아 보이는 것은 실제보다 약 {luck}만큼 더 좋아 보입니다.";
    /// The count of a look.
    REPORT_LOOK: "Look {look} at these {n} rows. Models that have looked: {models}.", "이 {n}행을 {look}번째로 열어 본 결과입니다. 지금까지 열어 본 모델: {models}개.";
    /// Caption of the layers.
    REPORT_PARAMETERS: "{n} parameters", "매개변수 {n}개";
    /// Mark of the target column.
    REPORT_TARGET: "target", "타깃";
    /// Caption of the columns.
    REPORT_COLUMNS: "{n} columns", "열 {n}개";
    /// What the experiment file is.
    REPORT_EXPERIMENT_WHAT: "The resolved experiment: every choice with its value. It reproduces this run bit for bit.", "모든 선택과 그 값을 적은 실험 파일입니다. 이 파일로 같은 실행을 비트까지 똑같이 되풀이할 수 있습니다.";
    /// Foot of the page.
    REPORT_FOOTER: "Made by ikhim {version}. This page is one file and needs no network.", "ikhim {version}에서 만들었습니다. 이 페이지는 파일 하나이며 네트워크 없이 열립니다.";
    /// Heading of metrics.
    COLUMN_METRIC: "metric", "지표";
    /// Heading of parts of the data.
    COLUMN_PART: "part", "데이터";
    /// Heading of values.
    COLUMN_VALUE: "value", "값";
    /// Heading of epochs.
    COLUMN_EPOCH: "epoch", "에포크";
    /// Heading of ids of rows.
    COLUMN_ROW: "row", "행 번호";
    /// Heading of numbers of rows.
    COLUMN_ROWS: "rows", "행 수";
    /// Heading of shares.
    COLUMN_SHARE: "share", "비율";
    /// Heading of probabilities.
    COLUMN_PROBABILITY: "probability", "확률";
    /// Heading of layers.
    COLUMN_LAYER: "layer", "층";
    /// Heading of types.
    COLUMN_TYPE: "type", "종류";
    /// Heading of output shapes.
    COLUMN_OUTPUT: "output shape", "출력 모양";
    /// Heading of numbers of parameters.
    COLUMN_PARAMETERS: "parameters", "매개변수";
    /// Heading of columns of the data.
    COLUMN_COLUMN: "column", "열";
    /// Heading of missing values.
    COLUMN_MISSING: "missing", "결측값";
    /// Heading of encodings.
    COLUMN_ENCODING: "enters the network as", "입력 방식";

    /// A header was recognized.
    DATA_HEADER: "the first line names the columns: {columns}",
        "첫 줄을 열 이름으로 읽었습니다: {columns}";
    /// No header was recognized.
    DATA_NO_HEADER: "the first line is data, not names; the columns are called {columns}",
        "첫 줄은 이름이 아니라 데이터입니다. 열을 {columns}(으)로 부릅니다";
    /// Quoted cells over several lines that could be rows.
    DATA_LINES_IN_CELL: "quoted cells over several lines that could be rows of their own: {count}, the first at {place} over {lines} lines; if they are no text, delete the quotes",
        "여러 줄에 걸친 칸 가운데 줄마다 한 행으로도 보이는 것: {count}개, 첫 칸은 {place}부터 {lines}줄. 글이 아니라면 따옴표를 지우세요";
    /// Rows end with a separator, and the names do not.
    DATA_TRAILING_SEPARATOR: "each row ends with a separator that the names lack: it is passed over",
        "행마다 끝에 이름 줄에는 없는 구분자가 하나 더 있습니다. 없는 것으로 보고 읽었습니다";
    /// Names stood in a comment.
    DATA_COMMENT_HEADER: "the columns are named by the comment above the data: {columns}",
        "데이터 위의 주석에서 열 이름을 가져왔습니다: {columns}";
    /// A first line in scikit-learn's form.
    DATA_COUNTS_HEADER: "the first line counts {rows} rows and {inputs} inputs and names the classes {classes}",
        "첫 줄에는 행 {rows}개, 입력 {inputs}개, 클래스 이름 {classes}이(가) 적혀 있습니다";
    /// Comment lines were passed over.
    DATA_COMMENTS: "comment lines passed over: {count}",
        "건너뛴 주석 줄: {count}";
    /// The separator is no comma.
    DATA_SEPARATOR: "values are separated by {separator}",
        "값의 구분자는 {separator}입니다";
    /// No target was named.
    DATA_LAST_IS_TARGET: "no target is named: the last column, `{column}`, is taken",
        "목표를 적지 않아 마지막 열 `{column}`을(를) 목표로 삼습니다";
    /// Whole numbers were taken for classes.
    DATA_NUMBERS_ARE_CLASSES: "the {count} whole numbers of `{column}` are read as classes; task = \"regression\" reads them as numbers",
        "`{column}`의 정수 {count}가지를 클래스로 읽었습니다. 숫자로 읽으려면 task = \"regression\"으로 두세요";
    /// Columns without any value.
    DATA_EMPTY_COLUMNS: "left out, no value at all: {columns}",
        "값이 하나도 없어 뺀 열: {columns}";
    /// Columns with one value.
    DATA_CONSTANT_COLUMNS: "left out, one value in all rows: {columns}",
        "모든 행의 값이 같아 뺀 열: {columns}";
    /// Columns that name rows.
    DATA_ID_COLUMNS: "left out, names rows and says nothing about them: {columns}",
        "행을 가리키는 이름일 뿐이어서 뺀 열: {columns}";
    /// Columns of free text.
    DATA_TEXT_COLUMNS: "left out, neither few levels nor sentences: {columns}; type = \"text\" reads them by pieces of words",
        "몇 가지 값도 문장도 아니어서 뺀 열: {columns}. type = \"text\"이면 낱말 조각으로 읽습니다";
    /// Columns of text that are inputs.
    DATA_TEXT_INPUTS: "read as text, by words and pieces of words: {columns}",
        "글로 읽은 열(낱말과 낱말 조각): {columns}";
    /// Missing values and their policy.
    DATA_MISSING_VALUES: "missing values and what is done: {columns}",
        "빠진 값과 그 처리: {columns}";
    /// Rows were dropped.
    DATA_ROWS_DROPPED: "{count} of {rows} rows have no `{column}` and are left out",
        "{rows}개 행 중 {count}개는 `{column}` 값이 없어 뺐습니다";
    /// New rows have further columns.
    DATA_EXTRA_COLUMNS: "not used, unknown to the model: {columns}",
        "모델이 모르는 열이라 쓰지 않습니다: {columns}";
    /// New rows have no names.
    DATA_NAMED_BY_PLACE: "the file names no columns; by their place they are {columns}",
        "파일에 열 이름이 없어 자리 순서대로 {columns}(으)로 읽었습니다";

    /// Heading or word `column` of the table of columns.
    SUMMARY_COLUMN: "column", "열";
    /// Heading or word `type` of the table of columns.
    SUMMARY_TYPE: "type", "형";
    /// Heading or word `role` of the table of columns.
    SUMMARY_ROLE: "role", "역할";
    /// Heading or word `missing` of the table of columns.
    SUMMARY_MISSING: "missing", "빠짐";
    /// Heading or word `distinct` of the table of columns.
    SUMMARY_DISTINCT: "distinct", "종류";
    /// Heading or word `min` of the table of columns.
    SUMMARY_MIN: "min", "최소";
    /// Heading or word `mean` of the table of columns.
    SUMMARY_MEAN: "mean", "평균";
    /// Heading or word `max` of the table of columns.
    SUMMARY_MAX: "max", "최대";
    /// Heading or word `sd` of the table of columns.
    SUMMARY_SD: "sd", "표준편차";
    /// A small histogram.
    SUMMARY_HISTOGRAM: "histogram", "분포";
    /// Heading or word `levels` of the table of columns.
    SUMMARY_LEVELS: "levels or examples", "범주 또는 보기";
    /// Heading or word `input` of the table of columns.
    SUMMARY_INPUT: "input", "입력";
    /// Heading or word `target` of the table of columns.
    SUMMARY_TARGET: "target", "목표";
    /// Heading or word `ignored` of the table of columns.
    SUMMARY_IGNORED: "ignored", "제외";
    /// Title of the list that stands for a large confusion matrix.
    FIGURE_MISTAKES: "most frequent mistakes · {part}", "가장 잦은 오답 · {part}";
    /// The network is better than each simple rule.
    REPORT_AHEAD: "On these rows the network is ahead of every simple rule.", "이 데이터에서는 신경망이 단순한 방법을 모두 앞섭니다.";
    /// The network is better than the simple rules, by little.
    REPORT_BARELY_AHEAD: "On these rows the network is ahead of every simple rule, but by less than two standard errors: that may be chance.",
        "이 데이터에서는 신경망이 단순한 방법을 모두 앞서지만 차이가 표준오차의 두 배에 못 미칩니다. 우연일 수 있습니다.";
    /// A simple rule is at least as good as the network.
    REPORT_NOT_AHEAD: "A simple rule does as well or better: {name}, {value}.", "단순한 방법으로도 신경망만큼, 또는 더 잘할 수 있습니다: {name} {value}.";

    /// What the bare command shows.
    WELCOME: "ikhim trains neural networks that you can check.\n\n  ikhim train                            learn handwritten digits, in seconds\n  ikhim train FILE.csv --target COLUMN   learn from a table of your own\n\n`ikhim --help` lists all commands.",
        "ikhim은 결과를 확인할 수 있는 신경망을 학습합니다.\n\n  ikhim train                            손글씨 숫자를 몇 초 만에 학습합니다\n  ikhim train FILE.csv --target COLUMN   내 표 데이터로 학습합니다\n\n모든 명령은 `ikhim --help`로 볼 수 있습니다.";
    /// A path and a data set have one name.
    PATH_WINS: "`{name}` is read from the current folder, not the data set of that name",
        "`{name}`은(는) 같은 이름의 내장 데이터가 아니라 현재 폴더에서 읽습니다";
    /// Before the help of a page of an error.
    EXPLAIN_HELP: "What to do", "해결 방법";
    /// One of several classes is learned.
    TASK_CLASSIFICATION: "classification into {classes} classes", "클래스 {classes}개로 분류";
    /// Numbers are learned.
    TASK_REGRESSION: "regression", "회귀";
    /// The input itself is learned.
    TASK_RECONSTRUCTION: "reconstruction of the input", "입력 복원";
    /// Several yes/no answers are learned.
    TASK_MULTI_LABEL: "several yes/no answers", "여러 개의 예/아니요";
    /// What follows in a text is learned.
    TASK_NEXT_TOKEN: "what follows in a text of {tokens} tokens", "토큰 {tokens}종인 글에서 다음에 올 것";
    /// Above what a model of a text wrote.
    TRAIN_SAMPLE: "epoch {epoch} writes:", "에폭 {epoch}의 글:";
    /// Data in one line.
    SHOW_DATA: "{name}: {rows} rows, target {target}, {task}", "{name}: {rows}행, 목표 {target}, {task}";
    /// Whose statistics are shown.
    SHOW_TRAIN_ROWS: "Statistics of the {train} train rows. The default split ({method}) leaves {validation} rows for validation and seals {test} for the test.",
        "훈련 부분 {train}행의 통계입니다. 기본 분할({method})은 {validation}행을 검증에 남기고 {test}행을 테스트로 봉인합니다.";
    /// Whose statistics are shown.
    SHOW_ALL_ROWS: "Statistics of all {rows} rows: the default split cannot be drawn from them.",
        "전체 {rows}행의 통계입니다. 이 데이터는 기본 방법으로 나눌 수 없습니다.";
    /// The parts that a training would draw.
    CHECK_PARTS: "It can be learned from: {train} rows train, {validation} validation, {test} sealed test ({method}).",
        "학습할 수 있는 데이터입니다. 훈련 {train}행, 검증 {validation}행, 봉인된 테스트 {test}행({method}).";
    /// Heading of names of data.
    COLUMN_DATA: "data", "데이터";
    /// Heading of numbers of inputs.
    COLUMN_INPUTS: "inputs", "입력 수";
    /// Heading of tasks.
    COLUMN_TASK: "task", "과제";
    /// Heading of classes.
    COLUMN_CLASS: "class", "클래스";
    /// What the processor can do.
    DOCTOR_PROCESSOR: "processor level", "CPU 수준";
    /// Cores of the processor.
    DOCTOR_CORES: "cores", "코어 수";
    /// Memory of the machine.
    DOCTOR_MEMORY: "memory", "메모리";
    /// Free memory of the machine.
    DOCTOR_MEMORY_FREE: "memory available", "남은 메모리";
    /// Free space on the disk.
    DOCTOR_DISK: "disk available", "남은 디스크 공간";
    /// The project folder.
    DOCTOR_PROJECT: "project folder", "프로젝트 폴더";
    /// The project folder can be written.
    DOCTOR_WRITABLE: "writable", "쓰기 가능";
    /// The project folder cannot be written.
    DOCTOR_NOT_WRITABLE: "not writable", "쓰기 불가";
    /// Number of runs.
    DOCTOR_RUNS: "runs", "실행 수";
    /// Heading of the ledger.
    DOCTOR_LOOKS: "ledger of looks", "테스트 열람 기록";
    /// A ledger without fault.
    DOCTOR_LEDGER: "whole, {looks} looks", "온전함, 열람 {looks}번";
    /// A run without findings.
    DOCTOR_NOTHING: "Nothing was found that is wrong.", "잘못된 것을 찾지 못했습니다.";
    /// A run that took no step.
    DOCTOR_NO_STEP: "The run never took a step: only experiment, network and rows can be judged.", "한 번도 스텝을 밟지 않은 실행입니다. 실험, 신경망, 행만 판단할 수 있습니다.";
    /// A run without looks.
    DOCTOR_NOT_WATCHED: "The run was not watched: what its layers and slopes did cannot be judged, its log and its model can.", "지켜보지 않은 실행입니다. 층과 기울기는 판단할 수 없고 기록과 모델은 판단할 수 있습니다.";
    /// A run without a model.
    DOCTOR_NO_MODEL: "It has left no model: how well it learned cannot be judged.", "남은 모델이 없어서 얼마나 배웠는지 판단할 수 없습니다.";
    /// A log without some of the epochs of its run.
    DOCTOR_LOG_CUT: "log.jsonl or metrics.csv does not hold every epoch of the run: it is missing, cut or damaged. What only stood there cannot be judged.", "log.jsonl이나 metrics.csv에 이 실행의 모든 에포크가 들어 있지 않습니다(없거나 잘렸거나 손상됨). 거기에만 있던 내용은 판단할 수 없습니다.";
    /// The findings of the training loop, gone.
    DOCTOR_FINDINGS_LOST: "findings.json cannot be read: whether a number was not finite during training cannot be judged.", "findings.json을 읽을 수 없어서 학습 중에 유한하지 않은 수가 나왔는지 판단할 수 없습니다.";
    /// A run that another version has written.
    DOCTOR_OTHER_VERSION: "The run was written by another version of ikhim: what that version did not write down cannot be judged.", "다른 버전의 ikhim이 만든 실행입니다. 그 버전이 적어 두지 않은 것은 판단할 수 없습니다.";
    /// What a finding teaches.
    EXPLAIN_LESSON: "Why", "이유";
    /// Where the numbers of a rule come from.
    EXPLAIN_NUMBERS: "Its numbers", "기준";
    /// An experiment that fires a rule.
    EXPLAIN_EXAMPLE: "An experiment that has it", "이 문제가 있는 실험";
    /// The lesson of the course.
    EXPLAIN_COURSE: "Lesson", "강의";

    /// Heading of keys of an experiment.
    COLUMN_KEY: "key", "키";
    /// Heading of reasons.
    COLUMN_BECAUSE: "because of", "근거";
    /// Caption of the choices that the data made.
    REPORT_DECIDED: "Left open by the experiment and decided by the data", "실험 파일이 정하지 않아 데이터를 보고 정한 것";
    /// A column that the network does not see.
    REPORT_LEFT_OUT: "left out", "쓰지 않음";
    /// The rule that always says the most frequent class.
    BASELINE_MAJORITY: "most frequent class", "가장 흔한 클래스";
    /// The rule that always says the mean.
    BASELINE_MEAN: "mean of train", "훈련 데이터의 평균";
    /// The exact linear fit.
    BASELINE_LINEAR: "linear regression", "선형 회귀";
    /// The rule that says the class with the nearest mean.
    BASELINE_CENTROID: "nearest class mean", "가장 가까운 클래스 평균";
    /// The rule that says the value that was known last.
    BASELINE_LAST: "no change", "변하지 않음";
    /// How far a network is from the exact linear solution.
    LEAST_SQUARES_GAP: "Exact least squares leaves a mean squared error of {floor} on the train rows, in the scaled units that the network learns in; this network leaves {network}.",
        "신경망이 학습하는 단위로 볼 때, 정확한 최소제곱해가 훈련 데이터에 남기는 평균제곱오차는 {floor}이고 이 신경망이 남기는 값은 {network}입니다.";
    /// How far the weights are from the exact ones.
    LEAST_SQUARES_DISTANCE: "Relative distance of its weights from the exact ones: {distance}.",
        "정확한 해와 이 신경망 가중치의 상대 거리: {distance}.";
    /// The best epoch so far.
    PROGRESS_BEST: "best {value} (epoch {epoch})", "최고 {value}(에포크 {epoch})";
    /// Time left.
    PROGRESS_LEFT: "{time} left", "{time} 남음";
    /// A span of time.
    SPAN_SECONDS: "{seconds} s", "{seconds}초";
    /// A span of time.
    SPAN_MINUTES: "{minutes} min {seconds} s", "{minutes}분 {seconds}초";
    /// A span of time.
    SPAN_HOURS: "{hours} h {minutes} min", "{hours}시간 {minutes}분";

    /// The weights of another run begin this one.
    TRAIN_FROM: "begins with the weights of {run}", "{run}의 가중치에서 시작합니다";
    /// Some of the weights have no place in the new network.
    TRAIN_FROM_PART: "{fitting} of its {all} weight arrays have a place here; new from the start: {new}",
        "가중치 배열 {all}개 가운데 {fitting}개만 이 신경망에 맞습니다. 처음부터 새로 배우는 것: {new}";
    /// Weights of a run whose preprocessing has no place here.
    TRAIN_FROM_REFITTED: "its preprocessing does not fit these columns and is fitted anew: a weight of the first layer may mean something else",
        "그 실행의 전처리가 이 열들과 맞지 않아 새로 맞춥니다. 첫 층의 가중치는 뜻이 달라질 수 있습니다";
    /// A run goes on.
    TRAIN_RESUMED: "{run} goes on after step {step}", "{run}을(를) {step}스텝부터 이어서 학습합니다";
    /// A run that is resumed has nothing left to do.
    TRAIN_ALREADY_DONE: "{run} has ended already, after {step} steps; nothing is left to train",
        "{run}은(는) {step}스텝에서 이미 끝났습니다. 더 학습할 것이 없습니다";
    /// The parts of the rows.
    TRAIN_PARTS: "train {train} rows, validation {validation}, sealed test {test} ({method})",
        "훈련 {train}행, 검증 {validation}행, 봉인된 테스트 {test}행({method})";
    /// Before the choices that the data made.
    TRAIN_DECIDED: "Chosen by the data:", "데이터를 보고 정한 것:";
    /// How many levels a category has.
    REPORT_LEVELS: "{levels} levels", "값 {levels}가지";
    /// Why a choice fits a target that is a number.
    DECIDED_NUMBER: "{target}: a number", "{target}: 수";
    /// Why a choice fits a target that is the input.
    DECIDED_INPUT: "the target is the input: {count} numbers", "목표가 입력 자체: 수 {count}개";
    /// Why a choice fits targets that are answered by yes or no.
    DECIDED_LABELS: "{target}: yes or no", "{target}: 예 또는 아니요";
    /// Why a choice fits a target that is a text.
    DECIDED_TOKENS: "{target}: {tokens} tokens", "{target}: 토큰 {tokens}종";
    /// Why a choice fits a target that is a class.
    DECIDED_CLASSES: "{target}: {classes} classes, the rarest with {share} % of the rows",
        "{target}: 클래스 {classes}개, 가장 드문 클래스가 행의 {share}%";
    /// Why a network is one for images.
    DECIDED_IMAGES: "images of {height}×{width}", "{height}×{width} 이미지";
    /// Why a rate falls.
    DECIDED_MODEL: "the model is `{model}`", "모델이 `{model}`";
    /// Why a network has its width.
    DECIDED_ROWS: "{rows} train rows", "훈련 {rows}행";
    /// Why training goes over the rows so often.
    DECIDED_STEPS: "{steps} steps an epoch", "에포크마다 {steps}스텝";
    /// Columns that are no inputs beside a text that is read token by token.
    DATA_SEQUENCE_ALONE: "`{column}` is read token by token and is the only input; left out: {others}",
        "`{column}` 열을 토큰별로 읽으며, 이 열만 입력으로 씁니다. 뺀 열: {others}";
    /// Texts that are longer than a row.
    DATA_SEQUENCE_CUT: "{rows} train rows are longer than data.sequence.length = {length} and are cut off there",
        "훈련 행 {rows}개가 data.sequence.length = {length}보다 길어서 그 뒤를 잘랐습니다";
    /// Gaps of a series that windows do not cross.
    DATA_SERIES_GAPS: "the series has gaps ({count}), the first between rows {row} and {other}: no window crosses one; data.series.gaps = \"ignore\" would let them",
        "시계열에 빈 곳이 {count}개 있습니다(처음은 {row}행과 {other}행 사이). 창은 이를 건너지 않습니다. 건너게 하려면 data.series.gaps = \"ignore\"로 두세요";
    /// The network is clearly better than the rule that nothing changes.
    SERIES_AHEAD: "The network beats \"nothing changes\": {metric} {network} beside {rule}, a difference of {low} to {high}.",
        "신경망이 \"변하지 않는다\"는 규칙을 이깁니다: {metric} {network}, 규칙은 {rule}, 차이 {low}~{high}.";
    /// The network is not clearly better than the rule that nothing changes.
    SERIES_NOT_AHEAD: "The network does not beat \"nothing changes\": {metric} {network} beside {rule}, a difference of {low} to {high}.",
        "신경망이 \"변하지 않는다\"는 규칙을 이기지 못합니다: {metric} {network}, 규칙은 {rule}, 차이 {low}~{high}.";
    /// Statistics of a table that is read in pieces.
    SHOW_SAMPLE: "Statistics of {rows} train rows from the beginning of the file, as an estimate.",
        "파일 앞부분의 훈련 행 {rows}개로 어림한 통계입니다.";
    /// A table that is read in pieces can be learned from.
    CHECK_SAMPLE: "It can be learned from in pieces ({method}); what needs rows beside each other was looked at in {sample} of them.",
        "나누어 읽으며 학습할 수 있습니다({method}). 행을 서로 견주는 일은 그중 {sample}행으로 했습니다.";
    /// The line of progress while a large file is read.
    READING: "reading", "읽는 중";
    /// A table is read in pieces.
    DATA_STREAMED: "the {rows} rows are read in pieces; what is said of repeated rows, zeros and columns that agree is of {sample} of them (data.streaming = false reads all into memory)",
        "{rows}행을 나누어 읽습니다. 겹치는 행, 0, 서로 같은 열에 대한 말은 그중 {sample}행을 보고 한 것입니다(data.streaming = false면 모두 메모리에 읽습니다)";
    /// Not all validation rows are looked at.
    DATA_STREAMED_VALIDATION: "of the {rows} validation rows {sample} are measured after each epoch",
        "검증 {rows}행 가운데 {sample}행으로 에포크마다 측정합니다";
    /// A limit leaves train rows out.
    DATA_LIMIT: "of the {rows} train rows only the first {limit} are used: data.limit = {limit}",
        "훈련 {rows}행 가운데 처음 {limit}행만 씁니다: data.limit = {limit}";
    /// A loss that no training can go on from.
    FINDING_LOSS: "the loss of step {step} is {loss}", "{step}번째 스텝의 손실이 {loss}입니다";
    /// A parameter that no training can go on from.
    FINDING_WEIGHTS: "after step {step} a parameter is not a finite number",
        "{step}번째 스텝 뒤에 유한하지 않은 매개변수가 있습니다";
    /// The learning rate of a finding.
    FINDING_RATE: "the learning rate was {rate}", "학습률은 {rate}이었습니다";
    /// What to do about a learning rate.
    TREATMENT_RATE: "lower the learning rate, e.g. to {rate}", "학습률을 낮추세요. 예: {rate}";
    /// What to do about large gradients.
    TREATMENT_CLIP: "limit the size of the gradient", "기울기의 크기를 제한하세요";
    /// The layers in one line.
    TRAIN_NETWORK: "Network: {layers}; {parameters} parameters", "신경망: {layers}, 매개변수 {parameters}개";
    /// How a training ended.
    TRAIN_ENDED: "{status} ({epochs} epochs, {steps} steps, {seconds} s)", "{status}({epochs}에포크, {steps}스텝, {seconds}초)";
    /// The weights that the model has.
    TRAIN_KEPT: "The model has the weights of epoch {epoch}, the best on validation.",
        "모델에는 검증에서 가장 좋았던 에포크 {epoch}의 가중치가 들어 있습니다.";
    /// A metric with its interval.
    SCORE_LINE: "{part} {metric} {value}, 95 % interval {low} to {high} ({n} rows)",
        "{part} {metric} {value}, 95% 구간 {low} ~ {high}({n}행)";
    /// What the command that opens the seal is for.
    NEXT_TEST: "opens the sealed test part, once all choices are made", "모든 선택을 마친 뒤 봉인된 테스트 부분을 엽니다";
    /// What the command that predicts is for, with a model of a text.
    NEXT_WRITE: "goes on with a text", "글을 이어 씁니다";
    /// What the command that predicts is for.
    NEXT_PREDICT: "predicts new rows", "새 행을 예측합니다";
    /// One of several runs ended.
    SEEDS_ENDED: "seed {seed}: {part} {metric} {value}", "시드 {seed}: {part} {metric} {value}";
    /// The spread over seeds.
    SEEDS_SPREAD: "{metric} over {runs} runs: median {median}, from {low} to {high}",
        "실행 {runs}번의 {metric}: 중앙값 {median}, 범위 {low} ~ {high}";
    /// What a tuning is about to do.
    TUNE_BEFORE: "Trials: {trials}, judged by {metric} on validation; the test part stays sealed",
        "시도: {trials}. validation의 {metric}(으)로 평가하며 테스트 부분은 봉인된 채로 둡니다";
    /// A tuning that goes on.
    TUNE_KNOWN: "{known} trials are done already", "이미 끝난 시도: {known}";
    /// The best trial.
    TUNE_WINNER: "Best of {trials} trials: trial {trial}, {metric} {value}. As the best of many it looks better than it is.",
        "시도 {trials}개 가운데 가장 좋은 것: {trial}번, {metric} {value}. 여럿 중에 고른 값이라 실제보다 좋아 보입니다.";
    /// The winner is trained again.
    TUNE_RETRAIN: "Once more with {seeds} seeds:", "시드 {seeds}개로 다시 학습합니다:";
    /// The split of a run that is verified.
    VERIFY_SPLIT: "The split is that of the record: train {train} rows, validation {validation}, sealed test {test} ({method}). Training once more:",
        "분할이 기록과 같습니다: 훈련 {train}행, 검증 {validation}행, 봉인된 테스트 {test}행({method}). 다시 학습합니다:";
    /// All weights are the same.
    VERIFY_SAME: "All {arrays} arrays of the model have the same bits.", "모델의 배열 {arrays}개가 모두 비트까지 같습니다.";
    /// Some weights differ.
    VERIFY_DIFFERS: "{differing} of {arrays} arrays of the model differ, {first} first.",
        "모델의 배열 {arrays}개 가운데 {differing}개가 다릅니다. 첫 번째는 {first}입니다.";
    /// The value of a look is the same.
    VERIFY_TEST_SAME: "The test value in the ledger is that of this model on these rows; this was no new look.",
        "기록된 테스트 값은 이 모델이 이 행들에서 낸 값이 맞습니다. 새로 열람한 것으로 세지 않습니다.";
    /// The value of a look is another one.
    VERIFY_TEST_DIFFERS: "The test value in the ledger is not that of this model on these rows.",
        "기록된 테스트 값이 이 모델이 이 행들에서 내는 값과 다릅니다.";
    /// The model was never examined.
    VERIFY_NO_LOOK: "The ledger holds no test value of this model: its test part stays sealed.",
        "이 모델의 테스트 값은 기록에 없습니다. 테스트 부분은 봉인된 채로 둡니다.";
    /// The horizontal axis of the range test.
    LR_AXIS: "learning rate from {low} to {high}, growing by the same factor at each step", "학습률 {low}부터 {high}까지, 걸음마다 같은 배수로 커집니다";
    /// What the range test suggests.
    LR_SUGGESTED: "A tenth of the rate of the smallest loss: try --set training.learning_rate={rate}", "손실이 가장 작은 곳의 10분의 1: --set training.learning_rate={rate}로 시도해 보세요";
    /// The loss never fell.
    LR_NONE: "The loss fell at no rate: look at the data and the loss before the learning rate, {rate}.", "어느 학습률에서도 손실이 줄지 않았습니다. 학습률({rate})보다 데이터와 손실 함수를 먼저 살펴보세요.";
    /// The length that a limit of time gives.
    TRAIN_TIME_LIMIT: "About {seconds} s on this machine: {setting}", "이 컴퓨터에서 약 {seconds}초: {setting}";
    /// An input that is distributed otherwise.
    EVALUATE_DRIFT: "`{column}` is distributed otherwise than in the train rows: {distance} % of the rows would have to move.",
        "`{column}`의 분포가 훈련 데이터와 다릅니다. 같아지려면 행의 {distance} %가 옮겨 가야 합니다.";
    /// Rows with levels that train rows do not have.
    EVALUATE_UNSEEN: "Levels that no train row has: {rows}.", "훈련 데이터에 없는 범주: {rows}건.";
    /// Heading of trials.
    COLUMN_TRIAL: "trial", "시도";
    /// Title of the figure of a tuning.
    FIGURE_TRIALS: "{metric} on validation by trial", "시도별 validation {metric}";
    /// The horizontal axis of that figure.
    FIGURE_TRIAL: "trial", "시도";
    /// The one number of a cross-validation.
    FOLDS_SPREAD: "{metric} over {folds} folds: mean {mean}, standard deviation {sd}, from {low} to {high}",
        "{folds}겹 교차 검증의 {metric}: 평균 {mean}, 표준편차 {sd}, 범위 {low} ~ {high}";
    /// Before a nested cross-validation.
    NESTED_BEFORE: "Nested cross-validation: {outer} outer folds; in each, {trials} trials on {inner} inner folds, chosen by {metric}. The sealed part stays sealed.",
        "중첩 교차 검증: 바깥 {outer}겹, 그 안마다 시도 {trials}개를 안쪽 {inner}겹에서 {metric}(으)로 고릅니다. 봉인된 부분은 그대로 둡니다.";
    /// What a nested cross-validation has found.
    NESTED_AFTER: "What the tuning is worth: {metric} {mean} over {folds} outer folds, standard deviation {sd}, from {low} to {high}. By the inner folds, which chose, it seemed to be {inner}.",
        "이 탐색의 값어치: 바깥 {folds}겹의 {metric} 평균 {mean}, 표준편차 {sd}, 범위 {low} ~ {high}. 고르는 데 쓴 안쪽 겹에서는 {inner}(으)로 보였습니다.";
    /// Heading of the folds on which is chosen.
    COLUMN_INNER: "inner", "안쪽";
    /// Heading of the folds that measure what was chosen.
    COLUMN_OUTER: "outer", "바깥";
    /// What is about to be downloaded.
    GET_SET: "{title}, by {authors}\n  licence: {licence}\n  {files} files, {size} MB unpacked, from {address}",
        "{title} — {authors}\n  라이선스: {licence}\n  파일 {files}개, 풀면 {size} MB, {address}에서 받습니다";
    /// A file that was downloaded.
    GET_NEW: "  {file}: downloaded, content confirmed", "  {file}: 내려받았고 내용이 확인되었습니다";
    /// A file that is there.
    GET_KNOWN: "  {file}: is there, content confirmed", "  {file}: 이미 있고 내용이 확인되었습니다";
    /// Heading of the sets that can be downloaded.
    GET_LIST: "To be downloaded by `ikhim data get NAME`:", "`ikhim data get 이름`으로 내려받을 수 있는 데이터:";
    /// Heading of folds.
    COLUMN_FOLD: "fold", "겹";
    /// Heading of names of runs.
    COLUMN_RUN: "run", "실행";
    /// Heading of seeds.
    COLUMN_SEED: "seed", "시드";
    /// Heading of numbers of epochs.
    COLUMN_EPOCHS: "epochs", "에포크 수";
    /// Heading of best epochs.
    COLUMN_BEST_EPOCH: "best epoch", "최고 에포크";
    /// Heading of how runs stand.
    COLUMN_STATUS: "status", "상태";
    /// Heading of moments.
    COLUMN_STARTED: "started", "시작";
    /// Heading of differences.
    COLUMN_DIFFERENCE: "difference", "차이";
    /// Heading of intervals.
    COLUMN_INTERVAL: "95 % interval", "95% 구간";
    /// The question before the seal is opened.
    TEST_ASK: "Open the sealed test part ({n} rows, looked at {looks} times so far)? The look is counted for good. [y/N]",
        "봉인된 테스트 부분({n}행, 지금까지 {looks}번 열람)을 열까요? 열람은 기록에 남습니다. [y/N]";
    /// The rows were not in the ledger.
    TEST_NOT_SEALED: "These rows were not written down as sealed in this project before: earlier looks may be in another ledger.",
        "이 행들은 이 프로젝트에 봉인된 것으로 적혀 있지 않았습니다. 다른 곳의 열람 기록이 있을 수 있습니다.";
    /// Predictions were written into a file.
    PREDICT_TEXT_WRITTEN: "the text is in {path}", "글을 {path}에 적었습니다";
    /// Where predictions were written.
    PREDICT_WRITTEN: "{n} rows predicted: {path}", "{n}행을 예측했습니다: {path}";
    /// Which rows were judged.
    EVALUATE_ROWS: "{n} rows of {path}", "{path}의 {n}행";
    /// Sealed rows in a file.
    EVALUATE_LOOK: "{n} of these rows are sealed: look {look} at them. Models that have looked: {models}.",
        "이 가운데 {n}행은 봉인된 행입니다. {look}번째로 열어 본 결과이며, 지금까지 열어 본 모델: {models}개.";
    /// Sealed rows that stand in a file more than once.
    EVALUATE_ALIKE: "Some of the sealed rows are alike; different ones: {rows}.",
        "봉인된 행 가운데 서로 같은 행이 있습니다. 서로 다른 행: {rows}개.";
    /// None of the rows was trained on.
    EVALUATE_NONE_SEEN: "The run was trained on none of these rows.", "이 행들 가운데 학습에 쓰인 것은 없습니다.";
    /// Some of the rows were trained on.
    EVALUATE_SEEN: "The run was trained on {rows} of these rows: the numbers flatter it.",
        "이 행들 가운데 {rows}행은 학습에 쓰였습니다. 실제보다 좋게 나온 값입니다.";
    /// It cannot be said which rows were trained on.
    EVALUATE_NOT_KNOWN: "The data of the run are not at hand, so it cannot be said which of these rows it was trained on.",
        "이 실행의 데이터를 찾을 수 없어, 이 행들 가운데 무엇이 학습에 쓰였는지 알 수 없습니다.";
    /// On which rows runs are compared.
    COMPARE_ROWS: "The same {n} rows of {part} for all", "모두 같은 {part} {n}행에서 비교했습니다";
    /// A difference for the better whose interval leaves out zero.
    COMPARE_BETTER: "better, p {p}", "더 좋음, p {p}";
    /// A difference for the worse whose interval leaves out zero.
    COMPARE_WORSE: "worse, p {p}", "더 나쁨, p {p}";
    /// A difference whose interval holds zero.
    COMPARE_CHANCE: "may be chance, p {p}", "우연일 수 있음, p {p}";
    /// A difference that other seeds of the first run show as well.
    COMPARE_SEEDS: "within seed noise (sd {sd} over {seeds} seeds)", "시드에 따른 흔들림 안쪽(시드 {seeds}개의 표준편차 {sd})";
    /// There are no runs.
    RUNS_NONE: "There are no runs in {path} yet; `ikhim train` makes one.", "{path}에 아직 실행이 없습니다. `ikhim train`으로 하나를 만드세요.";

    /// An experiment file was written.
    INIT_WRITTEN: "{path} is written; next:", "{path}을(를) 만들었습니다. 다음 명령:";
    /// Heading of floating-point operations.
    COLUMN_FLOPS: "FLOPs a row", "행당 FLOP";
    /// How many cells of the image a place of a layer depends on.
    COLUMN_RECEPTIVE_FIELD: "receptive field", "수용 영역";
    /// The time of a step.
    BENCH_STEP: "median step", "스텝 중앙값";
    /// The spread of the time of steps.
    BENCH_RANGE: "10th … 90th percentile", "10 … 90 백분위";
    /// The time of all steps.
    BENCH_TOTAL: "all steps", "모든 스텝";
    /// How many steps were timed.
    BENCH_STEPS: "timed steps", "잰 스텝 수";
    /// How many rows are computed in a second.
    BENCH_ROWS: "rows a second", "초당 행 수";
    /// The time until the first step was done.
    BENCH_START: "start to end of first step", "시작부터 첫 스텝 끝까지";
    /// The most memory that the process had.
    BENCH_MEMORY: "most memory", "최대 메모리";
    /// A loss of the check.
    BENCH_LOSS: "loss after {step} updates from the file: {loss}", "파일에서 시작해 {step}번 갱신한 뒤의 손실: {loss}";
    /// What `trace` shows.
    TRACE_STEP: "{source} after {step} steps: the next one, taken apart", "{source}, {step}스텝 뒤의 다음 한 스텝";
    /// The rows of the traced batch, by their places in the train part.
    TRACE_BATCH: "batch of {n} train rows: {rows}", "배치: 훈련 행 {n}개({rows}번)";
    /// The one row that is traced.
    TRACE_ROW: "train row {row} alone (row {place} of the data)", "훈련 행 {row}번 하나(데이터의 {place}번째 행)";
    /// The loss and the rate of the traced step.
    TRACE_LOSS: "loss {loss}, learning rate {rate}", "손실 {loss}, 학습률 {rate}";
    /// Heading of the values, in the order in which they are computed.
    TRACE_FORWARD: "Forward: each value from those above it", "순전파: 위에서 아래로, 앞의 값으로 다음 값을 구합니다";
    /// Heading of the slopes, in the order in which they are computed.
    TRACE_BACKWARD: "Backward: the slope of the objective by each value, from the last to the first;\nindented, the local derivative by each input", "역전파: 목적 함수를 각 값으로 미분한 기울기를 끝에서부터 구합니다.\n들여 쓴 줄은 각 입력에 대한 국소 미분입니다";
    /// A local derivative.
    TRACE_BY: "by {input}", "{input}에 대해";
    /// Heading of names of values.
    COLUMN_NAME: "name", "이름";
    /// Heading of equations.
    COLUMN_EQUATION: "equation", "식";
    /// Heading of operations.
    COLUMN_OPERATION: "operation", "연산";
    /// Heading of shapes.
    COLUMN_SHAPE: "shape", "모양";
    /// Heading of derivatives.
    COLUMN_SLOPE: "slope", "기울기";
    /// How much there is to compute.
    CHECK_SIZES: "{parameters} parameters; {flops} FLOPs a row forward; {steps} steps in all, about {time} here",
        "매개변수 {parameters}개, 행당 순전파 {flops} FLOP, 모두 {steps}스텝, 이 컴퓨터에서 약 {time}";
    /// Rows of cells that no window sees.
    CHECK_SKIPPED_ROWS: "the windows leave out {cells} of the last rows of cells: {arithmetic}",
        "필터가 마지막 {cells}개 행의 칸을 보지 않습니다: {arithmetic}";
    /// Columns of cells that no window sees.
    CHECK_SKIPPED_COLUMNS: "the windows leave out {cells} of the last columns of cells: {arithmetic}",
        "필터가 마지막 {cells}개 열의 칸을 보지 않습니다: {arithmetic}";
    /// What helps against it.
    CHECK_SKIPPED_TREATMENT: "another stride, or padding = \"same\"",
        "스트라이드를 바꾸거나 padding = \"same\"을 쓰세요";
    /// Heading of pictures from inside a network.
    REPORT_PICTURES: "inside the network", "신경망 속 들여다보기";
    /// Kernels of a layer as images.
    PICTURE_FILTERS: "filters of {layer}", "{layer}의 필터";
    /// What they are.
    PICTURE_FILTERS_CAPTION: "each square is one filter; black is its smallest weight, white its largest",
        "네모 하나가 필터 하나입니다. 검정이 가장 작은 가중치, 흰색이 가장 큰 가중치입니다";
    /// Values of a layer as images.
    PICTURE_ACTIVATIONS: "activations of {layer}, {row}", "{layer}의 활성값, {row}";
    /// What they are.
    PICTURE_ACTIVATIONS_CAPTION: "each square is one channel; from black over red and yellow to white the values grow",
        "네모 하나가 채널 하나입니다. 검정, 빨강, 노랑, 흰색 순으로 값이 커집니다";
    /// The derivative by the pixels.
    PICTURE_SALIENCY: "saliency for `{class}`, {row}", "`{class}`에 대한 중요도, {row}";
    /// The same where there are no classes.
    PICTURE_SALIENCY_NUMBER: "saliency, {row}", "중요도, {row}";
    /// What it is.
    PICTURE_SALIENCY_CAPTION: "the image, how much the score depends on each pixel, and both together",
        "이미지, 점수가 각 픽셀에 얼마나 좌우되는지, 그리고 둘을 겹친 것입니다";
    /// An image beside what an autoencoder gives back.
    PICTURE_RECONSTRUCTION: "reconstruction, {row}", "복원, {row}";
    /// What it is.
    PICTURE_RECONSTRUCTION_CAPTION: "the image, and what the network gives back",
        "이미지와 신경망이 되돌려 준 것입니다";
    /// A row without a file.
    PICTURE_ROW: "row {row}", "{row}번째 행";
    /// Pictures that were written.
    PICTURES_WRITTEN: "{n} pictures were written: {files}", "그림 {n}개를 썼습니다: {files}";
    /// How much there is to keep in memory.
    CHECK_MEMORY: "memory: {state} for parameters and optimizer, {rows} for the rows, at most {step} for a step",
        "메모리: 매개변수와 최적화 방법 {state}, 데이터 행 {rows}, 한 스텝에 최대 {step}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::holes;
    use std::collections::BTreeSet;

    #[test]
    fn every_sentence_has_both_forms_with_the_same_holes() {
        for (name, sentence) in ALL {
            assert!(!sentence.english.is_empty() && !sentence.korean.is_empty(), "{name}");
            let set = |text| holes(text).into_iter().collect::<BTreeSet<_>>();
            assert_eq!(set(sentence.english), set(sentence.korean), "{name}");
            assert!(
                sentence.korean.chars().any(|c| ('가'..='힣').contains(&c)),
                "{name} has no Korean letter"
            );
        }
    }
}
