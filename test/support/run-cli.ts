/** The command line in this process. */
import type { Environment } from "../../src/cli/main.ts";
import { main } from "../../src/cli/main.ts";
import { ByteBuffer } from "../../src/bytes/sink.ts";

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export async function runCli(argv: readonly string[], env: Environment = {}): Promise<CliResult> {
  const [out, err] = [new ByteBuffer(), new ByteBuffer()];
  const status = await main(argv, { out, err }, env);
  return { stdout: out.toBytes().toString("utf8"), stderr: err.toBytes().toString("utf8"), status };
}
