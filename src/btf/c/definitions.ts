/**
 * Definitions in C, and what must stand before them. They are written by WebAssembly, made of assembly/: a kernel's header is done
 * before V8 has compiled as much JavaScript, and most of the time went into running it uncompiled.
 */
import { readFileSync } from "node:fs";
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import { type TextSink, writeBytesTo } from "../../bytes/sink.ts";
import { malformedError } from "../../errors.ts";
import { packageFile } from "../../package-file.ts";
import { pointerSize } from "./pointer-size.ts";
import { problem } from "./problems.ts";
import type { RawTypes } from "./raw-types.ts";
import type { References } from "./references.ts";
import { compile, isTrap, type WasmMemory } from "../../web-assembly.ts";

const FILE = "dist/definitions.wasm";

/**
 * Steps that a whole dump may take. Anonymous types that contain one another twice double at each level; a real BTF
 * takes a few steps for each of its types, members, parameters and enumerators, each of which is met more than once: as itself,
 * as a target, as a member.
 */
const STEPS = 1_000_000;
const STEPS_PER_ITEM = 16;

/** The functions of assembly/index.ts. */
interface DefinitionExports {
  readonly memory: WasmMemory;
  start(types: number, words: number, bytes: number, pointerSize: number, steps: bigint): void;
  wordsStart(): number;
  startsStart(): number;
  kindsStart(): number;
  bytesStart(): number;
  referencedStart(): number;
  defineFrom(id: number): void;
  defineSorted(): void;
  defineUnsorted(): void;
  declareKfunc(id: number, fast: boolean): void;
  flush(): void;
}

let instantiate: ReturnType<typeof compile<DefinitionExports>> | undefined;

interface Parts {
  readonly out: TextSink;
  readonly types: RawTypes;
  readonly references: References;
}

/** The definitions of one BTF, each written once; one that fails in the middle is not handed on. */
export class Definitions {
  readonly #wasm: DefinitionExports;

  constructor({ out, types, references }: Parts) {
    instantiate ??= compile(readModule());
    this.#wasm = instantiate({
      host: {
        write: (start: number, length: number) => writeBytesTo(out, this.#bytes(start, length)),
        fail: (number: number, subject: number) => {
          throw problem(number, subject >>> 0, types);
        },
      },
    });
    const { count, words, starts, kinds, bytes } = types;
    const wasm = this.#wasm;
    const steps = BigInt(STEPS + STEPS_PER_ITEM * references.items);
    withinMemory(() => wasm.start(count, words.length, bytes.length, pointerSize(types), steps));
    this.#setWords(wasm.wordsStart(), words);
    this.#setWords(wasm.startsStart(), starts);
    this.#bytes(wasm.kindsStart(), count).set(kinds);
    this.#bytes(wasm.bytesStart(), bytes.length).set(bytes);
    this.#bytes(wasm.referencedStart(), count).set(references.referenced);
  }

  /** Writes a type and all that it needs. This and its likes throw a malformed error where types make no C. */
  writeFrom(id: number): void {
    withinMemory(() => this.#wasm.defineFrom(id));
  }

  /** Writes all types by kind and name. */
  writeSorted(): void {
    withinMemory(() => this.#wasm.defineSorted());
  }

  /** Writes all types by id. */
  writeUnsorted(): void {
    withinMemory(() => this.#wasm.defineUnsorted());
  }

  /** Writes the declaration of a function of the kernel. `fast`: it is called without saving registers. */
  declareKfunc(id: number, fast: boolean): void {
    withinMemory(() => this.#wasm.declareKfunc(id, fast));
  }

  /** Hands on what is whole. */
  flush(): void {
    this.#wasm.flush();
  }

  /** Of the module's memory, which moves when it grows: good until the next call. */
  #bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#wasm.memory.buffer, start >>> 0, length);
  }

  /** WebAssembly has the low byte first, whatever the machine has. */
  #setWords(start: number, words: Uint32Array): void {
    const { buffer } = this.#wasm.memory;
    if (HOST_LITTLE_ENDIAN) return new Uint32Array(buffer, start >>> 0, words.length).set(words);
    const view = new DataView(buffer, start >>> 0, 4 * words.length);
    for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i] as number, true);
  }
}

/** The module ends where it gets no more memory: it may have 4 GiB. */
function withinMemory(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (isTrap(error))
      throw malformedError("BTF", `its types take more memory than there is (${error.message})`);
    throw error;
  }
}

function readModule(): Uint8Array {
  const place = packageFile(FILE);
  if (place === undefined) throw new Error(`${FILE} is missing: npm run build makes it`);
  return readFileSync(place);
}
