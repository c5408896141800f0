"""How people come in and are called: bookings, tickets, windows, the order of waiting."""
