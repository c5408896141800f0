"""Attacks on an archive, each named: by somebody who passes it on, and by the platform itself."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from crypto import acts
from crypto.checkpoint import LogKey
from crypto.encoding import b64u, format_time, jcs, parse_time
from crypto.signing import SigningKey
from server.documents.authority import Authority
from tests.server.rehearsed import Members, Opening, checked, codes, found, packed

Entries = list[dict[str, Any]]


def event(entries: Entries, kind: str, number: int = 0) -> dict[str, Any]:
    """The event of this kind with this number, from 0."""
    events = [entry["event"] for entry in entries if entry["event"]["type"] == kind]
    found: dict[str, Any] = events[number]
    return found


def place(entries: Entries, kind: str, number: int = 0) -> int:
    """Where it stands."""
    return [at for at, entry in enumerate(entries) if entry["event"]["type"] == kind][number]


def swapped(members: Members, first: str, second: str) -> Members:
    return {**members, first: members[second], second: members[first]}


def test_an_untouched_archive_is_clean(opening: Opening, other: Opening) -> None:
    assert checked(opening.archive.read_bytes()).findings == []
    assert checked(packed(opening.members)).findings == []
    assert checked(other.archive.read_bytes()).findings == []


def test_a_platform_that_writes_the_same_log_again_is_clean(opening: Opening) -> None:
    assert checked(packed(opening.rewritten(opening.entries))).findings == []


# --- by whoever passes the archive on; the list of digests is always made anew --------------------


def with_lines(opening: Opening, change: Callable[[list[bytes]], None]) -> Members:
    lines = opening.members["log.jsonl"].splitlines(keepends=True)
    change(lines)
    return {**opening.members, "log.jsonl": b"".join(lines)}


def test_an_entry_taken_out_is_found(opening: Opening) -> None:
    report = checked(packed(with_lines(opening, lambda lines: lines.__delitem__(7))))
    assert ("entry_out_of_order", "log.jsonl") in found(report)
    assert "head_beyond_log" in codes(report)


def test_entries_in_another_order_are_found(opening: Opening) -> None:
    def swap(lines: list[bytes]) -> None:
        lines[7], lines[8] = lines[8], lines[7]

    report = checked(packed(with_lines(opening, swap)))
    assert ("entry_out_of_order", "log.jsonl") in found(report)
    assert ("head_differs", "head.txt") in found(report)


def test_a_last_entry_cut_off_is_found(opening: Opening) -> None:
    report = checked(packed(with_lines(opening, lambda lines: lines.__delitem__(-1))))
    assert ("head_beyond_log", "head.txt") in found(report)


def test_an_entry_written_anew_is_found(opening: Opening) -> None:
    entries = opening.entries
    event(entries, "OpeningStarted")["recording"] = "不同的话"
    lines = b"".join(jcs(entry) + b"\n" for entry in entries)
    report = checked(packed({**opening.members, "log.jsonl": lines}))
    assert ("head_differs", "head.txt") in found(report)
    assert 2 not in {each.step for each in report.findings}


def test_a_head_signed_with_another_key_is_found(opening: Opening) -> None:
    members = opening.rewritten(opening.entries, LogKey.generate())
    report = checked(packed(members))
    assert {("head_signature", "head.txt"), ("head_signature", "closing.txt")} <= found(report)


def test_another_root_is_found_by_a_reader_who_knows_the_right_one(
    opening: Opening, tmp_path: Path
) -> None:
    right = opening.members["root.pem"]
    assert checked(opening.archive.read_bytes(), right).ok
    known = Authority.create(tmp_path / "authority", b"words").root_pem
    report = checked(opening.archive.read_bytes(), known)
    assert ("root_differs", "site.json") in found(report)
    assert "token_refused" in codes(report)


def test_the_receipt_of_another_bid_is_found(opening: Opening) -> None:
    first, second = (f"receipts/{bid}.json" for bid in opening.bids[:2])
    report = checked(packed(swapped(opening.members, first, second)))
    assert {("receipt_differs_from_log", first), ("receipt_differs_from_log", second)} <= found(
        report
    )


def test_a_missing_receipt_is_found(opening: Opening) -> None:
    name = f"receipts/{opening.bids[0]}.json"
    report = checked(packed({n: raw for n, raw in opening.members.items() if n != name}))
    assert found(report) == {("receipt_missing", name)}


@pytest.mark.parametrize("folder", ["releases/", "keys/", "headers/"])
def test_copies_of_two_objects_swapped_are_found(opening: Opening, folder: str) -> None:
    first, second = [name for name in opening.members if name.startswith(folder)][:2]
    report = checked(packed(swapped(opening.members, first, second)))
    assert found(report) == {("file_differs_from_log", first), ("file_differs_from_log", second)}


def test_swapped_bid_files_are_found(opening: Opening) -> None:
    first, second = (f"bids/{bid}-a.age" for bid in opening.bids[:2])
    report = checked(packed(swapped(opening.members, first, second)))
    assert found(report) == {("bid_does_not_open", first), ("bid_does_not_open", second)}


def test_a_file_slipped_in_is_found(opening: Opening) -> None:
    report = checked(packed({**opening.members, "bids/b-0-a.age": b"age-encryption.org/v1\n"}))
    assert found(report) == {("file_not_in_log", "bids/b-0-a.age")}


def test_the_minutes_of_another_opening_are_found(opening: Opening, other: Opening) -> None:
    minutes = other.members["minutes.pdf"]
    report = checked(packed({**opening.members, "minutes.pdf": minutes}))
    assert {
        ("minutes_digest", "minutes.pdf"),
        ("minutes_of_another_log", "minutes.pdf"),
    } <= found(report)


def updated(pdf: bytes) -> bytes:
    """The PDF with a later revision in which the first page shows nothing."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/MediaBox"][2] = page["/MediaBox"][3]
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_minutes_with_a_later_revision_are_found(opening: Opening) -> None:
    changed = updated(opening.members["minutes.pdf"])
    alone = checked(changed, opening.members["root.pem"])
    assert "signature_changed_afterwards" in codes(alone)
    inside = checked(packed({**opening.members, "minutes.pdf": changed}))
    assert ("minutes_digest", "minutes.pdf") in found(inside)


def test_minutes_cut_back_to_before_the_seal_are_found(opening: Opening) -> None:
    whole = opening.members["minutes.pdf"]
    unsealed = whole[: whole.index(b"%%EOF") + 6]
    assert not checked(unsealed).ok
    report = checked(packed({**opening.members, "minutes.pdf": unsealed}))
    assert ("minutes_digest", "minutes.pdf") in found(report)


# --- by the platform, which holds its own keys and writes the whole log anew ----------------------


def test_a_form_changed_in_the_log_is_found(opening: Opening) -> None:
    entries = opening.entries
    opened = event(entries, "BidOpened")
    opened["form"]["price"] -= 100
    report = checked(packed(opening.rewritten(entries)))
    assert ("form_differs_from_log", f"bids/{opened['bid']}-a.age") in found(report)
    assert "head_differs" not in codes(report)


def test_another_price_read_out_than_the_bid_holds_is_found(opening: Opening) -> None:
    entries = opening.entries
    event(entries, "BidAnnounced")["row"]["price"] -= 100
    report = checked(packed(opening.rewritten(entries)))
    assert ("event_differs", "log.jsonl") in found(report)


def test_another_drawn_value_is_found(opening: Opening) -> None:
    entries = opening.entries
    drawn = event(entries, "ParameterDrawn")
    drawn["value"] = 92 if drawn["value"] != 92 else 93
    assert "event_differs" in codes(checked(packed(opening.rewritten(entries))))


def test_a_dropped_bid_is_found(opening: Opening) -> None:
    entries = opening.entries
    dropped = event(entries, "BiddingClosed")["bids"].pop()["bid"]
    entries = [
        entry
        for entry in entries
        if entry["event"].get("bid") != dropped
        or entry["event"]["type"] in ("BidReceived", "BidStored")
    ]
    roll = event(entries, "RollPublished")
    roll["bids"] = [each for each in roll["bids"] if each["bid"] != dropped]
    report = checked(packed(opening.rewritten(entries)))
    assert ("bid_not_counted", f"headers/{dropped}.json") in found(report)
    # The trustees signed the head over the true list.
    assert "release_refused" in codes(report)


def test_a_bid_withdrawn_by_somebody_else_is_found(opening: Opening) -> None:
    entries = opening.entries
    closed = place(entries, "BiddingClosed")
    dropped = entries[closed]["event"]["bids"].pop()
    received = next(e["event"] for e in entries if e["event"].get("bid") == dropped["bid"])
    forged = acts.withdraw(
        opening=opening.room,
        bidder=dropped["bidder"],
        bid=dropped["bid"],
        previous=received["header_digest"],
        key=SigningKey.generate(),
    )
    withdrawn = {
        "type": "BidWithdrawn",
        "bidder": dropped["bidder"],
        "bid": dropped["bid"],
        "withdrawal": forged.to_json(),
        "withdrawal_digest": forged.digest(),
        "received_at": received["received_at"],
    }
    entry = {
        **entries[closed],
        "by": dropped["bidder"],
        "event": withdrawn,
        "salt": b64u(bytes(16)),
    }
    entries = [
        *entries[:closed],
        entry,
        *(each for each in entries[closed:] if each["event"].get("bid") != dropped["bid"]),
    ]
    report = checked(packed(opening.rewritten(entries)))
    assert ("withdrawal_refused", f"headers/{dropped['bid']}.json") in found(report)


def test_a_late_bid_inserted_is_found(opening: Opening) -> None:
    entries = opening.entries
    closed = entries[place(entries, "BiddingClosed")]
    late = parse_time(closed["event"]["deadline"]) + timedelta(milliseconds=5)
    at = place(entries, "BidReceived", -1)
    moved = entries.pop(at)
    moved["at"] = moved["event"]["received_at"] = format_time(late)
    bid = moved["event"]["bid"]
    entries = [e for e in entries if e["event"]["type"] != "BidStored" or e["event"]["bid"] != bid]
    entries.insert(place(entries, "BiddingClosed"), moved)
    closed["at"] = format_time(late)
    (counted,) = (each for each in closed["event"]["bids"] if each["bid"] == bid)
    counted["received_at"] = format_time(late)
    report = checked(packed(opening.rewritten(entries)))
    assert ("bid_late", f"headers/{bid}.json") in found(report)
    assert ("receipt_differs_from_log", f"receipts/{bid}.json") in found(report)


def test_a_late_bid_backdated_is_found_by_its_time_stamp(opening: Opening) -> None:
    """The platform's receipt says an earlier time; the authority's token does not follow it."""
    entries = opening.entries
    received = event(entries, "BidReceived")
    early = parse_time(received["received_at"]) - timedelta(minutes=10)
    received["received_at"] = format_time(early)
    report = checked(packed(opening.rewritten(entries)))
    assert ("receipt_differs_from_log", f"receipts/{received['bid']}.json") in found(report)
    assert ("token_time", f"receipts/{received['bid']}.json") in found(report)


def test_a_swapped_share_is_found(opening: Opening) -> None:
    entries = opening.entries
    released = event(entries, "SharesReleased")
    shares = released["release"]["body"]["shares"]
    shares[0]["share"], shares[1]["share"] = shares[1]["share"], shares[0]["share"]
    report = checked(packed(opening.rewritten(entries)))
    name = f"releases/{released['trustee']}-a.json"
    assert ("release_refused", name) in found(report)


def test_a_swapped_key_is_found(opening: Opening) -> None:
    entries = opening.entries
    first, second = event(entries, "BidOpened", 0), event(entries, "BidOpened", 1)
    first["key"], second["key"] = second["key"], first["key"]
    report = checked(packed(opening.rewritten(entries)))
    for each in (first, second):
        assert ("key_differs", f"keys/{each['bid']}-a.key") in found(report)
        assert ("bid_does_not_open", f"bids/{each['bid']}-a.age") in found(report)


def test_a_bid_called_void_that_opens_is_found(opening: Opening) -> None:
    entries = opening.entries
    at = place(entries, "BidOpened")
    bid = entries[at]["event"]["bid"]
    entries[at]["event"] = {
        "type": "BidVoid",
        "bid": bid,
        "envelope": "a",
        "code": "malformed_bid",
        "step": 7,
        "fault": "bidder",
    }
    gone = ("BidAnnounced", "BidConfirmed")
    entries = [e for e in entries if e["event"]["type"] not in gone or e["event"].get("bid") != bid]
    imported = event(entries, "BidsImported")
    imported["opened"], imported["void"] = imported["opened"] - 1, 1
    report = checked(packed(opening.rewritten(entries)))
    assert ("void_bid_opens", f"bids/{bid}-a.age") in found(report)


def test_terms_that_no_bidder_accepted_are_found(opening: Opening) -> None:
    entries = opening.entries
    published = event(entries, "TenderPublished")
    published["terms"]["control_price"] += 100
    report = checked(packed(opening.rewritten(entries)))
    assert ("manifest_terms", "manifests/1.json") in found(report)


def test_a_bid_of_a_key_its_bidder_never_enrolled_is_found(opening: Opening) -> None:
    entries = opening.entries
    accepted = event(entries, "TenderAccepted")
    forged = acts.accept(
        opening=opening.room,
        manifest=accepted["acceptance"]["body"]["manifest"],
        bidder=accepted["bidder"],
        name=accepted["name"],
        key=SigningKey.generate(),
    )
    accepted["acceptance"] = forged.to_json()
    report = checked(packed(opening.rewritten(entries)))
    bid = next(
        e["event"]["bid"]
        for e in entries
        if e["event"]["type"] == "BidReceived" and e["event"]["bidder"] == accepted["bidder"]
    )
    assert ("header_refused", f"headers/{bid}.json") in found(report)
