"""The routes of counter sessions: one line a route, with what it takes and gives."""

from server.http.counter import board, wire_board
from server.http.route import Route

BOARD = "/api/board"
SAMPLE = BOARD + "/samples/{sample:[a-z0-9-]{1,64}}"

COUNTER: tuple[Route, ...] = (
    Route("GET", BOARD, board.view, wire_board.BoardView, query=("from", "to", "hall")),
    Route("GET", f"{BOARD}.csv", board.table, "text/csv", query=("from", "to", "hall", "language")),
    Route("GET", f"{BOARD}/samples", board.list_samples, wire_board.SampleList),
    Route(
        "POST", f"{BOARD}/samples", board.draw_sample, wire_board.Sample, wire_board.SampleBody, 201
    ),
    Route("GET", SAMPLE, board.sample, wire_board.Sample),
    Route("GET", f"{SAMPLE}/population", board.population, wire_board.SamplePopulation),
)
