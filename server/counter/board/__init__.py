"""The supervisors' board: what goes on at the counters, and what came of it."""
