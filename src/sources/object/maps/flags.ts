/** Bits of map_flags (enum in include/uapi/linux/bpf.h) that follow from something else than the object's own words. */
export const MAP_FLAG = {
  RDONLY: 0x8,
  WRONLY: 0x10,
  RDONLY_PROG: 0x80,
  MMAPABLE: 0x400,
  LINK: 0x2000,
} as const;
