/** Answers of a real kernel, changed and cut: what comes of them is a record that can be saved and printed, or an InspectError. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../src/json/shape.ts";
import type { NetRecord } from "../../src/model/net-records.ts";
import { netView } from "../../src/model/net-views.ts";
import { Registry } from "../../src/model/registry.ts";
import { netJson, netnsJson, netPlain } from "../../src/render/net/show.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { netsShape } from "../../src/sources/snapshot/net.ts";
import { CRAFTED_NETNS } from "../support/crafted-network.ts";
import { type Exchange, type FakeNetns, withNetwork } from "../support/fake-network.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { memorySource } from "../support/memory-source.ts";
import { RECORDED_MACHINE, RECORDED_NETNS } from "../support/recorded-network.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const RUNS = 300;
const registry = new Registry(memorySource(RECORDED_MACHINE));

function read(netns: FakeNetns, exchanges: readonly Exchange[]): NetRecord {
  const sys = withNetwork(fakeSyscalls(memorySource(RECORDED_MACHINE)), { netns: [{ ...netns, exchanges }] });
  const [net] = liveSource(sys).network?.({ everyNetns: false }).nets ?? [];
  expect(sys.openNetFds()).toBe(0);
  return net as NetRecord;
}

/** A change of one datagram, told by numbers that fit any. */
type Change = (datagram: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const u16 = fc.oneof(fc.constantFrom(0, 1, 3, 4, 0xffff), fc.nat(0xffff));

const change: fc.Arbitrary<Change> = fc.oneof(
  // Lengths stand at even places.
  fc.array(fc.tuple(place, u16), { minLength: 1, maxLength: 4 }).map((edits) => (datagram: Uint8Array) => {
    const bytes = datagram.slice();
    const view = new DataView(bytes.buffer);
    for (const [at, value] of edits) {
      const offset = Math.floor((at * bytes.length) / 2) * 2;
      if (offset + 2 <= bytes.length) view.setUint16(offset, value, true);
    }
    return bytes;
  }),
  place.map((at) => (datagram: Uint8Array) => datagram.slice(0, Math.floor(at * datagram.length))),
  fc.tuple(place, fc.uint8Array({ maxLength: 64 })).map(([at, bytes]) => (datagram: Uint8Array) => {
    const cut = Math.floor(at * datagram.length);
    return new Uint8Array(Buffer.concat([datagram.subarray(0, cut), bytes, datagram.subarray(cut)]));
  }),
  fc.constant(() => new Uint8Array()),
);

/** Some pieces of some answers are others. */
function changed(
  exchanges: readonly Exchange[],
  edits: readonly (readonly [number, number, Change])[],
): Exchange[] {
  return exchanges.map((exchange, index) => ({
    ...exchange,
    datagrams: exchange.datagrams.map((datagram, piece) =>
      edits
        .filter(
          ([at, which]) => at % exchanges.length === index && which % exchange.datagrams.length === piece,
        )
        .reduce((bytes, [, , edit]) => edit(bytes), datagram),
    ),
  }));
}

test.each([
  ["recorded", RECORDED_NETNS],
  ["crafted", CRAFTED_NETNS],
])("%s answers, changed anywhere", (_, netns) => {
  const { exchanges = [] } = netns;
  const edits = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), change), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(edits, (some) => {
      const net = read(netns, changed(exchanges, some));
      const stored = JSON.parse(
        JSON.stringify([net], (_, value) => (typeof value === "bigint" ? `${value}` : value)),
      );
      expect(check(netsShape, stored)).toEqual([net]);
      const view = netView(registry, { nets: [net], netfilter: [] });
      expect(plainText((out) => netPlain(out, view))).toMatch(
        /^xdp:\n[\s\S]*\ntc:\n[\s\S]*\nflow_dissector:\n/,
      );
      for (const write of [netJson, netnsJson]) JSON.parse(jsonText((json) => write(json, view)));
    }),
    { numRuns: RUNS },
  );
});

test("what is wrong with filters does not touch the devices", () => {
  const { exchanges = [] } = RECORDED_NETNS;
  const whole = read(RECORDED_NETNS, exchanges);
  const bare = (net: NetRecord) => net.devices.map(({ filters, ...device }) => device);
  const first = exchanges.findIndex(({ type }) => type === 46);
  fc.assert(
    fc.property(fc.nat(1000), change, (at, edit) => {
      const index = first + (at % (exchanges.length - first));
      const net = read(RECORDED_NETNS, changed(exchanges, [[index, 0, edit]]));
      expect(bare(net)).toEqual(bare(whole));
      const others = (record: NetRecord) =>
        record.devices.filter(({ ifindex }) => ifindex !== exchanges[index]?.ifindex);
      expect(others(net)).toEqual(others(whole));
    }),
    { numRuns: RUNS },
  );
});
