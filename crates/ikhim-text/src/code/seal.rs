//! Codes of the kind `seal`: the sealed test part and its ledger.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "seal.ledger_unusable",
        english: "the ledger of looks cannot be used: {path}: {reason}",
        korean: "테스트 열람 기록(ledger)을 쓸 수 없습니다: {path}: {reason}",
        help: "the test part opens only when the look can be written down; check the rights and \
               the free space of that folder",
        help_korean: "열람을 기록할 수 있을 때만 테스트 부분이 열립니다. 그 폴더의 권한과 남은 \
                      공간을 확인하세요",
        page: "Every look at the sealed test rows is written into `.ikhim/ledger.jsonl` of the \
               project folder before the rows are seen. Here the file could not be read, locked \
               or written, so nothing was opened and no look was counted. Make the folder \
               writable, or free some space, and try again.",
    },
    Code {
        code: "seal.ladder",
        english: "{count} of these rows are sealed under a ladder, and an evaluation would show more than it lets see",
        korean: "이 행 가운데 {count}개는 사다리 아래 봉인되어 있어, 평가하면 사다리가 허락한 것보다 많이 보게 됩니다",
        help: "use `ikhim test RUN`, or evaluate on rows that are not sealed",
        help_korean: "`ikhim test RUN`을 쓰거나, 봉인되지 않은 행으로 평가하세요",
        page: "With `split.ladder` a look at the sealed rows shows a value only when it is better than \
               the best one shown so far by more than the step, and then in whole steps. Every other \
               number about these rows, such as another metric or the rows that were wrong, would tell \
               what the ladder withholds.",
    },
    Code {
        code: "seal.ladder_step",
        english: "split.ladder = {found}: expected a step above 0, in the units of the metric",
        korean: "split.ladder = {found}: 지표의 단위로 0보다 큰 걸음이 필요합니다",
        help: "0.01 is one percentage point of accuracy",
        help_korean: "0.01은 정확도 1 %포인트입니다",
        page: "The step of a ladder says by how much a model must beat the best value shown so far. \
               Blum and Hardt (2015) advise the standard error of the metric or more: for n rows and an \
               accuracy about 0.02 at n = 600, 0.01 at n = 2,500.",
    },
    Code {
        code: "seal.nothing_sealed",
        english: "nothing is sealed: this split has no test part",
        korean: "봉인된 것이 없습니다: 이 분할에는 테스트 부분이 없습니다",
        help: "set split.test, e.g. 0.15, and train again",
        help_korean: "split.test를 예를 들어 0.15로 두고 다시 학습하세요",
        page: "A test part is sealed when the data is split. With `split.test = 0` or \
               `split.method = \"none\"` there is none, every row was seen in training or in \
               validation, and no honest test value can be given.",
    },
    Code {
        code: "seal.all_sealed",
        english: "all {count} rows of {path} are sealed, so none was learned",
        korean: "{path}의 {count}행이 모두 봉인되어 있어 학습한 행이 없습니다",
        help: "give rows that no run of this project has sealed",
        help_korean: "이 프로젝트의 어떤 실행도 봉인하지 않은 행을 지정하세요",
        page: "`ikhim learn` leaves out the rows that are sealed for any run of the project: a model \
               that has learned them could no longer be examined with them. Here nothing else was \
               given, so no model was written.",
    },
    Code {
        code: "seal.split_changed",
        english: "the data is not the data that was split: {what}",
        korean: "데이터가 분할할 때의 데이터가 아닙니다: {what}",
        help: "give the data of that time; a new training draws a new split",
        help_korean: "그때의 데이터를 지정하세요. 새로 학습하면 새로 나눕니다",
        page: "A run remembers which rows it sealed and the hashes of its train and validation \
               rows. The data that was found now has other rows, so the same split cannot be \
               drawn from it, and a value measured on it would belong to another split. Bring \
               back the data as it was, or train again.",
    },
    Code {
        code: "seal.not_opened",
        english: "the test part stays sealed",
        korean: "테스트 부분은 봉인된 채로 있습니다",
        help: "no look was counted; `ikhim test` asks again",
        help_korean: "열람으로 세지 않았습니다. `ikhim test`로 다시 물어볼 수 있습니다",
        page: "`ikhim test` asked whether to open the sealed test part, and the answer was no. Nothing was read and nothing was written.",
    },
];
