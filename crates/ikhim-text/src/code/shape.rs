//! Codes of the kind `shape`: shapes, dtypes and structure of a network.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code {
        code: "shape.mismatch",
        english: "layer `{layer}`: expected {expected}, got {found}",
        korean: "층 `{layer}`: {expected} 모양이어야 하는데 {found} 모양입니다",
        help: "",
        help_korean: "",
        page: "An operation received arrays whose shapes do not fit together. The message names the \
               layer, the shape that the operation needs and the shape that it received; `N` is \
               the number of rows. Change the layer named, or the one before it.",
    },
    Code {
        code: "shape.unequal",
        english: "layer `{layer}`: {op}: expected equal shapes, got {expected} and {found}",
        korean: "층 `{layer}`: {op}: 두 모양이 같아야 하는데 {expected}와 {found}입니다",
        help: "an axis of size 1 repeats; other sizes must be equal, aligned from the last axis",
        help_korean: "크기가 1인 축은 반복되지만, 나머지는 마지막 축부터 맞추어 크기가 같아야 합니다",
        page: "Two arrays are combined element by element, and their shapes neither are equal nor \
               can be made equal by repeating axes of size 1 (NumPy's broadcasting). Shapes are \
               compared from the last axis. Insert an axis with `expand_dims`, or change the width \
               of one of the two.",
    },
    Code {
        code: "shape.too_large",
        english: "`{name}` would have the shape {found}: more numbers than any memory holds",
        korean: "`{name}`의 모양이 {found}이(가) 됩니다. 어떤 메모리에도 담을 수 없는 개수입니다",
        help: "check the widths of the layers",
        help_korean: "층의 폭을 확인하세요",
        page: "The number of a parameter's elements is the product of its sizes, and this product \
               is more than a computer can count. One of the widths has too many digits.",
    },
    Code {
        code: "shape.loss",
        english: "the loss needs equal shapes, got predictions {found} and targets {expected}",
        korean: "손실은 두 모양이 같아야 하는데 예측은 {found}, 정답은 {expected}입니다",
        help: "losses never broadcast: [N, 1] against [N] would compare every row with every other",
        help_korean: "손실에서는 브로드캐스팅을 하지 않습니다. [N, 1]과 [N]을 빼면 모든 행을 모든 행과 비교하게 됩니다",
        page: "A loss compares each prediction with its own target. If one has shape [N, 1] and the \
               other [N], broadcasting would silently build an N×N table and average it: the \
               network then learns the mean. So losses refuse unequal shapes. Reshape one side, or \
               give the last layer the width of the target.",
    },
    Code {
        code: "shape.rank",
        english: "layer `{layer}`: expected {expected}, got {found}",
        korean: "층 `{layer}`: 축의 수가 맞지 않습니다. {expected}이어야 하는데 {found}입니다",
        help: "",
        help_korean: "",
        page: "The number of axes does not fit the operation: a dense layer needs [N, features], a \
               matrix product at least two axes. A `flatten` layer joins all axes but the first.",
    },
    Code {
        code: "shape.elements",
        english: "layer `{layer}`: reshape: expected {expected}, got {found}",
        korean: "층 `{layer}`: reshape: {expected}이어야 하는데 {found}입니다",
        help: "a reshape keeps the number of elements",
        help_korean: "모양을 바꾸어도 원소의 수는 같아야 합니다",
        page: "A reshape puts the same elements under other sizes, so the product of the sizes must \
               stay the same, and the number of rows N may stand in one axis only.",
    },
    Code {
        code: "shape.matmul",
        english: "layer `{layer}`: matmul: {left} times {right} does not fit",
        korean: "층 `{layer}`: 행렬 곱 {left} · {right}는 크기가 맞지 않습니다",
        help: "the last axis of the left factor must equal the last but one of the right: [n, k] times [k, m]; \
               for rows of data that is X W, not W X",
        help_korean: "왼쪽의 마지막 축과 오른쪽의 끝에서 두 번째 축이 같아야 합니다: [n, k] · [k, m]. 데이터가 행이면 W X가 아니라 X W입니다",
        page: "In a product of matrices the rows of the left meet the columns of the right, so \
               [n, k] times [k, m] gives [n, m]. Data stand as rows: H(X) = X W + b with X [N, \
               inputs] and W [inputs, units].",
    },
    Code {
        code: "shape.window",
        english: "layer `{layer}`: {op}: the window does not fit into the image; windows along the {axis}: {arithmetic}",
        korean: "층 `{layer}`: {op}: 필터가 이미지보다 큽니다. {axis} 방향 필터 자리의 수: {arithmetic}",
        help: "the formula is (size + padding before + padding after - kernel) / stride + 1; make the kernel smaller, \
               pool less before it, or set padding = \"same\"",
        help_korean: "공식은 (크기 + 앞 패딩 + 뒤 패딩 - 커널) / 스트라이드 + 1입니다. 커널을 줄이거나, 앞에서 풀링을 덜 하거나, padding = \"same\"을 쓰세요",
        page: "A filter or a pooling window is moved over an image. Along each axis it stands in \
               (size + padding - kernel) / stride + 1 places, rounded down. The message shows this \
               formula with its numbers: here not even one window fits, because the kernel is \
               larger than the image with its padding. Images shrink with every `valid` \
               convolution and every pooling before; `check` prints all sizes.",
    },
    Code {
        code: "shape.groups",
        english: "layer `{layer}`: {op}: {groups} groups do not divide {found} channels",
        korean: "층 `{layer}`: {op}: 채널 {found}개를 {groups}개의 그룹으로 나눌 수 없습니다",
        help: "the channels of the input and the filters must both be multiples of `groups`",
        help_korean: "입력 채널 수와 필터 수가 모두 `groups`의 배수여야 합니다",
        page: "With groups, the channels of the input fall into equal parts and each filter sees one \
               of them. So the number of channels and the number of filters must be multiples of \
               the number of groups. As many groups as channels is a depthwise convolution.",
    },
    Code {
        code: "shape.dtype",
        english: "layer `{layer}`: {op}: expected {expected} values, got {found}",
        korean: "층 `{layer}`: {op}: {expected} 값이어야 하는데 {found}입니다",
        help: "`cast` changes the type of the elements",
        help_korean: "`cast`로 원소의 형을 바꿉니다",
        page: "Every operation is defined for one type of elements: f32 for arithmetic, i32 for class \
               labels and indices, bool for masks. `cast` changes the type.",
    },
    Code {
        code: "shape.axis",
        english: "layer `{layer}`: axis {axis} is not an axis of {found}",
        korean: "층 `{layer}`: {found}에는 축 {axis}이(가) 없습니다",
        help: "axes count from 0, or from the end with -1; the size of the batch axis is not known while building",
        help_korean: "축은 0부터, 또는 끝에서 -1부터 셉니다. 배치 축의 크기는 만들 때 알 수 없습니다",
        page: "An axis was named that the array does not have, or the size of the batch axis was \
               asked for: it is known only when the program runs.",
    },
    Code {
        code: "shape.setting",
        english: "layer `{layer}`: {op}: {setting} must be {expected}, got {found}",
        korean: "층 `{layer}`: {op}: {setting}은(는) {expected}이어야 하는데 {found}입니다",
        help: "",
        help_korean: "",
        page: "An operation was given a number outside of its range: the rate of a dropout, the \
               bounds of a clip, the pieces of a maxout. The message names the range.",
    },
    Code {
        code: "shape.duplicate_name",
        english: "layer `{layer}`: the {kind} name `{name}` is taken",
        korean: "층 `{layer}`: {kind} 이름 `{name}`은 이미 쓰였습니다",
        help: "",
        help_korean: "",
        page: "Layers, inputs, outputs and variables have names of their own, because tensors in a \
               file are found by name. To use one layer twice with the same parameters, share it.",
    },
    Code {
        code: "shape.gradient_of_array",
        english: "layer `{layer}`: a gradient needs a single real number to differentiate, got {found}",
        korean: "",
        help: "reduce the value with `mean_all` or `sum_all` first",
        help_korean: "",
        page: "A gradient is the derivative of one number, the loss, by each parameter. Reduce an \
               array to its sum or its mean before taking the gradient.",
    },
    Code {
        code: "shape.not_a_variable",
        english: "layer `{layer}`: an update needs a variable on its left side",
        korean: "",
        help: "",
        help_korean: "",
        page: "Only variables live from step to step, so only a variable can take a new value at \
               the end of a step.",
    },
    Code {
        code: "shape.updated_twice",
        english: "layer `{layer}`: `{name}` would be updated twice in one step",
        korean: "층 `{layer}`: `{name}`을 한 단계에서 두 번 바꾸게 됩니다",
        help: "a layer that keeps statistics, such as `batch_norm`, is used once; give the second use a layer of its own",
        help_korean: "`batch_norm`처럼 통계를 쌓는 층은 한 번만 쓸 수 있습니다. 두 번째 자리에는 새 층을 두세요",
        page: "A variable takes one new value at the end of a step. A batch normalization that is \
               shared would mix the statistics of two different values into one running mean, and \
               in use neither would be normalized rightly. Give each place a layer of its own.",
    },
    Code {
        code: "shape.graphs_mixed",
        english: "layer `{layer}`: values of two different graphs are combined",
        korean: "",
        help: "build everything that belongs together on one graph",
        help_korean: "",
        page: "A tensor is a handle on a node of one graph. Values of two graphs cannot meet, \
               because each graph is run on its own.",
    },
    Code {
        code: "shape.stored_graph",
        english: "the stored network is damaged or of a newer version: {found}",
        korean: "",
        help: "",
        help_korean: "",
        page: "A model file carries the graph of its prediction. Every node of it is checked while \
               reading; this one does not fit its inputs, or names an op that this version does \
               not have.",
    },
    Code {
        code: "shape.unknown_value",
        english: "layer `{layer}`: no layer or input is named `{name}`",
        korean: "층 `{layer}`: `{name}`이라는 층이나 입력이 없습니다",
        help: "",
        help_korean: "",
        page: "A layer can read the inputs and the layers above it by their names. Check the spelling, \
               or move the layer below the one that it reads.",
    },
    Code {
        code: "shape.one_input",
        english: "layer `{layer}`: {kind} takes one input, got {found}",
        korean: "층 `{layer}`: {kind}은(는) 입력을 하나만 받는데 {found}개가 주어졌습니다",
        help: "join several values with `add`, `multiply` or `concat` first",
        help_korean: "먼저 `add`, `multiply`, `concat`으로 여러 값을 하나로 만드세요",
        page: "Only `add`, `multiply` and `concat` read several values. Put one of them before the layer.",
    },
    Code {
        code: "shape.units_auto",
        english: "layer `{layer}`: the number of units is left to the target, which is not known here",
        korean: "층 `{layer}`: units가 정답에 맡겨져 있지만 여기서는 정답을 알 수 없습니다",
        help: "give `units` a number",
        help_korean: "`units`에 수를 주세요",
        page: "`units = \"auto\"` takes the width that the target needs. It works in a model that is \
               given as a value (a list of layers, `Mlp`, `Linear`); inside a function of one's own, \
               the width is a number.",
    },
    Code {
        code: "shape.input_dim_auto",
        english: "layer `{layer}`: the number of integers is left to the data, which is not known here",
        korean: "층 `{layer}`: 정수의 개수를 데이터에 맡겼는데 여기서는 데이터를 알 수 없습니다",
        help: "give `input_dim` a number",
        help_korean: "`input_dim`에 수를 주세요",
        page: "An embedding without `input_dim` takes the number of integers from the input that it \
               reads. It must then read an input of the data directly.",
    },
    Code {
        code: "shape.given_values",
        english: "layer `{layer}`: the given `{name}` has shape {found}, but the layer needs {expected}",
        korean: "층 `{layer}`: 주어진 `{name}`의 모양은 {found}인데 {expected}이어야 합니다",
        help: "a kernel is [inputs, units], as in H(X) = X W + b; a bias is [units]",
        help_korean: "kernel은 H(X) = X W + b에서처럼 [입력, units]이고 bias는 [units]입니다",
        page: "A layer was given the numbers of its kernel or bias, and they do not have the shape \
               that its inputs and units ask for. PyTorch stores the transposed kernel.",
    },
    Code {
        code: "shape.class_weight",
        english: "class_weight holds {found} weights, but the target has {expected} classes",
        korean: "class_weight에 가중치가 {found}개 있지만 정답의 클래스는 {expected}개입니다",
        help: "give one weight for each class, in the order of the classes",
        help_korean: "클래스 순서대로 가중치를 하나씩 주세요",
        page: "Class weights make the rows of some classes count more. They need a target of classes \
               and one number for each class.",
    },
    Code {
        code: "shape.no_members",
        english: "an ensemble without members has no prediction",
        korean: "멤버가 없는 앙상블은 예측할 수 없습니다",
        help: "give it one network at least",
        help_korean: "신경망을 하나 이상 주세요",
        page: "An ensemble answers with the mean of its members' answers, and the mean of nothing \
               is nothing.",
    },
];
