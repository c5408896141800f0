"""The vectors of the log: Merkle tree and checkpoints."""

from crypto.checkpoint import Checkpoint, LogKey, key_hash, sign_checkpoint, verify_checkpoint
from crypto.encoding import b64u, jcs
from crypto.merkle import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.crypto.world import SITE, chance
from tests.vectors.parts import Vector, refused


def log() -> Vector:
    return {"merkle": _merkle(), "checkpoint": _checkpoint()}


def _merkle() -> Vector:
    entries = [
        jcs(
            {
                "seq": seq,
                "at": "2026-11-21T01:00:00.000Z",
                "by": "system",
                "event": {"type": "Tick"},
                "salt": b64u(chance(f"salt/{seq}")(16)),
                "trace": None,
            }
        )
        for seq in range(1, 12)
    ]
    leaves = [leaf_hash(entry) for entry in entries]
    inclusion, consistency = [], []
    for size in (1, 2, 3, 7, 8, 11):
        for index in {0, size // 2, size - 1}:
            inclusion.append(
                {
                    "size": size,
                    "index": index,
                    "proof": [node.hex() for node in inclusion_proof(leaves[:size], index)],
                }
            )
        for old in {1, size // 2 or 1, size - 1 or 1, size}:
            consistency.append(
                {
                    "old": old,
                    "new": size,
                    "proof": [node.hex() for node in consistency_proof(leaves[:size], old)],
                }
            )
    path = inclusion_proof(leaves, 4)
    root = tree_hash(leaves)
    grown = consistency_proof(leaves, 6)
    old_root = tree_hash(leaves[:6])
    return {
        "entries": [entry.decode() for entry in entries],
        "leaves": [leaf.hex() for leaf in leaves],
        "roots": [tree_hash(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "frontier": [node.hex() for node in Tree(leaves).frontier],
        "inclusion": inclusion,
        "consistency": consistency,
        "inclusion_refused": [
            {
                "why": why,
                "leaf": leaf.hex(),
                "index": index,
                "size": size,
                "proof": [node.hex() for node in proof],
                "root": root.hex(),
                "refused": refused(
                    "inclusion",
                    lambda leaf=leaf, index=index, size=size, proof=proof: verify_inclusion(
                        leaf, index, size, proof, root
                    ),
                ),
            }
            for why, leaf, index, size, proof in (
                ("another leaf", leaves[3], 4, 11, path),
                ("another place", leaves[4], 5, 11, path),
                ("outside the tree", leaves[4], 11, 11, path),
                ("a node missing", leaves[4], 4, 11, path[:-1]),
                ("a node too many", leaves[4], 4, 11, [*path, root]),
                ("nodes exchanged", leaves[4], 4, 11, path[::-1]),
            )
        ],
        "consistency_refused": [
            {
                "why": why,
                "old": old,
                "old_root": first.hex(),
                "new": new,
                "new_root": second.hex(),
                "proof": [node.hex() for node in proof],
                "refused": refused(
                    "consistency",
                    lambda old=old, first=first, new=new, second=second, proof=proof: (
                        verify_consistency(old, first, new, second, proof)
                    ),
                ),
            }
            for why, old, first, new, second, proof in (
                ("another beginning", 6, tree_hash(leaves[1:7]), 11, root, grown),
                ("another end", 6, old_root, 11, old_root, grown),
                ("a node missing", 6, old_root, 11, root, grown[:-1]),
                ("a node too many", 6, old_root, 11, root, [*grown, root]),
                ("nothing to begin with", 0, tree_hash([]), 11, root, []),
                ("the same size, another root", 11, old_root, 11, root, []),
                ("shrunk", 11, root, 6, old_root, grown),
            )
        ],
    }


def _checkpoint() -> Vector:
    key = LogKey.generate(chance("log"))
    origin = f"{SITE}/openings/bridge-7"
    head = Checkpoint(origin, 11, bytes(range(32)))
    text = sign_checkpoint(head, SITE, key)
    witness = sign_checkpoint(head, "witness.example", LogKey.generate(chance("witness")))
    other = sign_checkpoint(head, SITE, LogKey.generate(chance("another log")))
    bad = [
        ("checkpoint_signature", "another size", text.replace("\n11\n", "\n12\n")),
        ("checkpoint_signature", "another key under the same name", other),
        ("checkpoint_signature", "only a witness signed", witness),
        ("checkpoint", "a leading zero", text.replace("\n11\n", "\n011\n")),
        ("checkpoint", "an extension line", text.replace("\n\n", "\nmore\n\n")),
        ("checkpoint", "no blank line", text.replace("\n\n", "\n")),
        ("checkpoint", "no final line feed", text[:-1]),
        ("checkpoint", "a hyphen for the dash", text.replace("\N{EM DASH}", "-")),
        ("checkpoint", "carriage returns", text.replace("\n", "\r\n")),
        ("checkpoint_origin", "another room", sign_checkpoint(
            Checkpoint(f"{SITE}/openings/other", 11, head.root), SITE, key)),
    ]  # fmt: skip
    return {
        "name": SITE,
        "private": b64u(key.to_pkcs8()),
        "public": b64u(key.public),
        "key_hash": key_hash(SITE, key.public).hex(),
        "origin": origin,
        "size": head.size,
        "root": head.root.hex(),
        "text": text,
        "text_with_witness": text + witness.partition("\n\n")[2],
        "refused": [
            {
                "why": why,
                "text": bad_text,
                "refused": refused(
                    code, lambda t=bad_text: verify_checkpoint(t, SITE, key.public, origin)
                ),
            }
            for code, why, bad_text in bad
        ],
    }
