/** Programs on cgroups with their names, gathered before anything is printed. */
import { functionName } from "./attach-targets.ts";
import type { CgroupRecord } from "./cgroup-records.ts";
import type { ProgRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

export interface CgroupProgView {
  readonly attachType: number;
  readonly attachFlags: number;
  readonly prog: ProgRecord;
  readonly name: string;
  /** The function of the kernel that the program is attached to, by BTF; undefined where it is to none, or not known. */
  readonly attachBtfName: string | undefined;
}

export interface CgroupView {
  readonly path: string;
  /** Programs that have gone meanwhile are left out. */
  readonly progs: readonly CgroupProgView[];
}

type Named = Pick<CgroupProgView, "prog" | "name" | "attachBtfName">;

/** Makes views of one registry; each program is read once. */
export function cgroupViewer(registry: Registry): (cgroup: CgroupRecord) => CgroupView {
  const known = new Map<number, readonly Named[]>();
  function named(id: number): readonly Named[] {
    let found = known.get(id);
    if (!found) {
      const prog = registry.progIfThere(id);
      found = prog ? [{ prog, name: registry.progName(prog), attachBtfName: hookName(registry, prog) }] : [];
      known.set(id, found);
    }
    return found;
  }
  return ({ path, progs }) => ({
    path,
    progs: progs.flatMap(({ attachType, attachFlags, progId }) =>
      named(progId).map((prog) => ({ attachType, attachFlags, ...prog })),
    ),
  });
}

function hookName(registry: Registry, { attachBtfObjId, attachBtfId }: ProgRecord): string | undefined {
  return attachBtfId === 0 ? undefined : functionName(registry, attachBtfObjId, attachBtfId);
}
