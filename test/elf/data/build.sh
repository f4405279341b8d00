#!/bin/sh
# Rebuilds the objects, and what llvm-readelf says of them. Taken with clang and LLVM 14.0.6, ld of binutils 2.40.
set -eu
cd "$(dirname "$0")"

for target in bpfel bpfeb; do
	clang -O2 -g -fdebug-compilation-dir=. -target $target -c program.bpf.c -o program.$target.o
done
for target in i386 ppc32 x86_64; do
	clang -O1 -fcommon -target $target -c host.c -o host.$target.o
done

# Addresses like those of a kernel.
clang -O1 -fcommon -mcmodel=kernel -target x86_64 -c host.c -o kernel.o
ld -static --emit-relocs -z max-page-size=64 -Ttext-segment=0xffffffff81000000 \
	--defsym=elsewhere=_start --defsym=maybe=_start kernel.o -o host.exec
clang -O1 -fcommon -fPIC -target x86_64 -c host.c -o pic.o
ld -shared -z noseparate-code -z max-page-size=64 pic.o -o host.dyn
chmod -x host.exec host.dyn
rm kernel.o pic.o

for file in program.*.o host.*.o host.exec host.dyn; do
	llvm-readelf -h -S -s -r -W "$file" >"$file.readelf.txt"
done
