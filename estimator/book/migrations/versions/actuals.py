"""Figures of the months after a quote was agreed, as they were counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "actuals"
down_revision = "roles"
branch_labels = None
depends_on = None

KEPT = "id, quote_id, event_id, month, store, cells, sha256, ends"
"""Columns that no update may name; out of the name of a file a person's name can be taken."""


def upgrade() -> None:
    """Create the table, then its triggers; ``begin`` made the function that PostgreSQL's call."""
    op.create_table(
        "actual",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_actual_event_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_actual_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actual")),
    )
    op.create_index(op.f("ix_actual_quote_id"), "actual", ["quote_id"], unique=False)
    for name, action in (("update", f"UPDATE OF {KEPT}"), ("delete", "DELETE")):
        body = "BEGIN SELECT RAISE(ABORT, 'actual is append-only'); END"
        if op.get_bind().dialect.name == "postgresql":
            body = "EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER actual_refuses_{name} BEFORE {action} ON actual FOR EACH ROW {body}")


def downgrade() -> None:
    """A book is never taken back: its older versions could not read what was sent."""
    raise NotImplementedError("restore a backup instead")
