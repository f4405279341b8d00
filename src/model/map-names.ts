/** What the ids in maps of programs and maps name; each is looked up once. */
import { InspectError } from "../errors.ts";
import type { Registry } from "./registry.ts";

/** `name` is "" where the object has none. */
export interface NamedObject {
  readonly type: number;
  readonly name: string;
}

/** undefined: it has gone. */
export type NameObject = (id: number) => NamedObject | undefined;

export function progNames(registry: Registry): NameObject {
  return remembered((id) => {
    const prog = registry.progIfThere(id);
    return prog && { type: prog.type, name: registry.progName(prog) };
  });
}

export function mapNames({ source }: Registry): NameObject {
  return remembered((id) => {
    try {
      const { type, name } = source.mapInfo(id);
      return { type, name };
    } catch (error) {
      if (error instanceof InspectError && error.code === "syscall") return undefined;
      throw error;
    }
  });
}

function remembered(name: NameObject): NameObject {
  const known = new Map<number, NamedObject | undefined>();
  return (id) => {
    if (!known.has(id)) known.set(id, name(id));
    return known.get(id);
  };
}
