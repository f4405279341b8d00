/**
 * Two programs of bpftrace's biolatency tool:
 *
 *     kprobe:blk_account_io_done /@start[arg0]/ {
 *       @usecs = hist((nsecs - @start[arg0]) / 1000); delete(@start[arg0]);
 *     }
 *     END { clear(@start); }
 *
 * Maps: 130 to user space, 131 @start, 132 @usecs.
 */

/** Asks user space to clear @start: 20002, then the map's name. Its tag is the one in the article. */
export const END = `
  r6 = r1
  r1 = 29810
  *(u16 *)(r10 -4) = r1
  r1 = 1635021632
  *(u32 *)(r10 -8) = r1
  r1 = 20002
  *(u64 *)(r10 -16) = r1
  r1 = 0
  *(u8 *)(r10 -2) = r1
  r7 = map[id:130]
  call bpf_get_smp_processor_id
  r4 = r10
  r4 += -16
  r1 = r6
  r2 = r7
  r3 = r0
  r5 = 15
  call bpf_perf_event_output
  r0 = 0
  exit
`;

/** Puts arg0, which is ctx->di, in the stack slot of the key of @start. */
const READ_ARG0 = `
  r1 = r10
  r1 += -8
  r2 = 8
  r3 = r6
  call bpf_probe_read
  r1 = *(u64 *)(r10 -8)
  *(u64 *)(r10 -16) = r1
`;

/** One step of log2: where r1 has a bit at or above `shift`, moves it down and counts that in r2. */
function log2Step(shift: number): string {
  return `
    r3 = 1
    if r1 > ${2 ** shift - 1} goto above_${shift}
    r3 = 0
    above_${shift}:
    r3 <<= ${Math.log2(shift)}
    r1 >>= r3
    r2 += r3
  `;
}

export const BLK_ACCOUNT_IO_DONE = `
  r6 = r1
  r6 += 112
  ${READ_ARG0}
  r1 = map[id:131]
  r2 = r10
  r2 += -16
  call bpf_map_lookup_elem
  if r0 != 0 goto seen
  r1 = 0
  goto predicate
  seen:
  r1 = *(u64 *)(r0 +0)
  predicate:
  if r1 == 0 goto out

  call bpf_ktime_get_ns
  r7 = r0
  ${READ_ARG0}
  r1 = map[id:131]
  r2 = r10
  r2 += -16
  call bpf_map_lookup_elem
  if r0 != 0 goto started
  r1 = 0
  goto elapsed
  started:
  r1 = *(u64 *)(r0 +0)
  elapsed:
  r7 -= r1
  r7 /= 1000

  r1 = r7
  r2 = 0
  if r1 s> -1 goto not_negative
  goto bucket
  not_negative:
  if r1 != 0 goto not_zero
  r2 = 1
  goto bucket
  not_zero:
  r2 = 2
  ${[16, 8, 4, 2, 1].map(log2Step).join("")}
  bucket:
  *(u64 *)(r10 -24) = r2

  r1 = map[id:132]
  r2 = r10
  r2 += -24
  call bpf_map_lookup_elem
  r1 = 1
  if r0 == 0 goto first
  r1 = *(u64 *)(r0 +0)
  r1 += 1
  first:
  *(u64 *)(r10 -32) = r1
  r1 = map[id:132]
  r2 = r10
  r2 += -24
  r3 = r10
  r3 += -32
  r4 = 0
  call bpf_map_update_elem

  ${READ_ARG0}
  r1 = map[id:131]
  r2 = r10
  r2 += -16
  call bpf_map_delete_elem
  out:
  r0 = 0
  exit
`;
