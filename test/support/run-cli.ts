/** The command line in this process. */
import type { Environment } from "../../src/cli/main.ts";
import { main } from "../../src/cli/main.ts";
import type { Output } from "../../src/cli/io.ts";

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Keeps what is written, byte for byte. */
class Capture implements Output {
  #bytes: Buffer[] = [];

  write(text: string): void {
    this.#bytes.push(Buffer.from(text, "latin1"));
  }

  flush(): void {}

  text(): string {
    return Buffer.concat(this.#bytes).toString("utf8");
  }
}

export async function runCli(argv: readonly string[], env: Environment = {}): Promise<CliResult> {
  const [out, err] = [new Capture(), new Capture()];
  const status = await main(argv, { out, err }, env);
  return { stdout: out.text(), stderr: err.text(), status };
}
