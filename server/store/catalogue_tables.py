"""The tables of the catalogue: regions, halls, windows, hours, items, agreements.

An item's version is never changed once it is there; halls and windows are closed, not deleted,
because sessions and statistics name them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from server.store.tables import metadata

regions = Table(
    "regions",
    metadata,
    Column("code", Text, primary_key=True),  # GB/T 2260
    Column("name", Text, nullable=False),
    Column("parent", Text, ForeignKey("regions.code")),
)

halls = Table(
    "halls",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("region", Text, ForeignKey("regions.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("longitude", Text, nullable=False),  # decimal degrees
    Column("latitude", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

windows = Table(
    "windows",
    metadata,
    Column("window", Text, primary_key=True),
    Column("hall", Text, ForeignKey("halls.hall"), nullable=False),
    Column("name", Text, nullable=False),
    Column("skills", Text, nullable=False),  # JSON list: item codes, "prefix-*" or "*"
    Column("active", Boolean, nullable=False),
    Column("organisations", Text, nullable=False, server_default="[]"),  # JSON list
    Index(None, "hall"),
)

opening_hours = Table(
    "opening_hours",
    metadata,
    Column("hall", Text, ForeignKey("halls.hall"), nullable=False),
    Column("weekday", Integer, nullable=False),  # 1 Monday … 7 Sunday
    Column("opens", Text, nullable=False),  # "09:00" on the wall of the hall
    Column("closes", Text, nullable=False),
    PrimaryKeyConstraint("hall", "weekday", "opens"),
)

special_days = Table(
    "special_days",
    metadata,
    Column("region", Text, ForeignKey("regions.code"), nullable=False),
    Column("day", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("as_weekday", Integer, nullable=False),
    Column("opens", Text, nullable=False),
    Column("closes", Text, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("region", "day"),
)

items = Table(
    "items",
    metadata,
    Column("code", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("valid_from", Text, nullable=False),  # a day
    Column("item", Text, nullable=False),  # JSON of rooms.counter.terms.Item
    PrimaryKeyConstraint("code", "version"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("near", Text, ForeignKey("regions.code"), nullable=False),
    Column("far", Text, ForeignKey("regions.code"), nullable=False),
    Column("hall", Text, ForeignKey("halls.hall"), nullable=False),  # where it is decided
    Column("items", Text, nullable=False),  # JSON list of codes
    Column("since", Text, nullable=False),
    Column("until", Text),  # the last day, or null
)

catalogue_revisions = Table(
    "catalogue_revisions",
    metadata,
    Column("revision", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("made_at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: how many rows of each table
)
"""One row each import that changed something: servers see by the last number that what they
remember is old."""
