/**
 * BTF object 5, as BCC loads it for trace_req_done: the types of the program and of its maps, its source lines,
 * and the records that tie its instructions to them.
 */
import { INT_ENCODING } from "../../src/btf/kinds.ts";
import type { Assembled } from "./asm.ts";
import { BtfWriter } from "./btf-writer.ts";
import { FILES } from "./programs/bcc-biolatency.ts";

export const BTF_ID = 5;

/** struct pt_regs of x86-64, eight bytes each. */
const REGISTERS = [
  ...["r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8"],
  ...["ax", "cx", "dx", "si", "di", "orig_ax", "ip", "cs", "flags", "sp", "ss"],
];

export interface BookBtf {
  readonly bytes: Uint8Array;
  readonly funcInfo: Uint8Array;
  readonly lineInfo: Uint8Array;
  /** Ids of the types of keys and values. */
  readonly types: { readonly request: number; readonly int: number; readonly u64: number };
}

/** `code` is the translated program, whose marks become line_info. */
export function bookBtf(code: Assembled): BookBtf {
  const btf = new BtfWriter();
  const long = btf.int("long unsigned int", 8);
  const regs = btf.struct(
    "pt_regs",
    REGISTERS.length * 8,
    REGISTERS.map((name, i) => ({ name, type: long, at: i * 8 })),
  );
  const ctx = btf.pointer(regs);
  const int = btf.int("int", 4, INT_ENCODING.SIGNED);
  const func = btf.func("trace_req_done", btf.proto(int, [{ name: "ctx", type: ctx }]));
  const request = btf.pointer(btf.forward("request"));
  const u64 = btf.typedef("u64", btf.typedef("__u64", btf.int("long long unsigned int", 8)));
  // BCC tells the types of keys and values by a struct for each map.
  btf.struct("____btf_map_start", 16, [
    { name: "key", type: request, at: 0 },
    { name: "value", type: u64, at: 8 },
  ]);
  btf.struct("____btf_map_dist", 16, [
    { name: "key", type: int, at: 0 },
    { name: "value", type: u64, at: 8 },
  ]);
  const funcInfo = words([[0, func]]);
  const lineInfo = words(
    code.lines.map(({ insnOff, mark: { file, line, column } }) => {
      const source = FILES[file];
      const text = source?.lines[line];
      if (!source || text === undefined) throw new Error(`no line ${line} in '${file}'`);
      return [insnOff, btf.string(source.path), btf.string(text), (line << 10) | column];
    }),
  );
  return { bytes: btf.bytes(), funcInfo, lineInfo, types: { request, int, u64 } };
}

/** struct bpf_func_info and bpf_line_info are rows of u32. */
function words(rows: readonly (readonly number[])[]): Uint8Array {
  const all = rows.flat();
  const bytes = Buffer.alloc(all.length * 4);
  for (const [i, word] of all.entries()) bytes.writeUInt32LE(word, i * 4);
  return bytes;
}
