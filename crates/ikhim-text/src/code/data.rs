//! Codes of the kind `data`: contents of data files.

use super::Code;

pub(super) const CODES: &[Code] = &[
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
        code: "data.too_few_rows",
        english: "{rows} rows are too few to split: the {part} part would be empty",
        korean: "{rows}개 행은 나누기에 너무 적습니다: {part} 부분이 비게 됩니다",
        help: "add rows, or set split.method = \"none\"; then every number is one of train rows",
        help_korean: "행을 더 모으거나 split.method = \"none\"으로 두세요. 그러면 모든 수치는 train 행의 것입니다",
        page: "A split needs at least one row in each part that is asked for. With very few rows \
               there is nothing to measure on: more data is the cure. `split.method = \"none\"` \
               trains on all rows, and `split.validation` or `split.test` given as a number of \
               rows asks for exactly so many.",
    },
    Code {
        code: "data.split_size",
        english: "{key} = {found}: expected a share below 1 or a whole number of rows",
        korean: "{key} = {found}: 1보다 작은 비율이나 행의 개수여야 합니다",
        help: "0.15 is 15 % of the rows, 500 is 500 rows, 0 is none",
        help_korean: "0.15는 행의 15 %, 500은 500개 행, 0은 없음을 뜻합니다",
        page: "Sizes of parts are given as in scikit-learn: a number below 1 is a share of all \
               rows, a whole number from 1 on is a number of rows, 0 leaves the part empty.",
    },
    Code {
        code: "data.split_too_large",
        english: "{validation} validation rows and {test} test rows of {rows} leave no train row",
        korean: "전체 {rows}개 행에서 validation {validation}개와 test {test}개를 빼면 train 행이 남지 않습니다",
        help: "make split.validation or split.test smaller",
        help_korean: "split.validation이나 split.test를 줄이세요",
        page: "Validation and test rows are taken out of all rows, and what is left is for \
               training. Here nothing would be left. The usual shares are 0.15 each.",
    },
    Code {
        code: "data.not_stratifiable",
        english: "split.method = \"stratified\" needs one target with classes or numbers, and `{column}` is one of several",
        korean: "split.method = \"stratified\"에는 클래스가 필요한데 목표 열 `{column}`에는 클래스가 없습니다",
        help: "use split.method = \"random\"",
        help_korean: "split.method = \"random\"을 쓰세요",
        page: "A stratified split keeps the proportions of the classes in every part, and of one \
               target of numbers those of its tenths. Several targets have no proportions of \
               which all could be kept; `random` draws the rows without looking at them.",
    },
    Code {
        code: "data.text_split",
        english: "split.method = \"{method}\" would part neighboring windows of a text",
        korean: "split.method = \"{method}\"로는 글의 이웃한 창이 서로 다른 부분으로 갈라집니다",
        help: "use split.method = \"time\", or leave it out",
        help_korean: "split.method = \"time\"을 쓰거나 이 키를 빼세요",
        page: "The rows of a text are windows that may overlap. If one is a train row and the \
               next is sealed, a network is examined on tokens that it has seen. So a text is cut \
               in time: its beginning is for training, its end is sealed, and no window crosses a \
               cut.",
    },
    Code {
        code: "data.no_split_group",
        english: "split.method = \"group\" needs the name of the column",
        korean: "split.method = \"group\"에는 열 이름이 필요합니다",
        help: "set split.group to the column whose equal values stay together",
        help_korean: "같은 값끼리 함께 둘 열의 이름을 split.group에 적으세요",
        page: "Several rows of one patient, house or speaker are alike. If some are train rows and \
               others are sealed, a network is examined on what it has seen. `split.group` names \
               the column that says what belongs together, and all rows of one value go into one \
               part.",
    },
    Code {
        code: "data.group_missing",
        english: "row {row} has no `{column}`, so nobody knows with which rows it belongs",
        korean: "행 {row}에 `{column}` 값이 없어 어느 행들과 함께 두어야 할지 알 수 없습니다",
        help: "fill the column in, or leave the row out",
        help_korean: "그 열을 채우거나 그 행을 빼세요",
        page: "A split by groups keeps the rows of one value of `split.group` together. A row \
               without a value belongs to nobody knows whom: it could be a twin of a sealed row. \
               Give every row its value, for instance its own number when it belongs to no other.",
    },
    Code {
        code: "data.no_moment",
        english: "row {row} of `{column}` holds {found}, which is no moment in time",
        korean: "`{column}`의 행 {row}에 있는 {found}은(는) 시각이 아닙니다",
        help: "write dates as 2024-01-31, with a time behind as in 2024-01-31 12:30, or as numbers",
        help_korean: "날짜는 2024-01-31처럼, 시각이 있으면 2024-01-31 12:30처럼 적거나 숫자로 적으세요",
        page: "A split by time orders the rows by `split.column`: numbers, or dates with the year \
               first, as in 2024-01-31, 2024/1/31 or 2024년 1월 31일. Of 01/02/2024 nobody knows \
               the month. A row without a moment has no place in the order.",
    },
    Code {
        code: "data.folds",
        english: "{folds} folds cannot be cut from {rows} rows",
        korean: "행 {rows}개를 {folds}겹으로 나눌 수 없습니다",
        help: "2 folds at least, and at most as many as there are different rows outside the test part",
        help_korean: "2겹 이상이어야 하고, 테스트 부분 밖의 서로 다른 행 수보다 많을 수 없습니다",
        page: "Cross-validation cuts the rows outside the sealed part into folds; each is the \
               validation part of one run. Rows with equal inputs, or of one group, stay in one \
               fold, so there may be fewer folds than rows.",
    },
    Code {
        code: "data.folds_not_drawn",
        english: "folds need rows that are drawn by chance, and split.method = \"{method}\" draws none",
        korean: "교차 검증은 무작위로 나눈 행이 필요한데 split.method = \"{method}\"은(는) 무작위로 나누지 않습니다",
        help: "set split.method to random, stratified or group, or train without folds",
        help_korean: "split.method를 random, stratified, group 가운데 하나로 두거나 교차 검증 없이 학습하세요",
        page: "Cross-validation lets every row outside the test part be validation once, which is \
               honest when rows are independent. In a series in time a fold would be judged with \
               its own future in the train rows, and parts that come with the data say themselves \
               what is validation.",
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
        code: "data.npy_shape",
        english: "expected {expected}, found an array of shape {found}",
        korean: "{expected}이(가) 필요한데 배열의 모양이 {found}입니다",
        help: "reshape the array before it is written",
        help_korean: "배열을 쓰기 전에 모양을 바꾸세요",
        page: "A table has two axes, rows and columns. Inputs and labels have one entry for each \
               row, and train and test arrays rows of the same shape.",
    },
    Code {
        code: "data.no_part_files",
        english: "split.method = \"files\": `{name}` does not come in train and test files",
        korean: "split.method = \"files\"인데 `{name}`에는 훈련 파일과 테스트 파일이 따로 없습니다",
        help: "use split.method = \"stratified\" or \"random\"",
        help_korean: "split.method = \"stratified\"나 \"random\"을 쓰세요",
        page: "Some data sets are published in parts, such as the train-* and t10k-* files of \
               MNIST; `split.method = \"files\"` keeps them. This data is one piece and has to be \
               drawn.",
    },
    Code {
        code: "data.no_split_column",
        english: "split.method = \"column\" needs the name of the column",
        korean: "split.method = \"column\"에는 열 이름이 필요합니다",
        help: "set split.column to a column that holds the words train, validation and test",
        help_korean: "split.column에 train, validation, test 가운데 하나가 적힌 열을 주세요",
        page: "A split by a column takes the part of each row from a column of the data with the \
               words train, validation and test. `split.column` names it.",
    },
    Code {
        code: "data.unknown_split_column",
        english: "split.column = `{column}`: there is no such column",
        korean: "split.column = `{column}`: 그런 열이 없습니다",
        help: "",
        help_korean: "",
        page: "A split by a column takes the part of each row from a column of the data with the \
               words train, validation and test. The column that `split.column` names does not \
               exist; `ikhim data show` lists the columns.",
    },
    Code {
        code: "data.split_word",
        english: "column `{column}`, row {row}: expected {expected}, found {found}",
        korean: "열 `{column}`의 {row}행: {expected}이어야 하는데 {found}입니다",
        help: "every row needs one of these three words in the column that split.column names",
        help_korean: "split.column이 가리키는 열에는 행마다 이 세 낱말 가운데 하나가 있어야 합니다",
        page: "A split by a column takes the part of each row from a column of the data. Each of \
               its cells has to hold train, validation or test; rows are counted from 1 without \
               the header.",
    },
    Code {
        code: "data.one_class",
        english: "the target `{column}` has one class only: `{class}`",
        korean: "목표 열 `{column}`에 클래스가 `{class}` 하나뿐입니다",
        help: "a network has nothing to tell apart; check the target and the rows that were kept",
        help_korean: "구별할 것이 없습니다. 목표 열과 남은 행을 확인하세요",
        page: "Classification learns to tell classes apart. When all rows have the same one, \
               answering it always is right and nothing can be learned. Often the wrong column is \
               the target, or a filter has kept one class only.",
    },
    Code {
        code: "data.class_not_in_train",
        english: "class `{class}` of `{column}` stands in {part} rows and in no train row",
        korean: "`{column}`의 클래스 `{class}`가 {part} 행에는 있는데 train 행에는 없습니다",
        help: "a network cannot answer a class that it never saw; use split.method = \
               \"stratified\", or give train rows of it",
        help_korean: "본 적 없는 클래스는 답할 수 없습니다. split.method = \"stratified\"를 쓰거나 그 클래스의 train 행을 \
                      넣으세요",
        page: "The classes of a network are those of its train rows. A class that stands only in \
               validation or test rows can never be answered, and every such row would count as \
               wrong. A stratified split gives every class train rows; a class with a single row \
               goes to train.",
    },
    Code {
        code: "data.level_not_in_train",
        english: "column `{column}`: level `{level}` stands in {part} rows and in no train row",
        korean: "열 `{column}`: 값 `{level}`이(가) {part} 행에는 있는데 훈련 행에는 없습니다",
        help: "set handle_unknown = \"ignore\" for the column, or type = \"ignore\" to leave it \
               out",
        help_korean: "그 열에 handle_unknown = \"ignore\"를 주거나 type = \"ignore\"로 빼세요",
        page: "With `handle_unknown = \"error\"` a level that no train row has is a fault, and \
               that is told before training instead of when the part is read. `handle_unknown = \
               \"ignore\"` encodes such a level as none of the known ones.",
    },
    Code {
        code: "data.logarithm",
        english: "column `{column}`: transform = \"log\" needs {expected}, found {found}",
        korean: "열 `{column}`: transform = \"log\"에는 {expected}이(가) 필요한데 {found}이(가) 있습니다",
        help: "use transform = \"none\", or correct the values",
        help_korean: "transform = \"none\"을 쓰거나 값을 고치세요",
        page: "The logarithm exists for positive numbers only. A column that holds zeros or \
               negative numbers cannot be transformed by it.",
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
        code: "data.token_outside",
        english: "{token} is in no train row, so the vocabulary has no place for it",
        korean: "{token}은(는) train 행에 없어서 어휘에 자리가 없습니다",
        help: "data.unknown = \"token\" lets one token stand for all that train rows do not have",
        help_korean: "data.unknown = \"token\"으로 두면 train 행에 없는 것을 토큰 하나가 대신합니다",
        page: "The vocabulary is made of the train rows alone, as every statistic is. A character \
               or word that only validation or test rows have was never seen by the network. \
               Either that is a fault, which is the default, or one token stands for all of them.",
    },
    Code {
        code: "data.unknown_token",
        english: "{token}, character {place} of the text, is not in the vocabulary of the model",
        korean: "글의 {place}번째 글자 {token}은(는) 모델의 어휘에 없습니다",
        help: "use the characters of the text that the model was trained on",
        help_korean: "모델이 배운 글에 있는 글자를 쓰세요",
        page: "A model of a text knows the tokens of its train rows, which are saved with it. A \
               text to go on with may hold no others, unless the model was trained with \
               `data.unknown = \"token\"`.",
    },
    Code {
        code: "data.not_utf8",
        english: "{path} is not UTF-8: byte {byte} belongs to no character",
        korean: "{path}은(는) UTF-8이 아닙니다: {byte}번째 바이트가 어떤 글자도 되지 못합니다",
        help: "save the file as UTF-8 (Excel: \"CSV UTF-8\"), or convert it: iconv -f CP949 -t UTF-8",
        help_korean: "파일을 UTF-8로 저장하거나(엑셀: \"CSV UTF-8\") 변환하세요: iconv -f CP949 -t UTF-8",
        page: "Text files are read as UTF-8. Older Korean files are often written in CP949 (EUC-KR), files of Excel in UTF-16; the byte that is named cannot stand in UTF-8. Save the file again as UTF-8.",
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
        code: "data.not_a_number",
        english: "column `{column}`, row {row}: `{found}` is not a number; {numbers} of {present} values are",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 숫자가 아닙니다. 값 {present}개 중 {numbers}개가 숫자입니다",
        help: "correct the value, or read the column as levels: data.columns.{column}.type = \"category\", or name the word for a missing value: data.missing_values = [\"{found}\"]",
        help_korean: "값을 고치거나, 열을 범주로 읽거나(data.columns.{column}.type = \"category\"), 빠진 값을 뜻하는 낱말로 적으세요: data.missing_values = [\"{found}\"]",
        page: "Nearly all values of the column are numbers, so it is one of numbers, and then every value has to be one. A typing error is corrected in the file. A word such as `-` or `unknown` that means \"no value\" goes into `data.missing_values`. A column whose numbers are names, such as codes, is a category. Words that mean a missing value without being named: an empty cell, ?, NA, N/A, NaN, nan, null, NULL, None.",
    },
    Code {
        code: "data.number_expected",
        english: "column `{column}`, row {row}: `{found}` is not a number, and the model has learned numbers there",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 숫자가 아닙니다. 모델은 이 열을 숫자로 배웠습니다",
        help: "correct the value, or leave it empty when it is unknown",
        help_korean: "값을 고치세요. 모르는 값이면 비워 두세요",
        page: "New rows are read as the model has learned their columns. A column of numbers takes numbers, and an empty cell for a value that is not known. Words that mean a missing value besides: ?, NA, N/A, NaN, nan, null, NULL, None, and what `data.missing_values` named when the model was trained.",
    },
    Code {
        code: "data.infinite",
        english: "column `{column}`, row {row}: `{found}` is not finite",
        korean: "열 `{column}`의 {row}번째 행: `{found}`은(는) 유한한 수가 아닙니다",
        help: "correct the value, or leave the cell empty when it is unknown",
        help_korean: "값을 고치세요. 모르는 값이면 칸을 비우세요",
        page: "One infinite value makes the mean of its column infinite, and the loss of every row not a number. A number of more than about 1.8e308 counts as infinite. Words for NaN are missing values in a file; arrays of a program must hold none.",
    },
    Code {
        code: "data.comma_in_number",
        english: "column `{column}`, row {row}: `{found}` has a comma in a number",
        korean: "열 `{column}`의 {row}번째 행: 숫자 `{found}`에 쉼표가 있습니다",
        help: "write 1.5 instead of 1,5 and 1000 instead of 1,000; if these are no numbers, set data.columns.{column}.type = \"category\"",
        help_korean: "1,5는 1.5로, 1,000은 1000으로 적으세요. 숫자가 아니라면 data.columns.{column}.type = \"category\"로 두세요",
        page: "Every value of the column would be a number without its commas. Whether a comma cuts off decimals or groups thousands cannot be seen, so it is not guessed: 1,500 may be 1.5 or 1500.",
    },
    Code {
        code: "data.unknown_target",
        english: "no column `{found}` to be the target; the columns are {expected}",
        korean: "목표로 삼을 열 `{found}`이(가) 없습니다. 열은 {expected}입니다",
        help: "give the name of a column, or its number from 1",
        help_korean: "열 이름이나 1부터 센 번호를 적으세요",
        page: "The target is the column to be learned. It is named as the header names it, or by its number from 1. `ikhim data show FILE` lists the columns.",
    },
    Code {
        code: "data.unknown_column",
        english: "no column `{found}`; the columns are {expected}",
        korean: "열 `{found}`이(가) 없습니다. 열은 {expected}입니다",
        help: "name a column as the header does",
        help_korean: "헤더에 있는 이름으로 적으세요",
        page: "Something is said about a column that the data does not have. `ikhim data show FILE` lists the columns.",
    },
    Code {
        code: "data.missing_column",
        english: "the data has no column `{column}`, which the model needs; it has {found}",
        korean: "모델에 필요한 열 `{column}`이(가) 데이터에 없습니다. 있는 열은 {found}입니다",
        help: "new rows need the columns that the model was trained on",
        help_korean: "새 행에는 학습에 쓰인 열이 모두 있어야 합니다",
        page: "A model reads new rows by the names of the columns it was trained on. Their order does not matter, the target may be absent, further columns are kept and not used.",
    },
    Code {
        code: "data.no_inputs",
        english: "no column is left to learn from: {found}",
        korean: "학습에 쓸 입력 열이 하나도 남지 않았습니다: {found}",
        help: "give a column a type to keep it, e.g. data.columns.NAME.type = \"category\"; one wide column may mean another separator",
        help_korean: "열에 형을 적으면 남습니다. 예: data.columns.이름.type = \"category\". 열이 하나뿐이라면 구분자가 다를 수 있습니다",
        page: "Besides the target, every column was left out: ids, constants and free text say nothing that a network could generalize. The notices name each of them. A file with another separator, such as blanks, is seen as one column: give `separator`.",
    },
    Code {
        code: "data.missing_value",
        english: "column `{column}`, row {row}: the value is missing ({count} in all), and missing = \"error\" forbids it",
        korean: "열 `{column}`의 {row}번째 행: 값이 없습니다(모두 {count}개). missing = \"error\"가 이를 금지합니다",
        help: "fill in the value, or choose another policy, e.g. missing = \"median\"",
        help_korean: "값을 채우거나 다른 방침을 고르세요. 예: missing = \"median\"",
        page: "The policy `error` says that no value of this column may be missing. Other policies put the mean, the median, the most frequent or a given value in its place, drop the row, or make missing a level of its own.",
    },
    Code {
        code: "data.all_dropped",
        english: "none of {count} rows is left after rows with missing values are dropped",
        korean: "값이 없는 행을 빼고 나니 {count}개 행 중 하나도 남지 않습니다",
        help: "check the target and the columns with missing = \"drop\"",
        help_korean: "목표 열과 missing = \"drop\"인 열을 확인하세요",
        page: "Rows without a target cannot be learned from and are left out, and so are rows that a policy `missing = \"drop\"` names. Here that is every row.",
    },
    Code {
        code: "data.not_binary",
        english: "column `{column}` has {count} levels, a binary column has 2: {found}",
        korean: "열 `{column}`에 값이 {count}가지입니다. 이진 열은 2가지여야 합니다: {found}",
        help: "use type = \"category\", or name words for missing values in data.missing_values",
        help_korean: "type = \"category\"로 두거나, 빠진 값을 뜻하는 낱말을 data.missing_values에 적으세요",
        page: "A binary column, and each target of a multi-label task, has two levels such as yes and no. Another spelling (`Yes`, `yes`) is another level.",
    },
    Code {
        code: "data.word_does_not_fit",
        english: "column `{column}`: {key} = \"{found}\" does not fit a column of type {expected}",
        korean: "열 `{column}`: {key} = \"{found}\"은(는) {expected} 열에 맞지 않습니다",
        help: "leave the key out, or give the column another type",
        help_korean: "이 키를 빼거나 열의 형을 바꾸세요",
        page: "The word has no meaning for a column of this type, and passing it over would hide that. Mean and median, scaling and transforms are for numbers; encoding is for categories; a target is never made up, so its missing values can only be dropped or be a fault.",
    },
    Code {
        code: "data.one_target",
        english: "classification has one target, found {found}",
        korean: "분류의 목표 열은 하나여야 하는데 {found}개입니다",
        help: "name one target, or set task = \"multi_label\" when each is a yes or no",
        help_korean: "목표 열을 하나만 적거나, 각각 예/아니오라면 task = \"multi_label\"로 두세요",
        page: "Classification answers one of several classes. Several yes/no columns are a multi-label task, several columns of numbers a regression.",
    },
    Code {
        code: "data.mixed_targets",
        english: "the targets are neither all numbers nor all yes/no",
        korean: "목표 열들이 모두 숫자도 아니고 모두 예/아니오도 아닙니다",
        help: "choose targets of one kind, or train one model for each",
        help_korean: "같은 종류의 목표만 고르거나, 목표마다 모델을 따로 학습하세요",
        page: "Several targets are learned together when all are numbers (regression) or all have two values (multi-label). One of many classes can only be a target by itself.",
    },
    Code {
        code: "data.constant_target",
        english: "the target `{column}` is {found} in all {rows} rows",
        korean: "목표 열 `{column}`의 값이 {rows}개 행 모두 {found}입니다",
        help: "there is nothing to learn; check which column is the target",
        help_korean: "배울 것이 없습니다. 어느 열이 목표인지 확인하세요",
        page: "A target that never changes is predicted without any input. Often the wrong column is the target.",
    },
    Code {
        code: "data.labels_almost_unique",
        english: "the target `{column}` has {count} classes in {rows} rows",
        korean: "목표 열 `{column}`에 클래스가 {count}개인데 행은 {rows}개입니다",
        help: "almost every row has a class of its own; check the target, or set task = \"regression\" when it is a number",
        help_korean: "거의 모든 행의 클래스가 서로 다릅니다. 목표 열을 확인하거나, 숫자라면 task = \"regression\"으로 두세요",
        page: "Classes can be learned when each has several rows. A target in which nearly every row differs is an id, a free text or a number.",
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
        code: "data.no_values",
        english: "column `{column}` has no value in any train row",
        korean: "열 `{column}`은(는) train 행 어디에도 값이 없습니다",
        help: "leave the column out with type = \"ignore\", or give missing a constant",
        help_korean: "type = \"ignore\"로 이 열을 빼거나 missing의 constant로 채우세요",
        page: "What takes the place of missing values (a mean, a median, the most frequent value) \
               is computed from train rows. Here they have none, so there is nothing to compute \
               from and nothing to learn.",
    },
    Code {
        code: "data.no_target",
        english: "there is no target to learn",
        korean: "학습할 목표가 없습니다",
        help: "name the column to be learned as target",
        help_korean: "학습할 열을 target으로 주세요",
        page: "Preprocessing for training needs a target: the column that the network learns to \
               answer.",
    },
    Code {
        code: "data.value_needed",
        english: "column `{column}`, row {row}: the value is missing, and nothing may take its \
                  place",
        korean: "열 `{column}`의 {row}번째 행: 값이 없고, 대신할 값도 없습니다",
        help: "give the value; a policy such as missing = \"median\" is chosen before training",
        help_korean: "값을 주세요. missing = \"median\" 같은 방침은 학습 전에 정합니다",
        page: "The policy of this column was `drop` or `error`, or no train row had it missing, \
               so the model knows nothing to put in its place. New rows are all answered, none is \
               dropped. A target that is missing cannot be compared with an answer.",
    },
    Code {
        code: "data.unseen_level",
        english: "column `{column}`, row {row}: unknown level `{found}`; known are {expected}",
        korean: "열 `{column}`의 {row}번째 행: 모르는 값 `{found}`입니다. 아는 값은 {expected}입니다",
        help: "correct the spelling, or train with handle_unknown = \"ignore\" for this column",
        help_korean: "철자를 고치거나, 이 열에 handle_unknown = \"ignore\"를 주고 학습하세요",
        page: "The levels of a category are those of the train rows. With `handle_unknown = \
               \"error\"` any other level is a fault; with `ignore` it is encoded as none of the \
               known ones, and a warning says so.",
    },
    Code {
        code: "data.unseen_class",
        english: "row {row}: class `{found}` of `{column}` is none that the model answers",
        korean: "{row}번째 행: `{column}`의 클래스 `{found}`은(는) 모델이 답할 수 없는 클래스입니다",
        help: "correct the spelling, or train with rows of that class",
        help_korean: "철자를 고치거나 그 클래스의 행을 넣어 학습하세요",
        page: "The classes of a model are those of its train rows. A row of another class cannot \
               be answered rightly, so no metric over it would say anything about the model.",
    },
    Code {
        code: "data.row_length",
        english: "row {row}: expected {expected} values, found {found}",
        korean: "{row}번째 행: 값이 {expected}개여야 하는데 {found}개입니다",
        help: "give one value for every input, in the order of the columns, without the target",
        help_korean: "목표 열을 빼고 열 순서대로 입력마다 값을 하나씩 주세요",
        page: "A row without names is read by place: one value for each input column in the order \
               of the training data, or one value for each pixel of an image.",
    },
    Code {
        code: "data.pixel",
        english: "row {row}: `{found}` is no finite number",
        korean: "{row}행: `{found}`은(는) 유한한 수가 아닙니다",
        help: "an image by place is numbers only",
        help_korean: "자리로 적는 이미지는 수로만 이루어집니다",
        page: "A row of an image is given as one number for each pixel, row after row. Each of \
               them has to be a finite number.",
    },
    Code {
        code: "data.batch_size",
        english: "a batch of 0 rows",
        korean: "배치가 0행입니다",
        help: "batch_size is at least 1, or \"full\"",
        help_korean: "batch_size는 1 이상이거나 \"full\"입니다",
        page: "The number of rows that one step sees is at least 1; `full` takes all train rows \
               in one batch.",
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
        code: "data.no_target_values",
        english: "the rows have no target values to compare with",
        korean: "비교할 정답 열이 없는 데이터입니다",
        help: "give a file that has the target column",
        help_korean: "정답 열이 있는 파일을 주세요",
        page: "A metric compares predictions with the truth, so the rows must have the target column. To predict rows without it, use `ikhim predict`.",
    },
];
