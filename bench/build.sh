#!/usr/bin/env bash
# Builds the library alone, then the command, each in an empty folder, and prints
# how long that took and how large the executable is without its symbols.
# The crates are fetched first, so the network takes no part in the times.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fetch --quiet
target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT

build() { # what, then the arguments of cargo build
  local what=$1 start
  shift
  rm -rf "${target:?}"/*
  start=$(date +%s%N)
  CARGO_TARGET_DIR=$target CARGO_INCREMENTAL=0 cargo build --quiet --release "$@"
  echo "$what: $(( ($(date +%s%N) - start) / 100000000 ))" | sed -E 's/([0-9])$/.\1 s/; s/: \./: 0./'
}

build 'library alone (`cargo build --release -p ikhim`)' -p ikhim
build 'command (`cargo build --release`)'
strip -o "$target/stripped" "$target/release/ikhim"
echo "executable: $(stat -c %s "$target/stripped") bytes"
