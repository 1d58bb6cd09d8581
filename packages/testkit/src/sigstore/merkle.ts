import { createHash } from "node:crypto";

/** An append-only Merkle tree over byte strings (RFC 6962, section 2). */
export interface MerkleTree {
  readonly size: number;
  append(leaf: Uint8Array): number;
  root(): Buffer;
  /** Audit path of the leaf at `index` in the tree as it is now, lowest level first (RFC 6962, section 2.1.1). */
  path(index: number): Buffer[];
}

/** Makes an empty tree. Full subtrees are kept, so that a path costs a logarithm of the size. */
export function createMerkleTree(): MerkleTree {
  const levels: Buffer[][] = [[]];

  function hashOf(start: number, end: number): Buffer {
    const width = end - start;
    if (width === 0) return createHash("sha256").digest();
    const level = Math.log2(width);
    const kept = Number.isInteger(level) ? levels[level]?.[start / width] : undefined;
    if (kept !== undefined) return kept;
    const split = start + largestPowerOfTwoBelow(width);
    return hashChildren(hashOf(start, split), hashOf(split, end));
  }

  function pathIn(index: number, start: number, end: number): Buffer[] {
    if (end - start <= 1) return [];
    const split = start + largestPowerOfTwoBelow(end - start);
    return index < split
      ? [...pathIn(index, start, split), hashOf(split, end)]
      : [...pathIn(index, split, end), hashOf(start, split)];
  }

  return {
    get size() {
      return levels[0]?.length ?? 0;
    },
    append(leaf) {
      let node: Buffer = createHash("sha256").update(Uint8Array.of(0)).update(leaf).digest();
      const index = this.size;
      for (let level = 0, position = index; ; level += 1, position >>= 1) {
        const nodes = (levels[level] ??= []);
        nodes.push(node);
        const left = nodes[position - 1];
        if (position % 2 === 0 || left === undefined) return index;
        node = hashChildren(left, node);
      }
    },
    root() {
      return hashOf(0, this.size);
    },
    path(index) {
      if (!Number.isInteger(index) || index < 0 || index >= this.size) throw new RangeError(`no leaf ${index}`);
      return pathIn(index, 0, this.size);
    },
  };
}

function hashChildren(left: Buffer, right: Buffer): Buffer {
  return createHash("sha256").update(Uint8Array.of(1)).update(left).update(right).digest();
}

function largestPowerOfTwoBelow(width: number): number {
  return 2 ** (Math.ceil(Math.log2(width)) - 1);
}
