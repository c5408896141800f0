"""Live: entries as they come, who is here, the clock. Sockets only read; orders go over HTTP."""
