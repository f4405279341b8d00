/** Which variable stands where in a section of data: by the symbols of the file, and by BTF where those are stripped. */
import { SYMBOL_TYPE } from "../../../elf/constants.ts";
import type { SymbolTable } from "../../../elf/symbols.ts";
import type { BpfObject } from "../contract.ts";
import type { DataSection } from "./data-section.ts";
import { lastAt } from "./last-at.ts";

/** In bytes from the start of the section. */
interface Variable {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** The name of the variable at `offset` of a section, and how far in it that is. */
export type FindVariable = (
  section: { readonly index: number; readonly name: string },
  offset: number,
) => { readonly name: string; readonly offset: number } | undefined;

/** What nobody asks for is not looked at. */
export function variableFinder(
  { symbols }: BpfObject,
  sections: ReadonlyMap<string, DataSection>,
): FindVariable {
  let bySymbols: ReadonlyMap<number, readonly Variable[]> | undefined;
  const byBtf = new Map<string, readonly Variable[]>();
  return ({ index, name }, offset) => {
    bySymbols ??= symbolVariables(symbols);
    const found = variableAt(bySymbols.get(index) ?? [], offset);
    if (found) return found;
    let described = byBtf.get(name);
    if (!described) {
      described = btfVariables(sections.get(name));
      byBtf.set(name, described);
    }
    return variableAt(described, offset);
  };
}

/** By section index, each by offset. */
function symbolVariables(symbols: SymbolTable): ReadonlyMap<number, readonly Variable[]> {
  const found = new Map<number, Variable[]>();
  for (const { name, section, value, size } of symbols.select((type) => type === SYMBOL_TYPE.OBJECT)) {
    if (!section || name === "") continue;
    const variable = { name, offset: Number(value), size };
    const others = found.get(section.index);
    if (others) others.push(variable);
    else found.set(section.index, [variable]);
  }
  for (const variables of found.values()) variables.sort((a, b) => a.offset - b.offset);
  return found;
}

function btfVariables(section: DataSection | undefined): readonly Variable[] {
  return (section?.items ?? []).flatMap(({ variable, offset, size }) =>
    variable ? [{ name: variable.name, offset, size }] : [],
  );
}

/** One of unknown size is its first byte. */
function variableAt(variables: readonly Variable[], offset: number) {
  const found = variables[lastAt(variables, offset)];
  if (!found) return undefined;
  const within = offset - found.offset;
  return within < Math.max(1, found.size) ? { name: found.name, offset: within } : undefined;
}
