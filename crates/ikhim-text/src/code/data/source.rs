//! Codes of the kind `data` that are about files and other sources of rows.

use crate::code::Code;

pub(in crate::code) const CODES: &[Code] = &[
    Code {
        code: "data.columns_differ",
        english: "{path} has other columns than the first file: expected {expected}, found {found}",
        korean: "{path}의 열이 첫 파일과 다릅니다: {expected}이어야 하는데 {found}입니다",
        help: "give all files the same columns, in any order, or name only those that have them",
        help_korean: "모든 파일의 열을 같게 하거나(순서는 달라도 됩니다) 열이 같은 파일만 적으세요",
        page: "Several files are read as one table, so each must have the columns of the first, by \
               the same names. Where their order differs, they are brought into that of the first \
               file. A header in one file and none in another is a difference too.",
    },
    Code {
        code: "data.several_texts",
        english: "a text is one file, and `data.path` names several: {path}",
        korean: "글은 파일 하나인데 `data.path`에 여럿이 있습니다: {path}",
        help: "join them first, e.g. `cat a.txt b.txt > all.txt`",
        help_korean: "`cat a.txt b.txt > all.txt`처럼 먼저 합치세요",
        page: "The windows of a text follow each other, and its parts lie behind each other. Where \
               one file ends and the next begins is nothing that the files could say, so the person \
               joins them in the order that is meant.",
    },
    Code {
        code: "data.several_tables",
        english: "{path} is no table of text, and only those are read several as one",
        korean: "{path}은(는) 글로 된 표가 아닙니다. 여러 파일을 하나로 읽는 것은 글로 된 표뿐입니다",
        help: "name one file, or a folder of images; `np.concatenate` joins arrays of NumPy",
        help_korean: "파일 하나나 이미지 폴더를 적으세요. NumPy 배열은 `np.concatenate`로 합칩니다",
        page: "Files of separated values and of JSON lines are read several as one, because each of \
               their lines is a row. Images are read by their folder, arrays of NumPy one file at a \
               time.",
    },
    Code {
        code: "data.mixed_encodings",
        english: "{path} holds lines in UTF-8 and lines in another encoding",
        korean: "{path}에는 UTF-8로 적힌 줄과 다른 인코딩으로 적힌 줄이 섞여 있습니다",
        help: "convert the part that begins here to UTF-8, or put the files together again after both are in UTF-8",
        help_korean: "여기서 시작하는 부분을 UTF-8로 바꾸거나, 두 파일을 모두 UTF-8로 바꾼 뒤 다시 합치세요",
        page: "Letters beyond ASCII are other bytes in other encodings. Here some lines are UTF-8 \
               and others are not, as happens when a file from Excel in CP949 is put behind one in \
               UTF-8. Read as one encoding, the other lines would become other letters, so nothing \
               is guessed.",
    },
    Code {
        code: "data.generator",
        english: "data of the rule `{rule}` need {expected}: {found}",
        korean: "`{rule}` 규칙으로 데이터를 만들려면 {expected}이(가) 필요합니다: {found}",
        help: "correct the keys of data.generate",
        help_korean: "data.generate의 키를 고치세요",
        page: "`data.generate` makes rows by a rule. Rows, classes and inputs are counts, the noise \
               is a standard deviation of at least 0, and the coefficients of a series must let it \
               return to 0, or its values grow beyond all numbers.",
    },
    Code {
        code: "data.json_line",
        english: "this line is no JSON object: {found}",
        korean: "이 줄은 JSON 객체가 아닙니다: {found}",
        help: "write one object on each line, its fields are the columns",
        help_korean: "한 줄에 객체를 하나씩 적으세요. 객체의 필드가 열이 됩니다",
        page: "A file of JSON lines holds one row on each line, an object whose fields are the \
               columns. A list of objects over several lines is another format: `jq -c '.[]'` \
               turns it into lines.",
    },
    Code {
        code: "data.json_document",
        english: "{path} is one JSON document, and JSON lines are read: one object on each line",
        korean: "{path}은(는) JSON 문서 하나입니다. 한 줄에 객체가 하나씩 있는 JSON lines를 읽습니다",
        help: "turn a list into lines: jq -c '.[]' data.json > data.jsonl",
        help_korean: "목록을 줄로 바꾸세요: jq -c '.[]' data.json > data.jsonl",
        page: "A list of objects, or an object over several lines, is read as a whole by those who \
               know its form. JSON lines are a table: one object on each line, its fields the \
               columns. `jq -c '.[]'` turns a list into lines, `pandas.DataFrame.to_json` writes \
               them with `orient=\"records\", lines=True`.",
    },
    Code {
        code: "data.json_repeated",
        english: "the field `{column}` stands twice on this line, the second time with {found}",
        korean: "이 줄에 필드 `{column}`이(가) 두 번 있고, 두 번째 값은 {found}입니다",
        help: "keep one of them, or give each a name of its own",
        help_korean: "하나만 남기거나 이름을 서로 다르게 지으세요",
        page: "An object has each field once. Where one stands twice, other programs keep the last \
               value without a word, and the first is lost. Nothing is guessed here.",
    },
    Code {
        code: "data.one_token",
        english: "every token of the text is {token}: there is nothing to learn",
        korean: "글의 모든 토큰이 {token}이라서 배울 것이 없습니다",
        help: "take another text, or cut it into other tokens (data.tokenizer)",
        help_korean: "다른 글을 쓰거나 다른 토큰으로 나누세요(data.tokenizer)",
        page: "To learn which token follows, a text needs at least two different tokens. Of one \
               token every network is right from the start, and every metric is perfect.",
    },
    Code {
        code: "data.json_nested",
        english: "the field `{column}` holds {found}, and a cell holds one value",
        korean: "필드 `{column}`에는 {found}이(가) 있는데, 칸에는 값 하나만 들어갑니다",
        help: "give each of its values a field of its own",
        help_korean: "안의 값마다 필드를 따로 두세요",
        page: "A table has one value in each cell: a number, a text, true or false, or nothing. A \
               list or an object within a field has no place in a column. Flatten it, e.g. with \
               `pandas.json_normalize`.",
    },
    Code {
        code: "data.npy",
        english: "`{name}` cannot be read as an array of NumPy: {found}",
        korean: "`{name}`을(를) NumPy 배열로 읽을 수 없습니다: {found}",
        help: "write it again with np.save or np.savez, as numbers, truth values or texts",
        help_korean: "np.save나 np.savez로 다시 쓰세요. 수, 참거짓, 글을 읽습니다",
        page: "Arrays of bytes, whole numbers, floating-point numbers, truth values and texts are \
               read, in either order of the axes. Arrays of objects hold Python's own data, which \
               only Python can read.",
    },
    Code {
        code: "data.npz",
        english: "this archive of NumPy cannot be read: {found}",
        korean: "NumPy 묶음 파일을 읽을 수 없습니다: {found}",
        help: "write it again with np.savez or np.savez_compressed",
        help_korean: "np.savez나 np.savez_compressed로 다시 쓰세요",
        page: "An `.npz` file is a zip archive with one array in each file. Here the archive is cut \
               or damaged, or another program packed it in its own way.",
    },
    Code {
        code: "data.npz_names",
        english: "this archive holds no inputs with labels; its arrays are {found}",
        korean: "이 묶음 파일에는 입력과 정답이 함께 있지 않습니다. 들어 있는 배열: {found}",
        help: "name them x and y, or x_train, y_train, x_test and y_test",
        help_korean: "배열 이름을 x와 y로, 또는 x_train, y_train, x_test, y_test로 지으세요",
        page: "Of an archive the inputs and the labels must be told apart by their names: `x` (or \
               `X`, `features`, `data`, `images`, `inputs`) and `y` (or `labels`, `target`). With \
               `_train` and `_test` behind the names the test arrays are the sealed part.",
    },
    Code {
        code: "data.npz_rows",
        english: "`{x}` has {expected} rows, and its labels `{y}` have {found}",
        korean: "`{x}`에는 행이 {expected}개인데 정답 `{y}`에는 {found}개 있습니다",
        help: "give one label for each row before the arrays are written",
        help_korean: "배열을 쓰기 전에 행마다 정답을 하나씩 맞추세요",
        page: "Inputs and labels belong together by their place: the first label is that of the \
               first row. Where one array is longer, rows were left out of the other, and nobody \
               knows which.",
    },
    Code {
        code: "data.npy_texts",
        english: "{path} holds texts where inputs are read as numbers",
        korean: "{path}에는 글이 들어 있는데, 입력 배열은 숫자로 읽습니다",
        help: "write a table of texts as CSV: np.savetxt(\"data.csv\", array, fmt=\"%s\", delimiter=\",\")",
        help_korean: "글이 있는 표는 CSV로 쓰세요: np.savetxt(\"data.csv\", array, fmt=\"%s\", delimiter=\",\")",
        page: "An array has one type for all of its elements, so a table with words in it is an \
               array of texts, its numbers too. A file of separated values has a type for each \
               column. Labels in an archive, the array `y`, may be texts.",
    },
    Code {
        code: "data.npy_shape",
        english: "expected {expected}, found an array of shape {found}",
        korean: "{expected}이(가) 필요한데 배열의 모양이 {found}입니다",
        help: "reshape the array before it is written",
        help_korean: "배열을 쓰기 전에 모양을 바꾸세요",
        page: "A table has two axes, rows and columns. Inputs and labels have one entry for each \
               row, and train and test arrays rows of the same shape.",
    },
    Code {
        code: "data.no_rows",
        english: "{path} holds no row of data",
        korean: "{path}에 데이터 행이 없습니다",
        help: "a file needs at least one row below its header; `header = false` says that the first line is a row",
        help_korean: "헤더 아래에 행이 하나 이상 있어야 합니다. 첫 줄도 데이터라면 `header = false`로 적으세요",
        page: "The source was read and holds names of columns at most. A file whose only line was taken for a header needs `header = false`.",
    },
    Code {
        code: "data.only_comments",
        english: "{path} holds comments alone: {count} lines that begin with `{sign}`",
        korean: "{path}에는 `{sign}`(으)로 시작하는 주석만 {count}줄 있습니다",
        help: "if these lines are rows, name another sign for comments: data.comment = \"none\"",
        help_korean: "이 줄이 데이터라면 주석 표시를 바꾸세요: data.comment = \"none\"",
        page: "Lines that begin with the sign of comments are passed over, and here no other line is \
               left. `data.comment` names another sign, or says that no line is a comment.",
    },
    Code {
        code: "data.window",
        english: "data.window.{key} = {found}: expected at least 1",
        korean: "data.window.{key} = {found}: 1 이상이어야 합니다",
        help: "a window of length 64 holds 64 tokens; a stride of 64 lays the next one behind it",
        help_korean: "길이 64인 창은 토큰 64개를 담고, 간격 64는 다음 창을 바로 뒤에 놓습니다",
        page: "A text becomes rows by windows: each holds `length` tokens, and the next begins \
               `stride` tokens later. A stride below the length lets windows overlap.",
    },
    Code {
        code: "data.text_too_short",
        english: "the text has {found} tokens, and a window of {length} with the token behind it needs {expected}",
        korean: "글의 토큰이 {found}개인데, 길이 {length}인 창과 그 뒤의 토큰에는 {expected}개가 필요합니다",
        help: "make data.window.length smaller, or take a longer text",
        help_korean: "data.window.length를 줄이거나 더 긴 글을 쓰세요",
        page: "To learn which token follows, a row needs its window and one token more. A text \
               that has fewer tokens gives no row at all.",
    },
    Code {
        code: "data.not_utf8",
        english: "{path} is not UTF-8: byte {byte} belongs to no character",
        korean: "{path}은(는) UTF-8이 아닙니다: {byte}번째 바이트가 어떤 글자도 되지 못합니다",
        help: "save the file as UTF-8 (Excel: \"CSV UTF-8\"), or convert it: iconv -f CP949 -t UTF-8",
        help_korean: "파일을 UTF-8로 저장하거나(엑셀: \"CSV UTF-8\") 변환하세요: iconv -f CP949 -t UTF-8",
        page: "Text files are read as UTF-8. Older Korean files are often written in CP949 (EUC-KR), Western European ones in Windows-1252 (Latin-1), files of Excel in UTF-16; the byte that is named cannot stand in UTF-8. Save the file again as UTF-8.",
    },
    Code {
        code: "data.ragged_row",
        english: "row {row}: expected {expected} cells, found {found}",
        korean: "{row}번째 행: 칸이 {expected}개여야 하는데 {found}개입니다",
        help: "correct the row; a cell that holds the separator needs quotes: \"a, b\"",
        help_korean: "행을 고치세요. 구분자가 들어 있는 칸은 따옴표로 감싸야 합니다: \"a, b\"",
        page: "All rows of a table have as many cells as its header, or as its first row when there is no header. Common causes: a comma inside a text without quotes, a decimal comma, a line that was cut, a second table below the first. Up to ten such rows are told in one go.",
    },
    Code {
        code: "data.unclosed_quote",
        english: "a quote is opened here and never closed",
        korean: "여기서 연 따옴표가 끝까지 닫히지 않습니다",
        help: "close the quote; a quote inside a quoted cell is written twice: \"say \"\"hi\"\"\"",
        help_korean: "따옴표를 닫으세요. 따옴표로 감싼 칸 안의 따옴표는 두 번 씁니다: \"say \"\"hi\"\"\"",
        page: "A cell that begins with a quote lasts until the closing quote, over separators and line ends. This one lasts to the end of the file and swallows all rows behind it.",
    },
    Code {
        code: "data.stray_quote",
        english: "a quote is opened here and makes one cell of {lines} lines that read like rows",
        korean: "여기서 연 따옴표 때문에 각각 한 행으로 보이는 {lines}줄이 칸 하나가 되었습니다",
        help: "if the quote is a letter of the cell, write it twice within quotes: \"12\"\" screen\"; else delete it, and look at the quote that ends the cell as well",
        help_korean: "따옴표가 칸의 글자라면 칸을 따옴표로 감싸고 두 번 적으세요: \"12\"\" 화면\". 아니라면 지우고, 칸이 끝나는 곳의 따옴표도 확인하세요",
        page: "A cell that begins with a quote lasts until the next quote, over separators and line ends. A text may go over several lines in this way. Here each of the lines has as many cells as a row, and either letters stand behind the quote that ends the cell or the columns of numbers hold numbers in each line: two stray quotes have swallowed the rows between them.",
    },
    Code {
        code: "data.duplicate_column",
        english: "columns {first} and {second} are both named `{column}`",
        korean: "{first}번째 열과 {second}번째 열의 이름이 모두 `{column}`입니다",
        help: "rename one of them",
        help_korean: "둘 중 하나의 이름을 바꾸세요",
        page: "A column is known by its name, so no two may share one.",
    },
    Code {
        code: "data.names_width",
        english: "{expected} names are given for {found} columns",
        korean: "열이 {found}개인데 이름은 {expected}개입니다",
        help: "give a name for each column of the file, in their order",
        help_korean: "파일의 열 순서대로 열마다 이름을 하나씩 적으세요",
        page: "`data.header` as a list names the columns of a file that has no line of names: one name for each column. A column that is not wanted is named too, and left out by type = \"ignore\".",
    },
    Code {
        code: "data.row_count",
        english: "the first line announces {expected} rows, the file has {found}",
        korean: "첫 줄은 {expected}개 행이라고 하지만 파일에는 {found}개가 있습니다",
        help: "the file was cut, or its first line is out of date",
        help_korean: "파일이 잘렸거나 첫 줄이 낡았습니다",
        page: "The first line has scikit-learn's form: number of rows, number of inputs, names of the classes. The number of rows does not agree with the rows below, so rows may be lost.",
    },
    Code {
        code: "data.second_header",
        english: "row 1 reads like a second header: {found}",
        korean: "1행이 두 번째 제목 줄처럼 보입니다: {found}",
        help: "delete this line, or join what it says with the names above: `weight (kg)`",
        help_korean: "이 줄을 지우거나, 내용을 위의 이름에 합치세요: `weight (kg)`",
        page: "Every column of numbers has text in its first row, and numbers in all others: the \
               names once more, or their units. As a row it would be data, so it is not passed \
               over without a word. A file has one line of names.",
    },
    Code {
        code: "data.idx_files",
        english: "{path} lacks {missing}",
        korean: "{path}에 {missing}이(가) 없습니다",
        help: "an idx folder holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or .gz",
        help_korean: "idx 폴더에는 train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte가 있어야 합니다(.gz도 됩니다)",
        page: "A folder is read as MNIST is published: images and labels for training, images and labels for the test. All four files must be there, under these names.",
    },
    Code {
        code: "data.idx_magic",
        english: "{path} starts with {found}, expected {expected}",
        korean: "{path}의 첫 바이트가 {found}입니다. {expected}이어야 합니다",
        help: "the file is no idx file of bytes, or images and labels are swapped",
        help_korean: "바이트형 idx 파일이 아니거나, 이미지와 레이블 파일이 바뀌었습니다",
        page: "An idx file starts with two zero bytes, the type of its elements (08 for unsigned bytes) and the number of axes: 00000803 for images, 00000801 for labels. Other types are not read.",
    },
    Code {
        code: "data.idx_length",
        english: "{path} has {found} bytes, its header announces {expected}",
        korean: "{path}은(는) {found}바이트인데 헤더에는 {expected}바이트로 적혀 있습니다",
        help: "the file was cut or is damaged; fetch it again",
        help_korean: "파일이 잘렸거나 손상되었습니다. 다시 받으세요",
        page: "The header of an idx file gives the size of each axis, and with it the length of the file (after decompression). A shorter file was cut on its way.",
    },
    Code {
        code: "data.idx_count",
        english: "{images} has {expected} images, their labels are {found}",
        korean: "{images}의 이미지는 {expected}개인데 레이블은 {found}개입니다",
        help: "images and labels must belong together",
        help_korean: "이미지와 레이블이 서로 짝이어야 합니다",
        page: "Every image has one label. The two files were not made together, or the files for training and test are mixed.",
    },
    Code {
        code: "data.idx_shape",
        english: "images of shape {found} follow images of shape {expected}",
        korean: "{expected} 모양의 이미지 뒤에 {found} 모양의 이미지가 옵니다",
        help: "all images of a folder have the same shape",
        help_korean: "한 폴더의 이미지는 모두 같은 모양이어야 합니다",
        page: "Images for training and test go through the same network, so their height, width and channels must agree.",
    },
    Code {
        code: "data.image_shape",
        english: "column `{column}` holds arrays of shape {found}, the model needs {expected}",
        korean: "열 `{column}`의 배열은 {found} 모양인데 모델에는 {expected} 모양이 필요합니다",
        help: "give images of the size that the model was trained on",
        help_korean: "학습에 쓰인 크기의 이미지를 주세요",
        page: "A network takes images of one height, width and number of channels. `[]` means that the column holds no images at all.",
    },
    Code {
        code: "data.unknown_set",
        english: "no data set `{found}`; ikhim carries {expected}",
        korean: "데이터 묶음 `{found}`이(가) 없습니다. 들어 있는 것은 {expected}입니다",
        help: "give one of these names, or the path of a file",
        help_korean: "이 이름 중 하나나 파일 경로를 적으세요",
        page: "A few small data sets are part of ikhim and known by name. Other data is given as a file or a folder.",
    },
    Code {
        code: "data.array_length",
        english: "{found} elements do not make {expected}",
        korean: "원소 {found}개로는 {expected}이 되지 않습니다",
        help: "`features` holds one row of the shape after the other, one for each label",
        help_korean: "`features`에는 레이블마다 한 행씩 차례로 들어 있어야 합니다",
        page: "Arrays are handed over flat, in row-major order: as many elements as labels times the size of the shape, no axis of which may be 0.",
    },
    Code {
        code: "data.row_of_fields",
        english: "a row must be a struct or a map of named values, got {found}",
        korean: "",
        help: "each value is a number, a text, a truth value or nothing",
        help_korean: "",
        page: "A predictor takes a row as anything that serializes to named values: a struct with fields, or a map from column names to values.",
    },
    Code {
        code: "data.streaming_source",
        english: "{path} cannot be read in pieces: {found}",
        korean: "{path}을(를) 나누어 읽을 수 없습니다: {found}",
        help: "set data.streaming = false to read it into memory",
        help_korean: "data.streaming = false로 두면 메모리에 모두 읽습니다",
        page: "Tables of separated values in UTF-8 are read in pieces when they are large, so that they need not fit into memory. Other files, other encodings, and series or sequences are read at once.",
    },
    Code {
        code: "data.streaming_column",
        english: "column `{column}` cannot be read in pieces: {found}",
        korean: "열 `{column}`을(를) 나누어 읽을 수 없습니다: {found}",
        help: "leave it out with type = \"ignore\" in [data.columns], or set data.streaming = false to read the table into memory",
        help_korean: "[data.columns]에서 type = \"ignore\"로 빼거나, data.streaming = false로 두어 메모리에 모두 읽으세요",
        page: "Of a table that is read in pieces, a column that is used must hold numbers, or at most 4,096 different words. Texts, images and cells that are now a number and now a word need the whole column in memory.",
    },
    Code {
        code: "data.streaming_split",
        english: "rows that are read in pieces cannot be split by `{found}`",
        korean: "나누어 읽는 행은 `{found}`(으)로 나눌 수 없습니다",
        help: "use split.method = \"random\", \"stratified\", \"time\" without a column, or \"none\"; or set data.streaming = false",
        help_korean: "split.method를 \"random\", \"stratified\", 열 없는 \"time\", \"none\" 가운데 하나로 두거나 data.streaming = false로 두세요",
        page: "Groups, folds, gaps and columns that say part or moment need more of the rows at once than a table that is read in pieces has in memory.",
    },
    Code {
        code: "data.streaming_training",
        english: "{found} needs all rows in memory, and these are read in pieces",
        korean: "{found}에는 모든 행이 메모리에 있어야 하는데, 이 행들은 나누어 읽습니다",
        help: "set data.streaming = false, or use data.limit with a smaller file",
        help_korean: "data.streaming = false로 두거나 더 작은 파일을 쓰세요",
        page: "A training over rows that are read in pieces sees all train rows, batch by batch. What goes over all of them at once is not possible then: a batch of all rows, mistakes on purpose, augmentation, tracing a step.",
    },
    Code {
        code: "data.reading_stopped",
        english: "stopped while {path} was read",
        korean: "{path}을(를) 읽는 도중에 멈췄습니다",
        help: "nothing was written; run the command again",
        help_korean: "아무것도 쓰지 않았습니다. 명령을 다시 실행하세요",
        page: "Ctrl-C ends reading between two pieces. A run that has no folder yet leaves nothing behind; `ikhim train --resume RUN` goes on with one that has.",
    },
    Code {
        code: "data.scratch",
        english: "{path}: {found}",
        korean: "{path}: {found}",
        help: "a table that is read in pieces is kept beside the data, in .ikhim-cache, while the command runs: make that folder writable, or set data.streaming = false",
        help_korean: "나누어 읽는 표는 명령이 도는 동안 데이터 옆의 .ikhim-cache에 둡니다. 그 폴더에 쓸 수 있게 하거나 data.streaming = false로 두세요",
        page: "Numbers and codes of a large table lie in a scratch file that takes about as much room as the table itself, twice while it is split. It ends with the process.",
    },
];
