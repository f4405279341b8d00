/** What a network device takes over from the kernel (bpftool feature.c: the probes with an ifindex). */
import { syscallError } from "../../../errors.ts";
import type { BpfFeatures, HelperAnswers, TypeAnswer } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { ENODEV } from "../../../uapi/errno.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import { probedHelpers } from "../../../uapi/probed-helpers.ts";
import { PROG_TYPE } from "../../../uapi/prog-types.ts";
import { answerOf, tryMap, tryProg, tryProgWithLog } from "./attempts.ts";
import { TURNED_DOWN } from "./helpers.ts";
import { assemble, callHelper, EXIT, setR0 } from "./insns.ts";
import { probeMisc } from "./misc.ts";

export interface Device {
  readonly ifindex: number;
  readonly vendor: number | undefined;
}

const PROG_TYPES = [PROG_TYPE.sched_cls, PROG_TYPE.xdp] as const;
const MAP_TYPES = [MAP_TYPE.hash, MAP_TYPE.array] as const;

/** Returning 0 is an error to Netronome's driver. */
const PROGRAM = assemble(setR0(2), EXIT);

/** What else a driver says of helpers that its hardware does not have, by the vendor's PCI id. */
const NOT_OFFERED_BY: Readonly<Record<number, readonly string[]>> = {
  0x19ee: ["not supported by FW", "unsupported function id"],
};

/** A device of this network namespace, by its name. */
export function findDevice(sys: Syscalls, name: string): Device {
  const read = (file: string) => sys.readText(`/sys/class/net/${name}/${file}`);
  const isName = name !== "" && name !== "." && name !== ".." && !name.includes("/");
  const ifindex = isName ? Number(read("ifindex") ?? 0) : 0;
  if (!(ifindex > 0)) throw syscallError(`unrecognized netdevice '${name}'`, ENODEV);
  const vendor = read("device/vendor");
  return { ifindex, vendor: vendor === undefined ? undefined : Number(vendor) };
}

export function probeDevice(sys: Syscalls, device: Device, full: boolean): BpfFeatures {
  const { ifindex } = device;
  const progTypes = PROG_TYPES.map((type): TypeAnswer => {
    const errno = tryProg(sys, { type, insns: PROGRAM, ifindex });
    return { type, answer: answerOf(errno, errno === 0) };
  });
  const mapTypes = MAP_TYPES.map((type): TypeAnswer => {
    const errno = tryMap(sys, { type, keySize: 4, valueSize: 4, maxEntries: 1, ifindex });
    return { type, answer: answerOf(errno, errno === 0) };
  });
  const helpers = progTypes.map(({ type, answer }): HelperAnswers => {
    const asked = answer === "available" ? probedHelpers(full) : [];
    return { progType: type, available: asked.filter((id) => offers(sys, device, type, id)), refused: [] };
  });
  return { progTypes, mapTypes, helpers, misc: probeMisc(sys, ifindex) };
}

/** The verdict counts, not whether the program could be loaded: its arguments are wrong anyway. */
function offers(sys: Syscalls, { ifindex, vendor = 0 }: Device, type: number, id: number): boolean {
  const { log } = tryProgWithLog(sys, { type, insns: assemble(callHelper(id), EXIT), ifindex });
  return ![...TURNED_DOWN, ...(NOT_OFFERED_BY[vendor] ?? [])].some((text) => log.includes(text));
}
