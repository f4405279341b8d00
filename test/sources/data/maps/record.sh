#!/bin/sh
# Records what the kernel makes of the objects, as bpftool shows it. Needs root and the map types of Linux 6.10 or newer.
set -eu
cd "$(dirname "$0")"
bpftool=${BPFTOOL:-bpftool}
folder=/sys/fs/bpf/object_maps_$$
mkdir "$folder"
trap 'rm -rf "$folder"' EXIT

ids() {
	for pin in "$folder/$1_maps"/*; do
		"$bpftool" -j map show pinned "$pin" | jq .id
	done | sort -n
}

for name in defined slots sections ops bare linked; do
	"$bpftool" prog loadall $name.bpfel.o "$folder/$name" pinmaps "$folder/${name}_maps" 2>/dev/null
	for id in $(ids $name); do
		"$bpftool" -j map show id "$id"
	done | jq -c 'del(.bytes_memlock)' >$name.show.jsonl
	btf=$(jq -s '[.[].btf_id // empty][0] // empty' $name.show.jsonl)
	[ -z "$btf" ] || "$bpftool" btf dump id "$btf" | grep -P '] DATASEC|^\ttype_id' >$name.datasecs.txt
done
for name in slots sections bare linked; do
	for id in $(ids $name); do
		"$bpftool" -j map dump id "$id" | jq -c --argjson id "$id" '{ id: $id, entries: . }'
	done >$name.dump.jsonl
done
