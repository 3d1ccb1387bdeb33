//! Codes of the kind `file`: files and folders.

use super::Code;

pub(super) const CODES: &[Code] = &[Code {
    code: "file.missing",
    english: "no such file or folder: {path}",
    korean: "그런 파일이나 폴더가 없습니다: {path}",
    help: "check the spelling; paths in an experiment are relative to the experiment file",
    help_korean: "철자를 확인하세요. 실험 파일 안의 경로는 그 실험 파일이 있는 폴더를 기준으로 합니다",
    page: "The path that was given does not exist. A path on the command line is relative to \
               the current folder, a path inside an experiment file to the folder of that file.",
}];
