import { describe, expect, it, test } from "vitest";
import { PRIVATE_ADDRESS, isPublicAddress, literalAddress, lookupPublic } from "../src/addresses.ts";

describe("isPublicAddress", () => {
  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2001::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "fd00::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "registry.example",
  ])("refuses %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2002:101:101::1",
  ])("accepts %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

test.each([
  ["https://2130706433/", "127.0.0.1"],
  ["https://0x7f.1/", "127.0.0.1"],
  ["https://0177.0.0.1/", "127.0.0.1"],
  ["https://[::ffff:127.0.0.1]/", "::ffff:7f00:1"],
  ["https://registry.example/", undefined],
])("reads the address that %s spells as %s", (url, address) => {
  expect(literalAddress(new URL(url))).toBe(address);
});

describe("lookupPublic", () => {
  it("refuses a name that leads to loopback, asked for one address or for all", async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => lookupPublic("localhost", { all }, (problem) => resolve(problem)));
      expect(error).toMatchObject({ code: PRIVATE_ADDRESS });
    }
  });

  it("gives one address or all, as asked", async () => {
    const ask = (all: boolean): Promise<unknown[]> =>
      new Promise((resolve) => lookupPublic("1.1.1.1", { all }, (...found) => resolve(found)));
    expect(await ask(true)).toEqual([null, [{ address: "1.1.1.1", family: 4 }]]);
    expect(await ask(false)).toEqual([null, "1.1.1.1", 4]);
  });
});
