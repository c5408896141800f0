"""The routes by which people come in and are called."""

from server.http.counter import bookings, desk, halls, handing, tickets, windows
from server.http.counter import wire_queue as wire
from server.http.route import Route

SESSION = "/api/sessions/{room:s-[0-9a-f]{20}}"
BOOKING = "/api/bookings/{room:s-[0-9a-f]{20}}"
WINDOW = "/api/windows/{window:[a-z0-9-]{1,64}}"

QUEUE: tuple[Route, ...] = (
    Route("POST", "/api/bookings", bookings.book, wire.Booked, wire.BookingBody, 201),
    Route("GET", f"{BOOKING}.ics", bookings.ics, "text/calendar", query=("code",)),
    Route("POST", f"{BOOKING}/arrive", bookings.arrive, wire.Arrived, wire.CodeBody),
    Route("POST", f"{BOOKING}/cancel", bookings.cancel, takes=wire.CancelBody, status=204),
    Route("POST", "/api/tickets", tickets.take, wire.Taken, wire.TicketBody, 201),
    Route("POST", "/api/tickets/enter", tickets.enter, wire.Entered, wire.EntryBody),
    Route("GET", "/api/tickets/mine", tickets.mine, wire.OwnTicket),
    Route("GET", "/api/halls/{hall:[a-z0-9-]{1,64}}/queue", halls.queue, wire.HallQueue),
    Route("GET", "/api/desk", desk.desk, wire.DeskView),
    Route("POST", f"{WINDOW}/open", windows.open_window, status=204),
    Route("POST", f"{WINDOW}/close", windows.close_window, status=204),
    Route("POST", f"{WINDOW}/next", windows.next_ticket, wire.Called),
    Route("POST", f"{WINDOW}/call", windows.call_ticket, wire.Called, wire.CallBody),
    Route("POST", f"{SESSION}/take", windows.take, wire.Called),
    Route("POST", f"{SESSION}/requeue", windows.requeue, status=204),
    Route("GET", f"{SESSION}/hand-over", handing.colleagues, wire.Colleagues),
    Route("POST", f"{SESSION}/hand-over", handing.offer, takes=wire.HandBody, status=204),
    Route("POST", f"{SESSION}/hand-over/take", handing.take, wire.Called),
    Route("POST", f"{SESSION}/hand-over/end", handing.end, status=204),
)
