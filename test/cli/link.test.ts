/** `link show`, `perf show` on a saved machine: all that bpftool 7.8.0 printed for it, by every selector, with status 0. */
import { describe, expect, test } from "vitest";
import type { HolderRecord, PinRecord } from "../../src/model/records.ts";
import { linkReader } from "../../src/sources/live/links.ts";
import { CAPTURED_KALLSYMS, CAPTURED_LINKS } from "../sources/captured-links.ts";
import { CAPTURED_PERF } from "../sources/captured-perf.ts";
import { linkKernel } from "../sources/link-kernel.ts";
import { dataText } from "../support/data.ts";
import { progRecord } from "../support/records.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const TRACING = 26;
const { sys } = linkKernel(CAPTURED_LINKS, { kallsyms: CAPTURED_KALLSYMS });
const links = linkReader(sys).all();
const progs = [progRecord({ id: 1, type: TRACING })];
const FOLDER = tempFolder();
const PLACE = saveMachine(FOLDER, "links", { links, progs });

const PLAIN = dataText(import.meta.url, "../render/data/link_all_kinds.txt");
const JSON_TEXT = dataText(import.meta.url, "../render/data/link_all_kinds.json.txt");
const PLAIN_LINKS = PLAIN.split(/(?<=\n)(?=\d+: )/);
/** Not parsed: numbers of 64 bits must be there to the last digit. */
const JSON_LINKS = JSON_TEXT.slice(1, -2).split(/,(?=\{"id")/);

describe("link show", () => {
  test.each(["link show", "link list", "l", "-f link show"])("%s", async (line) => {
    expect(await cliFrom(PLACE, line)).toEqual({ stdout: PLAIN, stderr: "", status: 0 });
  });

  test.each(["-j link show", "-jf l l"])("%s", async (line) => {
    expect(await cliFrom(PLACE, line)).toEqual({ stdout: JSON_TEXT, stderr: "", status: 0 });
  });

  test.each(links.map(({ id }, i) => [id, i] as const))("id %i succeeds", async (id, i) => {
    const plain = await cliFrom(PLACE, `link show id ${id}`);
    expect(plain).toEqual({ stdout: PLAIN_LINKS[i], stderr: "", status: 0 });
    const json = await cliFrom(PLACE, `-j link show id ${id}`);
    expect(json).toEqual({ stdout: `${JSON_LINKS[i]}\n`, stderr: "", status: 0 });
  });

  test.each([
    ["link show id 99", "failed to get link with ID 99: No such file or directory", 254],
    ["link show id x", "can't parse x as ID", 255],
    ["link show name x", "expected 'id' or 'pinned', got: 'name'?", 255],
    ["link show pinned /none", "bpf obj get (/none): No such file or directory", 255],
    ["link show id", "what is 'id'?", 255],
  ])("%s", async (line, message, status) => {
    expect(await cliFrom(PLACE, line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status });
    const json = await cliFrom(PLACE, `-j ${line}`);
    expect([JSON.parse(json.stdout), json.status]).toEqual([{ error: message }, status]);
  });

  describe("with pins and processes", () => {
    const pins: readonly PinRecord[] = [{ kind: "link", id: 13, path: "/sys/fs/bpf/nap" }];
    const holders: readonly HolderRecord[] = [
      { kind: "link", id: 13, pid: 100, comm: "loader" },
      { kind: "link", id: 13, pid: 7, comm: "other" },
      { kind: "link", id: 14, pid: 7, comm: "other" },
      { kind: "link", id: 26, pid: 7, comm: "other" },
    ];
    const held = saveMachine(FOLDER, "held", { links, progs, pins, holders });
    const first = (id: number) => PLAIN_LINKS[id - 1]?.trimEnd();

    test.each([
      ["-f link show id 13", "  \n\tpinned /sys/fs/bpf/nap\n\tbpf_cookie 0\n\tpids loader(100), other(7)"],
      ["link show pinned /sys/fs/bpf/nap", "  \n\tbpf_cookie 0\n\tpids loader(100), other(7)"],
      ["-f link show id 14", "  \n\tbpf_cookie 9\n\tpids other(7)"],
      ["link show id 26", "  \n\tpids other(7)"],
    ])("%s", async (line, end) => {
      const id = Number(/\d+$/.exec(line) ?? 13);
      expect((await cliFrom(held, line)).stdout).toBe(`${first(id)}${end}\n`);
    });

    test("JSON has the key of pins for all links, or for none", async () => {
      const [withPins, without] = [await cliFrom(held, "-jf link show"), await cliFrom(held, "-j link show")];
      const shown = JSON.parse(withPins.stdout);
      expect(shown.map(({ pinned }: { pinned: unknown }) => pinned)).toEqual(
        links.map(({ id }) => (id === 13 ? ["/sys/fs/bpf/nap"] : [])),
      );
      expect(without.stdout).not.toContain('"pinned"');
    });
  });
});

describe("perf show", () => {
  const place = saveMachine(FOLDER, "perf", { perf: CAPTURED_PERF });

  test.each(["perf show", "perf list", "pe", "perf show whatever follows"])("%s", async (line) => {
    const stdout = `${dataText(import.meta.url, "../render/data/perf_all_kinds.txt")}\n`;
    expect(await cliFrom(place, line)).toEqual({ stdout, stderr: "", status: 0 });
  });

  test("-j perf show", async () => {
    const stdout = dataText(import.meta.url, "../render/data/perf_all_kinds.json.txt");
    expect(await cliFrom(place, "-j perf show")).toEqual({ stdout, stderr: "", status: 0 });
  });

  test("nothing is there", async () => {
    expect(await cliFrom(PLACE, "-p perf show")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
  });
});
