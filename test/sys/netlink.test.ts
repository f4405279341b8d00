/** Netlink messages and attributes, and what rtnetlink tells with them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import type { ByteReader } from "../../src/bytes/reader.ts";
import {
  answerReader,
  attributes,
  attributeText,
  attributeU32,
  attributeU8,
  errnoIn,
  messages,
  type Range,
} from "../../src/sys/netlink.ts";
import { decodeDevice } from "../../src/sys/netlink-device.ts";
import { type Decoder, encodeRouteDump, type RouteDump } from "../../src/sys/netlink-route.ts";
import { decodeFilter, decodeQdisc } from "../../src/sys/netlink-tc.ts";
import * as made from "../support/netlink-builder.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";

/** All of an answer. */
function whole(bytes: Uint8Array): Range {
  return { start: 0, end: bytes.length };
}

function decodeOne<T>(decode: (answer: ByteReader, message: Range) => T, bytes: Uint8Array): T {
  const answer = answerReader(bytes);
  const [message] = messages(answer);
  if (!message) throw new Error("no message");
  return decode(answer, message);
}

describe.runIf(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1)(
  "requests are those that the kernel takes",
  () => {
    // nlmsghdr: length, type, NLM_F_REQUEST | NLM_F_DUMP, number, pid; then ifinfomsg with IFLA_EXT_MASK, or tcmsg.
    const TCMSG = (ifindex: string, parent: string) => `00000000${ifindex}00000000${parent}00000000`;
    const ROWS: readonly (readonly [RouteDump, string])[] = [
      [
        { of: "devices" },
        `2800000012000103${"07000000"}00000000${"11000000000000000000000000000000"}${"08001d0008000000"}`,
      ],
      [{ of: "qdiscs" }, `24000000260001030700000000000000${TCMSG("00000000", "00000000")}`],
      [
        { of: "classes", ifindex: 0x1234 },
        `240000002a0001030700000000000000${TCMSG("34120000", "00000000")}`,
      ],
      [
        { of: "filters", ifindex: 3, parent: 0xffff_fff2 },
        `240000002e0001030700000000000000${TCMSG("03000000", "f2ffffff")}`,
      ],
    ];

    test.each(ROWS)("%o", (dump, hex) => {
      expect(hexText(encodeRouteDump(dump, 7))).toBe(hex);
    });
  },
);

describe("messages", () => {
  const three = made.bytesOf(
    made.message(16, made.numbers([1, 9])),
    made.message(17, new Uint8Array(8)),
    made.done(),
  );

  test("are found behind one another, padding left out", () => {
    expect([...messages(answerReader(three))]).toEqual([
      { type: 16, flags: 2, seq: 1, start: 16, end: 17 },
      { type: 17, flags: 2, seq: 1, start: 36, end: 44 },
      { type: 3, flags: 2, seq: 1, start: 60, end: 64 },
    ]);
  });

  test("an answer that is cut gives those before, then an error", () => {
    const found: number[] = [];
    const error = inspectErrorOf(() => {
      for (const { type } of messages(answerReader(three.subarray(0, 63)))) found.push(type);
    });
    expect(found).toEqual([16, 17]);
    expect(error.message).toBe(
      "Cannot parse netlink answer: 20 bytes at offset 0x2c are past the end (63 bytes)",
    );
  });

  test.each([0, 15])("a length of %i is an error, not an endless loop", (length) => {
    const bytes = made.done();
    bytes.set(made.numbers([4, length]));
    const error = inspectErrorOf(() => [...messages(answerReader(bytes))]);
    expect(error.message).toBe(`Cannot parse netlink answer: a message of ${length} bytes`);
  });

  test.each([
    ["no errno", made.done(), 0],
    ["ENODEV at the end of a dump", made.done(19), 19],
    ["EPERM instead of an answer", made.failure(1), 1],
    ["none where there is no room for one", made.message(3, new Uint8Array(2)), 0],
  ])("%s", (_, bytes, errno) => {
    expect(decodeOne(errnoIn, bytes)).toBe(errno);
  });
});

describe("attributes", () => {
  const all = made.bytesOf(
    made.textAttribute(3, "eth0"),
    made.u32Attribute(4, 0xdead_beef),
    made.attribute(2 | 0x8000, made.numbers([1, 200])),
    made.attribute(5),
  );

  test("have types without flags, and values without padding", () => {
    expect([...attributes(answerReader(all), whole(all))]).toEqual([
      { type: 3, start: 4, end: 9 },
      { type: 4, start: 16, end: 20 },
      { type: 2, start: 24, end: 25 },
      { type: 5, start: 32, end: 32 },
    ]);
  });

  test("are read by their kind", () => {
    const answer = answerReader(all);
    const NOWHERE = { start: 0, end: 0 };
    const [text = NOWHERE, u32 = NOWHERE, u8 = NOWHERE] = [...attributes(answer, whole(all))];
    expect(attributeText(answer, text)).toBe("eth0");
    expect(attributeU32(answer, u32)).toBe(0xdead_beef);
    expect(attributeU8(answer, u8)).toBe(200);
  });

  test("a text without NUL ends with its value, one with NUL there", () => {
    const bytes = made.bytesOf(
      made.attribute(1, Buffer.from("ab\xff", "latin1")),
      made.textAttribute(1, "a\0b"),
    );
    const texts = [...attributes(answerReader(bytes), whole(bytes))].map((value) =>
      attributeText(answerReader(bytes), value),
    );
    expect(texts).toEqual(["ab\xff", "a"]);
  });

  test("a text that no name can be is cut", () => {
    const bytes = made.attribute(1, new Uint8Array(5_000).fill(0x61));
    expect(attributeText(answerReader(bytes), { start: 4, end: bytes.length })).toBe("a".repeat(256));
  });

  test.each([
    [
      "a length below that of the header",
      made.numbers([2, 3], [2, 1]),
      "an attribute of 3 bytes where 4 are left",
    ],
    [
      "a length past the end",
      made.numbers([2, 9], [2, 1], [4, 0]),
      "an attribute of 9 bytes where 8 are left",
    ],
  ])("%s is an error", (_, bytes, message) => {
    expect(inspectErrorOf(() => [...attributes(answerReader(bytes), whole(bytes))]).message).toContain(
      message,
    );
  });

  test("a number in too few bytes is an error, not the bytes behind it", () => {
    const bytes = made.bytesOf(made.attribute(4, made.numbers([2, 1])), made.u32Attribute(5, 7));
    const answer = answerReader(bytes);
    const [short = whole(bytes)] = [...attributes(answer, whole(bytes))];
    expect(inspectErrorOf(() => attributeU32(answer, short)).message).toContain(
      "an attribute with 2 bytes, not 4",
    );
  });

  test("fewer bytes than a header at the end are padding", () => {
    const bytes = made.bytesOf(made.u32Attribute(1, 1), new Uint8Array(3));
    expect([...attributes(answerReader(bytes), whole(bytes))]).toHaveLength(1);
  });
});

describe("devices", () => {
  test.each([
    ["nothing attached", { attached: 0, prog: 1 }, undefined],
    ["no mode told", { prog: 1 }, undefined],
    ["driver", { attached: 1, prog: 7, driver: 7 }, { mode: 1, progs: [{ mode: 1, progId: 7 }] }],
    ["generic", { attached: 2, prog: 7, generic: 7 }, { mode: 2, progs: [{ mode: 2, progId: 7 }] }],
    ["offload", { attached: 3, prog: 7, offload: 7 }, { mode: 3, progs: [{ mode: 3, progId: 7 }] }],
    ["a program without id", { attached: 2 }, { mode: 2, progs: [] }],
    [
      "several",
      { attached: 4, driver: 1, generic: 2, offload: 3 },
      {
        mode: 4,
        progs: [
          { mode: 2, progId: 2 },
          { mode: 1, progId: 1 },
          { mode: 3, progId: 3 },
        ],
      },
    ],
    ["a mode of later kernels", { attached: 9, prog: 7 }, { mode: 9, progs: [{ mode: 9, progId: 7 }] }],
  ])("XDP: %s", (_, xdp, expected) => {
    expect(decodeOne(decodeDevice, made.link(3, "eth0", { xdp }))).toEqual({
      ifindex: 3,
      ifname: "eth0",
      altNames: [],
      ...(expected && { xdp: expected }),
    });
  });

  test("further names", () => {
    const device = decodeOne(
      decodeDevice,
      made.link(4_000_000_000, "e\xff", { altNames: ["uplink", "lan0"] }),
    );
    expect(device).toEqual({ ifindex: 4_000_000_000, ifname: "e\xff", altNames: ["uplink", "lan0"] });
  });

  test("the kind of virtual ones", () => {
    expect(decodeOne(decodeDevice, made.link(3, "kit0", { kind: "netkit" })).kind).toBe("netkit");
  });
});

describe("traffic control", () => {
  test("qdiscs and classes", () => {
    const parts = { ifindex: 3, handle: 0x1_0010, kind: "htb" };
    for (const bytes of [made.qdisc(parts), made.tcClass(parts)])
      expect(decodeOne(decodeQdisc, bytes)).toEqual(parts);
    expect(decodeOne(decodeQdisc, made.qdisc({ ifindex: 3 }))).toEqual({
      ifindex: 3,
      handle: 0,
      kind: "unknown",
    });
  });

  const { name, id, actions } = made.BPF_FILTER;
  const at = { ifindex: 3, kind: "bpf" };
  test.each([
    ["another kind", made.filter({ ifindex: 3, kind: "u32" }, id(7)), undefined],
    ["no kind", made.filter({ ifindex: 3 }, id(7)), undefined],
    ["no options", made.filter(at), undefined],
    ["a name and an id", made.filter(at, name("f"), id(7)), { name: "f", progId: 7 }],
    ["classic BPF", made.filter(at, name("f")), { name: "f" }],
    ["no actions in the list", made.filter(at, id(7), actions()), { progId: 7, actions: [] }],
    [
      "actions",
      made.filter(
        at,
        id(7),
        actions(
          made.action(1, "bpf", made.BPF_ACTION.parms, made.BPF_ACTION.name("a"), made.BPF_ACTION.id(8)),
          made.action(2, "mirred"),
          made.action(3, "bpf", made.BPF_ACTION.parms),
        ),
      ),
      { progId: 7, actions: [{ name: "a", progId: 8 }, {}] },
    ],
  ])("filters: %s", (_, bytes, expected) => {
    expect(decodeOne(decodeFilter, bytes)).toEqual(expected);
  });

  test("a message without its struct is an error", () => {
    const bytes = made.message(44, new Uint8Array(19));
    const decoders: readonly Decoder<unknown>[] = [decodeQdisc, decodeFilter];
    for (const decode of decoders)
      expect(inspectErrorOf(() => decodeOne(decode, bytes)).message).toContain(
        "a message of 19 bytes, not 20",
      );
  });
});

test("any bytes give messages and records, or an InspectError", () => {
  const word = fc.oneof(fc.nat(64), fc.nat(0xffff_ffff));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(word, { maxLength: 60 }).map((words) => new Uint8Array(new Uint32Array(words).buffer)),
  );
  fc.assert(
    fc.property(anything, (bytes) => {
      const answer = answerReader(bytes);
      valueOrInspectError(() => {
        for (const message of messages(answer)) {
          expect(message.end).toBeLessThanOrEqual(bytes.length);
          for (const decode of [decodeDevice, decodeQdisc, decodeFilter])
            valueOrInspectError(() => decode(answer, message));
        }
      });
    }),
    { numRuns: 2000 },
  );
});
