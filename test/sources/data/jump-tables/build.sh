#!/bin/sh
# Rebuilds the objects. Taken with clang and LLVM 22.1.8; CLANG and OBJCOPY name others.
set -eu
cd "$(dirname "$0")"
for target in bpfel bpfeb; do
	"${CLANG:-clang-22}" -O2 -g -Wall -mcpu=v4 -mllvm -bpf-min-jump-table-entries=4 -fdebug-compilation-dir=. \
		-target $target -c switches.bpf.c -o switches.$target.o
	"${OBJCOPY:-llvm-objcopy-22}" --strip-debug --keep-section=.BTF --keep-section=.BTF.ext switches.$target.o
done
