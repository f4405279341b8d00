/** Names of what BPF_TASK_FD_QUERY finds behind a descriptor (enum bpf_task_fd_type), by value. */
export const PERF_FD_TYPES = [
  "raw_tracepoint",
  "tracepoint",
  "kprobe",
  "kretprobe",
  "uprobe",
  "uretprobe",
] as const;
