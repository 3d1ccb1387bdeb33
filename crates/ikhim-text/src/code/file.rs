//! Codes of the kind `file`: files and folders.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "file.missing",
        english: "no such file or folder: {path}",
        korean: "그런 파일이나 폴더가 없습니다: {path}",
        help: "check the spelling; a path is relative to the current folder, in an experiment file to the folder of that file",
        help_korean: "철자를 확인하세요. 경로는 현재 폴더를, 실험 파일 안의 경로는 그 실험 파일이 있는 폴더를 기준으로 합니다",
        page: "The path that was given does not exist. A path on the command line is relative to \
               the current folder, a path inside an experiment file to the folder of that file.",
    },
    Code {
        code: "file.remote",
        english: "{path} is on another machine, and ikhim reads files of this one",
        korean: "{path}은(는) 다른 컴퓨터에 있습니다. ikhim은 이 컴퓨터의 파일을 읽습니다",
        help: "download it first, e.g. `curl -O ADDRESS` or `aws s3 cp ADDRESS .`, and name the file",
        help_korean: "`curl -O 주소`나 `aws s3 cp 주소 .`로 먼저 내려받아 그 파일을 적으세요",
        page: "What is behind an address may change or be gone tomorrow, and then a run could not \
               be repeated. A file that lies here is hashed, and its rows are known again.",
    },
    Code {
        code: "file.unknown_set",
        english: "no set `{found}` can be downloaded; those that can are {expected}",
        korean: "`{found}`(이)라는 데이터는 내려받을 수 없습니다. 내려받을 수 있는 것: {expected}",
        help: "a set is listed only when its content was confirmed; other files are read where they lie",
        help_korean: "내용이 확인된 데이터만 목록에 있습니다. 다른 파일은 직접 받아 그 자리에서 읽으세요",
        page: "`ikhim data get` brings sets whose content is known by its SHA-256, so that everybody \
               who names one has the same rows. Sets that ikhim carries, such as `iris`, need no \
               download.",
    },
    Code {
        code: "file.no_address",
        english: "`{name}` has no address to be downloaded from",
        korean: "`{name}`을(를) 내려받을 주소가 없습니다",
        help: "give one: --from ADDRESS",
        help_korean: "--from 주소로 적으세요",
        page: "The files of a set are looked for behind each of its addresses in turn, or behind the \
               one that `--from` names.",
    },
    Code {
        code: "file.no_curl",
        english: "the program `curl`, which downloads, could not be started: {found}",
        korean: "내려받는 프로그램 `curl`을 시작할 수 없습니다: {found}",
        help: "install curl, or download {path} with a browser and put it into the folder",
        help_korean: "curl을 설치하거나, 브라우저로 {path}을(를) 받아 그 폴더에 넣으세요",
        page: "ikhim leaves transfers to `curl`, which knows proxies and certificates of the system. \
               Windows, macOS and most Linux systems have it. A file that was downloaded in another \
               way and put into the folder under its name is confirmed and taken.",
    },
    Code {
        code: "file.download",
        english: "{path} could not be downloaded: {found}",
        korean: "{path}을(를) 내려받지 못했습니다: {found}",
        help: "try again: what has come is kept and gone on with; --from ADDRESS names another place",
        help_korean: "다시 시도하세요. 받은 데까지는 남아 있어 이어서 받습니다. 다른 곳은 --from 주소로 적습니다",
        page: "Every address of the set was tried, and this is what the last one said. The part that \
               has come lies beside the file with the ending `.part`, and the next attempt goes on \
               behind it.",
    },
    Code {
        code: "file.checksum",
        english: "what {path} gives is another file: its content has the SHA-256 {found}",
        korean: "{path}에서 받은 것은 다른 파일입니다. 내용의 SHA-256이 {found}입니다",
        help: "expected was {expected}; the file was removed; --from ADDRESS names another place",
        help_korean: "맞는 값은 {expected}입니다. 받은 파일은 지웠습니다. 다른 곳은 --from 주소로 적습니다",
        page: "The content of each known file is confirmed by its SHA-256 after decompression. A page \
               of a captive network, a file that was changed, or a transfer that broke does not \
               become data.",
    },
    Code {
        code: "file.no_match",
        english: "no file matches {path}",
        korean: "{path}에 맞는 파일이 없습니다",
        help: "`*` stands for any letters of a name and `?` for one; folders are not searched deeper",
        help_korean: "`*`는 이름의 아무 글자들, `?`는 글자 하나를 뜻합니다. 하위 폴더는 찾지 않습니다",
        page: "A path with `*` or `?` names several files that are read as one table, by the order \
               of their names. `data/2023-*.csv` takes all files of that folder whose names begin \
               and end so; names that begin with a point are left out.",
    },
    Code {
        code: "file.named_twice",
        english: "{path} is named twice",
        korean: "{path}이(가) 두 번 나옵니다",
        help: "name each file once",
        help_korean: "파일마다 한 번만 적으세요",
        page: "Several files are read as one table. A file that is named twice, alone or by a \
               pattern, would bring each of its rows twice.",
    },
    Code {
        code: "file.no_permission",
        english: "{path}: no permission",
        korean: "{path}: 권한이 없습니다",
        help: "check who may read and write it",
        help_korean: "읽기와 쓰기 권한을 확인하세요",
        page: "The system refused to read or write the path. Files that belong to another user, or a folder that is mounted read-only, are the usual causes.",
    },
    Code {
        code: "file.edited_experiment",
        english: "{path} was changed after the run began: it is not what was trained",
        korean: "{path} 파일이 실행을 시작한 뒤에 바뀌었습니다. 학습한 내용과 다릅니다",
        help: "bring the file back, or train a new run with it: `ikhim train {path}`",
        help_korean: "파일을 되돌리거나, 그 파일로 새 실행을 학습하세요: `ikhim train {path}`",
        page: "A run keeps the resolved experiment that it was trained with, and its hash in run.json. \
               Going on with another experiment would give a result that belongs to neither. Comments, \
               blank lines and the section `[resolved]` may change; values may not.",
    },
    Code {
        code: "file.disk_full",
        english: "{path}: the disk is full",
        korean: "{path}: 디스크가 가득 찼습니다",
        help: "free some space; earlier files are whole, and `ikhim train --resume` goes on from the last checkpoint",
        help_korean: "공간을 비우세요. 이미 저장된 파일은 온전하며, `ikhim train --resume`으로 마지막 체크포인트부터 이어집니다",
        page: "There was no room for a file. ikhim writes beside the old file and replaces it only when the new one is whole on the disk, so nothing that was good is lost. Free some space, then resume the run.",
    },
    Code {
        code: "file.changed",
        english: "{path} was changed while it was read",
        korean: "{path} 파일을 읽는 동안 파일이 바뀌었습니다",
        help: "wait until it is written, then try again; rows that keep coming are for `ikhim learn`, which reads them as they come",
        help_korean: "다 쓰인 뒤에 다시 시도하세요. 계속 늘어나는 행은 들어오는 대로 읽는 `ikhim learn`을 쓰세요",
        page: "A file that another program writes at the same time holds the beginning of one state and \
               the end of another. Its size and the moment of its last change are looked at before and \
               after reading, and must be the same.",
    },
    Code {
        code: "file.failed",
        english: "{path}: {found}",
        korean: "{path}: {found}",
        help: "",
        help_korean: "",
        page: "The system could not do what was asked with this path; its own words follow the path.",
    },
    Code {
        code: "file.damaged",
        english: "{path} is damaged: {found}",
        korean: "{path} 파일이 손상되었습니다: {found}",
        help: "it was cut or edited by hand: put back a copy of it, or train the run again",
        help_korean: "잘렸거나 손으로 고친 파일입니다. 사본으로 되돌리거나 다시 학습하세요",
        page: "A file of a run was cut or altered after it was written. Files of a run are not meant to be edited by hand.",
    },
    Code {
        code: "file.checkpoint_damaged",
        english: "{path} is no whole checkpoint: {found}",
        korean: "{path}은(는) 온전한 체크포인트가 아닙니다: {found}",
        help: "",
        help_korean: "",
        page: "A checkpoint carries a digest of its content. The file was cut or altered after it was written, so it is refused instead of going on from wrong numbers. Earlier checkpoints of the run lie beside it: resume from one of them by its path.",
    },
    Code {
        code: "file.newer_format",
        english: "{path} has format {found}; this version reads up to {expected}",
        korean: "{path}의 형식은 {found}인데 이 버전은 {expected}까지 읽습니다",
        help: "use the version of ikhim that wrote it, or a newer one",
        help_korean: "그것을 쓴 버전이나 더 새로운 ikhim을 쓰세요",
        page: "Formats of files are numbered, and older ones stay readable. This file was written by a newer version.",
    },
    Code {
        code: "file.no_run",
        english: "no run `{path}`",
        korean: "실행 `{path}`이(가) 없습니다",
        help: "`ikhim runs` lists the runs; a run is named by path, name, unique prefix or `latest`",
        help_korean: "`ikhim runs`로 목록을 보세요. 실행은 경로, 이름, 하나로 정해지는 앞부분, 또는 `latest`로 부릅니다",
        page: "No folder of that path or name holds a run. Runs lie in the folder `runs` of the project folder, which is found upwards from the current folder.",
    },
    Code {
        code: "file.run_unfinished",
        english: "the run {path} has not ended: it has no model yet",
        korean: "실행 {path}은(는) 끝나지 않아서 아직 모델이 없습니다",
        help: "let it go on: ikhim train --resume {path}",
        help_korean: "이어서 학습하세요: ikhim train --resume {path}",
        page: "A run writes its model when training ends. This one was stopped before, or is still \
               training. `ikhim train --resume` goes on from its last checkpoint to the same bits.",
    },
    Code {
        code: "file.no_runs",
        english: "there is no run yet in {path}",
        korean: "{path}에 아직 실행이 없습니다",
        help: "`ikhim train` makes one",
        help_korean: "`ikhim train`으로 하나를 만드세요",
        page: "`latest` means the newest run of the project folder, and there is none yet.",
    },
    Code {
        code: "file.several_runs",
        english: "`{path}` could be any of {found}",
        korean: "`{path}`(으)로 시작하는 실행이 여럿입니다: {found}",
        help: "give more letters of the name",
        help_korean: "이름을 더 길게 적으세요",
        page: "A run may be named by the beginning of its name when only one run begins so.",
    },
    Code {
        code: "file.run_exists",
        english: "{path} holds a run already",
        korean: "{path}에는 이미 실행이 있습니다",
        help: "choose another folder with `--out`, or go on with that run by `--resume`",
        help_korean: "`--out`으로 다른 폴더를 고르거나, `--resume`으로 그 실행을 이어가세요",
        page: "A run is never overwritten. `--out` names the folder of a new run, so it must not hold one.",
    },
    Code {
        code: "file.run_in_use",
        english: "another process is writing {path}",
        korean: "다른 프로세스가 {path}에 쓰고 있습니다",
        help: "wait for it to end, or choose another folder with `--out`",
        help_korean: "끝날 때까지 기다리거나 `--out`으로 다른 폴더를 고르세요",
        page: "Two processes must not write one run: their logs and checkpoints would mix. The first holds a lock on the folder until it ends, also when it is killed.",
    },
    Code {
        code: "file.empty",
        english: "{path} is empty",
        korean: "{path}은(는) 빈 파일입니다",
        help: "check whether the file was written or copied completely",
        help_korean: "파일이 끝까지 저장되거나 복사되었는지 확인하세요",
        page: "The file has no content: an export that failed, or a copy that was cut, often leaves such a file.",
    },
    Code {
        code: "file.is_folder",
        english: "{path} is a folder, expected a file",
        korean: "{path}은(는) 폴더입니다. 파일이 필요합니다",
        help: "name the file in it; a folder of images by class, or with the four idx files of MNIST, is given as the data itself",
        help_korean: "그 안의 파일을 적으세요. 클래스별 이미지 폴더나 MNIST의 idx 파일 네 개가 든 폴더는 데이터 경로로 그대로 줄 수 있습니다",
        page: "A file was expected and a folder found. A folder is data when it holds PNG or JPEG files in a folder for each class, or the idx files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.",
    },
    Code {
        code: "file.not_a_folder",
        english: "{path} is a file, expected a folder",
        korean: "{path}은(는) 파일입니다. 폴더가 필요합니다",
        help: "choose another name: a run is kept in a folder of its own",
        help_korean: "다른 이름을 고르세요. 실행은 자기 폴더에 저장됩니다",
        page: "`--out` names the folder that a run is kept in. A file of that name is there already, and nothing is overwritten.",
    },
    Code {
        code: "file.broken_gzip",
        english: "{path} cannot be unpacked: {found}",
        korean: "{path}의 압축을 풀 수 없습니다: {found}",
        help: "the file was cut or is damaged; fetch or pack it again",
        help_korean: "파일이 잘렸거나 손상되었습니다. 다시 받거나 다시 압축하세요",
        page: "The file begins as gzip files do and does not end as they must. Nothing of it is used, since rows could be missing.",
    },
    Code {
        code: "file.model_damaged",
        english: "{path} is no whole model file: {found}",
        korean: "{path}은(는) 온전한 모델 파일이 아닙니다: {found}",
        help: "a run's model is `model.safetensors` in its folder",
        help_korean: "실행 폴더의 `model.safetensors`가 그 실행의 모델입니다",
        page: "A model file carries the network, the weights and the preprocessing, with a digest. This one was cut or altered, was written by something else, or by a newer version.",
    },
    Code {
        code: "file.exists",
        english: "{path} is there already",
        korean: "{path}이(가) 이미 있습니다",
        help: "choose another name with `-o FILE`, or replace it with `--force`",
        help_korean: "`-o 파일`로 다른 이름을 고르거나 `--force`로 바꿔 쓰세요",
        page: "Nothing that a person may have edited is overwritten without being asked.",
    },
];
