"""What media refuses. The texts of the codes are the browser's."""

from server.errors import Conflict, Invalid, NotFound, Unavailable, Unreadable


class BadOffer(Unreadable):
    """The offer is no SDP that can be answered. `reason` is for the operator of the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__("bad_offer", {"reason": reason[:200]})


class BadAnswer(Unreadable):
    """The answer doesn't fit the offer."""

    def __init__(self, reason: str) -> None:
        super().__init__("bad_answer", {"reason": reason[:200]})


class CodecNotOffered(Invalid):
    """Rooms carry Opus and VP8; the offer has neither."""

    def __init__(self, offered: list[str]) -> None:
        super().__init__("codec_not_offered", {"offered": offered[:20], "wanted": ["opus", "VP8"]})


class FeedTaken(Conflict):
    """This feed is being sent already, from another window or device."""

    def __init__(self) -> None:
        super().__init__("feed_taken")


class NoSuchMediaRoom(NotFound):
    """The engine was not told of this room."""

    def __init__(self) -> None:
        super().__init__("media_room_unknown")


class NoSuchFeed(NotFound):
    """Nobody sends this feed."""

    def __init__(self) -> None:
        super().__init__("feed_unknown")


class NoSuchResource(NotFound):
    """The connection is over, or never was."""

    def __init__(self) -> None:
        super().__init__("media_gone")


class MediaAway(Unavailable):
    """No engine answers; one is being started, so trying again is right."""

    def __init__(self) -> None:
        super().__init__("media_away")


class MediaOff(NotFound):
    """This site runs without live media."""

    def __init__(self) -> None:
        super().__init__("media_off")
