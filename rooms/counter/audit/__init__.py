"""The audit of a session: what its log gives, computed again (docs/formats/sessions.md)."""
