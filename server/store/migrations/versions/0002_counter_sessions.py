"""What counter sessions need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CATALOGUE = (
    "agreements",
    "special_days",
    "opening_hours",
    "windows",
    "halls",
    "regions",
    "items",
    "catalogue_revisions",
)
"""In the order in which they can be dropped."""
_QUEUE = (
    "open_windows",
    "slot_places",
    "ticket_claims",
    "ticket_counters",
    "turns",
    "tickets",
)


def upgrade() -> None:
    """Brings the database to this step."""
    _board()
    _catalogue()
    _queue()


def downgrade() -> None:
    """Takes the step back."""
    for table in _QUEUE:
        op.drop_table(table)
    for table in _CATALOGUE:
        op.drop_table(table)
    op.drop_table("samples")
    op.drop_table("session_facts")


def _board() -> None:
    op.create_table(
        "session_facts",
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("far_hall", sa.Text(), nullable=False),
        sa.Column("near_region", sa.Text(), nullable=False),
        sa.Column("far_region", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("far_clerk", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.Text(), nullable=True),
        sa.Column("ticket_at", sa.Text(), nullable=True),
        sa.Column("called_at", sa.Text(), nullable=True),
        sa.Column("connected_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("waited", sa.Integer(), nullable=True),
        sa.Column("lasted", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("visits_saved", sa.Integer(), nullable=False),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.Column("lapses", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("case_due_at", sa.Text(), nullable=True),
        sa.Column("case_answered_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("room", name=op.f("pk_session_facts")),
    )
    with op.batch_alter_table("session_facts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_facts_phase_hall"), ["phase", "hall"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_session_facts_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_session_facts_case_due_at"), ["case_due_at"], unique=False
        )
        batch_op.create_index(
            "ix_session_facts_figures",
            [
                "day",
                "hall",
                "phase",
                "outcome",
                "waited",
                "lasted",
                "visits",
                "visits_saved",
                "kilometres",
                "lapses",
                "rating",
            ],
            unique=False,
        )
    op.create_table(
        "samples",
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sample", name=op.f("pk_samples")),
    )
    with op.batch_alter_table("samples", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_samples_made_at"), ["made_at"], unique=False)


def _catalogue() -> None:
    op.create_table(
        "catalogue_revisions",
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_catalogue_revisions")),
    )
    op.create_table(
        "items",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_items")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["regions.code"], name=op.f("fk_regions_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "halls",
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_halls_region")),
        sa.PrimaryKeyConstraint("hall", name=op.f("pk_halls")),
    )
    op.create_table(
        "special_days",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_special_days_region")),
        sa.PrimaryKeyConstraint("region", "day", name=op.f("pk_special_days")),
    )
    op.create_table(
        "agreements",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("near", sa.Text(), nullable=False),
        sa.Column("far", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["far"], ["regions.code"], name=op.f("fk_agreements_far")),
        sa.ForeignKeyConstraint(["hall"], ["halls.hall"], name=op.f("fk_agreements_hall")),
        sa.ForeignKeyConstraint(["near"], ["regions.code"], name=op.f("fk_agreements_near")),
        sa.PrimaryKeyConstraint("agreement", name=op.f("pk_agreements")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.hall"], name=op.f("fk_opening_hours_hall")),
        sa.PrimaryKeyConstraint("hall", "weekday", "opens", name=op.f("pk_opening_hours")),
    )
    op.create_table(
        "windows",
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.hall"], name=op.f("fk_windows_hall")),
        sa.PrimaryKeyConstraint("window", name=op.f("pk_windows")),
    )
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_windows_hall"), ["hall"], unique=False)


def _queue() -> None:
    op.create_table(
        "tickets",
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("far_hall", sa.Text(), nullable=False),
        sa.Column("near_region", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Text(), nullable=True),
        sa.Column("ends_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["room"], ["rooms.room"], name=op.f("fk_tickets_room")),
        sa.PrimaryKeyConstraint("room", name=op.f("pk_tickets")),
        sa.UniqueConstraint("hall", "day", "number", name=op.f("uq_tickets_hall_day_number")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tickets_far_hall_day"), ["far_hall", "day"], unique=False
        )
    op.create_table(
        "turns",
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["room"], ["rooms.room"], name=op.f("fk_turns_room")),
        sa.PrimaryKeyConstraint("room", "turn", name=op.f("pk_turns")),
    )
    op.create_table(
        "ticket_counters",
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", "letter", name=op.f("pk_ticket_counters")),
    )
    op.create_table(
        "ticket_claims",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity", "item", name=op.f("pk_ticket_claims")),
    )
    with op.batch_alter_table("ticket_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_claims_room"), ["room"], unique=False)
    op.create_table(
        "slot_places",
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall", "starts_at", "place", name=op.f("pk_slot_places")),
    )
    with op.batch_alter_table("slot_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_places_room"), ["room"], unique=False)
    op.create_table(
        "open_windows",
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("clerk_name", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("window", name=op.f("pk_open_windows")),
        sa.UniqueConstraint("clerk", name=op.f("uq_open_windows_clerk")),
    )
    with op.batch_alter_table("open_windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_windows_hall"), ["hall"], unique=False)
