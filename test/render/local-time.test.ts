import { afterEach, describe, expect, test } from "vitest";
import { localTime } from "../../src/render/local-time.ts";

const before = process.env.TZ;

describe("localTime()", () => {
  afterEach(() => {
    process.env.TZ = before;
  });

  const ROWS: readonly (readonly [zone: string, seconds: bigint, expected: string])[] = [
    ["UTC", 1_795_167_520n, "2026-11-20T09:38:40+0000"],
    ["Europe/Berlin", 1_795_167_520n, "2026-11-20T10:38:40+0100"],
    ["Europe/Berlin", 1_784_000_000n, "2026-07-14T05:33:20+0200"],
    ["Asia/Kolkata", 1_795_167_520n, "2026-11-20T15:08:40+0530"],
    ["America/St_Johns", 1_795_167_520n, "2026-11-20T06:08:40-0330"],
    ["America/New_York", 0n, "1969-12-31T19:00:00-0500"],
    ["UTC", 0n, "1970-01-01T00:00:00+0000"],
  ];
  test.each(ROWS)("in %s, localTime(%i) is %s", (zone, seconds, expected) => {
    process.env.TZ = zone;
    expect(localTime(seconds)).toBe(expected);
  });
});
