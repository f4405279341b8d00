/** An interactive shell in a terminal of its own, with keys pressed in it. */
import { spawn } from "node:child_process";

export interface Terminal {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What it prints when it is ready. */
  readonly prompt: string;
}

/** Presses the keys of each step when the text that the step before leads to has come; the whole output (byte text). */
export function pressKeys(
  { command, env, cwd, prompt }: Terminal,
  steps: readonly { readonly keys: string; readonly leadsTo: string }[],
): Promise<string> {
  const child = spawn("script", ["-qefc", command.join(" "), "/dev/null"], { env, cwd });
  const left = [{ keys: "", leadsTo: prompt }, ...steps];
  let [output, seen] = ["", 0];
  child.stderr.resume();
  child.stdin.on("error", () => {}); // it may have gone before the last key
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    output += text;
    for (let [step] = left; step; [step] = left) {
      const at = output.indexOf(step.leadsTo, seen);
      if (at < 0) return;
      seen = at + step.leadsTo.length;
      left.shift();
      if (left[0]) child.stdin.write(left[0].keys, "latin1");
      else child.stdin.end("exit\r");
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}
