/**
 * `npm run demo`: lists, disassembles and draws real programs from the bundled snapshot. Needs neither root nor
 * Linux nor Graphviz.
 */
import fs from "node:fs";
import { ByteBuffer } from "../src/bytes/sink.ts";
import { main } from "../src/cli/main.ts";

const PROG = "xdp_guard";
const SHOWN_LINES = 24;

/** Runs the command line in this process and returns what it printed. */
async function bpflens(...args: string[]): Promise<string> {
  const out = new ByteBuffer();
  const err = new ByteBuffer();
  const status = await main(args, { out, err }, {});
  if (status !== 0) throw new Error(`bpflens ${args.join(" ")} ended with status ${status}: ${err}`);
  return out.toBytes().toString("utf8");
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Shows a command and the beginning of its output. */
async function show(...args: string[]): Promise<void> {
  const lines = (await bpflens(...args)).split("\n");
  const rest = lines.length - 1 - SHOWN_LINES;
  const shown = rest > 0 ? [...lines.slice(0, SHOWN_LINES), `... ${rest} more lines`, ""] : lines;
  print(`\n$ bpflens ${args.join(" ")}\n${shown.join("\n")}`);
}

async function draw(file: string): Promise<void> {
  const args = ["--from", "demo", "prog", "graph", "name", PROG, "-o", file];
  print(`\n$ bpflens ${args.join(" ")}\n${await bpflens(...args)}`);
  print(`the control flow of ${PROG}: open it in a browser\n`);
}

await show("--from", "demo", "prog", "show");
await show("--from", "demo", "prog", "dump", "xlated", "name", PROG, "linum");
fs.mkdirSync("demo", { recursive: true });
await draw(`demo/${PROG}.svg`);
