"""The audit of an opening: what steps 4 to 12 of `docs/formats/audit.md` compute again."""
