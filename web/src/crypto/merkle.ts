import { equalBytes, sha256, type Bytes } from "./encoding";
import { CryptoError } from "./errors";

/** Hash of a leaf (RFC 6962 §2.1). */
export function leafHash(entry: Uint8Array): Bytes {
  return sha256(Uint8Array.of(0), entry);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(Uint8Array.of(1), left, right);
}

/** A Merkle tree that keeps only the roots of its full subtrees: log2(size) hashes. */
export class GrowingTree {
  #size = 0;
  readonly #roots: Bytes[] = [];

  get size(): number {
    return this.#size;
  }

  add(leaf: Bytes): void {
    let hash = leaf;
    // Every one-bit at the low end of the size is a full subtree that the new leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop();
      if (left !== undefined) hash = nodeHash(left, hash);
    }
    this.#roots.push(hash);
    this.#size += 1;
  }

  root(): Bytes {
    const [last, ...rest] = this.#roots.slice().reverse();
    return last === undefined ? sha256() : rest.reduce((right, left) => nodeHash(left, right), last);
  }
}

/** The root of a tree of these leaf hashes. */
export function rootOf(leaves: Iterable<Bytes>): Bytes {
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** Checks that `leaf` is entry `index` of the tree of `size` entries with this root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[], root: Bytes): void {
  const refuse = (): never => {
    throw new CryptoError("inclusion", { index, size });
  };
  if (index < 0 || index >= size) refuse();
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) refuse();
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0 || !equalBytes(hash, root)) refuse();
}

/** Checks that the tree of `size` entries only adds to the one of `old` entries (RFC 9162 §2.1.4.2). */
export function verifyConsistency(old: number, oldRoot: Bytes, size: number, root: Bytes, proof: readonly Bytes[]): void {
  const refuse = (): never => {
    throw new CryptoError("consistency");
  };
  if (old < 1 || old > size) refuse();
  if (old === size) {
    if (proof.length > 0 || !equalBytes(oldRoot, root)) refuse();
    return;
  }
  const nodes = isPowerOfTwo(old) ? [oldRoot, ...proof] : [...proof];
  let position = old - 1;
  let last = size - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let before = nodes.shift() ?? refuse();
  let after = before;
  for (const node of nodes) {
    if (last === 0) refuse();
    if (position % 2 === 1 || position === last) {
      before = nodeHash(node, before);
      after = nodeHash(node, after);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      after = nodeHash(after, node);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0 || !equalBytes(before, oldRoot) || !equalBytes(after, root)) refuse();
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
