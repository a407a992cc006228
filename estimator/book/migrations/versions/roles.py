"""Roles of the people who sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "roles"
down_revision = "links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A role is given and taken, so its row may change; the audit keeps each of the two."""
    op.create_table(
        "role",
        sa.Column("name_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["name.id"], name=op.f("fk_role_by_id")),
        sa.ForeignKeyConstraint(["name_id"], ["name.id"], name=op.f("fk_role_name_id")),
        sa.PrimaryKeyConstraint("name_id", name=op.f("pk_role")),
    )


def downgrade() -> None:
    """A book is never taken back: its older versions could not read what was sent."""
    raise NotImplementedError("restore a backup instead")
