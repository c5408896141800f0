"""The domain: rooms as append-only logs, decided and folded without input or output."""
