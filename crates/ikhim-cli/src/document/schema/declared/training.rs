//! Documents of commands that train a network or use a trained one.

use super::{FINDING, LEDGER, NOTICE, SPLIT, TASKS};
use crate::document::schema::Kind::{
    Any, Boolean, Integer, Interval, List, Maybe, Number, Numbers, Object, Text, Word,
};
use crate::document::schema::{Field, field};

pub(super) const TRAIN: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("id", Text, "The id of the run."),
    field("status", Word(STATUS), "How it ended."),
    field("task", Word(TASKS), "What is learned."),
    field("epochs", Integer, "Epochs done."),
    field("steps", Integer, "Steps done."),
    field("best_epoch", Maybe(&Integer), "The epoch whose weights the model has."),
    field("seconds", Number, "Seconds of training, over all resumptions."),
    field("seed", Integer, "What drove weights, order and dropout."),
    field("threads", Integer, "Threads that computed."),
    field("cpu", Text, "What computed."),
    field("learning_rate", Number, "The learning rate before its schedule."),
    field("train", Object(TRAIN_PART), "The model on the train rows."),
    field("validation", Maybe(&Object(VALIDATION_PART)), "On the rows that selected it."),
    field("test", Object(SEALED), "The sealed rows, unopened."),
    field("model", Object(MODEL), "The model."),
    field("parent", Maybe(&Text), "The id of the run whose weights began this one."),
    field("decisions", List(&Object(DECISION)), "What the data decided."),
    field("notices", List(&Object(NOTICE)), "What is to be said about the data."),
    field("findings", List(&Object(FINDING)), "What may be wrong."),
    field("least_squares", Object(LEAST_SQUARES), "A regression beside the exact line.").optional(),
];

const STATUS: &[&str] =
    &["running", "completed", "early_stopped", "interrupted", "stopped_by_finding"];

const TRAIN_PART: &[Field] = &[
    field("n", Integer, "Number of rows."),
    field("metric", Text, "The metric that selects."),
    field("value", Number, "Its value."),
    field("metrics", Numbers, "All metrics."),
    field("loss", Number, "The loss."),
    field("mode", Word(&["eval", "running"]), "`eval`: measured after training, dropout off."),
    field("baselines", Numbers, "Simple rules, where no rows are for validation.").optional(),
    field(
        "beats_no_change",
        Boolean,
        "Of rows in time: whether it is clearly better than the last value.",
    )
    .optional(),
];

const VALIDATION_PART: &[Field] = &[
    field("n", Integer, "Number of rows."),
    field("metric", Text, "The metric that selects."),
    field("value", Number, "Its value."),
    field("metrics", Numbers, "All metrics."),
    field("loss", Number, "The loss."),
    field("baselines", Numbers, "The metric that selects, of simple rules."),
    field(
        "beats_no_change",
        Boolean,
        "Of rows in time: whether it is clearly better than the last value.",
    )
    .optional(),
];

const SEALED: &[Field] = &[
    field("n", Integer, "Number of rows."),
    field("sealed", Boolean, "Whether there are any."),
    field("looks", Integer, "Looks at them so far, of all runs."),
];

const MODEL: &[Field] = &[
    field("parameters", Integer, "Number of parameters."),
    field("file", Text, "The file of the model."),
    field(
        "threshold",
        Maybe(&Object(THRESHOLD)),
        "Above which probability the second of two classes is predicted; `null` at one half.",
    ),
];

const THRESHOLD: &[Field] = &[
    field("value", Number, "The probability."),
    field("metric", Maybe(&Text), "The metric that is highest there; `null` where it was given."),
    field("value_of_metric", Number, "Its value there, on validation.").optional(),
    field("at_half", Number, "Its value at one half, on validation.").optional(),
    field("n", Integer, "Number of rows that chose.").optional(),
];

const DECISION: &[Field] = &[
    field("key", Text, "The key of the experiment."),
    field("value", Text, "Its value as TOML."),
    field("because", Text, "The facts that decided."),
];

const LEAST_SQUARES: &[Field] = &[
    field("floor", Number, "Mean squared error of the exact solution on the train rows, scaled."),
    field("network", Number, "The network's."),
    field(
        "distance",
        Maybe(&Number),
        "How far a linear network's weights are from the exact ones.",
    ),
];

pub(super) const SEEDS: &[Field] = &[
    field("metric", Text, "The metric that selects."),
    field("role", Word(&["validation", "train"]), "The part that it was measured on."),
    field("median", Number, "The median over the runs."),
    field("lowest", Number, "The lowest value."),
    field("highest", Number, "The highest value."),
    field("standard_deviation", Number, "The standard deviation of a sample."),
    field("runs", List(&Object(TRAIN)), "The runs, each as in `train`."),
];

pub(super) const FOLDS: &[Field] = &[
    field("metric", Text, "The metric that selects."),
    field("folds", Integer, "Number of folds, over all cuts."),
    field("mean", Number, "The mean over the folds."),
    field("standard_deviation", Number, "The standard deviation of a sample."),
    field("lowest", Number, "The lowest value."),
    field("highest", Number, "The highest value."),
    field("baselines", Numbers, "The mean of each simple rule over the folds."),
    field("runs", List(&Object(TRAIN)), "The runs, each as in `train`."),
];

pub(super) const TUNE: &[Field] = &[
    field("folder", Text, "The folder of the tuning."),
    field("metric", Text, "The metric that must get better, on validation."),
    field("trials", List(&Object(TRIAL)), "What was tried, round by round."),
    field("winner", Maybe(&Object(WINNER)), "The best trial; `null` when interrupted."),
    field("retrained", Any, "The winner with several seeds, as in `seeds`.").optional(),
];

const TRIAL: &[Field] = &[
    field("trial", Integer, "Its number, from 1."),
    field("round", Integer, "The round, from 1."),
    field("settings", Any, "The path of each tuned key with its value as TOML."),
    field("value", Maybe(&Number), "The metric on validation."),
    field("epochs", Integer, "Epochs done."),
    field("best_epoch", Maybe(&Integer), "The epoch that the value is of."),
    field("status", Text, "How it ended, or the code of its fault."),
    field("seconds", Number, "Seconds of training."),
];

const WINNER: &[Field] = &[
    field("trial", Integer, "Its number."),
    field("settings", Any, "The path of each tuned key with its value as TOML."),
    field("value", Number, "The metric on validation."),
    field("experiment", Text, "The file of its experiment."),
];

pub(super) const NESTED: &[Field] = &[
    field("folder", Text, "The folder of the tuning."),
    field("metric", Text, "The metric that must get better."),
    field("outer_folds", Integer, "Folds on which what was chosen is measured."),
    field("inner_folds", Integer, "Folds of the other rows, on which it is chosen."),
    field("folds", List(&Object(OUTER)), "The outer folds."),
    field("mean", Number, "The mean over the outer folds: what the tuning is worth."),
    field("standard_deviation", Number, "The standard deviation of a sample."),
    field("lowest", Number, "The lowest value."),
    field("highest", Number, "The highest value."),
    field("inner_mean", Number, "What the winners seemed to be where they were chosen."),
];

const OUTER: &[Field] = &[
    field("fold", Integer, "Its number, from 1."),
    field("rows", Integer, "Its rows."),
    field("trial", Integer, "The trial that was chosen."),
    field("settings", Any, "The path of each tuned key with its value as TOML."),
    field("inner", Number, "Its metric, the mean over the inner folds."),
    field("outer", Number, "The metric of its models on the rows of the outer fold."),
];

const RUNG: &[Field] = &[
    field("step", Number, "The step."),
    field("value", Number, "The best value shown so far, in whole steps."),
    field("is_best", Boolean, "Whether this look is that best one."),
];

pub(super) const VERIFY: &[Field] = &[
    field("run", Text, "The folder of the run.").optional(),
    field("id", Text, "The id of the run.").optional(),
    field("arrays", Integer, "Arrays of the model.").optional(),
    field("differing", List(&Text), "The paths of those that differ.").optional(),
    field("metric", Maybe(&Text), "The metric that selects.").optional(),
    field("value", Maybe(&Number), "Its value after training once more.").optional(),
    field(
        "test_confirmed",
        Maybe(&Boolean),
        "Whether the ledger holds the value of this model; `null` where it holds none.",
    )
    .optional(),
    field("ledger", Object(LEDGER), "How the ledger stands.").optional(),
];

pub(super) const LR_FIND: &[Field] = &[
    field("learning_rate", Number, "The rate of the experiment."),
    field("suggested", Maybe(&Number), "A tenth of the rate of the smallest loss."),
    field("points", List(&Object(RATE)), "What was tried."),
];

const RATE: &[Field] = &[
    field("learning_rate", Number, "The rate."),
    field("loss", Number, "The running mean of the loss."),
];

pub(super) const TEST: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("id", Text, "The id of the run."),
    field("metric", Text, "The metric that selected."),
    field("value", Number, "Its value on the sealed rows."),
    field("interval", Interval, "Its interval, from the second look on widened for all looks."),
    field("level", Number, "How often the intervals of all looks hold the true values."),
    field("method", Text, "How the interval was computed."),
    field("n", Integer, "Number of sealed rows."),
    field("metrics", Numbers, "All metrics."),
    field("confusion", Maybe(&List(&List(&Integer))), "Rows by true class, then predicted class."),
    field("classes", List(&Text), "The classes, in the order of the matrix."),
    field("look", Integer, "Which look at these rows this is."),
    field("looks_of_this_run", Integer, "Looks of this run."),
    field("models_looked", Integer, "Models that have looked."),
    field(
        "luck",
        Maybe(&Number),
        "How much better than it is the best of so many equally good models looks on average.",
    ),
    field("coverage", Maybe(&Number), "Share of true numbers within their 95 % intervals."),
    field("ladder", Maybe(&Object(RUNG)), "What a ladder shows; `null` without one.").optional(),
    field("sealed_before", Boolean, "Whether the ledger knew the rows as sealed."),
    field("ledger", Object(LEDGER), "How the ledger stands."),
    field("reason", Text, "Why the rows were opened."),
];

pub(super) const PREDICT: &[Field] = &[
    field("model", Text, "The name of the model."),
    field("run", Text, "The id of its run."),
    field("n", Integer, "Number of rows, or of tokens that were written."),
    field(
        "warnings",
        List(&Any),
        "Values beyond the train rows, unseen levels; `row` counts from 1.",
    ),
    field("file", Text, "The table or text that was written.").optional(),
    field("pictures", List(&Text), "The pictures that were written.").optional(),
    field("prefix", Text, "The text that the model went on with.").optional(),
    field("text", Text, "What the model wrote behind it.").optional(),
    field("predictions", List(&Any), "For each row its number, from 1, and the added columns.")
        .optional(),
];

pub(super) const EVALUATE: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("data", Text, "The rows."),
    field("n", Integer, "Number of rows."),
    field("metric", Text, "The metric that selected."),
    field("value", Number, "Its value."),
    field("metrics", Numbers, "All metrics."),
    field("interval", Interval, "The interval of `value`."),
    field("level", Number, "How often such an interval holds the true value."),
    field("method", Text, "How the interval was computed."),
    field("coverage", Maybe(&Number), "Share of true numbers within their 95 % intervals."),
    field("rows_in_train", Maybe(&Integer), "Rows that were trained on; `null` when not known."),
    field("drift", List(&Any), "Inputs that are distributed otherwise than in the train rows."),
    field("sealed_rows", Integer, "Rows of the file that are sealed for some run."),
    field("sealed_rows_distinct", Integer, "How many different ones these are."),
    field("look", Maybe(&Integer), "Which look at those this is."),
    field("models_looked", Maybe(&Integer), "Models that have looked at them."),
    field(
        "warnings",
        List(&Any),
        "Values beyond the train rows, unseen levels; `row` counts from 1.",
    ),
];

pub(super) const IMPORTANCE: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("id", Text, "The id of the run."),
    field("metric", Text, "The metric that gets worse."),
    field("role", Word(&["validation", "train"]), "The part of the rows."),
    field("n", Integer, "Number of rows."),
    field("repetitions", Integer, "How often the values of a column changed places."),
    field("seed", Integer, "What drove the places."),
    field("columns", List(&Object(COLUMN_IMPORTANCE)), "The columns, the most important first."),
];

const COLUMN_IMPORTANCE: &[Field] = &[
    field("column", Text, "The column."),
    field("mean", Number, "By how much the metric gets worse, on average."),
    field("standard_deviation", Number, "Over the repetitions."),
    field("losses", List(&Number), "By how much in each repetition."),
];

pub(super) const LEARN: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("id", Text, "The id of the run."),
    field("data", Text, "The new rows."),
    field("n", Integer, "Number of rows that were learned."),
    field("chunks", Integer, "Number of chunks."),
    field("sealed_rows", Integer, "Rows that are sealed and so were not learned."),
    field("rehearsal", Number, "Batches of old train rows for each batch of new ones."),
    field("role", Word(&["validation", "train"]), "The part of the old rows."),
    field("old", Object(LEARNED), "The old rows, before the first chunk and after the last."),
    field("new", Object(LEARNED), "The new rows, by the old model and each before it was learned."),
    field("file", Text, "The file of the new model."),
];

const LEARNED: &[Field] = &[
    field("before", Object(JUDGED), "By the model as it was."),
    field("after", Object(JUDGED), "By the model that learns."),
];

const JUDGED: &[Field] = &[
    field("n", Integer, "Number of rows."),
    field("metric", Text, "The metric that selects."),
    field("value", Number, "Its value."),
    field("metrics", Numbers, "All metrics."),
];

pub(super) const COMPARE: &[Field] = &[
    field("metric", Text, "The metric."),
    field("role", Word(&["validation", "train"]), "The part of the rows."),
    field("n", Integer, "Number of rows."),
    field(
        "ledger",
        Object(LEDGER),
        "How the ledger stands to the runs: the first that saw another one.",
    ),
    field("runs", List(&Object(COMPARED)), "The first run, then the others beside it."),
];

const COMPARED: &[Field] = &[
    field("run", Text, "The name of the run."),
    field("value", Number, "Its value."),
    field("difference", Number, "Its value less that of the first run.").optional(),
    field("interval", Interval, "The paired interval of the difference.").optional(),
    field("level", Number, "How often such an interval holds the true difference.").optional(),
    field("method", Text, "How the interval was computed.").optional(),
    field("p", Number, "How often chance alone gives so large a difference.").optional(),
    field(
        "within_seed_noise",
        Maybe(&Boolean),
        "Whether other seeds of the first run differ as much; `null` where fewer than three ran.",
    )
    .optional(),
    field("clear", Boolean, "Whether the interval leaves 0 out.").optional(),
    field("only_first_right", Integer, "Rows that only the first run has right.").optional(),
    field("only_this_right", Integer, "Rows that only this run has right.").optional(),
];

pub(super) const RUNS: &[Field] = &[field("runs", List(&Object(RUN)), "The runs.")];

const RUN: &[Field] = &[
    field("run", Text, "The folder of the run."),
    field("name", Text, "Its name."),
    field("id", Text, "Its id."),
    field("status", Word(STATUS), "How it stands."),
    field("seed", Integer, "Its seed."),
    field("epochs", Integer, "Epochs done."),
    field("steps", Integer, "Steps done."),
    field("seconds", Number, "Seconds of training."),
    field("started", Text, "When it began, ISO 8601 in UTC."),
    field("ended", Maybe(&Text), "When it ended."),
    field("parent", Maybe(&Text), "The id of the run whose weights began this one."),
    field("role", Word(&["validation", "train"]), "The part that `value` is of.").optional(),
    field("metric", Text, "The metric that selected.").optional(),
    field("value", Number, "Its value.").optional(),
    field("n", Integer, "Number of rows of that part.").optional(),
    field("test", Object(OPENED), "The last look at its sealed rows.").optional(),
];

const OPENED: &[Field] = &[
    field("metric", Text, "The metric."),
    field("value", Number, "Its value."),
    field("look", Integer, "Which look it was."),
];

pub(super) const CHECK: &[Field] = &[
    field("name", Text, "The name of the experiment."),
    field("task", Word(TASKS), "What is learned."),
    field("split", Object(SPLIT), "The parts."),
    field("decisions", List(&Object(DECISION)), "What the data decided."),
    field("layers", List(&Object(LAYER)), "The layers in the order of computing."),
    field("parameters", Integer, "Number of parameters."),
    field("flops_per_row", Integer, "Floating-point operations of one row, forward."),
    field("steps", Integer, "Steps of the whole training."),
    field("seconds", Number, "About how long they take on this machine."),
    field("state_bytes", Integer, "Memory of parameters and optimizer."),
    field("rows_bytes", Integer, "Memory of the rows."),
    field("step_bytes", Integer, "Memory of a step, at most."),
    field("ignored", List(&Text), "Sections that `train` does not use."),
    field("notices", List(&Object(NOTICE)), "What is to be said about the data."),
    field("findings", List(&Object(FINDING)), "What may be wrong."),
    field("resolved", Text, "The whole file with every default."),
];

const LAYER: &[Field] = &[
    field("layer", Text, "Its path."),
    field("type", Text, "Its type."),
    field("shape", Text, "The sizes of its output."),
    field("parameters", Integer, "Number of parameters."),
    field("trainable", Integer, "How many of them an optimizer may change."),
    field("multiply_adds", Integer, "Multiply-adds of one row, forward."),
    field(
        "receptive_field",
        List(&Integer),
        "Cells of the image, in height and width, that one place depends on; empty without an image.",
    ),
];
