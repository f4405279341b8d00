/** Of bpflens itself, and of the bpftool that it follows. */
export const VERSION = "0.1.0";

/** Scripts read these to know what output to expect. */
export const FOLLOWED = { bpftool: "7.8.0", libbpf: "1.8" } as const;
