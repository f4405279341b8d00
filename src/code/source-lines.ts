/** Source lines of instructions, from line_info records and their BTF. */
import type { Btf } from "../btf/btf.ts";
import type { LineInfo } from "../btf/ext-info.ts";

export interface SourceLine {
  /** Without the blanks before it; undefined where the BTF does not have the text. */
  readonly text: string | undefined;
  /** "" where the BTF does not have it. */
  readonly file: string;
  /** 0 where unknown. */
  readonly line: number;
  readonly column: number;
}

export function sourceLine(btf: Btf, { lineOff, fileNameOff, line, column }: LineInfo): SourceLine {
  // C's isspace
  const text = btf.string(lineOff)?.replace(/^[ \t\n\v\f\r]+/, "");
  return { text, file: btf.string(fileNameOff) ?? "", line, column };
}

/**
 * The line to print above each instruction of a listing, asked for in ascending order of pc
 * (libbpf bpf_prog_linfo__lfind with bpftool's skip count): the last record at or before the pc, if the
 * first record that was not yet passed over is not behind it. The count grows by one for each line printed,
 * so a line that covers several records is printed again.
 */
export class LineCursor {
  readonly #lines: readonly LineInfo[];
  #skip = 0;
  /** The last record at or before the pc asked for so far. */
  #last = 0;

  constructor(lines: readonly LineInfo[]) {
    this.#lines = lines;
  }

  at(pc: number): LineInfo | undefined {
    const first = this.#lines[this.#skip];
    if (first === undefined || first.insnOff > pc) return undefined;
    this.#last = Math.max(this.#last, this.#skip);
    while ((this.#lines[this.#last + 1]?.insnOff ?? Number.POSITIVE_INFINITY) <= pc) this.#last++;
    this.#skip++;
    return this.#lines[this.#last];
  }
}

/** The last record at or before `pc`; undefined before the first. */
export function lineAt(lines: readonly LineInfo[], pc: number): LineInfo | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as LineInfo).insnOff <= pc) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1];
}
