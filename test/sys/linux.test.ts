/** The real system's files; bpf(2) itself is tested in test/live. */
import fs from "node:fs";
import inspector from "node:inspector";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { linuxSyscalls } from "../../src/sys/linux.ts";
import { tempFolder } from "../support/temp-folder.ts";

const { ENOENT, ENOTDIR } = os.constants.errno;
const FOLDER = tempFolder();
const MICROSECONDS_BETWEEN_SIGNALS = 100;

describe.skipIf(process.platform !== "linux")("linuxSyscalls()", () => {
  const sys = linuxSyscalls();
  const file = path.join(FOLDER, "file");
  const large = path.join(FOLDER, "large");
  const folder = path.join(FOLDER, "folder");
  const content = Buffer.alloc(300_000, "0123456789\xff", "latin1");
  fs.writeFileSync(file, Buffer.from("a\xe9\0b\n", "latin1"));
  fs.writeFileSync(large, content);
  fs.mkdirSync(folder);
  fs.symlinkSync(file, path.join(FOLDER, "link"));
  fs.writeFileSync(Buffer.from(`${FOLDER}/\xff\xfe`, "latin1"), "odd");

  test("readText() gives bytes of files of any length", () => {
    expect(sys.readText(file)).toBe("a\xe9\0b\n");
    expect(sys.readText(large)).toBe(content.toString("latin1"));
    expect(sys.readText(`${FOLDER}/\xff\xfe`)).toBe("odd");
  });

  test.each(["/no/such/file", FOLDER])("readText(%s) is undefined", (place) => {
    expect(sys.readText(place)).toBeUndefined();
  });

  test("readPieces() gives the whole file, and nothing where there is none", () => {
    // A piece is good until the next is asked for.
    const pieces = Array.from(sys.readPieces(large), (piece) => Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect([...sys.readPieces(large)].length).toBeGreaterThan(1);
    expect([...sys.readPieces("/no/such/file")]).toEqual([]);
  });

  test("list() tells files, folders and the rest apart, links not followed", () => {
    const types = new Map(sys.list(FOLDER).map(({ name, type }) => [name, type]));
    expect(Object.fromEntries(types)).toEqual({
      file: "file",
      large: "file",
      folder: "directory",
      link: "other",
      "\xff\xfe": "file",
    });
    expect(sys.list("/no/such/folder")).toEqual([]);
  });

  test("listNumbers() gives all processes and descriptors, ascending", () => {
    const folders = Array.from({ length: 3_000 }, () => sys.openDirectory(FOLDER));
    const descriptors = sys.listNumbers(`/proc/${process.pid}/fd`);
    for (const fd of folders) sys.close(fd);
    expect(folders.filter((fd) => !descriptors.includes(fd))).toEqual([]);
    expect(descriptors).toEqual([...descriptors].sort((a, b) => a - b));
    expect(sys.listNumbers("/proc")).toContain(process.pid);
    expect(sys.listNumbers("/proc/no/fd")).toEqual([]);
  });

  test("listNumbers() gives all while signals come: each ends an answer of the kernel early", () => {
    const profiler = new inspector.Session();
    profiler.connect();
    profiler.post("Profiler.enable");
    profiler.post("Profiler.setSamplingInterval", { interval: MICROSECONDS_BETWEEN_SIGNALS });
    const folders = Array.from({ length: 1_000 }, () => sys.openDirectory(FOLDER));
    profiler.post("Profiler.start"); // asks with SIGPROF where the program is
    const listings = Array.from({ length: 50 }, () => sys.listNumbers(`/proc/${process.pid}/fd`));
    profiler.post("Profiler.stop");
    profiler.disconnect();
    for (const fd of folders) sys.close(fd);
    for (const listed of listings) expect(folders.filter((fd) => !listed.includes(fd))).toEqual([]);
  });

  test("anonInodes() names descriptors without files", () => {
    const folder = sys.openDirectory(FOLDER);
    const inodes = sys.anonInodes(process.pid);
    sys.close(folder);
    const names = new Map(inodes.map(({ fd, name }) => [fd, name]));
    expect(names.has(folder)).toBe(false);
    expect([...names.values()]).toContain("[eventpoll]");
    expect(sys.anonInodes(0)).toEqual([]);
  });

  test("identity() is that of the file, through links", () => {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    expect(sys.identity(path.join(FOLDER, "link"))).toEqual({ dev, ino });
    expect(sys.identity("/no/such/file")).toBeUndefined();
  });

  test("openDirectory() opens folders only, and close() closes them", () => {
    const fd = sys.openDirectory(FOLDER);
    expect(fd).toBeGreaterThan(2);
    expect(sys.readFdinfo(fd)).toMatch(/^pos:/);
    sys.close(fd);
    expect(sys.readFdinfo(fd)).toBeUndefined();
    expect([sys.openDirectory("/no/such/folder"), sys.openDirectory(file)]).toEqual([-ENOENT, -ENOTDIR]);
  });

  test("readFdinfos() tells of many, in their order", () => {
    const [first, second] = [sys.openDirectory(FOLDER), sys.openDirectory("/")];
    const missing = 1_000_000;
    const [one, none, three] = sys.readFdinfos(process.pid, [second, missing, first]);
    expect([one, three]).toEqual([sys.readFdinfo(second), sys.readFdinfo(first)]);
    expect([one, none]).toEqual([expect.stringMatching(/^pos:/), undefined]);
    expect(sys.readFdinfos(0, [first])).toEqual([undefined]);
    for (const fd of [first, second]) sys.close(fd);
  });

  test("no descriptor stays open", () => {
    const before = fs.readdirSync("/proc/self/fd").length;
    sys.readText(large);
    for (const _ of sys.readPieces(large)) break;
    sys.list(FOLDER);
    expect(fs.readdirSync("/proc/self/fd").length).toBe(before);
  });

  test("uname()", () => expect(sys.uname().release).toMatch(/^\d+\.\d+/));
});
