"""Fees: a bill with its QR code, the sandbox's cashier, and what the log says of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from rooms.counter.terms import Fee
from server.client.api import ApiRefused
from tests.server.counter.visit import PENSION, Visit, visiting
from tests.server.site import RunningServer, serving

LICENCE = replace(PENSION, fees=(Fee("licence", "证照工本费", 1000),))
BODY = {"item": PENSION.code, "fee": "licence"}


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """An applicant who is known, before an item with a fee."""
    async with (
        serving(tmp_path / "data", payments="sandbox") as server,
        visiting(server, LICENCE) as made,
    ):
        await made.call()
        await made.consent()
        await made.identify()
        yield made


async def test_a_fee_is_noted_with_its_bill_and_paid_at_the_cashier(visit: Visit) -> None:
    bill = await visit.as_near.post(f"{visit.path}/pay", BODY)
    assert (bill["amount"], bill["paid"]) == (1000, False)
    assert len(bill["rows"]) == len(bill["rows"][0])
    async with visit.server.session() as phone:
        shown = await (await phone.get(bill["link"])).text()
        assert "¥ 10.00" in shown
        assert "<form" in shown
        paid = await (await phone.post(bill["link"])).text()
        assert "已支付" in paid
        again = await phone.post(bill["link"])
        assert again.status == 200
    assert (await visit.as_applicant.post(f"{visit.path}/pay", BODY))["paid"]
    page = await visit.as_far.get(f"{visit.path}/entries")
    kinds = [entry["event"]["type"] for entry in page["entries"]]
    assert kinds.count("FeeNoted") == kinds.count("FeePaid") == 1


async def test_a_link_that_was_changed_pays_nothing(visit: Visit) -> None:
    bill = await visit.as_near.post(f"{visit.path}/pay", BODY)
    async with visit.server.session() as phone:
        changed = await phone.post(bill["link"][:-4] + "AAAA")
        assert changed.status == 404
    assert not (await visit.state()).cases[PENSION.code].fees["licence"].paid


async def test_what_the_item_does_not_cost_cannot_be_asked_for(visit: Visit) -> None:
    with pytest.raises(ApiRefused) as refused:
        await visit.as_near.post(f"{visit.path}/pay", {**BODY, "fee": "other"})
    assert refused.value.code == "unknown_fee"


async def test_a_site_without_a_provider_takes_no_fees(running_server: RunningServer) -> None:
    async with visiting(running_server, LICENCE) as visit:
        await visit.call()
        with pytest.raises(ApiRefused) as refused:
            await visit.as_near.post(f"{visit.path}/pay", BODY)
    assert refused.value.code == "payments_off"
