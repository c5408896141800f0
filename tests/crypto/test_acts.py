import pytest

from crypto.acts import (
    Acceptance,
    Confirmation,
    SignerRequest,
    Withdrawal,
    accept,
    ask_to_sign,
    confirm,
    withdraw,
)
from crypto.encoding import b64u, digest_hex, jcs
from crypto.errors import CryptoError, EncodingError, SignatureRefused
from crypto.receipt import Receipt, build_receipt, with_token
from crypto.signing import SigningKey, sign
from tests.crypto.world import CREATED, chance

BIDDER, PLATFORM = SigningKey.generate(chance("bidder")), SigningKey.generate(chance("platform"))
BID, DIGEST = "b-" + "a" * 20, "0" * 64
RECEIPT = build_receipt(
    opening="bridge-7",
    manifest=DIGEST,
    bidder="acme",
    bid=BID,
    header="1" * 64,
    action="submit",
    received_at=CREATED,
    key=PLATFORM,
)


def test_an_acceptance_names_the_manifest_and_enrols_its_signer() -> None:
    signed = accept(opening="bridge-7", manifest=DIGEST, bidder="acme", name="阿克梅", key=BIDDER)
    found = Acceptance.parse(signed.to_json())
    assert (found.manifest, found.name, found.signed.key) == (DIGEST, "阿克梅", BIDDER.public)


def test_a_signers_request_proves_whose_key_signs_which_field_of_which_file() -> None:
    asked = {"opening": "bridge-7", "person": "host", "field": "host-1", "record": DIGEST}
    signed = ask_to_sign(**asked, key=BIDDER).to_json()
    found = SignerRequest.parse(signed)
    assert (found.person, found.field, found.record) == ("host", "host-1", DIGEST)
    assert found.signed.key == BIDDER.public
    with pytest.raises(SignatureRefused, match="signature"):
        SignerRequest.parse({**signed, "key": b64u(PLATFORM.public)})
    with pytest.raises(SignatureRefused, match="kind"):
        SignerRequest.parse(sign("acceptance", dict(asked), BIDDER).to_json())


def test_only_the_enrolled_key_withdraws() -> None:
    signed = withdraw(opening="bridge-7", bidder="acme", bid=BID, previous=DIGEST, key=BIDDER)
    assert Withdrawal.parse(signed.to_json(), BIDDER.public).previous == DIGEST
    with pytest.raises(SignatureRefused, match="signer"):
        Withdrawal.parse(signed.to_json(), PLATFORM.public)


def test_a_confirmation_is_of_the_row_that_was_announced() -> None:
    row = {"name": "阿克梅", "price": 100}
    signed = confirm(opening="bridge-7", bidder="acme", bid=BID, row=row, key=BIDDER)  # type: ignore[arg-type]
    assert Confirmation.parse(signed.to_json(), BIDDER.public).row == digest_hex(jcs(row))


def test_a_receipt_file_carries_its_token_and_comes_back() -> None:
    receipt = with_token(RECEIPT, b"token")
    found = Receipt.parse(receipt.to_json(), PLATFORM.public)
    assert found == receipt
    assert (found.token, found.action, found.received_at) == (b"token", "submit", CREATED)
    assert found.digest == RECEIPT.digest()
    assert Receipt.parse(RECEIPT.to_json()).token is None


def test_a_receipt_by_anyone_but_the_platform_is_refused() -> None:
    forged = sign("receipt", RECEIPT.body, BIDDER).to_json()
    with pytest.raises(SignatureRefused, match="signer"):
        Receipt.parse(forged, PLATFORM.public)


def test_an_altered_receipt_is_refused() -> None:
    for change in ({"received_at": "2026-11-01T08:00:00.000Z"}, {"header": "2" * 64}):
        with pytest.raises(SignatureRefused, match="signature"):
            Receipt.parse(RECEIPT.to_json() | {"body": {**RECEIPT.body, **change}})


@pytest.mark.parametrize("token", ["", "!", 1, None, "A" * 100_000])
def test_a_token_that_is_none_is_refused(token: object) -> None:
    with pytest.raises(EncodingError, match="value"):
        Receipt.parse(RECEIPT.to_json() | {"token": token})


@pytest.mark.parametrize("parse", [Acceptance.parse, Withdrawal.parse, Confirmation.parse])
def test_a_signed_object_of_one_kind_is_not_taken_for_another(parse) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SignatureRefused, match="kind"):
        parse(RECEIPT.to_json())


def test_a_member_that_nobody_asked_for_is_refused_even_if_it_was_signed() -> None:
    signed = sign("receipt", {**RECEIPT.body, "more": 1}, PLATFORM)
    with pytest.raises(CryptoError, match="members"):
        Receipt.parse(signed.to_json())
