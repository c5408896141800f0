"""Storage: one database for logs and accounts, one folder for bytes and keys."""
