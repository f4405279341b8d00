/** Programs on cgroups, from the kernel's answers to what bpftool 7.8.0 printed over them. */
import { describe, expect, test } from "vitest";
import { cgroupViewer } from "../../src/model/cgroup-views.ts";
import { Registry } from "../../src/model/registry.ts";
import { headingPlain, progsJson, progsPlain } from "../../src/render/cgroup/show.ts";
import { treeHeadingPlain, treeNodeJson, treeNodePlain } from "../../src/render/cgroup/tree.ts";
import { liveCgroups } from "../../src/sources/live/cgroups.ts";
import { cgroupKernel } from "../sources/cgroup-kernel.ts";
import { CGROUPS, MACHINE, ROOT, recorded } from "../sources/recorded-cgroups.ts";
import { memorySource } from "../support/memory-source.ts";
import { progRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const FORMS = [
  ["tree", false],
  ["tree_effective", true],
] as const;

function treeViews(effective: boolean) {
  const { sys } = cgroupKernel(CGROUPS);
  const viewOf = cgroupViewer(new Registry(memorySource(MACHINE)));
  return [...liveCgroups(sys).walk(ROOT, effective)]
    .filter((cgroup) => "progs" in cgroup && cgroup.progs.length > 0)
    .map((cgroup) => viewOf({ id: 0n, progs: [], ...cgroup }));
}

describe("the tree, byte for byte", () => {
  test.each(FORMS)("%s", (name, effective) => {
    const plain = plainText((out) => {
      treeHeadingPlain(out, { effective });
      for (const view of treeViews(effective))
        treeNodePlain(out, view, { effective, isRoot: view.path === ROOT });
    });
    expect(plain).toBe(recorded(name));
  });

  test.each([
    ["tree.json", false, false],
    ["tree.pretty.json", false, true],
    ["tree_effective.json", true, false],
  ] as const)("%s", (name, effective, pretty) => {
    const json = jsonText(
      (writer) => {
        writer.startArray();
        for (const view of treeViews(effective)) treeNodeJson(writer, view, { effective });
        writer.endArray();
      },
      { pretty },
    );
    expect(`${json}\n`).toBe(recorded(name));
  });
});

describe("one cgroup", () => {
  const viewOf = cgroupViewer(
    new Registry(memorySource({ progs: [progRecord({ id: 7, name: "gate" }), progRecord({ id: 8 })] })),
  );
  const progs = [
    { attachType: 1, progId: 7, attachFlags: 2 },
    { attachType: 6, progId: 9, attachFlags: 0 },
    { attachType: 99, progId: 8, attachFlags: 0x42 },
  ];
  const view = viewOf({ path: "/x", id: 1n, progs });

  test("rows; a program that has gone is left out", () => {
    const plain = plainText((out) => {
      headingPlain(out, { effective: false });
      progsPlain(out, view, { effective: false });
    });
    expect(plain).toBe(
      [
        "ID       AttachType      AttachFlags     Name           ",
        "7        cgroup_inet_egress multi           gate           ",
        "8        type 99         unknown(42)                    ",
        "",
      ].join("\n"),
    );
  });

  test("effective rows do not tell how they were attached", () => {
    const plain = plainText((out) => {
      headingPlain(out, { effective: true });
      progsPlain(out, view, { effective: true });
    });
    expect(plain).toBe(
      [
        "ID       AttachType      Name           ",
        "7        cgroup_inet_egress gate           ",
        "8        type 99                        ",
        "",
      ].join("\n"),
    );
  });

  test("JSON", () => {
    expect(jsonText((json) => progsJson(json, view, { effective: false }))).toBe(
      '[{"id":7,"attach_type":"cgroup_inet_egress","attach_flags":"multi","name":"gate","attach_btf_obj_id":0,"attach_btf_id":0},{"id":8,"attach_type":99,"attach_flags":"unknown(42)","name":"","attach_btf_obj_id":0,"attach_btf_id":0}]',
    );
  });
});
