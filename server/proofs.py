"""Many inclusion proofs of one tree at once."""

from collections.abc import Sequence

from crypto.merkle import node_hash


def inclusion_proofs(leaves: Sequence[bytes], positions: Sequence[int]) -> list[list[bytes]]:
    """The audit path (RFC 6962, 2.1.1) of each position, counted from 0, in the tree over these
    leaf hashes.

    Every inner node is hashed once, so a thousand proofs cost little more than one.
    """
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        level = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            # The last subtree of an odd level has no sibling yet and moves up as it is.
            level.append(below[-1])
        levels.append(level)
    return [_path(levels, position) for position in positions]


def _path(levels: Sequence[Sequence[bytes]], position: int) -> list[bytes]:
    path = []
    for level in levels[:-1]:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        position //= 2
    return path
