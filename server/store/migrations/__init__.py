"""The database's history. `yunkai migrate` and an embedded server's start bring it up to date."""
