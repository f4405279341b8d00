#!/bin/bash
# Records anew all that is beside this file. Needs root, since some filters are for the devices lo and any, tcpdump, and
# the headers of libpcap and libseccomp.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# The headings of the file are the list of filters. Those that this tcpdump refuses are named on stderr, and go.
record_filters() {
  sed -n 's/^== //p' filters.txt | while IFS= read -r heading; do
    IFS=' ' read -ra options <<< "${heading%% | *}"
    expression=${heading#* | }
    if numbers=$(tcpdump "${options[@]}" -ddd "$expression" 2> /dev/null); then
      printf '== %s\n%s\n--\n' "$heading" "$numbers"
      tcpdump "${options[@]}" -d "$expression" 2> /dev/null
    else
      echo "refused: $heading" >&2
    fi
  done
}

record_filters > "$work/filters.txt"
mv "$work/filters.txt" filters.txt

cc -Wall oracle.c -o "$work/oracle" -lpcap
"$work/oracle" opcodes > opcodes.txt
"$work/oracle" all | split -l 24576 --filter=sha256sum > digests.txt

cc -Wall seccomp.c -o "$work/seccomp" -lseccomp
cd seccomp
"$work/seccomp"
for file in *.bpf; do
  order=
  case $file in *.be.bpf) order=be ;; esac
  "$work/oracle" listing $order "$file" > "${file%.bpf}.txt"
done
