//! Codes of the kind `data` that speak of image files.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "data.image_format",
        english: "{path} is {found}: images are read as PNG and JPEG",
        korean: "{path}은(는) {found} 형식입니다. 이미지는 PNG와 JPEG로 읽습니다",
        help: "convert it to JPEG or PNG; data.unreadable = \"skip\" leaves such files out",
        help_korean: "JPEG나 PNG로 변환하세요. data.unreadable = \"skip\"으로 두면 이런 파일을 빼고 읽습니다",
        page: "What a file is, is told by its first bytes and not by its name: a photo of a \
               telephone that was renamed to .jpg may still be HEIC. Two formats are read, PNG \
               and JPEG, because they are what nearly every data set comes in. iOS: Settings, \
               Camera, Formats, Most Compatible. On a computer: `magick photo.heic photo.jpg`.",
    },
    Code {
        code: "data.image_broken",
        english: "{path} is damaged: {found}",
        korean: "{path} 파일이 손상되었습니다: {found}",
        help: "fetch or save the file again; data.unreadable = \"skip\" leaves such files out",
        help_korean: "파일을 다시 받거나 저장하세요. data.unreadable = \"skip\"으로 두면 이런 파일을 빼고 읽습니다",
        page: "The file starts as an image and then does not go on as one: it was cut on its way, \
               or some of its bytes changed. What was read until then is not used, because a \
               network would learn the missing half. With `data.unreadable = \"skip\"` such files \
               are left out, counted and named.",
    },
    Code {
        code: "data.images_unreadable",
        english: "{count} of {of} images cannot be read",
        korean: "이미지 {of}개 중 {count}개를 읽을 수 없습니다",
        help: "data.unreadable = \"skip\" leaves them out",
        help_korean: "data.unreadable = \"skip\"으로 두면 빼고 읽습니다",
        page: "Some files of a folder are damaged, of a format that is not read, or too large. The \
               first ten are told one by one. `data.unreadable = \"skip\"` reads the others and \
               says how many were left out.",
    },
    Code {
        code: "data.no_image",
        english: "{path} is no image",
        korean: "{path}은(는) 이미지가 아닙니다",
        help: "its name says so, its first bytes do not; data.unreadable = \"skip\" leaves such files out",
        help_korean: "이름은 이미지인데 내용이 아닙니다. data.unreadable = \"skip\"으로 두면 이런 파일을 빼고 읽습니다",
        page: "The file has the name of an image, but its first bytes are those of no format that \
               is known. Often it is a page of a web site that was saved in the place of an image.",
    },
    Code {
        code: "data.image_too_large",
        english: "{path} has {height}×{width} pixels, more than {expected} million",
        korean: "{path}의 크기가 {height}×{width} 픽셀로, {expected}백만 픽셀을 넘습니다",
        help: "make it smaller with a program for images; data.unreadable = \"skip\" leaves such files out",
        help_korean: "이미지 프로그램으로 줄이세요. data.unreadable = \"skip\"으로 두면 이런 파일을 빼고 읽습니다",
        page: "A file of a few kilobytes can announce an image of billions of pixels, which would \
               fill the memory. The header is read first, and what announces more than a hundred \
               million pixels is not decoded.",
    },
    Code {
        code: "data.images_not_built",
        english: "{path}: this program was built without the decoders of images",
        korean: "{path}: 이 프로그램은 이미지를 읽는 기능 없이 만들어졌습니다",
        help: "turn on the feature `images` of the crate `ikhim`",
        help_korean: "크레이트 `ikhim`의 기능 `images`를 켜세요",
        page: "PNG and JPEG are read by two crates that a program without images does not need. \
               The feature `images` of `ikhim` turns them on; the command `ikhim` has it.",
    },
    Code {
        code: "data.empty_class",
        english: "{path} holds no file of its kind: class `{class}` would have no row",
        korean: "{path}에 쓸 파일이 없습니다. 클래스 `{class}`의 행이 하나도 없게 됩니다",
        help: "put images, or texts as .txt, into it, or remove the folder",
        help_korean: "이미지나 .txt 파일을 넣거나 폴더를 지우세요",
        page: "Every folder of a folder of images or texts is a class, and a network that never sees a \
               class can never answer it. An empty folder is more often a mistake than a wish. \
               Files whose names say that they are something else do not count.",
    },
    Code {
        code: "data.no_class_folder",
        english: "{path} holds {found} outside of any class",
        korean: "{path}에 클래스 폴더 밖의 파일 {found}이(가) 있습니다",
        help: "each class is a folder: photos/cat/1.png, or photos/train/cat/1.png with parts",
        help_korean: "클래스마다 폴더를 만드세요: photos/cat/1.png, 부분이 있다면 photos/train/cat/1.png",
        page: "The class of an image or a text is the name of the folder that it stands in. A file beside \
               these folders has none. Folders named train, validation and test are parts, and \
               hold the folders of the classes.",
    },
    Code {
        code: "data.images_alone",
        english: "there is nothing to learn about: `{column}` comes without labels",
        korean: "배울 목표가 없습니다: `{column}`에 레이블이 없습니다",
        help: "name a folder with a folder for each class, or of idx files with labels; \
               task = \"reconstruction\" learns the images themselves",
        help_korean: "클래스마다 폴더가 있는 폴더나 레이블이 있는 idx 폴더를 지정하세요. \
                      task = \"reconstruction\"은 이미지 자체를 배웁니다",
        page: "An image file, or a file of images alone, can be predicted. To be trained on, each \
               image needs a label: the name of its folder, the file of labels beside a file of \
               images, or a column of a table that names image files.",
    },
    Code {
        code: "data.augmentation_without_images",
        english: "augmentation by {found}: no input is an image",
        korean: "{found} 증강: 이미지 입력이 없습니다",
        help: "leave it out of [data.augmentation]; mixup is for rows of every kind",
        help_korean: "[data.augmentation]에서 빼세요. mixup은 모든 종류의 행에 쓸 수 있습니다",
        page: "Shifts, turns, mirrors and noise speak of images, [height, width, channels]. A \
               table has no such input, and a change of its numbers would be another row.",
    },
    Code {
        code: "data.mixup_of_levels",
        english: "mixup needs inputs that are numbers, and a column has encoding = \"embedding\"",
        korean: "mixup에는 수로 된 입력이 필요한데 encoding = \"embedding\"인 열이 있습니다",
        help: "use encoding = \"one_hot\", or leave mixup out of [data.augmentation]",
        help_korean: "encoding = \"one_hot\"을 쓰거나 [data.augmentation]에서 mixup을 빼세요",
        page: "mixup takes rows between two rows. Between the numbers of two levels is no level.",
    },
    Code {
        code: "data.reconstruction_target",
        english: "task = \"reconstruction\" learns the input itself, and `{found}` is named as the target",
        korean: "task = \"reconstruction\"은 입력 자체를 배우는데 목표로 `{found}`이(가) 적혀 있습니다",
        help: "leave out the target; data.columns.NAME.type = \"ignore\" leaves out a column",
        help_korean: "목표를 빼세요. 열을 빼려면 data.columns.이름.type = \"ignore\"로 적으세요",
        page: "An autoencoder gives back what it was given, through a narrow place. Its target is \
               its input, so no column can be another one.",
    },
    Code {
        code: "data.reconstruction_inputs",
        english: "task = \"reconstruction\" needs one image or one table, found the inputs {found}",
        korean: "task = \"reconstruction\"에는 이미지 하나나 표 하나가 필요한데 입력이 {found}입니다",
        help: "leave out columns by type = \"ignore\", and use another encoding than embedding",
        help_korean: "type = \"ignore\"로 열을 빼고, embedding이 아닌 encoding을 쓰세요",
        page: "What is given back is the input `features`. Several images, an image beside a table \
               or embedded columns are several inputs.",
    },
];
