"""Paying a session's fees."""

from contextlib import suppress
from html import escape

import segno
from aiohttp import web

from rooms.counter import commands as c
from rooms.counter.kinds import Role
from rooms.counter.state import Payment, State
from rooms.money import figures
from rooms.refusals import AlreadyDone, UnknownFee
from server.counter.payments import Bill, Sandbox
from server.counter.room import session
from server.desk import THE_SYSTEM
from server.errors import Forbidden, NotFound
from server.http import answers, reading
from server.http.counter import wire_payments as wire
from server.http.counter.sessions import in_session
from server.http.parts import of, public_url

_PARTIES = frozenset({Role.APPLICANT, Role.AGENT, Role.NEAR, Role.FAR})
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
_PAGE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>沙箱收银台 Sandbox cashier</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{{font:1.25rem/1.6 sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;padding:.75rem 2rem}}</style></head><body>
<h1>沙箱收银台<br><span lang="en">Sandbox cashier</span></h1>
<p>{fee}：<strong>¥ {amount}</strong></p>
{rest}
</body></html>
"""
_PAY = '<form method="post"><button>支付 <span lang="en">Pay</span></button></form>'
_PAID = '<p role="status">已支付（演练，不收款） <span lang="en">Paid; no money moves</span></p>'


async def pay(request: web.Request) -> web.Response:
    """The bill of a fee, which is noted with it, and whether it is paid."""
    _, room, viewer = await in_session(request)
    asked = await reading.model(request, wire.PayBody)
    if viewer.role not in _PARTIES:
        raise Forbidden
    provider = _sandbox(request)
    case = room.tip.cases.get(asked.item)
    fee = next((each for each in case.item.fees if each.id == asked.fee), None) if case else None
    if fee is None:
        raise UnknownFee(item=asked.item, fee=asked.fee)
    bill = provider.bill(room.id, asked.item, fee.id, fee.amount)
    if _noted(room.tip, bill) is None:
        order = c.NoteFee(bill.item, bill.fee, bill.amount, bill.reference)
        # Somebody else may ask at the same moment.
        with suppress(AlreadyDone):
            await of(request).desk.order(room.id, order, THE_SYSTEM)
    noted = _noted(session(await of(request).desk.room(room.id)).state, bill)
    link = public_url(request).rstrip("/") + bill.path
    rows = segno.make(link, error="m", micro=False).matrix
    return answers.model(
        wire.SessionBill(
            item=bill.item,
            fee=bill.fee,
            amount=bill.amount,
            reference=bill.reference,
            link=link,
            rows=["".join("1" if module else "0" for module in row) for row in rows],
            paid=noted is not None and noted.paid,
        )
    )


async def cashier(request: web.Request) -> web.Response:
    """The sandbox's page for a bill."""
    bill = _sandbox(request).read(request.match_info["token"])
    state = session(await of(request).desk.refresh(bill.room)).state
    noted = _noted(state, bill)
    return _page(state, bill, noted is not None and noted.paid)


async def settle(request: web.Request) -> web.Response:
    """Pays a bill in the sandbox; once paid it stays paid."""
    bill = _sandbox(request).read(request.match_info["token"])
    order = c.NotePayment(bill.item, bill.fee, bill.amount, bill.reference)
    # The button may be pressed twice.
    with suppress(AlreadyDone):
        await of(request).desk.order(bill.room, order, THE_SYSTEM)
    return _page(session(await of(request).desk.room(bill.room)).state, bill, paid=True)


def _sandbox(request: web.Request) -> Sandbox:
    found = of(request).payments
    if found is None:
        raise NotFound("payments_off")
    return found


def _noted(state: State, bill: Bill) -> Payment | None:
    case = state.cases.get(bill.item)
    return case.fees.get(bill.fee) if case else None


def _page(state: State, bill: Bill, paid: bool) -> web.Response:
    names = {each.id: each.name for each in state.cases[bill.item].item.fees}
    text = _PAGE.format(
        fee=escape(names.get(bill.fee, bill.fee)),
        amount=figures(bill.amount),
        rest=_PAID if paid else _PAY,
    )
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", headers=headers)
