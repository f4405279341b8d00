/** What this process may do, as /proc tells it. */
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { Ffi } from "../../src/sys/ffi.ts";
import { linuxOwnProcess } from "../../src/sys/own-process.ts";
import { CAPABILITY } from "../../src/uapi/capabilities.ts";
import { EPERM } from "../../src/uapi/errno.ts";

/** A set of this thread by the letters that /proc has for it. */
function set(letters: "Inh" | "Prm" | "Eff"): bigint {
  const status = fs.readFileSync("/proc/thread-self/status", "utf8");
  return BigInt(`0x${new RegExp(`^Cap${letters}:\\s*(\\S+)`, "m").exec(status)?.[1]}`);
}

function lockedMemory(): string[] {
  const line = /^Max locked memory +(\S+) +(\S+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"));
  return line?.slice(1) ?? expect.unreachable("a line about locked memory");
}

describe.runIf(process.platform === "linux")("on Linux", () => {
  const own = linuxOwnProcess();

  test("capabilities", () => {
    expect(own.capabilities()).toEqual({
      effective: set("Eff"),
      permitted: set("Prm"),
      inheritable: set("Inh"),
    });
  });

  test("capabilities can be given up and taken again", () => {
    const before = own.capabilities();
    if (typeof before === "number") return expect.unreachable("no capabilities");
    const effective = before.effective & ~(1n << BigInt(CAPABILITY.CAP_BPF));
    expect(own.setCapabilities({ ...before, effective })).toBe(0);
    expect(set("Eff")).toBe(effective);
    expect(own.setCapabilities(before)).toBe(0);
    expect(set("Eff")).toBe(before.effective);
  });

  test("the limit of locked memory", () => {
    const limit = own.lockedMemory();
    if (typeof limit === "number") return expect.unreachable("no limit");
    const text = (bytes: bigint) => (bytes === 2n ** 64n - 1n ? "unlimited" : String(bytes));
    expect([text(limit.soft), text(limit.hard)]).toEqual(lockedMemory());
    const lower = { ...limit, soft: 4096n };
    expect(own.setLockedMemory(lower)).toBe(0);
    expect(lockedMemory()[0]).toBe("4096");
    expect(own.setLockedMemory(limit)).toBe(0);
    expect(own.lockedMemory()).toEqual(limit);
  });
});

test("what fails is -errno", () => {
  const fails = () => -EPERM;
  const own = linuxOwnProcess({ capget: fails, capset: fails, prlimit: fails } as unknown as Ffi);
  const sets = { effective: 0n, permitted: 0n, inheritable: 0n };
  expect([own.capabilities(), own.setCapabilities(sets), own.lockedMemory()]).toEqual([
    -EPERM,
    -EPERM,
    -EPERM,
  ]);
  expect(own.setLockedMemory({ soft: 0n, hard: 0n })).toBe(-EPERM);
});
