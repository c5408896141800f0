"""The audit of an opening's archive: what steps 4 to 12 of `docs/formats/audit.md` compute again."""
