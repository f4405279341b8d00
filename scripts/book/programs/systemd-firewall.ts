/**
 * What systemd attaches to the cgroup of a unit with IPAddressDeny=any: it lets a packet out unless its
 * destination is in the trie of denied addresses. The tag of this program is the one in the article.
 *
 * Maps: 153 denied IPv4 addresses, 154 denied IPv6 addresses.
 */

/** Looks the address at `offset` of the network header up, where the packet has the `protocol` (network order). */
function deny(name: string, protocol: number, offset: number, size: number, map: number): string {
  return `
    if r7 != ${protocol} goto not_${name}
    r1 = r6
    w2 = ${offset}
    r3 = r10
    r3 += -${size}
    w4 = ${size}
    call bpf_skb_load_bytes
    r1 = map[id:${map}]
    r2 = r10
    r2 += -${size + 4}
    *(u32 *)(r2 +0) = ${size * 8}
    call bpf_map_lookup_elem
    if r0 == 0 goto not_${name}
    w8 |= 2
    not_${name}:
  `;
}

export const EGRESS = `
  r6 = r1
  r7 = *(u32 *)(r6 +16) => r7 = *(u16 *)(r6 +176)
  w8 = 0
  ${deny("ipv4", 0x0008, 16, 4, 153)}
  ${deny("ipv6", 0xdd86, 24, 16, 154)}
  r0 = 1
  if r8 != 2 goto out
  r0 = 0
  out:
  exit
`;
