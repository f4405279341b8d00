/** Where an XDP program runs (XDP_ATTACHED_* of include/uapi/linux/if_link.h). */
export const XDP_ATTACHED = { NONE: 0, DRV: 1, SKB: 2, HW: 3, MULTI: 4 } as const;
