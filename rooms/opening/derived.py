"""Files of an archive that follow from the log alone: the builder writes them, the audit compares
them."""

from collections.abc import Iterable, Mapping

from crypto.agefile import encode_identity
from crypto.encoding import Json, jcs, parse_json, unb64u
from rooms.log import MOST_ENTRY, Entry
from rooms.opening import events as e
from rooms.opening.events import Event


def derived(entries: Iterable[Entry[Event]]) -> dict[str, bytes]:
    """Name and bytes of each signed object and each published key, in the order of the format."""
    manifests: dict[str, bytes] = {}
    acceptances: dict[str, bytes] = {}
    headers: dict[str, bytes] = {}
    releases: dict[str, bytes] = {}
    keys: dict[str, bytes] = {}
    accepted: dict[str, int] = {}
    for entry in entries:
        match entry.event:
            case e.TenderPublished() as published:
                manifests[f"manifests/{published.version}.json"] = _bytes(published.manifest)
            case e.TenderAccepted() as acceptance:
                number = accepted[acceptance.bidder] = accepted.get(acceptance.bidder, 0) + 1
                name = f"acceptances/{acceptance.bidder}-{number}.json"
                acceptances[name] = _bytes(acceptance.acceptance)
            case e.BidReceived() as received:
                outers = {str(envelope): outer for envelope, outer in received.outers.items()}
                submission = {"header": _plain(received.header), "outers": outers}
                headers[f"headers/{received.bid}.json"] = jcs(submission)
            case e.SharesReleased() as released:
                name = f"releases/{released.trustee}-{released.envelope}.json"
                releases[name] = _bytes(released.release)
            case e.BidOpened() as opened:
                identity = encode_identity(unb64u(opened.key))
                keys[f"keys/{opened.bid}-{opened.envelope}.key"] = f"{identity}\n".encode()
            case _:
                pass
    groups = (manifests, acceptances, headers, releases, keys)
    return {name: group[name] for group in groups for name in sorted(group)}


def _bytes(sealed: Mapping[str, object]) -> bytes:
    return jcs(_plain(sealed))


def _plain(sealed: Mapping[str, object]) -> Json:
    return parse_json(jcs(dict(sealed)), most=MOST_ENTRY)
