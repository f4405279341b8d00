/**
 * The one adapter over capstone (@alexaltea/capstone-js), a disassembler compiled to WebAssembly.
 *
 * Its JavaScript makes an object of ten thousand constants and takes longer to load than the disassembler
 * itself. So the WebAssembly module is used directly, by capstone's C interface (capstone.h).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cString } from "../bytes/text.ts";
import { unsupportedError } from "../errors.ts";
import { compile, isTrap, type WasmFunction, type WasmMemory } from "../web-assembly.ts";

type CapstoneExports = Readonly<Record<string, WasmFunction | WasmMemory | undefined>>;

/** Which code is decoded: enum cs_arch, enum cs_mode, and options by enum cs_opt_type. */
export interface CapstoneTarget {
  readonly arch: number;
  readonly mode: number;
  readonly options?: readonly (readonly [type: number, value: number])[];
}

/** An instruction in capstone's words. */
export interface CapstoneInsn {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly mnemonic: string;
  readonly operands: string;
}

/** What version 5.0.9 of the package calls what it exports; its own JavaScript has the same table. */
export const EXPORTS = {
  memory: "d",
  initialize: "e",
  cs_open: "j",
  cs_option: "l",
  cs_malloc: "o",
  cs_disasm_iter: "p",
  malloc: "z",
} as const;

/** From the WASI interface: a stream that is not open. */
const EBADF = 8;
/**
 * There is nowhere to write to (fd_close, fd_write), and the memory of 22 MB, of which 6 are needed, does not
 * grow.
 */
const IMPORTS = { a: { a: () => EBADF, b: () => 0, c: () => EBADF } };

/** Offsets into struct cs_insn on a machine of 32 bits; texts end with NUL. */
const INSN = { size: 16, mnemonic: 42, operands: 74, end: 234 } as const;
/** Offsets into memory of ours: pointer to code, its length, its address; a handle. */
const STATE = { code: 0, length: 4, address: 8, handle: 16, size: 24 } as const;
/** Code is handed over in pieces of so many bytes. */
const WINDOW = 1 << 16;
/** More bytes than any instruction has. */
const LONGEST_INSN = 32;

export class Capstone {
  readonly #disasm: WasmFunction;
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #handle: number;
  readonly #state: number;
  readonly #window: number;
  readonly #insn: number;
  /** What part of which image is in the window. */
  #image: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  /** Takes about 15 ms. */
  constructor({ arch, mode, options = [] }: CapstoneTarget) {
    const exports = compile<CapstoneExports>(readModule())(IMPORTS);
    const call = (name: keyof typeof EXPORTS, ...values: readonly number[]) =>
      guarded(exports[EXPORTS[name]] as WasmFunction, values);
    const allocate = (name: "malloc" | "cs_malloc", value: number) => {
      const pointer = call(name, value);
      if (pointer === 0) throw failure("no memory");
      return pointer;
    };
    call("initialize");
    this.#state = allocate("malloc", STATE.size);
    this.#window = allocate("malloc", WINDOW);
    const { buffer } = exports[EXPORTS.memory] as WasmMemory;
    this.#memory = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    const handle = this.#state + STATE.handle;
    const status = call("cs_open", arch, mode, handle);
    if (status !== 0) throw failure(`cannot open, error ${status}`);
    this.#handle = this.#view.getUint32(handle, true);
    for (const [type, value] of options) call("cs_option", this.#handle, type, value);
    this.#insn = allocate("cs_malloc", this.#handle);
    this.#disasm = exports[EXPORTS.cs_disasm_iter] as WasmFunction;
  }

  /** The instruction `offset` bytes into `image`, which stands at `base`; undefined where there is none. */
  at(image: Uint8Array, base: bigint, offset: number): CapstoneInsn | undefined {
    this.#load(image, offset);
    const address = BigInt.asUintN(64, base + BigInt(offset));
    const size = this.#decode(offset - this.#start, this.#end - offset, address);
    if (size === 0) return undefined;
    const { mnemonic, operands, end } = INSN;
    return {
      address,
      bytes: image.subarray(offset, offset + size),
      mnemonic: cString(this.#memory, this.#insn + mnemonic, this.#insn + operands),
      operands: cString(this.#memory, this.#insn + operands, this.#insn + end),
    };
  }

  /** Puts the code from `offset` on into the window, if it is not there with enough behind it. */
  #load(image: Uint8Array, offset: number): void {
    const enough = this.#end === image.length || offset + LONGEST_INSN <= this.#end;
    if (image === this.#image && offset >= this.#start && enough) return;
    this.#image = image;
    this.#start = offset;
    this.#end = Math.min(offset + WINDOW, image.length);
    this.#memory.set(image.subarray(this.#start, this.#end), this.#window);
  }

  /** Bytes of the instruction in the window; 0 where there is none. */
  #decode(at: number, length: number, address: bigint): number {
    const { code, length: left, address: from } = STATE;
    this.#view.setUint32(this.#state + code, this.#window + at, true);
    this.#view.setUint32(this.#state + left, length, true);
    this.#view.setBigUint64(this.#state + from, address, true);
    const pointers = [this.#state + code, this.#state + left, this.#state + from, this.#insn];
    const found = guarded(this.#disasm, [this.#handle, ...pointers]);
    return found === 0 ? 0 : this.#view.getUint16(this.#insn + INSN.size, true);
  }
}

function readModule(): Uint8Array {
  const file = "@alexaltea/capstone-js/dist/capstone.wasm";
  try {
    return readFileSync(createRequire(import.meta.url).resolve(file));
  } catch (error) {
    throw failure(`cannot load '${file}': ${(error as Error).message}`);
  }
}

function guarded(call: WasmFunction, values: readonly number[]): number {
  try {
    return call(...values);
  } catch (error) {
    throw isTrap(error) ? failure(error.message) : error;
  }
}

function failure(detail: string) {
  return unsupportedError(`Cannot disassemble: capstone: ${detail}`);
}
