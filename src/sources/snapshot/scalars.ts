/** Shapes of the plain values in a snapshot's records. */
import { bigInteger, integer, text } from "../../json/shape.ts";

const MAX_TEXT = 4096;
/** One character for each byte the kernel gave. */
export const byteText = text(/^[\x01-\xff]*$/, MAX_TEXT, `at most ${MAX_TEXT} characters U+0001 to U+00FF`);
export const u32 = integer(0, 0xffff_ffff);
export const u64 = bigInteger(0n, 0xffff_ffff_ffff_ffffn);
