/** Netlink messages made by hand, in the byte order of this machine: what the kernel would answer. */
import { HOST_LITTLE_ENDIAN } from "../../src/bytes/host.ts";

const NLM_F_MULTI = 2;
const AF_PACKET = 17;
const MESSAGE = { newLink: 16, newQdisc: 36, newClass: 40, newFilter: 44, error: 2, done: 3 } as const;

export function bytesOf(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Little numbers of the machine's order, each with its size in bytes. */
export function numbers(...fields: readonly (readonly [size: 1 | 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, HOST_LITTLE_ENDIAN);
    else view.setUint32(at, value >>> 0, HOST_LITTLE_ENDIAN);
    at += size;
  }
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytesOf(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}

/** Padded; the length tells of the value without. */
export function attribute(type: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = bytesOf(...values);
  return padded(bytesOf(numbers([2, value.length + 4], [2, type]), value));
}

export function textAttribute(type: number, text: string): Uint8Array {
  return attribute(type, Buffer.from(`${text}\0`, "latin1"));
}

export function u32Attribute(type: number, value: number): Uint8Array {
  return attribute(type, numbers([4, value]));
}

export interface MessageOptions {
  readonly seq?: number;
  readonly flags?: number;
}

export function message(
  type: number,
  body: Uint8Array,
  { seq = 1, flags = NLM_F_MULTI }: MessageOptions = {},
): Uint8Array {
  const header = numbers([4, 16 + body.length], [2, type], [2, flags], [4, seq], [4, 0]);
  return padded(bytesOf(header, body));
}

/** `errno` is told as the kernel does, negative. */
export function done(errno = 0, options?: MessageOptions): Uint8Array {
  return message(MESSAGE.done, numbers([4, -errno]), options);
}

export function failure(errno: number, options?: MessageOptions): Uint8Array {
  return message(MESSAGE.error, bytesOf(numbers([4, -errno]), new Uint8Array(16)), options);
}

export interface XdpParts {
  readonly attached?: number;
  readonly prog?: number;
  readonly driver?: number;
  readonly generic?: number;
  readonly offload?: number;
}

export function link(
  ifindex: number,
  ifname: string,
  {
    xdp,
    altNames = [],
    kind,
    options,
  }: { xdp?: XdpParts; altNames?: readonly string[]; kind?: string; options?: MessageOptions } = {},
): Uint8Array {
  const header = numbers([1, AF_PACKET], [1, 0], [2, 1], [4, ifindex], [4, 0x1003], [4, 0]);
  const properties = altNames.map((name) => textAttribute(53, name));
  const body = bytesOf(
    header,
    textAttribute(3, ifname),
    u32Attribute(4, 1500),
    xdpAttribute(xdp ?? { attached: 0 }),
    ...(kind === undefined ? [] : [attribute(18, textAttribute(1, kind))]),
    ...(properties.length > 0 ? [attribute(52 | 0x8000, ...properties)] : []),
  );
  return message(MESSAGE.newLink, body, options);
}

function xdpAttribute({ attached, prog, driver, generic, offload }: XdpParts): Uint8Array {
  const id = (type: number, value: number | undefined) =>
    value === undefined ? [] : [u32Attribute(type, value)];
  const mode = attached === undefined ? [] : [attribute(2, numbers([1, attached]))];
  const ids = [...id(4, prog), ...id(5, driver), ...id(6, generic), ...id(7, offload)];
  return attribute(43 | 0x8000, ...mode, ...ids);
}

interface TcParts {
  readonly ifindex: number;
  readonly handle?: number;
  readonly parent?: number;
  readonly kind?: string;
}

function tc(
  type: number,
  { ifindex, handle = 0, parent = 0, kind }: TcParts,
  options: Uint8Array[],
): Uint8Array {
  const header = numbers([1, 0], [1, 0], [2, 0], [4, ifindex], [4, handle], [4, parent], [4, 0]);
  const name = kind === undefined ? [] : [textAttribute(1, kind)];
  return message(type, bytesOf(header, ...name, ...options));
}

export function qdisc(parts: TcParts): Uint8Array {
  return tc(MESSAGE.newQdisc, parts, []);
}

export function tcClass(parts: TcParts): Uint8Array {
  return tc(MESSAGE.newClass, parts, []);
}

/** `options` are the attributes of the filter; without, it is the message that comes before those of a kind. */
export function filter(parts: TcParts, ...options: readonly Uint8Array[]): Uint8Array {
  return tc(MESSAGE.newFilter, parts, options.length > 0 ? [attribute(2, ...options)] : []);
}

/** Attributes of a filter of kind bpf: TCA_BPF_NAME, TCA_BPF_ID, TCA_BPF_ACT. */
export const BPF_FILTER = {
  name: (text: string) => textAttribute(7, text),
  id: (id: number) => u32Attribute(11, id),
  actions: (...actions: readonly Uint8Array[]) => attribute(1, ...actions),
};

/** An action at its place in the order, from 1. */
export function action(place: number, kind: string, ...options: readonly Uint8Array[]): Uint8Array {
  return attribute(place, textAttribute(1, kind), attribute(2 | 0x8000, ...options));
}

/** Attributes of an action of kind bpf: TCA_ACT_BPF_PARMS, _NAME, _ID. */
export const BPF_ACTION = {
  parms: attribute(2, new Uint8Array(20)),
  name: (text: string) => textAttribute(6, text),
  id: (id: number) => u32Attribute(9, id),
};
