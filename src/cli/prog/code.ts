/** A program's code, for the commands that print it. */
import { type ProgramCode, programCode } from "../../code/program-code.ts";
import { type InspectError, unsupportedError } from "../../errors.ts";
import type { CodeKind, ProgCode, ProgRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import type { Context } from "../context.ts";

/** The instructions as the source has them; an error where the kernel hides them. */
export function readCode(registry: Registry, prog: ProgRecord): ProgCode {
  const code = registry.source.code(prog);
  if (code.xlated.length > 0) return code;
  throw hiddenError(registry, prog, "xlated");
}

/** bpftool's words, and behind them the reason where it is known instead of bpftool's guess. */
const HIDDEN = {
  xlated: ["error retrieving insn dump", "kernel.kptr_restrict set?"],
  jited: ["error retrieving jit dump", "no instructions returned or kernel.kptr_restrict set?"],
} as const satisfies Readonly<Record<CodeKind, readonly [failed: string, guess: string]>>;

export function hiddenError({ source }: Registry, prog: ProgRecord, kind: CodeKind): InspectError {
  const [failed, guess] = HIDDEN[kind];
  return unsupportedError(`${failed}: ${source.whyHidden?.(prog, kind) ?? guess}`);
}

interface CodeOptions {
  /** Tell what instructions refer to. */
  readonly names: boolean;
  /** Have the targets of indirect jumps at hand. */
  readonly flow?: boolean;
}

/** A program's instructions, decoded. Bytes at the end that are no instruction are told on stderr. */
export async function loadCode(
  registry: Registry,
  prog: ProgRecord,
  { names, flow = false }: CodeOptions,
  { err }: Pick<Context, "err">,
): Promise<ProgramCode> {
  const { source } = registry;
  const { littleEndian } = source.host();
  const code = programCode(readCode(registry, prog), registry.btf(prog.btfId), littleEndian, (request) =>
    source.symbols(request),
  );
  const { bytes, leftOver } = code.insns;
  if (leftOver > 0) {
    const at = bytes.length - leftOver;
    err.write(
      `Warning: program ${prog.id}: the last ${leftOver} of ${bytes.length} bytes, at offset 0x${at.toString(16)}, are no whole instruction\n`,
    );
  }
  if (!names && !flow) return code;
  const { jumpTargets } = await import("../../code/jump-targets.ts");
  const jumping = { ...code, jumpTargets: jumpTargets(code, prog, registry) };
  if (!names) return jumping;
  const { withNames } = await import("../../code/names.ts");
  return withNames(jumping, registry);
}
