/**
 * A BPF object file: what is read of it as a whole. Parts that cannot be read are told as warnings, and are as if
 * they were not there (libbpf libbpf.c:bpf_object__elf_init, bpf_object__elf_collect).
 */
import { Btf } from "../../btf/btf.ts";
import { cString } from "../../bytes/text.ts";
import { ELF_MACHINE, ELF_TYPE } from "../../elf/constants.ts";
import { type ElfFile, parseElf } from "../../elf/elf.ts";
import { tolerate } from "../../elf/problems.ts";
import { sectionBytes, sectionNamed } from "../../elf/sections.ts";
import { NO_SYMBOLS, type SymbolTable, symbolTable } from "../../elf/symbols.ts";
import { InspectError, malformedError, unsupportedError } from "../../errors.ts";
import type { BpfObject } from "./contract.ts";
import { machineText } from "./machines.ts";
import { Warnings } from "./warnings.ts";

/** The object with what only its programs need. */
export interface ObjectFile extends BpfObject {
  /** The section .BTF.ext. */
  readonly btfExt: Uint8Array | undefined;
  /** What `read` gives; `otherwise` where it fails, which is told as a warning. */
  attempt<T>(otherwise: T, read: () => T): T;
  warnings(): readonly string[];
}

/** `label` is byte text. Throws where the file is no ELF file or not for BPF. */
export function readObject(bytes: Uint8Array, label: string): ObjectFile {
  const warnings = new Warnings();
  const problems = ({ message }: InspectError): void => warnings.add(message);
  const elf = readElf(bytes, label, problems);
  const { type, machine, bits } = elf;
  // Old compilers leave the machine open.
  if (machine !== ELF_MACHINE.BPF && !(machine === 0 && type === ELF_TYPE.REL)) {
    const what = `it is an ELF file for ${machineText(machine)}, not for BPF`;
    throw unsupportedError(
      `Cannot open source '${label}': ${what}; 'btf dump file' reads the BTF of such files`,
    );
  }
  if (type !== ELF_TYPE.REL) warnings.add(`ELF type ${type} is not relocatable: no loader takes it as it is`);
  if (bits !== 64) warnings.add(`the ELF file has ${bits} bits: no loader takes it as it is`);
  return new ReadObject(elf, label, warnings, problems);
}

function readElf(bytes: Uint8Array, label: string, problems: (problem: InspectError) => void): ElfFile {
  try {
    return parseElf(bytes, problems);
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    throw new InspectError(error.code, `Cannot open source '${label}': ${error.message}`, {
      data: error.data,
    });
  }
}

/** Most of it is read when it is asked for. */
class ReadObject implements ObjectFile {
  readonly elf: ElfFile;
  readonly label: string;
  readonly littleEndian: boolean;
  readonly #warnings: Warnings;
  readonly #problems: (problem: InspectError) => void;
  #symbols: SymbolTable | undefined;
  #btf: { readonly read: Btf | undefined } | undefined;

  constructor(elf: ElfFile, label: string, warnings: Warnings, problems: (problem: InspectError) => void) {
    this.elf = elf;
    this.label = label;
    this.littleEndian = elf.reader.littleEndian;
    this.#warnings = warnings;
    this.#problems = problems;
  }

  get symbols(): SymbolTable {
    this.#symbols ??= this.attempt(NO_SYMBOLS, () => symbolTable(this.elf, undefined, this.#problems));
    return this.#symbols;
  }

  get btf(): Btf | undefined {
    this.#btf ??= { read: this.attempt(undefined, () => this.#readBtf()) };
    return this.#btf.read;
  }

  get btfExt(): Uint8Array | undefined {
    return this.#section(".BTF.ext");
  }

  get license(): string {
    const bytes = this.#section("license");
    return bytes ? cString(bytes) : "";
  }

  warn(message: string): void {
    this.#warnings.add(message);
  }

  warnings(): readonly string[] {
    return this.#warnings.list();
  }

  attempt<T>(otherwise: T, read: () => T): T {
    return tolerate(this.#problems, () => otherwise, read);
  }

  #readBtf(): Btf | undefined {
    const bytes = this.#section(".BTF");
    const btf = bytes && new Btf(bytes);
    if (btf && btf.littleEndian !== this.littleEndian)
      throw malformedError("BTF", "its byte order is not that of the ELF file", 0);
    return btf;
  }

  #section(name: string): Uint8Array | undefined {
    const section = sectionNamed(this.elf, name);
    return section && this.attempt(undefined, () => sectionBytes(this.elf, section));
  }
}
