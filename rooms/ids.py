"""Names for the things a room talks about, so that one id is never taken for another."""

from typing import NewType

RoomId = NewType("RoomId", str)
PersonId = NewType("PersonId", str)
BidId = NewType("BidId", str)
EnvelopeId = NewType("EnvelopeId", str)
ObjectionId = NewType("ObjectionId", str)
RecordingId = NewType("RecordingId", str)
PageId = NewType("PageId", str)
Digest = NewType("Digest", str)
"""A SHA-256 digest in lowercase hex."""

SYSTEM = PersonId("system")
"""The author of entries that nobody ordered: ticks of the clock, results of opening."""
