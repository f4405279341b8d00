/** Programs on maps of sockets (kernel net/core/sock_map.c:sock_map_bpf_prog_query). */
import { syscallError } from "../../errors.ts";
import type { MapInfo, MapProgRecord } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ATTACH_TYPE } from "../../uapi/attach-types.ts";
import { EBUSY, EINVAL, EOPNOTSUPP } from "../../uapi/errno.ts";
import { takesProgs } from "../../uapi/map-traits.ts";
import { withObject } from "./objects.ts";
import { queryProgs } from "./prog-query.ts";

/** A map has one program for each at most. */
const HOOKS = [
  ATTACH_TYPE.sk_skb_stream_parser,
  ATTACH_TYPE.sk_skb_stream_verdict,
  ATTACH_TYPE.sk_skb_verdict,
  ATTACH_TYPE.sk_msg_verdict,
];

/** Kernels before 5.17 cannot be asked, some lack the parser, and only one kind of verdict may be there. */
const NONE: ReadonlySet<number> = new Set([EINVAL, EOPNOTSUPP, EBUSY]);

/** None on other maps. */
export function readMapProgs(sys: Syscalls, { id, type }: MapInfo): MapProgRecord[] {
  if (!takesProgs(type)) return [];
  return withObject(sys, "map", id, (fd) =>
    HOOKS.flatMap((attachType) => {
      const progIds = new Uint32Array(1);
      const count = queryProgs(sys, fd, attachType, { progIds });
      if (NONE.has(-count)) return [];
      if (count < 0) throw syscallError("can't query prog", -count);
      return Array.from(progIds.subarray(0, count), (progId) => ({ attachType, progId }));
    }),
  );
}
