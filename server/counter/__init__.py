"""Sessions at counters: what the server adds to the rooms."""
