#!/usr/bin/env bash
# Takes snapshots/demo anew: stages the fixtures on the running kernel, saves it, takes the stage away.
# Needs root and a kernel that runs no other BPF objects, since a snapshot holds all of them.
set -euo pipefail
cd "$(dirname "$0")/.."

out=/tmp/bpflens-demo
stage=test/fixtures/stage.sh
others=$(node bin/bpflens.cjs -j prog show | jq length)
if [ "$others" -ne 0 ]; then
  echo "capture-demo: $others programs are loaded already; they would be in the demo" >&2
  exit 1
fi

trap 'bash $stage down demo; rm -rf $out' EXIT
bash $stage build $out
bash $stage up demo $out
node bin/bpflens.cjs snapshot save snapshots/demo force --features \
  --no-kernel-btf description "the programs of test/fixtures and two of bpftrace on Linux 6.18"
