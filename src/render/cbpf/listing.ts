/** A classic program as text, to the byte what `tcpdump -d` prints (libpcap's bpf_dump()), and as JSON. */
import type { TextSink } from "../../bytes/sink.ts";
import { disasmClassic } from "../../cbpf/disasm.ts";
import type { ClassicInsn } from "../../cbpf/insn.ts";
import { jumpTargets } from "../../cbpf/jumps.ts";
import type { JsonWriter } from "../../json/writer.ts";

const PC_DIGITS = 3;

/** `(000) ldh      [12]` */
export function classicLine(insn: ClassicInsn, pc: number): string {
  return `(${String(pc).padStart(PC_DIGITS, "0")}) ${disasmClassic(insn, pc)}`;
}

export function classicPlain(out: TextSink, insns: readonly ClassicInsn[]): void {
  for (const [pc, insn] of insns.entries()) out.write(`${classicLine(insn, pc)}\n`);
}

/** An array with an object for each instruction; its shape is told in docs/cbpf.md. */
export function classicJson(json: JsonWriter, insns: readonly ClassicInsn[]): void {
  json.startArray();
  for (const [pc, insn] of insns.entries()) {
    const targets = jumpTargets(insn, pc);
    json
      .startObject()
      .numberField("pc", pc)
      .stringField("code", `0x${insn.code.toString(16)}`);
    json.numberField("jt", insn.jt).numberField("jf", insn.jf).numberField("k", insn.k);
    json.stringField("disasm", disasmClassic(insn, pc));
    if (targets) json.numberArrayField("targets", targets);
    json.endObject();
  }
  json.endArray();
}
