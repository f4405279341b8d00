/** Route sockets and namespaces of the real system: what needs no privileges. */
import fs from "node:fs";
import os from "node:os";
import { describe, expect, test } from "vitest";
import { linuxSyscalls } from "../../src/sys/linux.ts";
import { answerReader, messages } from "../../src/sys/netlink.ts";
import { decodeDevice } from "../../src/sys/netlink-device.ts";
import { answerType, encodeRouteDump } from "../../src/sys/netlink-route.ts";
import { EAGAIN, EBADF, ENOENT } from "../../src/uapi/errno.ts";

const DEVICES = { of: "devices" } as const;

describe.skipIf(process.platform !== "linux")("linuxSyscalls()", () => {
  const sys = linuxSyscalls();

  function withSocket<T>(use: (socket: number) => T): T {
    const socket = sys.openRouteSocket();
    expect(socket).toBeGreaterThan(0);
    try {
      return use(socket);
    } finally {
      sys.close(socket);
    }
  }

  test("a dump of all devices names those that Node.js knows", () => {
    const buffer = new Uint8Array(1 << 16);
    const names = withSocket((socket) => {
      const request = encodeRouteDump(DEVICES, 7);
      expect(sys.send(socket, request)).toBe(request.length);
      const found: string[] = [];
      for (let size = sys.receive(socket, buffer); size > 0; size = sys.receive(socket, buffer)) {
        const answer = answerReader(buffer.subarray(0, size));
        for (const message of messages(answer)) {
          expect(message.seq).toBe(7);
          if (message.type === answerType(DEVICES)) found.push(decodeDevice(answer, message).ifname);
        }
      }
      return found;
    });
    expect(names).toContain("lo");
    expect(names).toEqual(expect.arrayContaining(Object.keys(os.networkInterfaces())));
  });

  test("nothing asked is nothing to wait for", () => {
    expect(withSocket((socket) => sys.receive(socket, new Uint8Array(64)))).toBe(-EAGAIN);
  });

  test("an answer that does not fit tells its length, and leaves what is behind the buffer alone", () => {
    const memory = new Uint8Array(64).fill(0xee);
    const size = withSocket((socket) => {
      sys.send(socket, encodeRouteDump(DEVICES, 1));
      return sys.receive(socket, memory.subarray(0, 20));
    });
    expect(size).toBeGreaterThan(20);
    expect(new Set(memory.subarray(20))).toEqual(new Set([0xee]));
  });

  test("a file is opened to be read", () => {
    const fd = sys.openFile("/proc/thread-self/ns/net");
    expect(fs.readlinkSync(`/proc/self/fd/${fd}`)).toMatch(/^net:\[\d+\]$/);
    expect(sys.identity(`/proc/thread-self/fd/${fd}`)).toEqual(sys.identity("/proc/self/ns/net"));
    sys.close(fd);
    expect(sys.openFile("/no/such/file")).toBe(-ENOENT);
  });

  test("what is no descriptor is no socket and no namespace", () => {
    expect(sys.send(-1, new Uint8Array(16))).toBe(-EBADF);
    expect(sys.receive(-1, new Uint8Array(16))).toBe(-EBADF);
    expect(sys.enterNetns(-1)).toBe(-EBADF);
  });
});
