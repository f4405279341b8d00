/** `btf dump`: every BTF object of the stage and the kernel's own, in every form, by every source. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { differences } from "./compare.ts";
import { FORMS, inForms, only } from "./listings.ts";
import type { Case } from "./rules.ts";
import type { Stage } from "./stage.ts";
import { bpflens, run } from "./tools.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";

/** 7.1.0 does not sort. */
const C_WORDS: readonly string[] = ["format", "c", "unsorted"];

/** BTF stands for the id of a BTF object, MAP for that of a map, PROG for that of a program. */
const MISTAKES = `
btf dump id 99999999
btf dump id x
btf dump foo 1
btf dump id BTF foo
btf dump id BTF format
btf dump id BTF format d
btf dump file /nosuch
btf dump prog id 99999999
btf dump prog name nosuch
btf dump map id 99999999
btf dump map name counters
`
  .trim()
  .split("\n");

export function btfDumpTests(stage: () => Stage): void {
  describe("btf dump", () => {
    const byId = (id: number, form: readonly string[], words: readonly string[] = []): Case => ({
      about: "btf dump",
      argv: [...form, "btf", "dump", "id", String(id), ...words],
    });

    test.each(FORMS.map((form) => [form.join(" "), form] as const))(
      "every object with '%s'",
      async (_, form) => {
        expect(stage().btfIds.length).toBeGreaterThan(10);
        expect(await differences(stage().btfIds.map((id) => byId(id, form)))).toEqual([]);
      },
    );

    test("every object as C", async () => {
      expect(await differences(stage().btfIds.map((id) => byId(id, [], C_WORDS)))).toEqual([]);
    });

    test("the kernel's own, by id and from its file", async () => {
      const file = path.join(stage().folder, "vmlinux.btf");
      fs.copyFileSync(VMLINUX, file);
      const commands = [...FORMS.map((form) => byId(1, form)), byId(1, [], C_WORDS)];
      for (const from of [file, VMLINUX]) {
        for (const words of [[], C_WORDS]) {
          commands.push({ about: "btf dump", argv: ["btf", "dump", "file", from, ...words] });
        }
      }
      for (const command of commands) expect(await differences([command])).toEqual([]);
    });

    test("by program, by map and its parts, from an object file", async () => {
      const progs = stage().progs.filter(({ btf_id }) => btf_id);
      const maps = stage().maps.filter(({ btf_id }) => btf_id);
      const parts = ["key", "value", "kv", "all"];
      const words = [
        ...progs.map(({ id }) => ["prog", "id", String(id)]),
        ...maps.map(({ id }) => ["map", "id", String(id)]),
        ...maps.map(({ id }, i) => ["map", "id", String(id), parts[i % parts.length] ?? ""]),
        ...["xdp_guard", "tc_shape"].map((name) => ["file", path.join(stage().folder, `${name}.bpf.o`)]),
      ];
      const commands = words.map((source, i): Case => {
        const form = FORMS[i % FORMS.length] ?? [];
        return { about: "btf dump", argv: [...form, "btf", "dump", ...source] };
      });
      expect(await differences(commands)).toEqual([]);
    });

    test("lines that do not fit", async () => {
      const id = String(stage().btfIds[0]);
      const lines = MISTAKES.map((line) => line.replace("BTF", id));
      expect(await differences(lines.flatMap((line) => inForms("mistake", line.split(" "))))).toEqual([]);
      const help = ["btf dump", "btf dump id", "btf dump prog id"];
      expect(await differences(help.flatMap((line) => inForms("help", line.split(" "))))).toEqual([]);
    });

    test("the kernel's header compiles, sorted and unsorted", async () => {
      for (const words of [[], ["unsorted"]]) {
        const header = path.join(stage().folder, "vmlinux.h");
        const { stdout, status } = await bpflens(["btf", "dump", "id", "1", "format", "c", ...words]);
        expect(status).toBe(0);
        fs.writeFileSync(header, stdout, "latin1");
        const compiled = await run(["clang", "-fsyntax-only", "-target", "bpf", "-x", "c", header]);
        expect(compiled).toEqual({ stdout: "", stderr: "", status: 0 });
      }
    });

    test("a program's BTF is that of its maps", async () => {
      const { btf_id = 0 } = only(stage().progs, "xdp_guard");
      const { stdout } = await bpflens(["btf", "dump", "id", String(btf_id)]);
      expect(stdout).toContain("DATASEC '.maps'");
    });
  });
}
