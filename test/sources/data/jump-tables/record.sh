#!/bin/sh
# Records which maps of instructions a loader asks for (*.loaded.txt). Needs root, cc, bpftool 7.8.0 (or BPFTOOL).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
pins=/sys/fs/bpf/bpflens-record
trap 'rm -rf "$work" "$pins"' EXIT

cc -shared -fPIC -o "$work/record.so" record.c -ldl
mkdir "$pins"
rm -f switches.bpfel.o.loaded.txt
# The kernel takes none of the programs: their maps are not what they should be.
RECORD=switches.bpfel.o.loaded.txt LD_PRELOAD="$work/record.so" \
	"${BPFTOOL:-bpftool}" prog loadall switches.bpfel.o "$pins/progs" 2>"$work/log" || true
