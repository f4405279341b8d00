/** Programs for the graph tests. */
import { Btf } from "../../src/btf/btf.ts";
import { type ProgramCode, programCode } from "../../src/code/program-code.ts";
import { NO_SYMBOLS } from "../../src/kallsyms/symbols.ts";
import { namedFunctions } from "../../src/render/graph/functions.ts";
import type { Picture } from "../../src/render/graph/picture.ts";
import { programPicture } from "../../src/render/graph/program-picture.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { insns, u32s } from "../support/insns.ts";
import { progCode } from "../support/records.ts";

interface Described {
  /** Name of the function that begins at each pc; their type is `int name()`. */
  readonly funcs?: readonly (readonly [pc: number, name: string])[];
  /** Byte text. */
  readonly lines?: readonly {
    readonly pc: number;
    readonly text: string;
    readonly line?: number;
    readonly column?: number;
  }[];
  readonly notes?: readonly (readonly [pc: number, note: string])[];
}

export function graphCode(
  slots: readonly Uint8Array[],
  { funcs = [], lines = [], notes = [] }: Described = {},
): ProgramCode {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const code = progCode({
    xlated: insns(...slots),
    funcInfo: u32s(...funcs.flatMap(([pc, name]) => [pc, builder.func(name, int, [])])),
    lineInfo: u32s(
      ...lines.flatMap(({ pc, text, line = 10, column = 5 }) => [
        pc,
        builder.string("a.c"),
        builder.string(text),
        (line << 10) | column,
      ]),
    ),
  });
  const decoded = programCode(code, new Btf(builder.build()), true, () => NO_SYMBOLS);
  return { ...decoded, notes: new Map(notes) };
}

export function picture(code: ProgramCode, options: { linum?: boolean; opcodes?: boolean } = {}): Picture {
  return programPicture(code, "prog (xdp, id 7)", namedFunctions(code), {
    linum: false,
    opcodes: false,
    ...options,
  });
}
