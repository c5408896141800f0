import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MerkleError
from crypto.merkle import (
    EMPTY,
    Proofs,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]
SIZES = st.integers(1, 70)

# The certificate-transparency project's reference tree (RFC 6962 gives the algorithm, no numbers).
CT_ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def test_the_roots_are_those_of_certificate_transparency() -> None:
    leaves = [leaf_hash(entry) for entry in CT_ENTRIES]
    assert [tree_hash(leaves[: n + 1]).hex() for n in range(8)] == CT_ROOTS


def test_the_root_of_every_size_is_the_one_of_the_definition() -> None:
    for size in range(len(LEAVES) + 1):
        assert tree_hash(LEAVES[:size]) == naive_root(LEAVES[:size])
    assert tree_hash([]) == EMPTY


@given(SIZES, st.data())
def test_a_tree_goes_on_from_its_frontier(size: int, data: st.DataObject) -> None:
    stop = data.draw(st.integers(0, size))
    half = Tree(LEAVES[:stop])
    again = Tree.restore(half.size, half.frontier)
    for leaf in LEAVES[stop:size]:
        again.append(leaf)
    assert (again.root, again.size) == (tree_hash(LEAVES[:size]), size)


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    for size, frontier in ((3, [bytes(32)]), (1, []), (1, [bytes(31)]), (-1, [])):
        with pytest.raises(MerkleError, match="frontier"):
            Tree.restore(size, frontier)


def test_every_leaf_of_every_tree_has_a_proof_and_no_other_place() -> None:
    for size in range(1, 40):
        root = tree_hash(LEAVES[:size])
        for index in range(size):
            proof = inclusion_proof(LEAVES[:size], index)
            verify_inclusion(LEAVES[index], index, size, proof, root)
            for other in {index ^ 1, index + 1, size, -1} - {index}:
                with pytest.raises(MerkleError, match="inclusion"):
                    verify_inclusion(LEAVES[index], other, size, proof, root)


@given(SIZES, st.data())
def test_an_altered_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = tree_hash(LEAVES[:size])
    proof = inclusion_proof(LEAVES[:size], index)
    extra = data.draw(st.binary(min_size=32, max_size=32))
    wrong = [[*proof, extra], [extra, *proof]]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        wrong += [proof[:place] + proof[place + 1 :], [*proof[:place], extra, *proof[place + 1 :]]]
    for candidate in wrong:
        with pytest.raises(MerkleError, match="inclusion"):
            verify_inclusion(LEAVES[index], index, size, candidate, root)


def test_every_tree_is_consistent_with_every_earlier_one() -> None:
    for new in range(1, 40):
        for old in range(1, new + 1):
            proof = consistency_proof(LEAVES[:new], old)
            verify_consistency(old, tree_hash(LEAVES[:old]), new, tree_hash(LEAVES[:new]), proof)


@given(st.integers(1, 69), st.integers(1, 69), st.data())
def test_a_rewritten_past_has_no_consistency_proof(
    first: int, second: int, data: st.DataObject
) -> None:
    old, new = sorted((first, second + 1)) if first <= second else (second, first + 1)
    place = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:place], leaf_hash(b"rewritten"), *LEAVES[place + 1 : new]]
    old_root = tree_hash(LEAVES[:old])
    for leaves in (rewritten, LEAVES[:new]):
        proof = consistency_proof(leaves, old)
        with pytest.raises(MerkleError, match="consistency"):
            verify_consistency(old, old_root, new, tree_hash(rewritten), proof)


def test_proofs_of_every_leaf_of_a_long_log_take_no_longer_than_hashing_it_a_few_times() -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(5000)]
    proofs, root = Proofs(leaves), tree_hash(leaves)
    start = time.process_time()
    for index in range(0, 5000, 5):
        verify_inclusion(leaves[index], index, 5000, proofs.inclusion(index), root)
    assert time.process_time() - start < 1


def test_a_log_never_shrinks_and_does_not_begin_with_nothing() -> None:
    with pytest.raises(MerkleError, match="consistency"):
        verify_consistency(3, tree_hash(LEAVES[:3]), 2, tree_hash(LEAVES[:2]), [])
    with pytest.raises(MerkleError, match="consistency"):
        verify_consistency(0, EMPTY, 2, tree_hash(LEAVES[:2]), [])
    for index in (-1, 3):
        with pytest.raises(MerkleError, match="index"):
            inclusion_proof(LEAVES[:3], index)
    with pytest.raises(MerkleError, match="index"):
        consistency_proof(LEAVES[:3], 0)


def test_a_leaf_cannot_be_passed_off_as_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])
