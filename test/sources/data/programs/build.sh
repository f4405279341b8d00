#!/bin/sh
# Rebuilds the objects, and what llvm-objdump says of them. Taken with clang and LLVM 14.0.6, bpftool 7.1.0.
set -eu
cd "$(dirname "$0")"
flags="-O2 -Wall -fdebug-compilation-dir=."

for target in bpfel bpfeb; do
	clang $flags -g -target $target -c features.bpf.c -o features.$target.o
done
clang $flags -target bpfel -c bare.bpf.c -o bare.o
for half in user library; do
	clang $flags -g -target bpfel -c $half.bpf.c -o $half.o
done
bpftool gen object linked.o user.o library.o

# Of use for debuggers only.
for file in *.o; do
	llvm-objcopy --strip-debug --keep-section=.BTF --keep-section=.BTF.ext "$file"
done
for file in *.o; do
	llvm-objdump -d -r --no-show-raw-insn "$file" >"$file.objdump.txt"
done
