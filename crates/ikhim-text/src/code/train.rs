//! Codes of the kind `train`: training and running.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "train.not_verifiable",
        english: "{run} cannot be trained once more from its folder: {found}",
        korean: "{run}은(는) 폴더만으로 다시 학습할 수 없습니다: {found}",
        help: "verify a run that came to its end and began with weights of its own",
        help_korean: "끝까지 학습했고 자기 가중치로 시작한 실행을 검증하세요",
        page: "`ikhim verify` trains a run again and compares every bit. A run that was stopped \
               has weights of a moment that nobody can name, and one that began with the weights \
               of another (`--from`) needs that run. Resume the first, and verify the other one.",
    },
    Code {
        code: "train.no_trial_worked",
        english: "none of the {trials} trials gave a number: the first ended with {found}",
        korean: "시도 {trials}개 가운데 값을 낸 것이 없습니다. 첫 시도는 {found}(으)로 끝났습니다",
        help: "train the experiment once without [tune], and look at what it says",
        help_korean: "[tune] 없이 한 번 학습하여 무엇이라고 하는지 보세요",
        page: "Each trial trains the experiment with other values. When all of them fail, the \
               values that are tried do not go together with the rest of the experiment, or its \
               loss is never finite. `ikhim train` with one of the values shows the fault.",
    },
    Code {
        code: "train.threshold_classes",
        english: "a decision threshold needs two classes, and `{column}` has {found}",
        korean: "결정 기준값에는 클래스가 두 개 필요한데 `{column}`의 클래스 수: {found}",
        help: "leave `training.decision_threshold` out",
        help_korean: "`training.decision_threshold`를 빼세요",
        page: "Of two classes the network gives the probability of the second, and a threshold \
               says from where on a row is called so. Of more classes the most probable one is \
               predicted, and numbers are not decided at all.",
    },
    Code {
        code: "train.threshold_validation",
        english: "the threshold with the highest {metric} is chosen on validation rows, and there are none",
        korean: "{metric}이(가) 가장 높은 기준값은 검증 데이터에서 고르는데 검증 데이터가 없습니다",
        help: "give `split.validation` a size, or set `training.decision_threshold` to a number",
        help_korean: "`split.validation`에 크기를 주거나 `training.decision_threshold`에 수를 적으세요",
        page: "A threshold that is chosen on the rows that the weights were fitted to is too \
               bold: the network is surer of them than of new ones. Rows that no weight has seen \
               choose it, and the sealed rows say what it is worth.",
    },
    Code {
        code: "train.no_columns",
        english: "the inputs of this model have no columns that could change places",
        korean: "이 모델의 입력에는 서로 자리를 바꿀 열이 없습니다",
        help: "ask for the importance of the columns of a table",
        help_korean: "표의 열에 대해 중요도를 구하세요",
        page: "Permutation importance lets the values of one column change places among the rows. \
               The windows of a text are one piece: there is no column to take away.",
    },
    Code {
        code: "train.metric_of_target",
        english: "{metric} does not judge this target",
        korean: "{metric}은(는) 이 목표에 쓸 수 없는 지표입니다",
        help: "rmse, mae and r2 judge numbers; accuracy, f1 and roc_auc judge classes",
        help_korean: "수에는 rmse, mae, r2를, 클래스에는 accuracy, f1, roc_auc를 쓰세요",
        page: "Each metric judges one kind of answer: an error of numbers means nothing for \
               classes, and a share of right classes nothing for numbers.",
    },
    Code {
        code: "train.missing_input",
        english: "no value was given for the input `{name}`",
        korean: "입력 `{name}`의 값이 주어지지 않았습니다",
        help: "give every input that the fetched values need",
        help_korean: "구하려는 값에 필요한 입력을 모두 주세요",
        page: "A graph declares its inputs by name, and a run must be given each one that the \
               fetched values depend on.",
    },
    Code {
        code: "train.missing_variable",
        english: "the state has no entry `{name}`",
        korean: "",
        help: "the state belongs to another network, or was saved by another version of this one",
        help_korean: "",
        page: "A program reads its variables from a state by their paths. A missing path means that \
               the state was made for a network with other layers or other names.",
    },
    Code {
        code: "train.value_mismatch",
        english: "`{name}`: expected {expected}, got {found}",
        korean: "`{name}`: {expected}이어야 하는데 {found}입니다",
        help: "",
        help_korean: "",
        page: "A value given to a run has another type or shape than its declaration in the graph. \
               The first axis of a batch is the number of rows of the run.",
    },
    Code {
        code: "train.row_ids",
        english: "expected {expected} row ids, got {found}",
        korean: "",
        help: "",
        help_korean: "",
        page: "Random numbers such as dropout masks depend on the id of each row, so a run over so \
               many rows takes as many ids.",
    },
    Code {
        code: "train.unknown_fetch",
        english: "no value is named `{name}`",
        korean: "",
        help: "",
        help_korean: "",
        page: "A value is fetched by the name of an output, an input, a variable's path, or the path \
               of a layer with the name and count of an operation, such as `dense_1/matmul_1`.",
    },
    Code {
        code: "train.index_out_of_range",
        english: "layer `{layer}`: index {found} is outside of 0..{expected}",
        korean: "층 `{layer}`: 번호 {found}는 0 이상 {expected} 미만이어야 합니다",
        help: "",
        help_korean: "",
        page: "A gather or an embedding was given an index that its table does not have. Class labels \
               count from 0.",
    },
    Code {
        code: "train.memory",
        english: "a step over {rows} rows needs {found} MiB of memory, and {expected} MiB are left",
        korean: "행 {rows}개를 한 번에 계산하려면 메모리가 {found} MiB 필요한데 {expected} MiB만 남아 있습니다",
        help: "take a smaller batch_size, or narrower layers",
        help_korean: "batch_size를 줄이거나 층의 폭을 줄이세요",
        page: "Before the first step over a number of rows, the memory of all values that live \
               between its parts is planned, and compared with what the machine has left. \
               Activations grow with the rows of a batch: half the batch_size needs about half of \
               them. Gradients and packed weights grow with the widths of the layers.",
    },
    Code {
        code: "train.memory_of_state",
        english: "the parameters and what the optimizer keeps need {found} MiB of memory, and {expected} MiB are left; `{name}` alone has the shape {shape}",
        korean: "파라미터와 옵티마이저가 보관하는 값에 메모리가 {found} MiB 필요한데 {expected} MiB만 남아 있습니다. `{name}` 하나의 모양이 {shape}입니다",
        help: "take narrower layers, or smaller images before the first dense layer",
        help_korean: "층의 폭을 줄이거나, 첫 완전 연결층에 들어가는 이미지를 작게 하세요",
        page: "Every parameter is kept, and Adam keeps two numbers more for each. A dense layer has \
               inputs × units kernels: behind a convolution the inputs are height × width × \
               filters, so pool or take strides before it.",
    },
    Code {
        code: "train.empty_axis",
        english: "layer `{layer}`: {op} over axis {axis}, which has no entries",
        korean: "층 `{layer}`: {op}의 축 {axis}에 원소가 없습니다",
        help: "",
        help_korean: "",
        page: "The place of the largest of no elements does not exist. An axis of size 0, or a run \
               over no rows, has none.",
    },
    Code {
        code: "train.few_rows",
        english: "layer `{layer}`: a batch of {found} in training, at least {expected} rows are needed",
        korean: "층 `{layer}`: 학습 배치에 행이 {found}개뿐입니다. 적어도 {expected}개가 필요합니다",
        help: "batch norm compares the rows of a batch with each other; choose `training.batch_size` so that the last \
               batch of an epoch has two rows or more",
        help_korean: "배치 정규화는 배치 안의 행들을 서로 비교합니다. 에포크의 마지막 배치에도 행이 둘 이상 남도록 `training.batch_size`를 고르세요",
        page: "Batch normalization divides each channel by its standard deviation over the batch. One \
               value has no deviation: it would always become 0. So training refuses a batch with \
               one value for each channel. With R rows and batches of B, the last batch of an epoch \
               has R mod B rows.",
    },
    Code {
        code: "train.no_metric",
        english: "no metric is known for this model",
        korean: "이 모델에 쓸 지표를 알 수 없습니다",
        help: "",
        help_korean: "",
        page: "A model is judged by the metrics that it was trained with. Metrics that are functions of a program are not stored with the model: give them again.",
    },
    Code {
        code: "train.no_weights_fit",
        english: "no weights of {path} have a place in this network",
        korean: "{path}의 가중치 가운데 이 신경망에 맞는 것이 없습니다",
        help: "`ikhim check` shows the layers; weights fit where path and shape are the same. Without `--from` the network begins anew",
        help_korean: "`ikhim check`로 층을 볼 수 있습니다. 경로와 모양이 같은 가중치만 맞습니다. `--from` 없이는 처음부터 학습합니다",
        page: "`--from` begins a new run with the weights of another. A weight is taken where a layer of the \
               same path has one of the same shape. Nothing fits when the layers were renamed, or have other \
               widths, or the rows have other columns.",
    },
    Code {
        code: "train.other_network",
        english: "the checkpoint belongs to another network: `{name}` is {found} there, {expected} here",
        korean: "체크포인트가 다른 신경망의 것입니다: `{name}`이(가) 그곳에서는 {found}, 여기서는 {expected}입니다",
        help: "resume a run with its own experiment; `--from` begins a new run with the weights that fit",
        help_korean: "실행은 자기 실험으로 이어가세요. `--from`은 맞는 가중치만으로 새 실행을 시작합니다",
        page: "A checkpoint holds the weights of one network by their paths. Layers were added, removed, \
               renamed or changed in width since it was written.",
    },
    Code {
        code: "train.buckets",
        english: "`data.sequence.buckets` needs a network to which padding is nothing: {found}",
        korean: "`data.sequence.buckets`는 채움(padding)이 아무 영향도 주지 않는 신경망에만 쓸 수 있습니다: {found}",
        help: "leave `buckets` at 1, or use layers that know the lengths: recurrent layers, attention, global pooling",
        help_korean: "`buckets`를 1로 두거나, 길이를 아는 층을 쓰세요: 순환층, 어텐션, 전역 풀링",
        page: "With buckets a batch of short rows is computed over as many steps as its longest group has, \
               and not over the padding behind them. That is the same network only if padding changes \
               nothing: a dense layer over flattened steps has a weight for each step, a convolution near \
               the end of a row sees the vector of the padding, and a state that goes on from batch to \
               batch needs rows in their order. Before training, rows of each bucket are computed at both \
               lengths, and every answer must have the same bits.",
    },
    Code {
        code: "train.no_early_checkpoint",
        english: "no checkpoint of the run is from step {step} or before, and it began with the weights of {parent}",
        korean: "{step}번 스텝이나 그 전의 체크포인트가 없습니다. 이 실행은 {parent}의 가중치로 시작했습니다",
        help: "name a later step",
        help_korean: "더 뒤의 스텝을 적으세요",
        page: "A run is rewound by training again from a checkpoint, or from its initial weights, which its \
               seed tells. The initial weights of a run that was begun with `--from` are those of another \
               run and stand in its first checkpoints only, which later ones have replaced.",
    },
    Code {
        code: "train.no_slope",
        english: "`{name}` has no derivative",
        korean: "`{name}`에는 도함수가 없습니다",
        help: "class numbers and indices are no real numbers",
        help_korean: "클래스 번호와 인덱스는 실수가 아닙니다",
        page: "A derivative says how a score changes when a number changes a little. A class number \
               or an index does not change a little.",
    },
    Code {
        code: "train.no_such_class",
        english: "there is no class {found}; the model has {expected}, counted from 0",
        korean: "클래스 {found}은(는) 없습니다. 모델에는 0부터 세어 {expected}개가 있습니다",
        help: "take a number below that",
        help_korean: "그보다 작은 수를 적으세요",
        page: "Classes are counted from 0 in the order of their names.",
    },
];
