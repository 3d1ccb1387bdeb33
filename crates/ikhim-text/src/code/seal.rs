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
];
