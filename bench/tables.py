#!/usr/bin/env python3
"""Small tables: one command of ikhim beside scikit-learn, over shared splits.

For each data set and each of the splits a file is written whose column `part`
says train, validation or test. `ikhim train FILE --target COLUMN` has nothing
else said to it but that column; it selects on validation. The network of
scikit-learn (imputation, standardized numbers, one-hot categories, character
n-grams for text, `MLPClassifier` or `MLPRegressor` until it converges) is fitted
to train and validation together, as it selects nothing. Both predict the test
rows, and one function measures both: accuracy for classes, the root of the mean
squared error for numbers.

The mean of the paired differences stands beside its standard error. Splits share
rows, so that standard error is too small rather than too large. Gradient-boosted
trees and the linear model are fitted beside them.

    python bench/tables.py --ikhim target/release/ikhim --data ../shared/data

Exit code 1 where ikhim is worse by more than one standard error.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Name, file, target, whether it is a number, columns that repeat the target, columns of text.
TABLES = [
    ("california", "tabular/california_housing.csv.gz", "median_house_value", True, [], []),
    ("titanic", "tabular/titanic.csv", "survived", False, ["alive"], []),
    ("penguins", "tabular/penguins.csv", "species", False, [], []),
    ("wine", "tabular/wine_data.csv", None, False, [], []),
    ("breast_cancer", "tabular/breast_cancer.csv", None, False, [], []),
    ("iris", "tabular/iris.csv", None, False, [], []),
    ("chat", "text/ChatbotData-ko.csv", "label", False, [], ["Q", "A"]),
]

SPLITS = 10
SHARE = 0.15


def table(path):
    """A table by its header; the files of scikit-learn count rows and columns there."""
    first = pd.read_csv(path, header=None, nrows=1).iloc[0]
    counted = str(first[0]).isdigit() and str(first[1]).isdigit()
    if not counted:
        return pd.read_csv(path)
    data = pd.read_csv(path, header=None, skiprows=1)
    data.columns = [f"x{column + 1}" for column in range(data.shape[1] - 1)] + ["target"]
    return data


def parts(data, target, number, seed):
    """For each row its part; classes keep their shares."""
    rows = np.arange(len(data))
    strata = lambda of: None if number else data[target].iloc[of]
    rest, test = train_test_split(rows, test_size=SHARE, random_state=seed, stratify=strata(rows))
    train, validation = train_test_split(
        rest, test_size=SHARE / (1 - SHARE), random_state=seed, stratify=strata(rest)
    )
    part = np.full(len(data), "train", dtype=object)
    part[validation], part[test] = "validation", "test"
    return part


def columns(inputs, texts):
    """Numbers are imputed and standardized, categories one-hot, texts character n-grams."""
    numbers = [c for c in inputs if pd.api.types.is_numeric_dtype(inputs[c]) and c not in texts]
    levels = [c for c in inputs if c not in numbers and c not in texts]
    steps = [
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (
            "levels",
            make_pipeline(
                SimpleImputer(strategy="constant", fill_value="missing"),
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            ),
            levels,
        ),
    ]
    for text in texts:
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), max_features=2000)
        steps.append((text, grams, text))
    return ColumnTransformer(steps, sparse_threshold=0.0)


def models(number, seed):
    if number:
        return {
            "mlp": MLPRegressor(max_iter=2000, random_state=seed),
            "linear": LinearRegression(),
            "trees": HistGradientBoostingRegressor(random_state=seed),
        }
    return {
        "mlp": MLPClassifier(max_iter=2000, random_state=seed),
        "linear": LogisticRegression(max_iter=5000),
        "trees": HistGradientBoostingClassifier(random_state=seed),
    }


def value(number, truth, predicted):
    if number:
        return math.sqrt(np.mean((np.asarray(predicted, float) - np.asarray(truth, float)) ** 2))
    return float(np.mean(np.asarray(predicted).astype(str) == np.asarray(truth).astype(str)))


def of_ikhim(ikhim, data, target, part, test, seed, threads):
    """What one command learns of the table, asked about the test rows."""
    with tempfile.TemporaryDirectory() as folder:
        table, rows = os.path.join(folder, "table.csv"), os.path.join(folder, "rows.csv")
        data.assign(part=part).to_csv(table, index=False)
        data[test].drop(columns=[target]).to_csv(rows, index=False)
        run = lambda *words: subprocess.run(
            [ikhim, *words, "--threads", str(threads), "--json"],
            cwd=folder, capture_output=True, text=True,
        )
        split = ["--set", "split.method=column", "--set", "split.column=part"]
        trained = run("train", "table.csv", "--target", target, "--seed", str(seed), *split)
        if trained.returncode != 0:
            return None, json.loads(trained.stdout)["error"]["message"]
        predicted = run("predict", "latest", "rows.csv")
        if predicted.returncode != 0:
            return None, json.loads(predicted.stdout)["error"]["message"]
        answers = json.loads(predicted.stdout)["predictions"]
        return [answer["prediction"] for answer in answers], None


def of_peers(name, data, target, number, repeated, texts, part, seed, options):
    """What the models of scikit-learn reach on the test rows; what was kept is not fitted again."""
    ending = "-train" if options.peers_on_train else ""
    kept = Path(options.keep) / f"{name}-{seed}{ending}.json" if options.keep else None
    if kept and kept.exists():
        return json.loads(kept.read_text())
    test, rest = part == "test", part == "train" if options.peers_on_train else part != "test"
    inputs = data.drop(columns=[target, *repeated])
    encoded = columns(inputs, texts)
    known = encoded.fit_transform(inputs[rest])
    asked = encoded.transform(inputs[test])
    learned = data[target][rest]
    values = {}
    for model, found in models(number, seed).items():
        if model == "trees" and texts:
            continue
        # A network of standardized numbers learns a standardized target.
        scale = StandardScaler() if number and model == "mlp" else None
        goal = learned
        if scale is not None:
            goal = scale.fit_transform(learned.to_numpy().reshape(-1, 1)).ravel()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            answer = found.fit(known, goal).predict(asked)
        if scale is not None:
            answer = scale.inverse_transform(answer.reshape(-1, 1)).ravel()
        values[model] = value(number, data[target][test], answer)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(values))
    return values


def compared(name, file, target, number, repeated, texts, options):
    data = table(os.path.join(options.data, file))
    target = target or data.columns[-1]
    values = {}
    for seed in range(options.first, options.first + options.splits):
        part = parts(data, target, number, seed)
        test = part == "test"
        answers, fault = of_ikhim(options.ikhim, data, target, part, test, seed, options.threads)
        if answers is None:
            print(f"{name}: ikhim says: {fault}", file=sys.stderr)
            return None
        values.setdefault("ikhim", []).append(value(number, data[target][test], answers))
        peers = of_peers(name, data, target, number, repeated, texts, part, seed, options)
        for model, reached in peers.items():
            values.setdefault(model, []).append(reached)
    better = -1 if number else 1
    differences = [better * (a - b) for a, b in zip(values["ikhim"], values["mlp"])]
    mean = statistics.mean(differences)
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    return {
        "name": name,
        "metric": "rmse" if number else "accuracy",
        "values": values,
        "better_by": mean,
        "standard_error": error,
        # Where one split of ten differs, both are the same number but for rounding.
        "worse": mean < -error * (1 + 1e-9),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ikhim", default=os.environ.get("IKHIM_BENCH_IKHIM", "target/release/ikhim"))
    parser.add_argument("--data", default=os.environ.get("IKHIM_SHARED_DATA", "../shared/data"))
    parser.add_argument("--tables", help="only these, by name, with commas between them")
    parser.add_argument("--splits", type=int, default=SPLITS)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first split; choose defaults on others than the first ten")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--keep", help="a folder that keeps what scikit-learn reaches from run to run")
    parser.add_argument("--peers-on-train", action="store_true", help="fit scikit-learn to the train rows alone, as ikhim is")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.ikhim = str(Path(options.ikhim).resolve())
    asked = options.tables.split(",") if options.tables else None
    found = []
    for name, *rest in TABLES:
        if asked and name not in asked:
            continue
        result = compared(name, *rest, options)
        if result is None:
            found.append({"name": name, "worse": True})
            continue
        found.append(result)
        if options.json:
            continue
        of = "  ".join(f"{m} {statistics.mean(v):.4f}" for m, v in result["values"].items())
        print(
            f"{name:14} {result['metric']:8}  {of}  "
            f"ikhim better by {result['better_by']:+.4f} ± {result['standard_error']:.4f}"
            f"{'  WORSE' if result['worse'] else ''}",
            flush=True,
        )
    if options.json:
        print(json.dumps(found))
    return 1 if any(result["worse"] for result in found) else 0


if __name__ == "__main__":
    sys.exit(main())
