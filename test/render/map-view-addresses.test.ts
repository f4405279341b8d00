/** Addresses as text. */
import net from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ipv4Text, ipv6Text, macText } from "../../src/render/map/view/addresses.ts";
import { prefixLeaf } from "../../src/render/map/view/raw.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/[^0-9a-f]/g, ""), "hex"));

test.each([
  ["all zeros", "0000 0000 0000 0000 0000 0000 0000 0000", "::"],
  ["the last alone", "0000 0000 0000 0000 0000 0000 0000 0001", "::1"],
  ["the first alone", "0001 0000 0000 0000 0000 0000 0000 0000", "1::"],
  ["leading zeros of a group", "2001 0db8 0000 0000 0000 0000 0002 0001", "2001:db8::2:1"],
  ["one zero group stays (4.2.2)", "2001 0db8 0000 0001 0001 0001 0001 0001", "2001:db8:0:1:1:1:1:1"],
  ["the longer run (4.2.3)", "2001 0000 0000 0001 0000 0000 0000 0001", "2001:0:0:1::1"],
  ["the first of equal runs (4.2.3)", "2001 0db8 0000 0000 0001 0000 0000 0001", "2001:db8::1:0:0:1"],
  ["lower case (4.3)", "2001 0db8 aaaa bbbb cccc dddd eeee ffff", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"],
  ["an embedded IPv4 address (5)", "0000 0000 0000 0000 0000 ffff c000 0201", "::ffff:192.0.2.1"],
])("RFC 5952: %s", (_, bytes, text) => {
  expect(ipv6Text(hex(bytes), 0)).toBe(text);
});

test("every IPv6 text is an address that reads back", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const sparse = bytes.map((all) => all.map((byte) => (byte < 170 ? 0 : byte)));
  fc.assert(
    fc.property(fc.oneof(bytes, sparse), (address) => {
      const text = ipv6Text(address, 0);
      expect(net.isIPv6(text)).toBe(true);
      const list = new net.BlockList();
      list.addAddress(text, "ipv6");
      const full = Buffer.from(address)
        .toString("hex")
        .replace(/.{4}(?=.)/g, "$&:");
      expect(list.check(full, "ipv6")).toBe(true);
    }),
  );
});

test("IPv4 and MAC addresses start where told", () => {
  expect(ipv4Text(hex("ff 0a4d0001 ff"), 1)).toBe("10.77.0.1");
  expect(macText(hex("ff 02000000000a ff"), 1)).toBe("02:00:00:00:00:0a");
});

test.each([
  [8, "08000000 0a000000", true, "10.0.0.0/8"],
  [8, "00000020 c6336407", false, "198.51.100.7/32"],
  [20, "20000000 20010db8 00000000 00000000 00000000", true, "2001:db8::/32"],
] as const)("prefixes of tries with keys of %i bytes", (size, bytes, littleEndian, text) => {
  expect(prefixLeaf(size, littleEndian)?.read(hex(bytes), 0, size, { left: 1 })).toEqual({
    kind: "text",
    value: text,
  });
});

test("keys of tries of other sizes are no prefixes", () => {
  expect(prefixLeaf(12, true)).toBeUndefined();
  expect(prefixLeaf(4, true)).toBeUndefined();
});
