"""The routes of counter sessions: one line a route, with what it takes and gives."""

from server.http.counter import (
    board,
    payments,
    qr,
    retention,
    sessions,
    wire_board,
    wire_payments,
    wire_qr,
    wire_retention,
    wire_sessions,
)
from server.http.counter.catalogue_routes import CATALOGUE
from server.http.counter.notice_routes import NOTICES
from server.http.counter.queue_routes import QUEUE
from server.http.counter.table_routes import TABLE
from server.http.route import Route
from server.http.shared import shared

BOARD = "/api/board"
SAMPLE = BOARD + "/samples/{sample:[a-z0-9-]{1,64}}"

SESSION = "/api/sessions/{room:s-[0-9a-f]{20}}"
CASHIER = "/api/payments/sandbox/{token:[A-Za-z0-9_.-]{1,600}}"

COUNTER: tuple[Route, ...] = (
    *CATALOGUE,
    *QUEUE,
    Route("POST", "/api/qr", qr.make, wire_qr.QrCode, wire_qr.QrBody),
    Route(
        "GET",
        "/api/sessions",
        sessions.list_sessions,
        wire_sessions.SessionList,
        query=("when", "q", "page"),
    ),
    Route("GET", SESSION, sessions.detail, wire_sessions.SessionDetail),
    Route(
        "GET",
        f"{SESSION}/entries",
        sessions.entries,
        wire_sessions.SessionPage,
        query=("after", "limit"),
    ),
    Route(
        "POST",
        f"{SESSION}/commands",
        sessions.command,
        wire_sessions.SessionDone,
        wire_sessions.SessionCommand,
    ),
    Route("GET", f"{SESSION}/personal", sessions.personal, wire_sessions.Personal),
    Route(
        "POST",
        f"{SESSION}/pay",
        payments.pay,
        wire_payments.SessionBill,
        wire_payments.PayBody,
    ),
    Route("GET", CASHIER, payments.cashier, "text/html"),
    Route("POST", CASHIER, payments.settle, "text/html"),
    Route("GET", "/api/retention", retention.view, wire_retention.RetentionView, query=("days",)),
    Route(
        "POST",
        "/api/retention/erase",
        retention.erase,
        wire_retention.Erased,
        wire_retention.EraseBody,
    ),
    *NOTICES,
    *TABLE,
    *shared(SESSION),
    Route("GET", BOARD, board.view, wire_board.BoardView, query=("from", "to", "hall")),
    Route("GET", f"{BOARD}.csv", board.table, "text/csv", query=("from", "to", "hall", "language")),
    Route("GET", f"{BOARD}/samples", board.list_samples, wire_board.SampleList),
    Route(
        "POST", f"{BOARD}/samples", board.draw_sample, wire_board.Sample, wire_board.SampleBody, 201
    ),
    Route("GET", SAMPLE, board.sample, wire_board.Sample),
    Route("GET", f"{SAMPLE}/population", board.population, wire_board.SamplePopulation),
)
