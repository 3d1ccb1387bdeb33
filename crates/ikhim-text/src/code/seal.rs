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
