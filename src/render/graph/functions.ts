/** The functions of a program with their names, and the choice of some of them by name. */
import { type FunctionRange, findFunctions } from "../../cfg/functions.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import { notFoundError } from "../../errors.ts";
import { protoOf } from "./block-rows.ts";

export interface NamedFunction extends FunctionRange {
  /** Byte text; `func_1` where the BTF does not name it. */
  readonly name: string;
  /** C-like signature, where the BTF has one. */
  readonly proto?: string;
}

/** In order of address. */
export function namedFunctions(code: ProgramCode): NamedFunction[] {
  const infos = new Map(code.funcs.map((func) => [func.insnOff, func]));
  return findFunctions(code.insns, code.funcs).map((range) => {
    const info = infos.get(range.start);
    const type = info && code.btf?.type(info.typeId);
    const name = type?.kind === "FUNC" && type.name !== "" ? type.name : numbered(range);
    const proto = protoOf(code, info);
    return { ...range, name, ...(proto && { proto }) };
  });
}

function numbered({ number }: FunctionRange): string {
  return `func_${number}`;
}

/** Names that an error lists. */
const MAX_LISTED = 20;

/**
 * Those called `wanted`; else the one with that number, given as `1` or `func_1`. There is at least one: a not-found
 * error lists what there is.
 */
export function chooseFunctions(functions: readonly NamedFunction[], wanted: string): NamedFunction[] {
  const named = functions.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const byNumber = functions.filter((func) => numbered(func) === wanted || `${func.number}` === wanted);
  if (byNumber.length > 0) return byNumber;
  const listed = functions.slice(0, MAX_LISTED).map(({ name }) => name);
  const more = functions.length - listed.length;
  throw notFoundError(
    `no function '${wanted}', there is: ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  );
}
