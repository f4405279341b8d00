/** What is written is C: a compiler takes it, and lays out structs as they were. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { writeC } from "../../../src/btf/c/dump.ts";
import { dataFile } from "../../support/data.ts";
import { plainText } from "../../support/rendered.ts";

const COMPILER = ["-fsyntax-only", "-target", "bpf", "-x", "c", "-"];
const noClang = spawnSync("clang", ["--version"]).status !== 0;

function compilerErrors(source: string): string {
  const { stderr, status } = spawnSync("clang", COMPILER, { input: Buffer.from(source, "latin1") });
  return status === 0 ? "" : stderr.toString("latin1");
}

/** `_Static_assert`s that the named structs and unions of a BTF have their sizes, and their members their offsets. */
function layoutChecks(btf: Btf): string {
  const checks: string[] = [];
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id);
    if ((type?.kind !== "STRUCT" && type?.kind !== "UNION") || type.name === "") continue;
    const tag = `${type.kind.toLowerCase()} ${type.name}`;
    checks.push(`_Static_assert(sizeof(${tag}) == ${type.size}, "size of ${tag}");`);
    for (const { name, bitOffset, bitSize } of type.members) {
      if (name === "" || bitSize > 0) continue;
      const offset = `__builtin_offsetof(${tag}, ${name})`;
      checks.push(`_Static_assert(${offset} == ${bitOffset / 8}, "offset of ${tag}.${name}");`);
    }
  }
  return checks.join("\n");
}

describe.skipIf(noClang)("clang", () => {
  test.each(["layout", "declarators", "names", "tags"])("%s", (name) => {
    const btf = new Btf(dataFile(import.meta.url, `../data/c/${name}.btf`));
    for (const unsorted of [true, false]) {
      const header = plainText((out) => writeC(out, btf, { unsorted }));
      const checks = layoutChecks(btf);
      expect(checks).toContain("sizeof");
      expect(compilerErrors(`${header}\n${checks}\n`)).toBe("");
    }
  });
});
