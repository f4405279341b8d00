/** Numbers of the capabilities that bpf(2) asks for (include/uapi/linux/capability.h). */
export const CAPABILITY = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type CapabilityName = keyof typeof CAPABILITY;
