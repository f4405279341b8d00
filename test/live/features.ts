/**
 * `feature` beside Debian's bpftool 7.1.0, which knows fewer types and options. It also takes helpers for available that a newer
 * kernel turns down in other words ("program of this type cannot use helper"), so its lists are longer, never shorter.
 */
import { describe, expect, test } from "vitest";
import { differences } from "./compare.ts";
import { inForms } from "./listings.ts";
import { bpflens, bpftool, ROOT, run } from "./tools.ts";

const GROUPS = ["prog_types", "map_types", "attach_types", "link_types", "helpers"] as const;

const MISTAKES = `
feature probe nosuch
feature probe dev nosuch
feature probe dev
feature probe kernel kernel
feature probe kernel dev lo
feature probe dev lo kernel
feature probe prefix X
feature probe macros prefix
feature probe macros prefix A prefix B
feature probe macros macros
`
  .trim()
  .split("\n");

/** Options that left the kernel, and bpftool. */
const GONE = new Set(["CONFIG_BPFILTER", "CONFIG_BPFILTER_UMH"]);
const SECTIONS = ["syscall_config", "program_types", "map_types", "misc", "system_config"] as const;

type Probe = Readonly<Record<(typeof SECTIONS)[number] | "helpers", Readonly<Record<string, unknown>>>>;

async function probes(words: string): Promise<{ theirs: Probe; ours: Probe }> {
  const argv = ["-j", "feature", "probe", ...words.split(" ").filter(Boolean)];
  const [theirs, ours] = [await bpftool(argv), await bpflens(argv)];
  return { theirs: JSON.parse(theirs.stdout) as Probe, ours: JSON.parse(ours.stdout) as Probe };
}

/** Keys that both have, with other values; those that only theirs has. */
function disagreements(theirs: Probe, ours: Probe): string[] {
  return SECTIONS.flatMap((section) =>
    Object.entries(theirs[section] ?? {})
      .filter(([key, value]) => !GONE.has(key) && ours[section]?.[key] !== value)
      .map(([key, value]) => `${section} ${key}: ${String(value)}, bpflens ${String(ours[section]?.[key])}`),
  );
}

/** Uses everything twice; prints what is open that was not before, and what the process may do before and after. */
const TRACELESS = `
  import fs from "node:fs";
  import { liveSource } from "${ROOT}/dist/src/sources/live/source.js";

  const open = () => fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try { return [fd + " " + fs.readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; }
  });
  const rights = () => [
    ...fs.readFileSync("/proc/thread-self/status", "utf8").match(/^Cap(Inh|Prm|Eff):.*$/gm),
    ...fs.readFileSync("/proc/self/limits", "utf8").match(/^Max locked memory.*$/gm),
  ];
  const use = async () => {
    const source = liveSource();
    await source.features({ full: false, unprivileged: false });
    await source.features({ full: false, unprivileged: true });
    await source.features({ full: false, unprivileged: false, device: "lo" });
    await source.features({ full: false, unprivileged: false, device: "nosuch" }).catch(() => {});
  };
  const allowed = rights();
  await use(); // loads what is loaded once
  const before = open();
  await use();
  console.log(JSON.stringify(open().filter((fd) => !before.includes(fd))));
  console.log(JSON.stringify(open().filter((fd) => fd.includes("bpf"))));
  console.log(JSON.stringify(rights()) === JSON.stringify(allowed));
`;

export function featureTests(): void {
  describe("feature", () => {
    test.each(["", "full", "unprivileged"])("probe %s: what bpftool finds", async (words) => {
      const { theirs, ours } = await probes(words);
      expect(disagreements(theirs, ours)).toEqual([]);
    });

    test("probe: no helper that bpftool does not find", async () => {
      const { theirs, ours } = await probes("full");
      for (const [key, found] of Object.entries(theirs.helpers)) {
        const known = new Set(found as string[]);
        const listed = (ours.helpers[key] ?? []) as string[];
        // 7.1.0 knows no helper from 210 on.
        const newer = new Set(["bpf_user_ringbuf_drain", "bpf_cgrp_storage_get", "bpf_cgrp_storage_delete"]);
        expect(listed.filter((name) => !known.has(name) && !newer.has(name))).toEqual([]);
        expect(listed.length === 0).toBe(found === undefined || (found as string[]).length === 0);
      }
    });

    test("probe dev: a device that takes nothing over", async () => {
      const argv = ["feature", "probe", "dev", "lo"];
      for (const options of [[], ["-j"], ["-p"]]) {
        const words = [...options, ...argv];
        const { stdout, ...rest } = await bpflens(words);
        // 7.1.0 does not know the instruction set v4.
        const older = stdout.replace(/ISA extension v4 .*\n|,\s*"have_v4_isa_extension": ?false/, "");
        expect({ ...rest, stdout: older }).toEqual(await bpftool(words));
      }
    });

    test("probe macros: the same answers as in plain text", async () => {
      const macros = (await bpflens(["feature", "probe", "macros", "prefix", "P_"])).stdout;
      const plain = (await bpflens(["feature", "probe"])).stdout;
      const has = (name: string) => new RegExp(`^#define P_HAVE_${name}$`, "m").test(macros);
      const types = [...plain.matchAll(/^eBPF (?:program|map)_type (\S+) is (NOT )?available$/gm)];
      expect(types.length).toBeGreaterThan(60);
      for (const [line, name = "", not] of types) {
        const kind = line.startsWith("eBPF program") ? "PROG_TYPE" : "MAP_TYPE";
        expect(has(`${name.toUpperCase()}_${kind}`), line).toBe(not === undefined);
      }
      expect(macros.match(/HELPER_bpf_\w+ 1$/gm)?.length).toBe(plain.match(/^\t- bpf_/gm)?.length);
    });

    test.each(GROUPS)("list_builtins %s: those of bpftool, and later ones", async (group) => {
      for (const options of [[], ["-j"], ["-p"]]) {
        const argv = [...options, "feature", "list_builtins", group];
        const [theirs, ours] = [(await bpftool(argv)).stdout, (await bpflens(argv)).stdout];
        const end = options.length > 0 ? theirs.lastIndexOf('"') : theirs.length;
        expect(ours.slice(0, end)).toBe(theirs.slice(0, end));
      }
    });

    test("mistakes", async () => {
      const commands = MISTAKES.flatMap((line) => inForms("mistake", line.split(" ")));
      expect(await differences(commands)).toEqual([]);
    });

    test("nothing is left behind, and the process may do what it could before", async () => {
      const { stdout, stderr } = await run([process.execPath, "--input-type=module", "-"], TRACELESS);
      expect({ stdout, stderr }).toEqual({ stdout: "[]\n[]\ntrue\n", stderr: "" });
    });
  });
}
