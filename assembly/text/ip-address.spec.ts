import { specRegion, text } from "../../test/support/spec/bytes";
import { AddressBlock, MAX_ADDRESS_LENGTH, isInBlock, parseAddress, parseEndpoint } from "./ip-address";

const out = specRegion().take(MAX_ADDRESS_LENGTH);

function digits(start: usize, length: u32): string {
  let all = "";
  for (let i: u32 = 0; i < length; i++) all += (<u32>load<u8>(start + i)).toString(16).padStart(2, "0");
  return all;
}

/** The address in hexadecimal; "none". */
function address(written: string): string {
  const bytes = text(written);
  const length = parseAddress(bytes.start, bytes.length, out);
  return length == 0 ? "none" : digits(out, length);
}

function endpoint(written: string): string {
  const bytes = text(written);
  const length = parseEndpoint(bytes.start, bytes.length, out);
  return length == 0 ? "none" : digits(out, length);
}

/** The prefix in hexadecimal and the number of bits; "none". */
function block(written: string): string {
  const block = AddressBlock.parse(specRegion(), text(written));
  return block == null ? "none" : digits(block.prefix.start, block.prefix.length) + "/" + block.bits.toString();
}

function holds(written: string, member: string): bool {
  const block = AddressBlock.parse(specRegion(), text(written))!;
  const bytes = text(member);
  const length = parseAddress(bytes.start, bytes.length, out);
  expect<u32>(length).not.toBe(0, member);
  return isInBlock(block.prefix, block.bits, out, length);
}

describe("an IPv4 address", () => {
  it("is four decimal numbers", () => {
    expect(address("1.2.3.4")).toBe("01020304");
    expect(address("0.0.0.0")).toBe("00000000");
    expect(address("255.255.255.255")).toBe("ffffffff");
    expect(address("192.168.140.10")).toBe("c0a88c0a");
  });

  it("has no leading zeros, no other number of fields, and nothing around it (Go netip.ParseAddr)", () => {
    const wrong = ["01.2.3.4", "1.2.3.04", "00.0.0.0", "1.2.3.256", "1.2.3.1000", "999.1.1.1", "4294967297.1.1.1"];
    const others = ["1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4%1", "1.2.3.x"];
    const more = [
      "",
      "1",
      "16909060",
      "0x1.2.3.4",
      "1.2.3.-4",
      "1.2.3.+4",
      "+1.2.3.4",
      "1.2.3.4/32",
      "1.2.3.4:80",
      ".",
    ];
    const all = wrong.concat(others).concat(more);
    for (let i = 0; i < all.length; i++) expect(address(all[i])).toBe("none", all[i]);
  });
});

describe("an IPv6 address", () => {
  it("is written in the forms of RFC 4291 §2.2", () => {
    expect(address("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789")).toBe("abcdef0123456789abcdef0123456789");
    expect(address("2001:DB8:0:0:8:800:200C:417A")).toBe("20010db80000000000080800200c417a");
    expect(address("2001:DB8::8:800:200C:417A")).toBe("20010db80000000000080800200c417a");
    expect(address("FF01::101")).toBe("ff010000000000000000000000000101");
    expect(address("::1")).toBe("00000000000000000000000000000001");
    expect(address("::")).toBe("00000000000000000000000000000000");
    expect(address("0:0:0:0:0:0:13.1.68.3")).toBe("0000000000000000000000000d014403");
    expect(address("::13.1.68.3")).toBe("0000000000000000000000000d014403");
    expect(address("0:0:0:0:0:FFFF:129.144.52.38")).toBe("00000000000000000000ffff81903426");
    expect(address("::FFFF:129.144.52.38")).toBe("00000000000000000000ffff81903426");
  });

  it("is one, however it is written (RFC 5952 §2)", () => {
    const same = [
      "2001:db8:0:0:1:0:0:1",
      "2001:0db8:0:0:1:0:0:1",
      "2001:db8::1:0:0:1",
      "2001:db8::0:1:0:0:1",
      "2001:0db8::1:0:0:1",
      "2001:db8:0:0:1::1",
      "2001:db8:0000:0:1::1",
      "2001:DB8:0:0:1::1",
    ];
    for (let i = 0; i < same.length; i++) expect(address(same[i])).toBe("20010db8000000000001000000000001", same[i]);
    expect(address("2001:db8:aaaa:bbbb:cccc:dddd:0:1")).toBe("20010db8aaaabbbbccccdddd00000001");
    expect(address("2001:db8:0:1:1:1:1::")).toBe("20010db8000000010001000100010000");
  });

  it("may have a zone, which does not count (RFC 4007 §11)", () => {
    expect(address("fe80::1%eth0")).toBe("fe800000000000000000000000000001");
    expect(address("fe80::1%1")).toBe("fe800000000000000000000000000001");
    expect(address("::ffff:1.2.3.4%a:b%c")).toBe("00000000000000000000ffff01020304");
    expect(address("fe80::1%")).toBe("none");
    expect(address("%eth0")).toBe("none");
    expect(address("fe80%1::1")).toBe("none");
  });

  it("has eight groups of at most four digits, and `::` once and for one group at least", () => {
    const wrong = ["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::"];
    const gaps = [
      ":",
      ":::",
      "::1::",
      "1::2::3",
      ":::1",
      "1:::2",
      "1:",
      ":1",
      "::1:",
      "1:2:3:4::5:6:7:8",
      "::1:2:3:4:5:6:7:8",
    ];
    const groups = [
      "12345::",
      "::00000",
      "::fffff",
      "g::",
      "::g",
      "::1 ",
      " ::1",
      "[::1]",
      "::1/128",
      "::-1",
      "::1]:80",
    ];
    const tails = ["::1.2.3", "::1.2.3.4.5", "::1.2.3.04", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3.4:5"];
    const all = wrong.concat(gaps).concat(groups).concat(tails).concat(["1:2:3:4:5:6::1.2.3.4", "::1.2.3.256"]);
    for (let i = 0; i < all.length; i++) expect(address(all[i])).toBe("none", all[i]);
  });
});

describe("a block", () => {
  it("is an address with the number of its bits, or an address alone", () => {
    expect(block("10.0.0.0/8")).toBe("0a000000/8");
    expect(block("1.2.3.4")).toBe("01020304/32");
    expect(block("0.0.0.0/0")).toBe("00000000/0");
    expect(block("::/0")).toBe("00000000000000000000000000000000/0");
    expect(block("::1")).toBe("00000000000000000000000000000001/128");
    expect(block("fe80::1%eth0")).toBe("fe800000000000000000000000000001/128");
  });

  it("of IPv6 is written in the forms of RFC 4291 §2.3", () => {
    const cd30 = "20010db80000cd300000000000000000/60";
    expect(block("2001:0DB8:0000:CD30:0000:0000:0000:0000/60")).toBe(cd30);
    expect(block("2001:0DB8::CD30:0:0:0:0/60")).toBe(cd30);
    expect(block("2001:0DB8:0:CD30::/60")).toBe(cd30);
    expect(block("2001:0DB8:0:CD3/60")).toBe("none");
    expect(block("2001:0DB8::CD30/60")).toBe("20010db8000000000000000000000000/60");
  });

  it("has no bits set behind its prefix (Envoy CidrRange::truncateIpAddressAndLength)", () => {
    expect(block("10.1.2.3/8")).toBe("0a000000/8");
    expect(block("255.255.255.255/0")).toBe("00000000/0");
    expect(block("255.255.255.255/31")).toBe("fffffffe/31");
    expect(block("192.168.255.255/17")).toBe("c0a88000/17");
    expect(block("::1/64")).toBe("00000000000000000000000000000000/64");
    expect(block("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/61")).toBe("fffffffffffffff80000000000000000/61");
  });

  it("is nothing that Go's netip.ParsePrefix refuses", () => {
    const bits = [
      "1.2.3.4/33",
      "::/129",
      "1.2.3.4/-1",
      "1.2.3.4/+8",
      "1.2.3.4/08",
      "1.2.3.4/00",
      "1.2.3.4/",
      "1.2.3.4/8 ",
    ];
    const parts = [
      "/8",
      "1.2.3/8",
      "1.2.3.4/8/8",
      "fe80::1%eth0/64",
      "1.2.3.4/255.0.0.0",
      "",
      "/",
      "*",
      "1.2.3.4/4294967304",
    ];
    const all = bits.concat(parts);
    for (let i = 0; i < all.length; i++) expect(block(all[i])).toBe("none", all[i]);
    expect(block("1.2.3.4/0")).toBe("00000000/0");
  });

  it("holds the addresses of its family that share its bits", () => {
    expect(holds("10.0.0.0/8", "10.255.0.1")).toBe(true);
    expect(holds("10.0.0.0/8", "11.0.0.0")).toBe(false);
    expect(holds("10.0.0.0/9", "10.127.255.255")).toBe(true);
    expect(holds("10.0.0.0/9", "10.128.0.0")).toBe(false);
    expect(holds("1.2.3.4", "1.2.3.4")).toBe(true);
    expect(holds("1.2.3.4", "1.2.3.5")).toBe(false);
    expect(holds("1.2.3.4/31", "1.2.3.5")).toBe(true);
    expect(holds("0.0.0.0/0", "200.1.2.3")).toBe(true);
    expect(holds("2001:db8::/33", "2001:db8:7fff::1")).toBe(true);
    expect(holds("2001:db8::/33", "2001:db8:8000::1")).toBe(false);
    expect(holds("::1", "::1")).toBe(true);
    expect(holds("::1", "::2")).toBe(false);
  });

  it("of IPv4 holds no IPv6 address, none that maps one either, and the other way round", () => {
    expect(holds("0.0.0.0/0", "::ffff:1.2.3.4")).toBe(false);
    expect(holds("1.2.3.4", "::ffff:1.2.3.4")).toBe(false);
    expect(holds("::/0", "1.2.3.4")).toBe(false);
    expect(holds("::ffff:1.2.3.0/120", "::ffff:1.2.3.4")).toBe(true);
  });
});

describe("the address of one end of a connection", () => {
  it("is read as Envoy writes it, with a port or without", () => {
    expect(endpoint("1.2.3.4:80")).toBe("01020304");
    expect(endpoint("10.0.0.7:0")).toBe("0a000007");
    expect(endpoint("1.2.3.4")).toBe("01020304");
    expect(endpoint("[::1]:80")).toBe("00000000000000000000000000000001");
    expect(endpoint("[2001:db8::1]:65535")).toBe("20010db8000000000000000000000001");
    expect(endpoint("[::1]")).toBe("00000000000000000000000000000001");
    expect(endpoint("::1")).toBe("00000000000000000000000000000001");
    expect(endpoint("[::ffff:1.2.3.4]:0")).toBe("00000000000000000000ffff01020304");
    expect(endpoint("[fe80::1%1]:0")).toBe("fe800000000000000000000000000001");
  });

  it("is none of a pipe or an internal listener, and of nothing else", () => {
    const others = [
      "",
      "/tmp/envoy.sock",
      "@abstract",
      "envoy://listener/1",
      "-",
      "localhost:80",
      "localhost",
      ":80",
      ":",
    ];
    const ports = [
      "1.2.3.4:",
      "1.2.3.4:x",
      "1.2.3.4:65536",
      "1.2.3.4:80:80",
      "1.2.3.4:-1",
      "1.2.3.4:4294967376",
      "1.2.3.4 :80",
    ];
    const brackets = [
      "[::1]80",
      "[::1]:",
      "[::1",
      "::1]:80",
      "[1.2.3.4]:80",
      "[]:80",
      "[",
      "[::1]:80 ",
      "[::1]:65536",
      "[::1]]",
    ];
    const all = others.concat(ports).concat(brackets);
    for (let i = 0; i < all.length; i++) expect(endpoint(all[i])).toBe("none", all[i]);
  });
});
