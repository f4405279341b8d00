/** Time, told in milliseconds since some moment. */
import fs from "node:fs";

export type Clock = () => number;

/** What passes for everybody: cheap. */
export const wallClock: Clock = () => performance.now();

const SCHEDULED = "/proc/thread-self/schedstat";

/** What this thread spent on a CPU; where the system does not tell, what passed. */
export const cpuClock: Clock = fs.existsSync(SCHEDULED)
  ? () => Number(fs.readFileSync(SCHEDULED, "latin1").split(" ", 1)[0]) / 1e6
  : wallClock;
