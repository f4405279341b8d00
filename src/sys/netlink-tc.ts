/**
 * Traffic control from RTM_NEWQDISC, RTM_NEWTCLASS and RTM_NEWTFILTER (kernel headers uapi/linux/rtnetlink.h, pkt_cls.h,
 * tc_act/tc_bpf.h).
 */
import type { ByteReader } from "../bytes/reader.ts";
import type { ActionRecord, FilterRecord } from "../model/net-records.ts";
import { attributes, attributeText, attributeU32, type Range } from "./netlink.ts";
import { type Decoder, splitMessage, TC_HEADER } from "./netlink-route.ts";

const TCA = { KIND: 1, OPTIONS: 2 } as const;
const TCA_BPF = { ACT: 1, NAME: 7, ID: 11 } as const;
const TCA_ACT = { KIND: 1, OPTIONS: 2 } as const;
const TCA_ACT_BPF = { NAME: 6, ID: 9 } as const;

/** A qdisc or a class. */
export interface QdiscAnswer {
  readonly ifindex: number;
  readonly handle: number;
  readonly kind: string;
}

/** What bpftool calls a qdisc that does not say its kind. */
const NO_KIND = "unknown";

export const decodeQdisc: Decoder<QdiscAnswer> = (answer, message) => {
  const { start, rest } = splitMessage(message, TC_HEADER);
  let kind = NO_KIND;
  for (const attribute of attributes(answer, rest))
    if (attribute.type === TCA.KIND) kind = attributeText(answer, attribute);
  return { ifindex: answer.u32(start + 4), handle: answer.u32(start + 8), kind };
};

const BPF_KIND = "bpf";

/** undefined for filters of other kinds, and for the message without options that comes before those of a kind. */
export const decodeFilter: Decoder<Omit<FilterRecord, "kind"> | undefined> = (answer, message) => {
  const { kind, options } = kindAndOptions(answer, splitMessage(message, TC_HEADER).rest, TCA);
  if (kind !== BPF_KIND || options === undefined) return undefined;
  const filter: { name?: string; progId?: number; actions?: readonly ActionRecord[] } = {};
  for (const attribute of attributes(answer, options)) {
    if (attribute.type === TCA_BPF.NAME) filter.name = attributeText(answer, attribute);
    else if (attribute.type === TCA_BPF.ID) filter.progId = attributeU32(answer, attribute);
    else if (attribute.type === TCA_BPF.ACT) filter.actions = decodeActions(answer, attribute);
  }
  return filter;
};

/** Actions are numbered by the types of their attributes, in the order in which they run. */
function decodeActions(answer: ByteReader, nest: Range): ActionRecord[] {
  return [...attributes(answer, nest)].flatMap((one) => {
    const { kind, options } = kindAndOptions(answer, one, TCA_ACT);
    if (kind !== BPF_KIND || options === undefined) return [];
    const action: { name?: string; progId?: number } = {};
    for (const attribute of attributes(answer, options)) {
      if (attribute.type === TCA_ACT_BPF.NAME) action.name = attributeText(answer, attribute);
      else if (attribute.type === TCA_ACT_BPF.ID) action.progId = attributeU32(answer, attribute);
    }
    return [action];
  });
}

function kindAndOptions(answer: ByteReader, nest: Range, types: { KIND: number; OPTIONS: number }) {
  let kind: string | undefined;
  let options: Range | undefined;
  for (const attribute of attributes(answer, nest)) {
    if (attribute.type === types.KIND) kind = attributeText(answer, attribute);
    else if (attribute.type === types.OPTIONS) options = attribute;
  }
  return { kind, options };
}
