import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createMerkleTree } from "../../src/sigstore/merkle.ts";

const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leafHash = (leaf: string) => sha256(Uint8Array.of(0), Buffer.from(leaf));
const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);

/** The definition of RFC 6962, section 2.1, word by word. */
function rootByDefinition(leaves: readonly string[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return leafHash(first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return node(rootByDefinition(leaves.slice(0, split)), rootByDefinition(leaves.slice(split)));
}

/** Recomputes a root from a leaf and its audit path (RFC 9162, section 2.1.3.2). */
function rootFromPath(leaf: string, index: number, size: number, path: readonly Buffer[]): Buffer {
  let [fn, sn, hash] = [index, size - 1, leafHash(leaf)];
  for (const sibling of path) {
    if (fn % 2 === 1 || fn === sn) {
      hash = node(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      hash = node(hash, sibling);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return hash;
}

function treeOf(size: number) {
  const leaves = Array.from({ length: size }, (_, index) => `leaf ${index}`);
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.append(Buffer.from(leaf));
  return { leaves, tree };
}

describe("createMerkleTree", () => {
  test.each(Array.from({ length: 34 }, (_, size) => size))("has the root that RFC 6962 defines at size %i", (size) => {
    const { leaves, tree } = treeOf(size);
    expect(tree.size).toBe(size);
    expect(tree.root()).toEqual(rootByDefinition(leaves));
  });

  test.each([1, 2, 3, 7, 8, 9, 31, 33])("proves every leaf of a tree of %i", (size) => {
    const { leaves, tree } = treeOf(size);
    for (const [index, leaf] of leaves.entries()) {
      expect(rootFromPath(leaf, index, size, tree.path(index))).toEqual(tree.root());
    }
  });

  test("answers each append with the index of the leaf", () => {
    const tree = createMerkleTree();
    expect(["a", "b", "c"].map((leaf) => tree.append(Buffer.from(leaf)))).toEqual([0, 1, 2]);
  });

  test.each([-1, 3, 0.5])("has no path for the index %d", (index) => {
    expect(() => treeOf(3).tree.path(index)).toThrow(RangeError);
  });

  test("proves a leaf among many without walking all of them", () => {
    const { tree } = treeOf(20_000);
    const before = performance.now();
    for (let index = 0; index < 2_000; index += 1) tree.path(index);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
