//! Codes of the kind `bug`: faults of ikhim itself.

use super::Code;

pub(super) const CODES: &[Code] = &[Code {
    code: "bug.panic",
    english: "this is a bug of ikhim, not of yours: {found}",
    korean: "ikhim의 버그입니다. 사용자의 잘못이 아닙니다: {found}",
    help: "please report it with the command line and this text; checkpoints that were written are whole",
    help_korean: "명령줄과 이 문장을 함께 알려 주세요. 이미 저장된 체크포인트는 온전합니다",
    page: "Something happened that the authors of ikhim thought impossible, and the process ended rather than go on with a doubtful state. What was written before is whole: a run can be resumed from its last checkpoint.",
}];
