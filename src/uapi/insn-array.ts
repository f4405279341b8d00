/** Values of maps of instructions, the jump tables of programs (struct bpf_insn_array_value of include/uapi/linux/bpf.h, Linux 6.19). */
export const INSN_ARRAY_VALUE = {
  size: 16,
  /** Slot of the program as it was loaded. */
  origOff: 0,
  /** Slot of the translated program: REMOVED_INSN where the verifier has taken the instruction out. */
  xlatedOff: 4,
} as const;

export const REMOVED_INSN = 0xffff_ffff;
