"""Clients' links, what was done by them, and what clients asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "links"
down_revision = "begin"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEPT = {
    "link": "id, revision_id, token_sha256, created, created_by_id, expires",
    "visit": "id, link_id, at, visitor, what",
    "question": "id, link_id, section, who_id, at, form",
}
"""Columns that no update may name; a link is revoked, a question answered, and a person's name taken out."""


def upgrade() -> None:
    """Create the tables, then their triggers; ``begin`` made the function that PostgreSQL's call."""
    _create()
    dialect = op.get_bind().dialect.name
    for table, columns in KEPT.items():
        for name, action in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
            body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if dialect == "postgresql":
                body = "EXECUTE FUNCTION refuse_change()"
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{name} BEFORE {action} ON {table} FOR EACH ROW {body}"
            )


def downgrade() -> None:
    """A book is never taken back: its older versions could not read what was sent."""
    raise NotImplementedError("restore a backup instead")


def _create() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.Column("revoked", INSTANT, nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["name.id"], name=op.f("fk_link_created_by_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_link_revision_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["name.id"], name=op.f("fk_link_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_token_sha256")),
    )
    op.create_index(op.f("ix_link_revision_id"), "link", ["revision_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_visit_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_link_id_at"), "visit", ["link_id", "at"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["name.id"], name=op.f("fk_question_answered_by_id")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_question_link_id")),
        sa.ForeignKeyConstraint(["who_id"], ["name.id"], name=op.f("fk_question_who_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("form", name=op.f("uq_question_form")),
    )
    op.create_index(op.f("ix_question_link_id"), "question", ["link_id"], unique=False)
