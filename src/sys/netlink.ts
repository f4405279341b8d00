/**
 * Netlink messages as bytes (include/uapi/linux/netlink.h, netlink(7)): requests for dumps, the messages of an answer,
 * and their attributes. All in the byte order of this machine; nothing here touches a socket.
 */
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import { ByteReader } from "../bytes/reader.ts";
import { cString } from "../bytes/text.ts";
import { malformedError } from "../errors.ts";

/** Types below those of the protocols. */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const;
/** The dump is not of one moment: what it tells may lack something. */
export const NLM_F_DUMP_INTR = 0x10;

const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;
/** struct nlmsghdr: u32 length, u16 type, u16 flags, u32 seq, u32 pid. */
const MESSAGE_HEADER = 16;
/** struct nlattr: u16 length, u16 type. */
const ATTRIBUTE_HEADER = 4;
/** The upper two bits of an attribute's type are flags. */
const TYPE_MASK = 0x3fff;
/** No name that the kernel keeps is longer (CLS_BPF_NAME_LEN, ALTIFNAMSIZ). */
const MAX_TEXT = 256;
const WHAT = "netlink answer";

/** Bytes `start` to `end` of an answer. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The range is that of its payload. */
export interface NetlinkMessage extends Range {
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
}

/** The range is that of its value. */
export interface Attribute extends Range {
  readonly type: number;
}

/** A request for everything of a type; `body` is the struct of its protocol with attributes. */
export function encodeDumpRequest(type: number, seq: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_HEADER + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, HOST_LITTLE_ENDIAN);
  view.setUint16(4, type, HOST_LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, HOST_LITTLE_ENDIAN);
  view.setUint32(8, seq, HOST_LITTLE_ENDIAN);
  bytes.set(body, MESSAGE_HEADER);
  return bytes;
}

export function answerReader(bytes: Uint8Array): ByteReader {
  return new ByteReader(bytes, { littleEndian: HOST_LITTLE_ENDIAN, what: WHAT });
}

/** The messages of one answer. Throws a malformed error where one does not end in it, after those before. */
export function* messages(answer: ByteReader): Generator<NetlinkMessage> {
  for (let at = 0; at < answer.length; ) {
    const length = answer.u32(at);
    if (length < MESSAGE_HEADER) throw malformedError(WHAT, `a message of ${length} bytes`, at);
    answer.need(at, length);
    const [type, flags, seq] = [answer.u16(at + 4), answer.u16(at + 6), answer.u32(at + 8)];
    yield { type, flags, seq, start: at + MESSAGE_HEADER, end: at + length };
    at += aligned(length);
  }
}

/**
 * The attributes that fill a range, or those of some types. Throws a malformed error where one does not end in it. A device
 * has fifty, and few of them matter.
 */
export function attributes(
  answer: ByteReader,
  { start, end }: Range,
  types?: ReadonlySet<number>,
): Attribute[] {
  const found: Attribute[] = [];
  for (let at = start; at + ATTRIBUTE_HEADER <= end; ) {
    const length = answer.u16(at);
    if (length < ATTRIBUTE_HEADER || at + length > end)
      throw malformedError(WHAT, `an attribute of ${length} bytes where ${end - at} are left`, at);
    const type = answer.u16(at + 2) & TYPE_MASK;
    if (types?.has(type) ?? true) found.push({ type, start: at + ATTRIBUTE_HEADER, end: at + length });
    at += aligned(length);
  }
  return found;
}

export function attributeU8(answer: ByteReader, value: Range): number {
  needValue(value, 1);
  return answer.u8(value.start);
}

export function attributeU32(answer: ByteReader, value: Range): number {
  needValue(value, 4);
  return answer.u32(value.start);
}

/** Byte text up to a NUL, or up to the end; what is too long for a name is cut. */
export function attributeText(answer: ByteReader, { start, end }: Range): string {
  return cString(answer.bytes, start, Math.min(end, start + MAX_TEXT));
}

/** The errno that an ERROR or DONE message tells, 0 where all went well. */
export function errnoIn(answer: ByteReader, { start, end }: Range): number {
  return end - start < 4 ? 0 : Math.max(0, -answer.i32(start));
}

function needValue({ start, end }: Range, size: number): void {
  if (end - start < size)
    throw malformedError(WHAT, `an attribute with ${end - start} bytes, not ${size}`, start);
}

/** Messages and attributes begin at multiples of four. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}
