"""All tables together: what migrations lead to."""

from server.store.catalogue_tables import catalogue_revisions

metadata = catalogue_revisions.metadata
"""Whoever imports the tables of the catalogue has imported those they refer to."""
