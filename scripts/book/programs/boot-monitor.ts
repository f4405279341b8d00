/**
 * The programs of process 1765 that the article's `bpftool perf` shows: block I/O by latency, and forks.
 * Maps: 16 start times by struct request *, 17 I/O by milliseconds, 18 count of forks.
 */

/** On blk_account_io_start: remembers when. */
export const TRACE_START = `
  r1 = *(u64 *)(r1 +112)
  *(u64 *)(r10 -8) = r1
  call bpf_ktime_get_ns
  *(u64 *)(r10 -16) = r0
  r1 = map[id:16]
  r2 = r10
  r2 += -8
  r3 = r10
  r3 += -16
  r4 = 0
  call bpf_map_update_elem
  r0 = 0
  exit
`;

/** On blk_account_io_done: counts the milliseconds, all above 63 together. */
export const TRACE_DONE = `
  r1 = *(u64 *)(r1 +112)
  *(u64 *)(r10 -8) = r1
  r1 = map[id:16]
  r2 = r10
  r2 += -8
  call bpf_map_lookup_elem
  r6 = r0
  if r6 == 0 goto out
  call bpf_ktime_get_ns
  r1 = *(u64 *)(r6 +0)
  r0 -= r1
  r0 /= 1000000
  if r0 > 63 goto slow
  goto count
  slow:
  r0 = 63
  count:
  *(u32 *)(r10 -12) = r0
  r1 = map[id:17]
  r2 = r10
  r2 += -12
  call bpf_map_lookup_elem
  if r0 == 0 goto forget
  r1 = 1
  lock *(u64 *)(r0 +0) += r1
  forget:
  r1 = map[id:16]
  r2 = r10
  r2 += -8
  call bpf_map_delete_elem
  out:
  r0 = 0
  exit
`;

/** On sched_fork. */
export const COUNT_FORKS = `
  r1 = 0
  *(u32 *)(r10 -4) = r1
  r1 = map[id:18]
  r2 = r10
  r2 += -4
  call bpf_map_lookup_elem
  if r0 == 0 goto out
  r1 = 1
  lock *(u64 *)(r0 +0) += r1
  out:
  r0 = 0
  exit
`;
