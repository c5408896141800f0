"""WHIP by the letter of RFC 9725, and what is refused at its door."""

from collections.abc import AsyncIterator
from pathlib import Path

import aioice.ice
import pytest
from aiohttp import ClientSession

from server.client.api import ApiRefused
from server.media.plane import Kind
from tests.server.media.hall import OverHttp, TestHall, open_hall, who
from tests.server.media.peers import new_peer

PARTS = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
BROKEN = {
    "nothing": b"",
    "words": b"this is no SDP",
    "no sections": PARTS.encode(),
    "half a section": (PARTS + "m=audio 9 UDP/TLS/RTP/SAVPF").encode(),
    "letters for numbers": (PARTS + "m=audio nine UDP/TLS/RTP/SAVPF x\r\n").encode(),
    "not UTF-8": b"v=0\r\n\xff\xfe\r\n",
    "zeros": bytes(1000),
    "no keys": (
        PARTS + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n"
    ).encode(),
}


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers of the tests speak from the loopback."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[TestHall]:
    async with open_hall(
        tmp_path, turn="turn:relay.example:3478?transport=udp", turn_secret="coturn"
    ) as made:
        yield made


async def offer() -> str:
    peer = new_peer()
    peer.addTransceiver("audio", direction="sendonly")
    peer.addTransceiver("video", direction="sendonly")
    await peer.setLocalDescription()
    text: str = peer.localDescription.sdp
    await peer.close()
    return text


async def test_an_answer_names_the_resource_and_the_relays(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    made = await way.get_token(Kind.CAMERA)
    answer = await way.whip("POST", made["url"], (await offer()).encode())
    assert (answer.status, answer.content_type) == (201, "application/sdp")
    assert (await answer.text()).startswith("v=0")
    location = answer.headers["Location"]
    assert location.startswith(f"/api/media/whip/{hall.tender.room}/camera/")
    (link,) = answer.headers.getall("Link")
    assert link.startswith('<turn:relay.example:3478?transport=udp>; rel="ice-server"; username="')
    assert 'credential-type="password"' in link
    patched = await way.whip("PATCH", hall.server.url + location, b"a=candidate")
    assert (patched.status, patched.headers["Allow"]) == (405, "DELETE, OPTIONS")
    assert (await way.whip("DELETE", hall.server.url + location)).status == 200
    assert (await way.whip("DELETE", hall.server.url + location)).status == 404


async def test_the_endpoint_says_what_it_takes(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    url = (await way.get_token(Kind.CAMERA))["url"]
    options = await way.whip("OPTIONS", url)
    assert (options.status, options.headers["Accept-Post"]) == (204, "application/sdp")
    assert (await way.whip("GET", url)).status == 405


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_offer_is_told_so(hall: TestHall, name: str) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    url = (await way.get_token(Kind.CAMERA))["url"]
    answer = await way.whip("POST", url, BROKEN[name])
    refused = (await answer.json())["error"]
    assert (answer.status, refused["code"]) == (400, "bad_offer")


async def test_an_offer_of_other_codecs_is_told_which_are_wanted(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    url = (await way.get_token(Kind.CAMERA))["url"]
    other = (await offer()).replace("opus/48000/2", "speex/48000/2").replace("VP8/", "AV9/")
    answer = await way.whip("POST", url, other.replace("H264/", "H269/").encode())
    refused = (await answer.json())["error"]
    assert (answer.status, refused["code"]) == (422, "codec_not_offered")
    assert refused["params"]["wanted"] == ["opus", "VP8"]


async def test_other_types_and_too_many_bytes_are_refused(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    url = (await way.get_token(Kind.CAMERA))["url"]
    answer = await way.whip("POST", url, b"{}", **{"Content-Type": "application/json"})
    assert answer.status == 415
    assert (await way.whip("POST", url, b"v" * (64 * 1024 + 1))).status == 413


async def test_a_token_is_for_one_feed_of_one_room_and_for_a_minute(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    made = await way.get_token(Kind.CAMERA)
    sdp = (await offer()).encode()

    async def code(url: str, token: str | None = None) -> tuple[int, str]:
        answer = await way.whip("POST", url, sdp, token)
        return answer.status, (await answer.json())["error"]["code"]

    assert await code(made["url"].replace("/camera", "/screen")) == (403, "whip_token_kind")
    other = made["url"].replace(hall.tender.room, "another-room")
    assert await code(other) == (403, "whip_token_kind")
    half, _, signature = made["token"].partition(".")
    for wrong in ("", "nonsense", f"{half}.", f"{half[:-2]}AA.{signature}", "." + signature):
        assert await code(made["url"], wrong) == (401, "whip_token_expired")
    # A login is no token: what a device in the hall has must not open anything else.
    assert await code(made["url"], hall.tender.host.token) == (401, "whip_token_expired")
    hall.server.clock.on(61)
    assert await code(made["url"]) == (401, "whip_token_expired")


async def test_nobody_gets_a_token_for_what_they_may_not_send(hall: TestHall) -> None:
    bidder = await hall.tender.submitted("甲公司")
    for api, kind in (
        (bidder.api, "camera"),  # before the roll nothing of a bidder is in media
        (bidder.api, "hall"),
        (hall.tender.supervisor, "screen"),
        (hall.tender.supervisor, "hall"),
    ):
        with pytest.raises(ApiRefused) as refused:
            await api.post(f"{hall.tender.path}/media/tokens", {"kind": kind})
        assert (refused.value.status, refused.value.code) == (403, "may_not_send")
    with pytest.raises(ApiRefused) as refused:
        await hall.tender.host.post(f"{hall.tender.path}/media/tokens", {"kind": "drone"})
    assert (refused.value.status, refused.value.code) == (422, "invalid")


async def test_a_token_does_not_outlive_the_right_it_was_made_for(hall: TestHall) -> None:
    tender, bidder = hall.tender, await hall.tender.submitted("甲公司")
    await hall.start()
    await bidder.api.command(tender.room, "RequestFloor")
    way = OverHttp(tender, bidder.api)
    made = await way.get_token(Kind.CAMERA)
    await bidder.api.command(tender.room, "WithdrawFloor")
    answer = await way.whip("POST", made["url"], (await offer()).encode())
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "may_not_send")


async def test_before_the_roll_media_say_nothing_of_bidders(hall: TestHall) -> None:
    bidder = await hall.tender.submitted("甲公司")
    host = await hall.media(hall.tender.host)
    assert (host["feeds"], host["recording"], host["muted"]) == ([], 0, [])
    assert set(host["slots"].values()) == {None}
    assert bidder.person not in str(host)


async def test_somebody_elses_viewer_and_a_stranger_get_nowhere(hall: TestHall) -> None:
    tender, bidder = hall.tender, await hall.tender.bidder()
    made = await tender.host.post(f"{tender.path}/media/viewers", {})
    for api, viewer in ((bidder.api, made["viewer"]), (tender.host, "v-unknown")):
        with pytest.raises(ApiRefused) as refused:
            await api.post(f"{tender.path}/media/viewers/{viewer}", {"answer": "v=0"})
        assert (refused.value.status, refused.value.code) == (404, "media_gone")
    with pytest.raises(ApiRefused) as refused:
        await tender.host.post(f"{tender.path}/media/viewers/{made['viewer']}", {"answer": "no"})
    assert (refused.value.status, refused.value.code) == (400, "bad_answer")
    stranger = await hall.server.account("trustee")
    async with hall.server.logged_in(stranger) as api:
        for path in ("/media", "/recordings"):
            with pytest.raises(ApiRefused) as refused:
                await api.get(tender.path + path)
            assert refused.value.status == 404
    async with ClientSession() as nobody:
        assert (await nobody.get(f"{hall.server.url}{tender.path}/media")).status == 401
        assert (await nobody.get(f"{hall.server.url}{tender.path}/media/watch")).status == 401


async def test_without_an_engine_media_are_off(tmp_path: Path) -> None:
    async with open_hall(tmp_path, media="off") as hall:
        assert (await hall.media(hall.tender.host))["enabled"] is False
        for path, body in (("media/tokens", {"kind": "camera"}), ("media/viewers", {})):
            with pytest.raises(ApiRefused) as refused:
                await hall.tender.host.post(f"{hall.tender.path}/{path}", body)
            assert (refused.value.status, refused.value.code) == (404, "media_off")


async def test_while_the_engine_is_away_one_is_asked_to_come_again(hall: TestHall) -> None:
    way = OverHttp(hall.tender, hall.tender.host)
    made = await way.get_token(Kind.CAMERA)
    await hall.tender.host.post(f"{hall.tender.path}/media/viewers", {})
    live = hall.server.parts.hall.live(hall.room)
    live.away = True
    answer = await way.whip("POST", made["url"], (await offer()).encode())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert (await answer.json())["error"]["code"] == "media_away"
    live.away = False
    assert (await way.whip("POST", made["url"], (await offer()).encode())).status == 201
    assert await who(hall.tender.host)
