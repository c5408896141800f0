"""Long work that follows from a log and can be repeated: opening bids, minutes, archives."""
