//! Codes of the kind `experiment`: the experiment file.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "experiment.nested",
        english: "a nested cross-validation cannot try {found}",
        korean: "중첩 교차 검증에서는 {found}을(를) 시도할 수 없습니다",
        help: "use tune.method = \"grid\" or \"random\", and keys of [model] and [training]",
        help_korean: "tune.method는 \"grid\"나 \"random\"으로, 키는 [model]과 [training]의 것으로 하세요",
        page: "A nested cross-validation tries every trial on each of the inner folds and takes the one \
               with the best mean. Successive halving drops trials after a round, and other ones in each \
               fold; keys of `[data]` and `[split]` change the rows that the folds are made of.",
    },
    Code {
        code: "experiment.no_tune",
        english: "this experiment says nothing of what to tune",
        korean: "이 실험 파일에는 무엇을 탐색할지 적혀 있지 않습니다",
        help: "add a section [tune] with [tune.parameters], e.g. training.learning_rate = { min = 1e-4, max = 1e-1, distribution = \"log_uniform\" }",
        help_korean: "[tune]과 [tune.parameters]를 적으세요. 예: training.learning_rate = { min = 1e-4, max = 1e-1, distribution = \"log_uniform\" }",
        page: "`ikhim tune` tries other values of some keys and keeps those that do best on \
               validation rows. `[tune.parameters]` names the keys by their paths, each with \
               `values` or with `min` and `max`; `tune.method` is `grid`, `random` or \
               `successive_halving`.",
    },
    Code {
        code: "experiment.no_validation",
        english: "there are no validation rows, and nothing else may choose among trials",
        korean: "validation 행이 없습니다. 시도 가운데 고르는 일은 validation으로만 할 수 있습니다",
        help: "set split.validation, e.g. 0.15",
        help_korean: "split.validation을 예를 들어 0.15로 두세요",
        page: "The best of many trials on train rows is the one that learns them by heart, and \
               sealed rows are for no choice at all. Tuning needs a validation part: \
               `split.validation` is 0.15 unless the split has none.",
    },
    Code {
        code: "experiment.tuned_split",
        english: "`{key}` cannot be tuned: each trial would be judged on other rows",
        korean: "`{key}`는 탐색할 수 없습니다. 시도마다 다른 행으로 평가하게 됩니다",
        help: "leave it out of [tune.parameters]",
        help_korean: "[tune.parameters]에서 빼세요",
        page: "Trials are compared by their values on the same validation rows. A key of `[split]` \
               changes these rows, and the winner would be the trial with the easiest ones.",
    },
    Code {
        code: "experiment.grid_of_range",
        english: "a grid needs `values` of `{key}`, and a range has no end of them",
        korean: "격자 탐색에는 `{key}`의 `values`가 필요합니다. 범위에는 값이 끝없이 많습니다",
        help: "list the values, or set tune.method = \"random\"",
        help_korean: "값을 나열하거나 tune.method = \"random\"으로 두세요",
        page: "`grid` tries all combinations of the `values` of each key. `min` and `max` give a \
               range, from which `random` and `successive_halving` draw.",
    },
    Code {
        code: "experiment.large_grid",
        english: "this grid has more than {most} combinations",
        korean: "이 격자는 조합이 {most}개를 넘습니다",
        help: "list fewer values, or set tune.method = \"random\" and tune.trials",
        help_korean: "값을 줄이거나 tune.method = \"random\"과 tune.trials를 두세요",
        page: "A grid grows with the product of the numbers of values of its keys. `random` draws \
               as many combinations as `tune.trials` says, and finds nearly as good ones when only \
               a few of the keys matter (Bergstra and Bengio 2012).",
    },
    Code {
        code: "experiment.syntax",
        english: "this is not TOML: {problem}",
        korean: "TOML 문법에 맞지 않습니다: {problem}",
        help: "",
        help_korean: "",
        page: "An experiment is a TOML file (https://toml.io). The place shows where the parser \
               stopped understanding it; the cause often stands a little before. Frequent ones:\n\n\
               - a string without quotes: write `activation = \"relu\"`, not `activation = relu`;\n\
               - a line break inside `{ … }`: an inline table stands on one line;\n\
               - a key or a section given twice;\n\
               - a missing comma between the layers of a list.",
    },
    Code {
        code: "experiment.not_text",
        english: "{path} is not a text file: byte {found} is not UTF-8",
        korean: "{path} 파일은 텍스트가 아닙니다: {found}번째 바이트가 UTF-8이 아닙니다",
        help: "save the experiment as UTF-8",
        help_korean: "실험 파일을 UTF-8로 저장하세요",
        page: "An experiment is a text file in UTF-8. The byte named is the first that is not. A \
               file in another encoding (CP949, UTF-16) can be saved as UTF-8 by every editor; a \
               data file given instead of an experiment is given as `ikhim train FILE.csv --target \
               COLUMN`.",
    },
    Code {
        code: "experiment.unknown_key",
        english: "unknown key `{key}` in {place}",
        korean: "{place}: `{key}`(이)라는 키는 없습니다",
        help: "",
        help_korean: "",
        page: "Each key of an experiment is declared, so that a typing error cannot silently leave \
               a default in place. The help names the nearest key, or the word that ikhim uses for \
               a key of another library. All keys stand in the reference of the experiment file.\n\n\
               Example: `keep_prob = 0.7` in a dropout layer is `rate = 0.3` here.",
    },
    Code {
        code: "experiment.missing_key",
        english: "{place} needs the key `{key}`",
        korean: "{place}: `{key}` 키가 필요합니다",
        help: "it takes {expected}",
        help_korean: "값은 {expected}입니다",
        page: "A few keys have no default because no value fits most experiments, for example \
               `units` of a dense layer or `target_shape` of a reshape. Add the key.",
    },
    Code {
        code: "experiment.wrong_type",
        english: "`{key}` takes {expected}, found {found}",
        korean: "`{key}` 값은 {expected}이어야 하는데 {found}입니다",
        help: "`ikhim explain experiment.wrong_type` shows how values are written",
        help_korean: "`ikhim explain experiment.wrong_type`이 값을 적는 법을 보여 줍니다",
        page: "The value has another type than the key. Numbers stand without quotes (`epochs = \
               10`), words with quotes (`optimizer = \"adam\"`), lists in brackets (`metrics = \
               [\"rmse\"]`), a word with parameters in braces (`loss = { type = \"huber\", delta = \
               2.0 }`). An integer where a number is taken is fine, the reverse is not.",
    },
    Code {
        code: "experiment.out_of_range",
        english: "`{key}` = {found} is out of range: it takes {expected}",
        korean: "`{key}` = {found}: 범위를 벗어났습니다. 값은 {expected}이어야 합니다",
        help: "",
        help_korean: "",
        page: "The value has the right type but cannot mean anything: a negative number of epochs, \
               a dropout rate of 1, a batch of no rows. A learning rate may be any finite number, \
               a negative one too.",
    },
    Code {
        code: "experiment.unknown_word",
        english: "unknown {what} `{found}` for `{key}`",
        korean: "`{key}`: `{found}`은(는) 알 수 없는 {what}입니다",
        help: "it takes {expected}",
        help_korean: "값은 {expected}입니다",
        page: "The key takes one of a closed list of words. The help names the nearest word, the \
               word that ikhim uses for one of another library, or the whole list.",
    },
    Code {
        code: "experiment.unknown_layer_type",
        english: "unknown layer type `{found}`; this version has: {expected}",
        korean: "`{found}`(이)라는 층은 없습니다. 이 버전에 있는 층: {expected}",
        help: "",
        help_korean: "",
        page: "The `type` of a layer is one of the list in the message. A type of another library \
               is translated where there is an equal one; activations such as `relu` are layers \
               too.",
    },
    Code {
        code: "experiment.unknown_layer",
        english: "layer `{layer}` takes `{found}`, which is no layer above it",
        korean: "층 `{layer}`: `{found}`(이)라는 층은 그 위에 없습니다",
        help: "it can take {expected}",
        help_korean: "가능한 이름: {expected}",
        page: "`input` and `inputs` name layers that stand above, by their own names or by \
               `<type>_<k>` (the second dense layer without a name is `dense_2`). `previous` is \
               the line above, `features` the data, and a column of `[data.columns]` can be named \
               too. A layer cannot take its input from below: a network has no cycles.",
    },
    Code {
        code: "experiment.duplicate_layer",
        english: "two layers are named `{found}`",
        korean: "이름이 `{found}`인 층이 둘입니다",
        help: "give each layer a name of its own; `share = \"{found}\"` applies a layer once more",
        help_korean: "층마다 다른 이름을 주세요. 같은 층을 다시 쓰려면 `share = \"{found}\"`입니다",
        page: "The name of a layer is the name of its parameters, so two layers cannot have the \
               same. To apply one layer twice, with one set of parameters, write a line `{ share = \
               \"name\" }`.",
    },
    Code {
        code: "experiment.layer_inputs",
        english: "layer `{layer}` takes {expected}, found {found}",
        korean: "층 `{layer}`의 입력은 {expected}이어야 하는데 {found}입니다",
        help: "join several layers by `add`, `multiply` or `concat`",
        help_korean: "여러 층은 `add`, `multiply`, `concat`으로 합칩니다",
        page: "`add`, `multiply` and `concat` take two inputs or more, given by `inputs = \
               [\"previous\", \"name\"]`; every other layer takes one.",
    },
    Code {
        code: "experiment.no_layer_list",
        english: "`model.layers` names layers, but there is no list of layers to edit",
        korean: "`model.layers`가 층의 이름을 쓰지만, 고칠 층의 목록이 없습니다",
        help: "write the layers as a list, or name a file that has them by `extends`",
        help_korean: "층을 목록으로 쓰거나, 목록이 있는 파일을 `extends`로 지정하세요",
        page: "A table under `model.layers` edits single layers of the file that is extended, by \
               their names. It needs such a list: `extends = \"other.toml\"`, or `layers = [ … ]` \
               in the same place. A model with `type = \"mlp\"` has no layers to edit: its keys \
               are `model.hidden`, `model.dropout` and so on.",
    },
    Code {
        code: "experiment.conflict",
        english: "`{key}` cannot stand beside `{other}`",
        korean: "`{key}` 키는 `{other}` 키와 함께 쓸 수 없습니다",
        help: "keep one of them",
        help_korean: "둘 가운데 하나만 두세요",
        page: "Two keys say the same thing in two ways: `epochs` and `steps`, `path` and `rows`, \
               `input` and `inputs`, `kernel` and `kernel_initializer`. One of them must go. A \
               file that extends another may give either: it then replaces the other.",
    },
    Code {
        code: "experiment.no_effect",
        english: "`{key}` has no effect without `{expected}`",
        korean: "`{key}` 키는 `{expected}` 없이는 아무 효과가 없습니다",
        help: "add `{expected}`, or leave the key out",
        help_korean: "`{expected}` 키를 넣거나 이 키를 빼세요",
        page: "Some keys mean something only together with another: `clip` of a loss needs \
               `from_logits = false`, because only probabilities are clipped; `fill_value` of a \
               column needs `missing = \"constant\"`. A key that would silently do nothing is \
               refused.",
    },
    Code {
        code: "experiment.one_of",
        english: "{place} needs one of {expected}",
        korean: "{place}: {expected} 가운데 하나가 필요합니다",
        help: "",
        help_korean: "",
        page: "The data of an experiment come from a file or folder (`path`), from rows in the \
               file itself (`rows`) or from a data set that ikhim carries (`dataset`). One of the \
               three must be given.",
    },
    Code {
        code: "experiment.version",
        english: "this file has version {found}; this ikhim reads version {expected}",
        korean: "이 파일의 버전은 {found}입니다. 이 ikhim은 버전 {expected} 파일을 읽습니다",
        help: "a newer ikhim reads it",
        help_korean: "더 새로운 ikhim이 읽을 수 있습니다",
        page: "`version` is the version of the format of experiment files, not of your \
               experiment. It rises when a key changes its meaning; older files stay readable.",
    },
    Code {
        code: "experiment.cycle",
        english: "`extends` leads back to {found}",
        korean: "`extends`를 따라가면 {found}(으)로 되돌아옵니다",
        help: "a file cannot extend itself, directly or through others",
        help_korean: "파일은 직접이든 거쳐서든 자기 자신을 확장할 수 없습니다",
        page: "`extends = \"other.toml\"` takes the keys of another file, which may extend a third \
               one. The chain must end.",
    },
    Code {
        code: "experiment.set",
        english: "`--set` takes KEY=VALUE on one line, found `{found}`",
        korean: "`--set`은 한 줄로 된 KEY=VALUE를 받는데 `{found}`입니다",
        help: "for example --set training.learning_rate=0.01",
        help_korean: "예: --set training.learning_rate=0.01",
        page: "`--set KEY=VALUE` changes one key of the experiment. KEY is a dotted path \
               (`training.epochs`, `model.layers.dense_1.units`, `data.columns.\"my \
               column\".missing`), VALUE is what would stand in the file; a bare word is a string.",
    },
    Code {
        code: "experiment.row_width",
        english: "row {row} has {found} values, expected {expected}",
        korean: "{row}번째 행의 값이 {found}개인데 {expected}개여야 합니다",
        help: "",
        help_korean: "",
        page: "All rows of `data.rows` have the same number of values, and `header` has one name \
               for each of them.",
    },
    Code {
        code: "experiment.parameter_shape",
        english: "`{key}` of layer `{layer}` has {found}, expected {expected}",
        korean: "층 `{layer}`의 `{key}`: {expected}여야 하는데 {found}입니다",
        help: "",
        help_korean: "",
        page: "A given `kernel` is a matrix [inputs, units]: one row for each input, one number in \
               it for each unit, as in H(X) = XW + b. PyTorch's `weight` is its transpose. A given \
               `bias` has one number for each unit. A size of images such as `kernel_size` is one \
               number or [height, width]; `padding` may also be [[top, bottom], [left, right]].",
    },
    Code {
        code: "experiment.no_train_rows",
        english: "`validation` and `test` together leave no rows to train on",
        korean: "`validation`과 `test`를 합하면 학습할 행이 남지 않습니다",
        help: "shares below 1 must sum to less than 1",
        help_korean: "1보다 작은 비율의 합은 1보다 작아야 합니다",
        page: "`split.validation` and `split.test` are shares of all rows when they are below 1 \
               and numbers of rows when they are integers. What they leave is the train part; it \
               cannot be empty.",
    },
    Code {
        code: "experiment.repeated",
        english: "`{found}` stands twice in `{key}`",
        korean: "`{key}`에 `{found}`이(가) 두 번 나옵니다",
        help: "keep one of them",
        help_korean: "하나만 남기세요",
        page: "A list of metrics or of targets names each once: every name becomes a column of \
               the results.",
    },
    Code {
        code: "experiment.more",
        english: "{count} more faults like these",
        korean: "이런 오류가 {count}개 더 있습니다",
        help: "",
        help_korean: "",
        page: "A file with very many faults has the first hundred told, in the order of its lines. \
               Often they have one cause, such as a row that is too short in each line.",
    },
    Code {
        code: "experiment.empty_range",
        english: "`min` of `{key}` is above its `max`",
        korean: "`{key}`의 `min`이 `max`보다 큽니다",
        help: "",
        help_korean: "",
        page: "A tuned key takes values from `min` to `max`; `min` must not be the larger one. A \
               `log_uniform` distribution needs both above 0.",
    },
    Code {
        code: "experiment.not_built",
        english: "`{key}` cannot be built: {found}",
        korean: "`{key}`을(를) 만들 수 없습니다: {found}",
        help: "",
        help_korean: "",
        page: "The key is known and its value has the right type, but the network library has no \
               such setting. That is a fault of ikhim, not of the experiment: please report it.",
    },
    Code {
        code: "experiment.unknown_class",
        english: "`training.class_weight`: no class `{found}`; the classes are {expected}",
        korean: "`training.class_weight`: `{found}`이라는 클래스가 없습니다. 클래스는 {expected}입니다",
        help: "",
        help_korean: "",
        page: "Class weights are given by the names of the classes as they stand in the target \
               column.",
    },
    Code {
        code: "experiment.image_files",
        english: "{key}: expected {expected}, found {found}",
        korean: "{key}: {expected}이(가) 필요한데 {found}입니다",
        help: "image_size = 64, or image_size = [48, 64]; channels = 1 is grey, 3 is color",
        help_korean: "image_size = 64 또는 image_size = [48, 64], channels = 1은 흑백, 3은 컬러입니다",
        page: "Image files become rows of one height, one width and one number of channels. A \
               size is one number for both sides, or height and width in this order; channels \
               are 1 for grey and 3 for color.",
    },
    Code {
        code: "experiment.lesson",
        english: "the lesson {lesson} is not as it must be: {found}",
        korean: "수업 {lesson}에 잘못된 곳이 있습니다: {found}",
        help: "",
        help_korean: "",
        page: "A lesson is a folder of texts, experiments and claims. One of them names something that is not there. In a lesson that comes with ikhim this is a bug; where an experiment file of a lesson was changed, a claim may ask for a layer, a row or a step that it no longer has.",
    },
];
