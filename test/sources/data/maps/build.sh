#!/bin/sh
# Rebuilds the objects. Taken with clang and LLVM 14.0.6, bpftool 7.1.0 (as a linker of objects).
set -eu
cd "$(dirname "$0")"

for target in bpfel bpfeb; do
	for name in defined slots sections ops legacy; do
		clang -O2 -g -fdebug-compilation-dir=. -target $target -c $name.bpf.c -o $name.$target.o
		llvm-strip -g $name.$target.o
	done
	clang -O2 -target $target -c bare.bpf.c -o bare.$target.o
done
bpftool gen object linked.bpfel.o sections.bpfel.o slots.bpfel.o
