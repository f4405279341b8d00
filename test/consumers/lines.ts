/**
 * Lines of shell that somebody runs on bpftool's output, with what they are to print. The wanted text is made of the
 * files of the demo, or of what the test's machines were given, never by bpflens.
 *
 * `...` in a consumer's line (a device, a name, an id) stands for one of the machine. Where a consumer is a program, its
 * line reads the keys that the program reads.
 */
import type { ConsumerLine } from "./line.ts";
import { DUMP_LINES } from "./lines-dumps.ts";
import { LIST_LINES } from "./lines-lists.ts";
import { NETWORK_LINES } from "./lines-network.ts";

export const CONSUMER_LINES: readonly ConsumerLine[] = [...NETWORK_LINES, ...DUMP_LINES, ...LIST_LINES];
