/**
 * A network namespace with what few machines have side by side: every mode of XDP, netkit, flags, actions, filters of
 * several kinds and without names. bpftool 7.8.0 was given the same answers (test/cli/data/net).
 */
import type { LinkRecord } from "../../src/model/records.ts";
import type { FakeNetns } from "./fake-network.ts";
import {
  action,
  BPF_ACTION,
  BPF_FILTER,
  bytesOf,
  done,
  filter,
  link,
  qdisc,
  tcClass,
} from "./netlink-builder.ts";
import type { Machine } from "./memory-source.ts";
import { linkRecord, progRecord } from "./records.ts";

const GET = { links: 18, qdiscs: 38, classes: 42, filters: 46 } as const;
const ATTACH = { tcxIngress: 46, tcxEgress: 47, netkitPrimary: 54, netkitPeer: 55 } as const;

const LINKS = [
  link(1, "lo", { xdp: { attached: 2, prog: 40, generic: 40 } }),
  link(2, "eth0", { xdp: { attached: 1, prog: 41, driver: 41 } }),
  link(3, "off0", { xdp: { attached: 3, prog: 42, offload: 42 } }),
  link(4, "multi0", { xdp: { attached: 4, driver: 43, generic: 44, offload: 0xffff_ffff } }),
  link(5, "kit0", {
    xdp: { attached: 4, offload: 45 },
    altNames: ["the-other-name-of-kit0", "k0"],
    kind: "netkit",
  }),
  link(6, "odd0", { xdp: { attached: 9, prog: 46 } }),
  link(7, "bare0", { xdp: { attached: 2 } }),
  link(8, "none0", { xdp: { attached: 0, prog: 47 } }),
  link(9, "nest0", { xdp: {} }),
  link(70_000, 'q"uo\\te', { xdp: { attached: 2, prog: 48 } }),
];

const CLS = [
  filter({ ifindex: 2, kind: "bpf" }),
  filter({ ifindex: 2, handle: 1, kind: "bpf" }, BPF_FILTER.name("first:[*fsobj]"), BPF_FILTER.id(50)),
  filter({ ifindex: 2, handle: 2, kind: "bpf" }, BPF_FILTER.id(51)),
  filter({ ifindex: 2, handle: 3, kind: "u32" }, BPF_FILTER.name("not bpf"), BPF_FILTER.id(52)),
  filter({ ifindex: 2, handle: 4, kind: "bpf" }, BPF_FILTER.name("classic")),
  filter(
    { ifindex: 2, handle: 5, kind: "bpf" },
    BPF_FILTER.name("acting"),
    BPF_FILTER.id(53),
    BPF_FILTER.actions(
      action(1, "bpf", BPF_ACTION.parms, BPF_ACTION.name("one"), BPF_ACTION.id(54)),
      action(2, "gact"),
      action(3, "bpf", BPF_ACTION.parms, BPF_ACTION.id(55)),
      action(4, "bpf", BPF_ACTION.parms),
    ),
  ),
  filter({ ifindex: 2, handle: 6, kind: "bpf" }, BPF_FILTER.id(56), BPF_FILTER.actions()),
];

const mprog = (attachType: number, progId: number, progFlags = 0, linkId = 0, linkFlags = 0) => ({
  attachType,
  progId,
  progFlags,
  linkId,
  linkFlags,
});

export const CRAFTED_NETNS: FakeNetns = {
  ino: 4_026_531_840n,
  pids: [1, 77],
  exchanges: [
    { type: GET.links, datagrams: [bytesOf(...LINKS.slice(0, 4)), bytesOf(...LINKS.slice(4)), done()] },
    {
      type: GET.qdiscs,
      datagrams: [
        bytesOf(
          qdisc({ ifindex: 1, kind: "noqueue" }),
          qdisc({ ifindex: 2, handle: 0x1_0000, kind: "htb" }),
          qdisc({ ifindex: 2, handle: 0xffff_0000, kind: "clsact" }),
          qdisc({ ifindex: 4, handle: 0x2_0000 }),
          done(),
        ),
      ],
    },
    {
      type: GET.classes,
      ifindex: 2,
      datagrams: [bytesOf(tcClass({ ifindex: 2, handle: 0x1_0010, kind: "htb" })), done()],
    },
    {
      type: GET.filters,
      ifindex: 2,
      parent: 0x1_0010,
      datagrams: [
        bytesOf(filter({ ifindex: 2, kind: "bpf" }, BPF_FILTER.name("classed"), BPF_FILTER.id(58)), done()),
      ],
    },
    { type: GET.filters, ifindex: 2, parent: 0x1_0000, datagrams: [bytesOf(...CLS, done())] },
    {
      type: GET.filters,
      ifindex: 2,
      parent: 0xffff_fff2,
      datagrams: [
        bytesOf(filter({ ifindex: 2, kind: "bpf" }, BPF_FILTER.name("in"), BPF_FILTER.id(59)), done()),
      ],
    },
    {
      type: GET.filters,
      ifindex: 4,
      parent: 0x2_0000,
      datagrams: [
        bytesOf(filter({ ifindex: 4, kind: "bpf" }, BPF_FILTER.name("out"), BPF_FILTER.id(60)), done()),
      ],
    },
  ],
  mprogs: new Map([
    [
      1,
      [
        mprog(ATTACH.tcxIngress, 61),
        mprog(ATTACH.tcxIngress, 62, 0, 7),
        mprog(ATTACH.tcxEgress, 63, 5, 0, 3),
      ],
    ],
    [
      5,
      [
        mprog(ATTACH.netkitPrimary, 61, 0x8000_0001, 0xffff_ffff, 0x8000_0000),
        mprog(ATTACH.netkitPeer, 99, 0, 8, 6),
        mprog(ATTACH.netkitPeer, 64),
      ],
    ],
  ]),
};

const netfilter = (
  id: number,
  progId: number,
  pf: number,
  hook: number,
  prio: number,
  flags: number,
): LinkRecord => linkRecord(id, 10, progId, { kind: "netfilter", pf, hook, prio, flags });

/** The programs with names, and netfilter links in no order. */
export const CRAFTED_MACHINE: Machine = {
  progs: [
    progRecord({ id: 61, name: "tcx_one" }),
    progRecord({ id: 62, name: "tcx_two" }),
    progRecord({ id: 63 }),
    progRecord({ id: 64, name: "netkit_peer" }),
  ],
  links: [
    netfilter(3, 70, 10, 3, 2_147_483_647, 0),
    netfilter(4, 71, 2, 1, 100, 0),
    netfilter(5, 72, 2, 1, -100, 1),
    netfilter(6, 73, 2, 1, -100, 0),
    netfilter(7, 74, 2, 0, -2_147_483_648, 0),
    netfilter(8, 75, 7, 4, 0, 0xff),
    netfilter(9, 76, 12, 1, 0, 0),
  ],
};
