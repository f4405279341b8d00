/** The streams that programs print into (include/uapi/linux/bpf.h: enum). */
export const PROG_STREAM = { stdout: 1, stderr: 2 } as const;
