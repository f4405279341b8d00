/**
 * trace_req_done of BCC's biolatency tool, on the end of a block I/O: the source as BCC hands it to the
 * compiler, and the instructions with the lines that they come from.
 *
 * Maps: 158 `start`, 157 `dist`.
 */

/** The files by the short names that the marks use, with the lines that instructions come from. */
export const FILES: Readonly<Record<string, { path: string; lines: Readonly<Record<number, string>> }>> = {
  "": {
    path: "/virtual/main.c",
    lines: {
      0: "",
      42: " struct request *req = ctx->di;",
      46: "    tsp = bpf_map_lookup_elem((void *)bpf_pseudo_fd(1, -1), &req);",
      47: "    if (tsp == 0) {",
      50: "    delta = bpf_ktime_get_ns() - *tsp;",
      51: "    delta /= 1000;",
      54: "    ({ typeof(dist.key) _key = bpf_log2l(delta); typeof(dist.leaf) *_leaf = bpf_map_lookup_elem((void *)bpf_pseudo_fd(1, -2), &_key); if (_leaf) lock_xadd(_leaf, 1); });",
      56: "    bpf_map_delete_elem((void *)bpf_pseudo_fd(1, -1), &req);",
      58: "}",
    },
  },
  helpers: {
    path: "/virtual/include/bcc/helpers.h",
    lines: {
      602: "  r = (v > 0xFFFF) << 4; v >>= r;",
      603: "  shift = (v > 0xFF) << 3; v >>= shift; r |= shift;",
      604: "  shift = (v > 0xF) << 2; v >>= shift; r |= shift;",
      605: "  shift = (v > 0x3) << 1; v >>= shift; r |= shift;",
      606: "  r |= (v >> 1);",
      613: "  unsigned int hi = v >> 32;",
      614: "  if (hi)",
      615: "    return bpf_log2(hi) + 32 + 1;",
      617: "    return bpf_log2(v) + 1;",
    },
  },
};

/** bpf_log2 of the 32 bits in `v`, into r1, with r3 for the shifts. */
function log2(name: string, v: string): string {
  return `
    ; helpers 602:10
    r1 = 1
    if ${v} > 0xffff goto ${name}_16
    r1 = 0
    ${name}_16:
    ; helpers 602:20
    r1 <<= 4
    ; helpers 602:28
    ${v} >>= r1
    ${v} <<= 32
    ${v} >>= 32
    ; helpers 603:14
    r3 = 1
    if ${v} > 0xff goto ${name}_8
    r3 = 0
    ${name}_8:
    ; helpers 603:22
    r3 <<= 3
    ; helpers 603:30
    ${v} >>= r3
    ${v} <<= 32
    ${v} >>= 32
    ; helpers 603:43
    r1 |= r3
    ; helpers 604:14
    r3 = 1
    if ${v} > 0xf goto ${name}_4
    r3 = 0
    ${name}_4:
    ; helpers 604:21
    r3 <<= 2
    ; helpers 604:29
    ${v} >>= r3
    ${v} <<= 32
    ${v} >>= 32
    ; helpers 604:42
    r1 |= r3
    ; helpers 605:14
    r3 = 1
    if ${v} > 0x3 goto ${name}_2
    r3 = 0
    ${name}_2:
    ; helpers 605:21
    r3 <<= 1
    ; helpers 605:29
    ${v} >>= r3
    ${v} <<= 32
    ${v} >>= 32
    ; helpers 605:42
    r1 |= r3
    ; helpers 606:11
    ${v} >>= 1
    ; helpers 606:5
    r1 |= ${v}
  `;
}

export const TRACE_REQ_DONE = `
  ; 42:29
  r1 = *(u64 *)(r1 +112)
  ; 42:18
  *(u64 *)(r10 -8) = r1
  ; 46:39
  r1 = map[id:158]
  r2 = r10
  ; 0:0
  r2 += -8
  ; 46:11
  call bpf_map_lookup_elem
  r6 = r0
  r0 = 0
  ; 47:9
  if r6 == 0 goto out
  ; 50:13
  call bpf_ktime_get_ns
  ; 50:34
  r1 = *(u64 *)(r6 +0)
  ; 50:32
  r0 -= r1
  ; 51:11
  r0 /= 1000
  ; helpers 613:23
  r2 = r0
  r2 >>= 32
  ; helpers 614:7
  if r2 == 0 goto low_half
  ${log2("high", "r2")}
  ; helpers 615:25
  r2 = 33
  goto found
  low_half:
  ; helpers 617:21
  r2 = r0
  r2 <<= 32
  r2 >>= 32
  ${log2("low", "r2")}
  ; helpers 617:24
  r2 = 1
  found:
  r1 += r2
  ; 54:26
  *(u32 *)(r10 -12) = r1
  ; 54:105
  r1 = map[id:157]
  r2 = r10
  ; 0:0
  r2 += -12
  ; 54:77
  call bpf_map_lookup_elem
  ; 54:139
  if r0 == 0 goto forget
  r1 = 1
  ; 54:146
  lock *(u64 *)(r0 +0) += r1
  forget:
  ; 56:33
  r1 = map[id:158]
  r2 = r10
  ; 0:0
  r2 += -8
  ; 56:5
  call bpf_map_delete_elem
  r0 = 0
  out:
  ; 58:1
  exit
`;
