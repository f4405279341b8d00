/** The fixtures on the running kernel: what they need, and their way up and down. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bpftool, isInstalled, ROOT, run } from "./tools.ts";

const SCRIPT = path.join(ROOT, "test/fixtures/stage.sh");
const STATE = "/run/bpflens-stage";
/** The one that the rules are written for. */
const BPFTOOL_VERSION = "bpftool v7.1.0";
const COMMANDS = [
  "bpftool",
  "clang",
  "bpftrace",
  "ip",
  "tc",
  "ping",
  "setpriv",
  "dot",
  "unzip",
  "tcpdump",
  "llvm-objdump",
  "jq",
];

/** The tests must run here: what is missing is a failure. */
export const REQUIRED = process.env.CI === "true" || process.env.BPFLENS_LIVE === "1";

/** Why the live tests cannot run here; undefined where they can. */
export async function missing(): Promise<string | undefined> {
  if (process.platform !== "linux") return `they need Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "they need root";
  const command = COMMANDS.find((name) => !isInstalled(name));
  if (command) return `'${command}' is not installed`;
  const version = (await bpftool(["version"])).stdout.split("\n")[0];
  if (version !== BPFTOOL_VERSION) return `they need ${BPFTOOL_VERSION}, this is ${version}`;
  const probe = await bpftool(["prog", "show"]);
  if (probe.status !== 0) return `bpf(2) does not work: ${probe.stderr.trim()}`;
  if (!fs.existsSync(path.join(ROOT, "dist/cli/main.cjs"))) return "bpflens is not built: npm run build";
  return undefined;
}

/** An object as `bpftool -jf ... show` tells of it. */
export interface Shown {
  readonly id: number;
  readonly type: string | number;
  readonly name?: string;
  readonly tag?: string;
  readonly pinned?: readonly string[];
  readonly btf_id?: number;
  readonly prog_id?: number;
}

export interface Stage {
  readonly name: string;
  /** Where its objects are pinned. */
  readonly pins: string;
  /** For files of the tests; goes away with the stage. */
  readonly folder: string;
  /** What the kernel refused. */
  readonly leftOut: readonly string[];
  readonly progs: readonly Shown[];
  readonly maps: readonly Shown[];
  readonly links: readonly Shown[];
  readonly btfIds: readonly number[];
}

/** Builds and loads the fixtures. What it makes ends with `takeDown`, or with this process. */
export async function bringUp(): Promise<Stage> {
  const name = `live-${process.pid}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-live-"));
  guard(name, folder);
  await script("build", folder);
  const { stderr } = await script("up", name, folder);
  const pins = `/sys/fs/bpf/${name}`;
  return {
    name,
    pins,
    folder,
    leftOut: stderr.split("\n").filter(Boolean),
    ...(await objectsOf(name, pins)),
  };
}

/** May be repeated. */
export function takeDown({ name, folder }: Pick<Stage, "name" | "folder">): void {
  spawnSync(SCRIPT, ["down", name]);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Waits for the end of this process, however it ends: vitest kills it without a word when it is interrupted. */
function guard(name: string, folder: string): void {
  const wait = 'while kill -0 "$0" 2>/dev/null; do sleep 1; done; "$1" down "$2"; rm -rf "$3"';
  const words = ["-c", wait, String(process.pid), SCRIPT, name, folder];
  spawn("bash", words, { detached: true, stdio: "ignore" }).unref();
}

async function script(...words: string[]) {
  const output = await run([SCRIPT, ...words]);
  if (output.status !== 0) throw new Error(`stage.sh ${words[0]} failed:\n${output.stdout}${output.stderr}`);
  return output;
}

async function objectsOf(name: string, pins: string) {
  const held = heldIds(name);
  const own = async (kind: "prog" | "map" | "link") => {
    const all: Shown[] = JSON.parse((await bpftool(["-jf", kind, "show"])).stdout);
    const isPinned = ({ pinned = [] }: Shown) => pinned.some((file) => file.startsWith(`${pins}/`));
    return all.filter((object) => held.has(`${kind} ${object.id}`) || isPinned(object));
  };
  const [progs, maps, links] = [await own("prog"), await own("map"), await own("link")];
  const btfIds = new Set([...progs, ...maps].flatMap(({ btf_id }) => btf_id ?? []));
  return { progs, maps, links, btfIds: [...btfIds].sort((a, b) => a - b) };
}

/** `prog 7`, `map 8`, `link 9`: what the processes of the stage have open. */
function heldIds(name: string): Set<string> {
  const pids = fs.readFileSync(`${STATE}/${name}/pids`, "latin1").match(/^\d+/gm) ?? [];
  const infos = pids.flatMap((pid) =>
    fs.readdirSync(`/proc/${pid}/fdinfo`).map((fd) => fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, "latin1")),
  );
  const found = infos.join("").matchAll(/^(prog|map|link)_id:\t(\d+)$/gm);
  return new Set(Array.from(found, ([, kind, id]) => `${kind} ${id}`));
}
