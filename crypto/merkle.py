"""The log's Merkle tree: hashes and proofs of RFC 6962 §2.1, checked as in RFC 9162 §2.1."""

import hashlib
from collections.abc import Iterable, Sequence

from crypto.errors import MerkleError

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 | entry)."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 | left | right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return Tree(leaves).root


class Tree:
    """A tree that grows; it keeps only the roots of its complete subtrees, largest first: its
    `frontier`.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._frontier: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    @classmethod
    def restore(cls, size: int, frontier: Sequence[bytes]) -> "Tree":
        """The tree that had this size and frontier."""
        if (
            size < 0
            or len(frontier) != size.bit_count()
            or any(len(node) != 32 for node in frontier)
        ):
            raise MerkleError("frontier")
        tree = cls()
        tree.size, tree._frontier = size, list(frontier)
        return tree

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash, in O(log size)."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self._frontier.pop(), node)
            size >>= 1
        self._frontier.append(node)
        self.size += 1

    @property
    def frontier(self) -> tuple[bytes, ...]:
        return tuple(self._frontier)

    @property
    def root(self) -> bytes:
        if not self._frontier:
            return EMPTY
        *rest, node = self._frontier
        for left in reversed(rest):
            node = node_hash(left, node)
        return node


class Proofs:
    """Proofs from one list of leaf hashes; no inner node is hashed twice, however many are made."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._nodes: dict[tuple[int, int], bytes] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """The audit path of leaf `index`, counted from 0."""
        if not 0 <= index < len(self._leaves):
            raise MerkleError("index", {"index": index, "size": len(self._leaves)})
        path = []
        start, end = 0, len(self._leaves)
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._node(middle, end))
                end = middle
            else:
                path.append(self._node(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the first `old` leaves grew into all of them."""
        if not 0 < old <= len(self._leaves):
            raise MerkleError("index", {"index": old, "size": len(self._leaves)})
        path = []
        start, end = 0, len(self._leaves)
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._node(middle, end))
                end = middle
            else:
                path.append(self._node(start, middle))
                start = middle
        # The old tree as a whole is the verifier's own; a part of it is not.
        return [self._node(start, end), *path[::-1]] if start else path[::-1]

    def _node(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self._leaves[start]
        node = self._nodes.get((start, end))
        if node is None:
            middle = start + _split(end - start)
            node = node_hash(self._node(start, middle), self._node(middle, end))
            self._nodes[start, end] = node
        return node


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index`, counted from 0, in the tree over these leaf hashes."""
    return Proofs(leaves).inclusion(index)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return if the leaf hash is at `index` under the root of a tree of `size` leaves (RFC 9162
    §2.1.3.2).
    """
    if not 0 <= index < size:
        raise MerkleError("inclusion")
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise MerkleError("inclusion")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last or node != root:
        raise MerkleError("inclusion")


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The proof that the tree over the first `old` of these leaf hashes grew into the whole."""
    return Proofs(leaves).consistency(old)


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the tree of size `old` is a beginning of the tree of size `new` (RFC 9162
    §2.1.4.2).
    """
    if not 0 < old <= new:
        raise MerkleError("consistency")
    if old == new:
        if proof or old_root != new_root:
            raise MerkleError("consistency")
        return
    # A power of two is a whole subtree, which the proof leaves out because the verifier has it.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise MerkleError("consistency")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise MerkleError("consistency")
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    if last or before != old_root or after != new_root:
        raise MerkleError("consistency")


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
