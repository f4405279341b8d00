/** BPF_PROG_QUERY: ids of the programs on a device, a namespace, a map, with what else the kernel tells of each. */
import { BPF, makeAttr, QUERY_ATTR } from "../../sys/attr.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

type QueryArray = "progIds" | "progAttachFlags" | "linkIds" | "linkAttachFlags";

/** `target` is the index of a device, or a descriptor. Returns how many elements of the arrays are filled, or -errno. */
export function queryProgs(
  sys: Syscalls,
  target: number,
  attachType: number,
  arrays: Readonly<Partial<Record<QueryArray, Uint32Array>>>,
): number {
  const entries = Object.entries(arrays) as [QueryArray, Uint32Array][];
  const room = Math.min(...entries.map(([, { length }]) => length));
  const attr = makeAttr(QUERY_ATTR, { target, attachType, count: room });
  const status = sys.bpf(
    BPF.PROG_QUERY,
    attr,
    entries.map(([name, array]) => ({
      holder: attr,
      offset: QUERY_ATTR[name].offset,
      target: new Uint8Array(array.buffer),
    })),
  );
  return status < 0 ? status : Math.min(decodeStruct(QUERY_ATTR, attr).count, room);
}
