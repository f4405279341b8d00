/** A machine whose names shells must not touch, for completion. */
import type { Machine } from "./memory-source.ts";
import { btfRecord, linkRecord, mapRecord, progRecord } from "./records.ts";

const tag = (byte: number) => new Uint8Array(8).fill(byte);

/** A shell that reads them as its own words runs commands, parts them, or prints other names. */
export const HOSTILE_NAMES = ["$(touch x)", "a b", "c:d=e", "it's", "back\\slash", "#x", "*"] as const;

export const COMPLETION_MACHINE: Machine = {
  progs: [
    progRecord({ id: 7, name: "talker", tag: tag(0xaa) }),
    progRecord({ id: 8, name: "twin", tag: tag(0xbb) }),
    progRecord({ id: 80, name: "twin", tag: tag(0xbb) }),
    progRecord({ id: 81, name: "line\nbreak", tag: tag(0xcc) }),
  ],
  maps: [
    mapRecord({ id: 3, name: "counts", type: 1 }),
    ...HOSTILE_NAMES.map((name, i) => mapRecord({ id: 10 + i, name, type: 2 })),
    mapRecord({ id: 26, name: "congestion", type: 26 }),
  ],
  links: [linkRecord(5, 4, 7, { kind: "netns", netnsIno: 1, attachType: 0 })],
  btfs: [btfRecord({ id: 1, name: "vmlinux", kernel: true }), btfRecord({ id: 9 })],
  pins: [
    { kind: "prog", id: 7, path: "/sys/fs/bpf/talker" },
    { kind: "map", id: 3, path: "/sys/fs/bpf/my counts" },
    { kind: "link", id: 5, path: "/sys/fs/bpf/a_link" },
  ],
  nets: [
    {
      netns: { ino: 1n, own: true, names: [] },
      devices: [
        { ifindex: 1, ifname: "lo", altNames: [], mprogs: [], filters: [] },
        { ifindex: 2, ifname: "eth0", altNames: [], mprogs: [], filters: [] },
      ],
      flowDissector: [],
      problems: [],
    },
  ],
};
