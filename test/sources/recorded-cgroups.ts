/**
 * The kernel's answers over which bpftool 7.8.0 printed test/render/data/cgroup: made of what its JSON says, so that all other
 * forms can be held against it.
 */
import type { CgroupProgRecord } from "../../src/model/cgroup-records.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataText } from "../support/data.ts";
import type { Machine } from "../support/memory-source.ts";
import { btfRecord, progRecord } from "../support/records.ts";
import type { KernelCgroup } from "./cgroup-kernel.ts";

export const ROOT = "/sys/fs/cgroup/unified/app";

interface Row {
  readonly id: number;
  readonly attach_type: (typeof ATTACH_TYPES)[number];
  readonly attach_flags?: string;
  readonly name: string;
  readonly attach_btf_name?: string;
  readonly attach_btf_obj_id: number;
  readonly attach_btf_id: number;
}

interface Cgroup {
  readonly cgroup: string;
  readonly programs: readonly Row[];
}

/** As bpftool printed it, but for the names that are empty. */
export function recorded(name: string): string {
  const text = dataText(import.meta.url, `../render/data/cgroup/${name}.txt`);
  return text.replace(/ {16}$/gm, "").replace(/\s*"attach_btf_name": ?"",/g, "");
}

const TREE: readonly Cgroup[] = JSON.parse(recorded("tree.json"));
const EFFECTIVE_TREE: readonly Cgroup[] = JSON.parse(recorded("tree_effective.json"));

const FLAGS: Readonly<Record<string, number>> = { "": 0, override: 1, multi: 2, "unknown(42)": 0x42 };

function progsOf(tree: readonly Cgroup[], path: string): CgroupProgRecord[] {
  const rows = tree.find(({ cgroup }) => cgroup === path)?.programs ?? [];
  return rows.map(({ id, attach_type, attach_flags = "" }) => ({
    attachType: ATTACH_TYPES.indexOf(attach_type),
    progId: id,
    attachFlags: FLAGS[attach_flags] ?? 0,
  }));
}

/** In the order of the effective tree, which has all; folders above cgroups with programs are there, too. */
function pathsOf(tree: readonly Cgroup[]): string[] {
  const paths = tree.flatMap(({ cgroup }) => {
    const names = cgroup.slice(ROOT.length).split("/");
    return names.map((_, i) => ROOT + names.slice(0, i + 1).join("/"));
  });
  return [...new Set(paths)];
}

export const CGROUPS: readonly KernelCgroup[] = pathsOf(EFFECTIVE_TREE).map((path) => ({
  path,
  attached: progsOf(TREE, path),
  effective: progsOf(EFFECTIVE_TREE, path),
}));

/** BTF with these functions at these ids. */
function btfWith(functions: ReadonlyMap<number, string>): Uint8Array {
  const builder = new BtfBuilder();
  const proto = builder.proto(0, []);
  const last = Math.max(...functions.keys());
  for (let id = proto + 1; id <= last; id++) {
    const name = functions.get(id);
    if (name === undefined) builder.ref("PTR", 0);
    else builder.raw("FUNC", { name, sizeOrType: proto });
  }
  return builder.build();
}

const ROWS = TREE.flatMap(({ programs }) => programs);
const HOOKS = new Map(
  ROWS.flatMap(({ attach_btf_id, attach_btf_name }) =>
    attach_btf_name ? [[attach_btf_id, attach_btf_name] as const] : [],
  ),
);

const BTF = btfWith(HOOKS);

/** The programs, and the BTF that names the hooks of some. */
export const MACHINE: Machine = {
  progs: [...new Map(ROWS.map((row) => [row.id, row])).values()]
    .sort((a, b) => a.id - b.id)
    .map(({ id, name, attach_btf_obj_id, attach_btf_id }) =>
      progRecord({
        id,
        name: name.slice(0, 15),
        fullName: name,
        attachBtfObjId: attach_btf_obj_id,
        attachBtfId: attach_btf_id,
      }),
    ),
  btfs: [btfRecord({ id: 1, size: BTF.length, name: "vmlinux", kernel: true })],
  blobs: new Map([[1, BTF]]),
};
