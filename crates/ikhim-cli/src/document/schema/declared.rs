//! The documents.

mod training;

use super::Kind::{Any, Boolean, Integer, List, Maybe, Number, Object, Text, Word};
use super::{Declared, Field, field};
use training::{
    CHECK, COMPARE, EVALUATE, FOLDS, IMPORTANCE, LEARN, LR_FIND, NESTED, PREDICT, RUNS, SEEDS,
    TEST, TRAIN, TUNE, VERIFY,
};

pub(super) const ALL: &[Declared] = &[
    Declared { name: "error", doc: "A command that failed.", fields: ERROR },
    Declared { name: "train", doc: "A training and its result.", fields: TRAIN },
    Declared { name: "seeds", doc: "Trainings with several seeds.", fields: SEEDS },
    Declared { name: "folds", doc: "A cross-validation.", fields: FOLDS },
    Declared { name: "tune", doc: "A tuning.", fields: TUNE },
    Declared { name: "nested", doc: "What a tuning is worth.", fields: NESTED },
    Declared { name: "verify", doc: "A run, trained once more.", fields: VERIFY },
    Declared { name: "lr_find", doc: "The loss at growing learning rates.", fields: LR_FIND },
    Declared { name: "test", doc: "A look at the sealed rows.", fields: TEST },
    Declared { name: "predict", doc: "Predictions of rows.", fields: PREDICT },
    Declared { name: "evaluate", doc: "A model on labelled rows.", fields: EVALUATE },
    Declared {
        name: "importance",
        doc: "How much a run depends on each column.",
        fields: IMPORTANCE,
    },
    Declared { name: "learn", doc: "A model that went on learning.", fields: LEARN },
    Declared { name: "compare", doc: "Runs on the same rows.", fields: COMPARE },
    Declared { name: "runs", doc: "The runs of the project.", fields: RUNS },
    Declared { name: "check", doc: "An experiment with nothing left open.", fields: CHECK },
    Declared { name: "init", doc: "A new experiment file.", fields: INIT },
    Declared { name: "eval", doc: "The value of an expression.", fields: EVAL },
    Declared { name: "schema", doc: "The form of a file or document.", fields: SCHEMA },
    Declared { name: "completions", doc: "A completion script.", fields: COMPLETIONS },
    Declared { name: "data", doc: "Data as ikhim reads it.", fields: DATA },
    Declared {
        name: "doctor",
        doc: "What is wrong with a run, or with this machine and project.",
        fields: DOCTOR,
    },
    Declared { name: "trace", doc: "One step of training, value by value.", fields: TRACE },
    Declared { name: "lesson", doc: "The lessons, and what their claims found.", fields: LESSON },
    Declared { name: "bench", doc: "A timed workload.", fields: BENCH },
    Declared {
        name: "explain",
        doc: "The page of an error code or a finding, or all codes.",
        fields: EXPLAIN,
    },
];

const LESSON: &[Field] = &[
    field("lessons", List(&Object(LESSONS)), "Of `list` and `show`: the lessons.").optional(),
    field("must_fail", Boolean, "Of `check`: whether each claim was broken on purpose.").optional(),
    field("pages", List(&Text), "Of `run`: the pages that were made.").optional(),
    field("claims", List(&Object(CLAIM)), "The claims that were checked.").optional(),
    field("passed", Integer, "Claims that were as expected.").optional(),
    field("failed", Integer, "Claims that were not.").optional(),
    field("skipped", Integer, "Claims that need data that were not given.").optional(),
    field("skipped_claims", List(&Object(CLAIM)), "The skipped claims.").optional(),
];

const LESSONS: &[Field] = &[
    field("name", Text, "Its name."),
    field("title", Text, "Its title."),
    field("text", Text, "Of `show`: its text.").optional(),
    field("claims", Integer, "How many claims it makes.").optional(),
    field("exercises", Integer, "How many exercises it has.").optional(),
    field("passed", Boolean, "Whether its claims were checked and passed.").optional(),
    field("leads_to", List(&Text), "The lessons that it leads to.").optional(),
];

const CLAIM: &[Field] = &[
    field("lesson", Text, "The lesson."),
    field("claim", Text, "The row of the course that it belongs to."),
    field("name", Text, "Its own name within the lesson."),
    field("text", Text, "What is claimed."),
    field("expected", Text, "What is expected."),
    field("found", Text, "What was found."),
    field("value", Maybe(&Number), "The number that was found; the median of several seeds."),
    field("pass", Boolean, "Whether it was as expected; under `must_fail`, whether it failed."),
];

const ERROR: &[Field] = &[field("error", Object(FAULT), "What is wrong and what to do.")];

const FAULT: &[Field] = &[
    field("code", Text, "The stable code; `ikhim explain CODE` shows its page."),
    field("message", Text, "What is wrong, in one line."),
    field("file", Maybe(&Text), "The file that is at fault."),
    field("line", Maybe(&Integer), "The line, from 1."),
    field("column", Maybe(&Integer), "The column in characters, from 1."),
    field("expected", Maybe(&Text), "What was expected."),
    field("found", Maybe(&Text), "What was found."),
    field("help", Maybe(&Text), "What to do."),
    field("layer", Text, "The path of the layer.").optional(),
    field("others", List(&Any), "Further faults of the same form.").optional(),
];

const DATA: &[Field] = &[
    field("datasets", List(&Object(DATASET)), "Of `list`: what ikhim carries.").optional(),
    field("name", Text, "The name of the data.").optional(),
    field("rows", Integer, "Number of rows.").optional(),
    field("task", Word(TASKS), "What is learned.").optional(),
    field("target", List(&Text), "The columns to be learned.").optional(),
    field("sha256", Text, "SHA-256 of the source after decompression.").optional(),
    field("statistics_of", Word(&["train", "all", "sample"]), "Whose statistics `columns` has.")
        .optional(),
    field("columns", List(&Object(COLUMN)), "The columns.").optional(),
    field("split", Maybe(&Object(SPLIT)), "The parts that a training would draw.").optional(),
    field("notices", List(&Object(NOTICE)), "What was decided while reading.").optional(),
    field("credit", Maybe(&Any), "Authors and licence, where known.").optional(),
    field("downloads", List(&Any), "Of `list`: sets that `get` downloads.").optional(),
    field("folder", Text, "Of `get`: where the files are.").optional(),
    field("licence", Text, "Of `get`: the licence.").optional(),
    field("files", Integer, "Of `get`: number of files.").optional(),
    field("downloaded", Integer, "Of `get`: those that were not there.").optional(),
    field("next", Text, "Of `get`: the command that learns from them.").optional(),
];

const DATASET: &[Field] = &[
    field("name", Text, "Its name."),
    field("rows", Integer, "Number of rows."),
    field("inputs", Integer, "Numbers in one row that a network sees."),
    field("task", Word(TASKS), "What is learned."),
    field("classes", List(&Text), "The classes."),
    field("credit", Any, "Authors and licence."),
];

const TASKS: &[&str] = &["classification", "regression", "multi_label", "reconstruction"];

const COLUMN: &[Field] = &[
    field("name", Text, "Its name."),
    field("type", Text, "Its type."),
    field("role", Word(&["input", "target", "ignored"]), "What it is for."),
    field("missing", Integer, "Rows without a value."),
    field("distinct", Maybe(&Integer), "Number of different values."),
    field("shape", List(&Integer), "The shape of one row of an image."),
    field("histogram", List(&Integer), "Values in each of eight equal intervals, of numbers."),
    field("examples", List(&Text), "The first different values."),
    field("levels", List(&Any), "The levels of a category with their rows."),
    field("min", Number, "The smallest value.").optional(),
    field("mean", Number, "The mean.").optional(),
    field("max", Number, "The largest value.").optional(),
    field("sd", Number, "The standard deviation of a sample.").optional(),
];

const SPLIT: &[Field] = &[
    field("method", Text, "How rows were assigned."),
    field("seed", Integer, "The seed of the draw."),
    field("train", Object(PART), "The train part."),
    field("validation", Object(PART), "The validation part."),
    field("test", Object(PART), "The sealed part."),
    field("shared", Any, "Rows whose inputs stand in two parts."),
    field("notices", List(&Object(NOTICE)), "What is to be said about the parts."),
];

const PART: &[Field] = &[
    field("rows", Integer, "Number of rows."),
    field("classes", List(&Any), "Rows of each class."),
    field("ranges", List(&List(&Number)), "Smallest and largest value of each numeric target."),
];

const NOTICE: &[Field] =
    &[field("code", Text, "The stable code."), field("text", Text, "The sentence.")];

const DOCTOR: &[Field] = &[
    field("machine", Object(MACHINE), "What the machine has.").optional(),
    field("project", Object(PROJECT), "How the project folder stands.").optional(),
    field("run", Text, "The run that was examined.").optional(),
    field("findings", List(&Object(FINDING)), "What may be wrong, the gravest and surest first."),
    field("ledger", Object(LEDGER), "How the ledger stands to the run.").optional(),
    field("treatment", Any, "Of `--treat`: what each seed gave, and what was kept.").optional(),
    field("cases", Integer, "Of `--evaluate`: number of cases.").optional(),
    field("seeds", Integer, "Seeds of each case.").optional(),
    field("detection", Object(SHARE), "Faults with a warning or an error, the twin without.")
        .optional(),
    field("diagnosis", Object(SHARE), "Faults whose first finding names the cause.").optional(),
    field("localization", Object(SHARE), "Faults whose first finding names the place.").optional(),
    field("false_alarms", Object(SHARE), "Healthy trainings with a warning or an error.")
        .optional(),
    field("repair", Object(SHARE), "Faulty cases that the doctor's treatment repairs.").optional(),
    field("chance", Any, "What treatments by chance repair of them.").optional(),
    field("tuning", Any, "The same of the cases that numbers were chosen on.").optional(),
    field("held_out", Any, "The same of the cases that were held out.").optional(),
    field("trainings", List(&Any), "Every training.").optional(),
    field("repairs", List(&Any), "Every repair.").optional(),
    field("unjudged", List(&Text), "What of the run cannot be judged.").optional(),
    field("rules", List(&Object(RULE)), "Of `--list`: what can be found.").optional(),
];

const SHARE: &[Field] = &[
    field("hits", Integer, "How often."),
    field("of", Integer, "Of how many."),
    field("value", Maybe(&Number), "The share."),
    field("low", Number, "The low end of its 95 % interval."),
    field("high", Number, "The high end."),
];

const RULE: &[Field] = &[
    field("id", Text, "The id of its findings."),
    field("moment", Word(MOMENTS), "When it is looked for."),
    field("sentence", Text, "What is wrong, in one sentence."),
    field("lesson", Text, "The lesson of the course that it belongs to."),
];

const MACHINE: &[Field] = &[
    field("os", Text, "The system."),
    field("arch", Text, "The architecture."),
    field(
        "cpu",
        Word(&["avx512", "avx2", "portable"]),
        "The instructions that ikhim computes with.",
    ),
    field("cores", Integer, "Cores that the process may use."),
    field("threads", Integer, "Threads that ikhim computes on."),
    field("memory", Maybe(&Integer), "Bytes of memory."),
    field("memory_available", Maybe(&Integer), "Bytes of memory that are free."),
    field("disk_free", Maybe(&Integer), "Bytes that may be written in the current folder."),
];

const PROJECT: &[Field] = &[
    field("folder", Text, "The project folder."),
    field("writable", Boolean, "Whether a file can be made in it."),
    field("runs", Integer, "Number of runs."),
    field("ledger", Object(LEDGER), "How it stands to the runs: the first that saw another one."),
    field("looks", Integer, "Looks at sealed rows, of all runs."),
];

const LEDGER: &[Field] = &[
    field(
        "state",
        Text,
        "`whole`, `missing`, `shorter`, `edited`, `reordered`, or `torn`: its last line cannot be read.",
    ),
    field("line", Integer, "The line that is not as it was.").optional(),
    field("lines", Integer, "Lines now.").optional(),
    field("remembered", Integer, "Lines that the run saw.").optional(),
];

const FINDING: &[Field] = &[
    field("id", Text, "The name of the rule."),
    field("severity", Word(&["information", "warning", "error"]), "How much it weighs."),
    field("confidence", Number, "How sure the rule is, 0 to 1."),
    field("where", Text, "The layer, the column, or `training`."),
    field("steps", List(&Integer), "First and last step that show it."),
    field("sentence", Text, "What is wrong, in one sentence."),
    field("evidence", List(&Text), "The numbers that show it."),
    field("counter_evidence", List(&Text), "What could have spoken against it."),
    field("lesson", Text, "The lesson of the course that it belongs to."),
    field("treatments", List(&Object(TREATMENT)), "What to try, most promising first."),
];

const TREATMENT: &[Field] = &[
    field("text", Text, "What to do."),
    field("set", List(&Text), "The same as arguments of `--set`."),
];

const INIT: &[Field] =
    &[field("file", Text, "The file that was written."), field("experiment", Text, "Its text.")];

const EVAL: &[Field] = &[
    field("expression", Text, "What was computed."),
    field("dtype", Word(&["f32", "f64", "i32", "bool"]), "The type of its elements."),
    field("shape", List(&Integer), "The sizes of its axes."),
    field("value", Any, "The value, nested as the axes; `null` for what is not finite."),
    field("value_is", Any, "`nan`, `inf` or `-inf` in the place of each such `null`.").optional(),
];

const SCHEMA: &[Field] =
    &[field("name", Text, "What it is the form of."), field("content", Any, "The JSON Schema.")];

const COMPLETIONS: &[Field] =
    &[field("shell", Text, "The shell."), field("script", Text, "The script.")];

const TRACE: &[Field] = &[
    field("source", Text, "The experiment file or the run."),
    field("step", Integer, "Steps done; the step that follows is shown."),
    field("epoch", Integer, "Whole epochs done."),
    field("seed", Integer, "The seed of weights, order of batches and dropout."),
    field("learning_rate", Number, "The rate of the update."),
    field("role", Word(&["train"]), "The part that the rows belong to."),
    field("rows", List(&Integer), "The rows, from 1 in the order of the train part."),
    field("data_rows", List(&Integer), "The same rows by their places in the data, from 1."),
    field("loss", Number, "The loss of these rows, without penalties."),
    field("nodes", List(&Object(TRACED)), "Every value on the way to the objective, in order."),
];

const TRACED: &[Field] = &[
    field("name", Text, "Its name."),
    field("layer", Text, "The path of its layer; empty outside of every layer."),
    field("op", Text, "The op that computes it."),
    field("composite", Maybe(&Text), "The operation of several ops that it is a part of."),
    field("inputs", List(&Text), "The names of the values that the op takes."),
    field("equation", Maybe(&Text), "With --equation: what it computes; null for what is given.")
        .optional(),
    field("dtype", Word(&["f32", "f64", "i32", "bool"]), "The type of its elements."),
    field("shape", List(&Integer), "Its sizes."),
    field("value", Any, "Its value in nested lists; null where it is not finite."),
    field("value_is", Any, "The words for what is not finite, in the same lists.").optional(),
    field("slope", Any, "The derivative of the objective by it; null where there is none."),
    field("slope_is", Any, "The words for what is not finite in it.").optional(),
    field("local", List(&Object(LOCAL)), "Its derivatives by its inputs, element by element."),
];

const LOCAL: &[Field] = &[
    field("input", Text, "The name of the input."),
    field("value", Any, "The derivative by it."),
    field("value_is", Any, "The words for what is not finite in it.").optional(),
];

const BENCH: &[Field] = &[
    field("workload", Text, "The name of the workload."),
    field("framework", Word(&["ikhim"]), "Who computes."),
    field("variant", Word(&["avx512", "avx2", "portable"]), "The instructions."),
    field("version", Text, "The version of ikhim."),
    field("threads", Integer, "Threads that may work."),
    field("steps", Integer, "Steps that were timed."),
    field("seconds_per_step_median", Number, "Seconds of the median step."),
    field("p10", Number, "The 10th percentile of single steps.").optional(),
    field("p90", Number, "Their 90th percentile.").optional(),
    field("total_s", Number, "Seconds of all steps, where they are timed as one.").optional(),
    field("samples_per_s", Number, "Rows in a second."),
    field("peak_rss_mb", Maybe(&Number), "The most memory of the process, in MiB."),
    field("startup_s", Number, "Seconds from the start of the process to the end of a first step."),
    field("check", Object(LOSSES), "With --check.").optional(),
    field("profile", List(&Any), "With --profile: what each instruction costs.").optional(),
    field("limits", Any, "With --profile: what the processor can do at most, and what share of a step it would take.").optional(),
];

const LOSSES: &[Field] = &[field("losses", Any, "The loss after 0, 1 and 100 updates.")];

const MOMENTS: &[&str] = &["before", "during", "after"];

const EXPLAIN: &[Field] = &[
    field("codes", List(&Any), "All codes with their messages.").optional(),
    field("code", Text, "The code.").optional(),
    field("id", Text, "The finding.").optional(),
    field("moment", Word(MOMENTS), "When it is looked for.").optional(),
    field("lesson", Text, "The lesson of the course that it belongs to.").optional(),
    field("numbers", Text, "Where the numbers of its rule come from.").optional(),
    field("example", Text, "An experiment that has it.").optional(),
    field("message", Text, "Its message, with holes in braces.").optional(),
    field("help", Text, "What to do.").optional(),
    field("page", Text, "Why it happens and how to cure it.").optional(),
];
