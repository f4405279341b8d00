/** Raw instructions as a source of one program. */
import { INSN_SIZE } from "../../insn/insn.ts";
import { type FileSource, fileSource } from "./file-source.ts";
import { insnBytes } from "./insn-text.ts";
import { unloadedProg } from "./prog-record.ts";
import { progTag } from "./tag.ts";

const ID = 1;

/**
 * `content` is an array of struct bpf_insn, or text that tells it (see insnBytes); the byte order cannot be told from
 * it. Bytes at the end that are no whole instruction are kept.
 */
export function insnsSource(content: Uint8Array, label: string, littleEndian: boolean): FileSource {
  const xlated = insnBytes(content);
  const whole = xlated.length - (xlated.length % INSN_SIZE);
  const prog = unloadedProg({
    id: ID,
    tag: progTag(xlated.subarray(0, whole), littleEndian),
    xlatedLen: xlated.length,
  });
  const code = {
    xlated,
    funcInfo: new Uint8Array(),
    funcInfoRecSize: 0,
    lineInfo: new Uint8Array(),
    lineInfoRecSize: 0,
    jitedKsyms: [],
    jitedFuncLens: [],
    references: [],
  };
  return fileSource({
    label,
    littleEndian,
    progs: () => [prog],
    code: () => code,
    maps: () => [],
    btf: () => undefined,
    warnings: () => [],
  });
}
