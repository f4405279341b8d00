/** Machine code as text. */
import { Capstone } from "./capstone.ts";
import { dataText, type NativeInsn } from "./insn.ts";
import { type Machine, machineNamed } from "./machines.ts";

export interface Disassembler {
  /** Everything in `image`, which stands at `base`, in order and without gaps. */
  insns(image: Uint8Array, base: bigint): Iterable<NativeInsn>;
}

/** Loads capstone, which takes a while; undefined where it does not know the machine (uname's name of it). */
export function openDisassembler(machine: string, littleEndian: boolean): Disassembler | undefined {
  const known = machineNamed(machine, littleEndian);
  if (!known) return undefined;
  const capstone = new Capstone(known.target);
  return { insns: (image, base) => decoded(known, capstone, image, base) };
}

/** For code that nobody can read. */
export function dataWords(littleEndian: boolean): Disassembler {
  return { insns: (image) => words(image, littleEndian) };
}

/** Bytes of a word of unknown code. */
const WORD = 4;

function* words(image: Uint8Array, littleEndian: boolean): Generator<NativeInsn> {
  for (let offset = 0; offset < image.length; offset += WORD) {
    const bytes = image.subarray(offset, offset + WORD);
    yield { offset, bytes, text: dataText(bytes, littleEndian) };
  }
}

function* decoded(
  machine: Machine,
  capstone: Capstone,
  image: Uint8Array,
  base: bigint,
): Generator<NativeInsn> {
  for (let offset = 0; offset < image.length; ) {
    const insn = { offset, ...insnAt(machine, capstone, image, base, offset) };
    yield insn;
    offset += insn.bytes.length;
  }
}

function insnAt(
  machine: Machine,
  capstone: Capstone,
  image: Uint8Array,
  base: bigint,
  offset: number,
): Omit<NativeInsn, "offset"> {
  const first = image[offset] as number;
  const prefix = machine.prefixes?.[first];
  if (prefix !== undefined) return { bytes: image.subarray(offset, offset + 1), text: prefix };
  const insn = capstone.at(image, base, offset);
  if (insn) return { bytes: insn.bytes, text: machine.text(insn) };
  const bytes = image.subarray(offset, offset + machine.size(first));
  return { bytes, text: dataText(bytes, machine.littleEndian) };
}
