#!/bin/sh
# Records what the kernel makes of the objects that it takes (*.loaded.json). Needs root, bpftool 7.8.0 (or BPFTOOL) and jq.
set -eu
cd "$(dirname "$0")"
bpftool=${BPFTOOL:-bpftool}
pins=/sys/fs/bpf/bpflens-record
trap 'rm -rf "$pins"' EXIT

for object in features.bpfel.o linked.o; do
	mkdir "$pins"
	"$bpftool" prog loadall "$object" "$pins/progs"
	maps=$("$bpftool" -j map show)
	for pin in "$pins"/progs/*; do "$bpftool" -j prog show pinned "$pin" | jq .id; done | sort -n |
		while read -r id; do
			lines=$("$bpftool" prog dump xlated id "$id" linum)
			"$bpftool" -j prog show id "$id" | jq --argjson maps "$maps" --arg lines "$lines" '{
				name, type, tag, gpl_compatible,
				maps: [(.map_ids // [])[] as $id | $maps[] | select(.id == $id).name],
				xlated: ($lines | split("\n") | map(select(. != "")))
			}'
		done | jq -s . >"$object.loaded.json"
	rm -rf "$pins"
done
