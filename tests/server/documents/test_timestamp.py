"""Time stamps of the own authority and over HTTP, as openssl and a second library see them."""

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import rfc3161_client
from asn1crypto import tsp
from cryptography import x509

from crypto.pades import TokenRefused
from server.documents.authority import Authority
from server.documents.timestamp import (
    MEDIA_REPLY,
    HttpTimestamper,
    LocalTimestamper,
    TimestampsUnavailable,
    verify_token,
)

BODY = b'{"opening":"o-1"}'
DIGEST = hashlib.sha256(BODY).digest()
NOON = datetime(2030, 1, 2, 12, 0, 0, 500_000, tzinfo=UTC)

Serve = Callable[[Callable[[bytes], bytes], int], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers POST requests on a free port of this machine; gives the address."""
    servers: list[HTTPServer] = []

    def start(answer: Callable[[bytes], bytes], status: int = 200) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                reply = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", MEDIA_REPLY)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/tsa?x=1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def at_noon(authority: Authority) -> LocalTimestamper:
    return LocalTimestamper(authority.tsa, lambda: NOON)


def test_a_token_tells_when_the_digest_was_there(authority: Authority) -> None:
    token = at_noon(authority).token(DIGEST)
    assert verify_token(token, DIGEST, [authority.root_pem]) == NOON.replace(microsecond=0)


def test_openssl_accepts_a_token(authority: Authority, tmp_path: Path) -> None:
    stamps = LocalTimestamper(authority.tsa, lambda: datetime.now(UTC))
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    (tmp_path / "token").write_bytes(stamps.token(DIGEST))
    (tmp_path / "body").write_bytes(BODY)
    asked = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "body"]
    asked += ["-CAfile", "root.pem"]
    done = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout


def test_a_request_made_by_openssl_is_answered(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    (tmp_path / "body").write_bytes(BODY)
    ask = ["openssl", "ts", "-query", "-data", "body", "-sha256", "-cert", "-out", "query"]
    subprocess.run(ask, cwd=tmp_path, check=True, capture_output=True)
    stamps = LocalTimestamper(authority.tsa, lambda: datetime.now(UTC))
    (tmp_path / "reply").write_bytes(stamps.answer((tmp_path / "query").read_bytes()))
    check = ["openssl", "ts", "-verify", "-queryfile", "query", "-in", "reply"]
    check += ["-CAfile", "root.pem"]
    done = subprocess.run(check, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout


def test_an_independent_library_accepts_a_reply(authority: Authority) -> None:
    asked = rfc3161_client.TimestampRequestBuilder().data(BODY).build()
    stamps = LocalTimestamper(authority.tsa, lambda: datetime.now(UTC))
    reply = rfc3161_client.decode_timestamp_response(stamps.answer(asked.as_bytes()))
    verifier = (
        rfc3161_client.VerifierBuilder()
        .add_root_certificate(x509.load_pem_x509_certificate(authority.root_pem))
        .nonce(asked.nonce)
        .build()
    )
    assert verifier.verify_message(reply, BODY)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (b"nonsense", "the data submitted has the wrong format"),
        (
            tsp.TimeStampReq(
                {
                    "version": "v1",
                    "message_imprint": {
                        "hash_algorithm": {"algorithm": "sha1"},
                        "hashed_message": bytes(20),
                    },
                }
            ).dump(),
            "unrecognized or unsupported algorithm identifier",
        ),
        (
            tsp.TimeStampReq(
                {
                    "version": "v1",
                    "message_imprint": {
                        "hash_algorithm": {"algorithm": "sha256"},
                        "hashed_message": bytes(32),
                    },
                    "req_policy": "1.2.3",
                }
            ).dump(),
            "the requested TSA policy is not supported by the TSA",
        ),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(
    authority: Authority, tmp_path: Path, query: bytes, reason: str
) -> None:
    (tmp_path / "reply").write_bytes(at_noon(authority).answer(query))
    asked = ["openssl", "ts", "-reply", "-in", tmp_path / "reply", "-text"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    assert "Status: Rejected." in said
    assert f"Failure info: {reason}" in said


def test_tokens_come_over_http(authority: Authority, serve: Serve) -> None:
    token = HttpTimestamper(serve(at_noon(authority).answer, 200)).token(DIGEST)
    assert verify_token(token, DIGEST, [authority.root_pem]) == NOON.replace(microsecond=0)


def test_an_answer_to_another_question_is_refused(authority: Authority, serve: Serve) -> None:
    old: list[bytes] = []

    def replay(query: bytes) -> bytes:
        old.append(at_noon(authority).answer(query))
        return old[0]

    stamps = HttpTimestamper(serve(replay, 200))
    stamps.token(DIGEST)
    with pytest.raises(TimestampsUnavailable, match="another question"):
        stamps.token(DIGEST)


def test_a_refusal_a_failure_and_silence_are_told(authority: Authority, serve: Serve) -> None:
    no = at_noon(authority).answer(b"nonsense")
    with pytest.raises(TimestampsUnavailable, match="rejection"):
        HttpTimestamper(serve(lambda _: no, 200)).token(DIGEST)
    with pytest.raises(TimestampsUnavailable, match="HTTP 503"):
        HttpTimestamper(serve(lambda _: b"", 503)).token(DIGEST)
    with pytest.raises(TimestampsUnavailable):
        HttpTimestamper(serve(lambda _: b"not asn.1", 200)).token(DIGEST)
    with pytest.raises(TimestampsUnavailable):
        HttpTimestamper("http://127.0.0.1:1/").token(DIGEST)


def test_only_web_addresses_are_authorities() -> None:
    for url in ("file:///etc/passwd", "tsa.example", "http://"):
        with pytest.raises(ValueError, match="address"):
            HttpTimestamper(url)


def test_a_token_says_nothing_about_another_digest(authority: Authority) -> None:
    token = at_noon(authority).token(DIGEST)
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, hashlib.sha256(b"other").digest(), [authority.root_pem])
    assert refused.value.code == "token_other_digest"


def test_a_token_from_a_stranger_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority.create(tmp_path, b"x")
    token = at_noon(stranger).token(DIGEST)
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, DIGEST, [authority.root_pem])
    assert refused.value.code == "token_untrusted"


def test_a_certificate_without_the_purpose_stamps_nothing(authority: Authority) -> None:
    token = LocalTimestamper(authority.seal, lambda: NOON).token(DIGEST)
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, DIGEST, [authority.root_pem])
    assert refused.value.code == "token_untrusted"


def test_a_token_from_before_its_certificate_is_not_trusted(authority: Authority) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    token = LocalTimestamper(authority.tsa, lambda: long_ago).token(DIGEST)
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, DIGEST, [authority.root_pem])
    assert refused.value.code == "token_untrusted"


def test_no_altered_byte_of_a_token_passes(authority: Authority) -> None:
    token = at_noon(authority).token(DIGEST)
    roots = [authority.root_pem]
    for place in range(0, len(token), 3):
        altered = token[:place] + bytes([token[place] ^ 0x41]) + token[place + 1 :]
        try:
            at = verify_token(altered, DIGEST, roots)
        except TokenRefused:
            continue
        # what is not signed (such as the certificate's sibling fields) may change, the time may not
        assert at == NOON.replace(microsecond=0)
