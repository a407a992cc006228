"""The book's first tables, and the triggers that hold what may never change."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "begin"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
APPEND_ONLY = ("event", "approved_line")
KEPT = {
    "revision": (
        "id, quote_id, alternative_id, draft_id, number, sha256, rules_sha, edition, engine, total_cents, "
        "currency, valid_until, zone, sent, sent_by_id"
    ),
    "document": "id, revision_id, name, media_type, size, sha256, signed",
    "approval": "id, draft_id, sha256, approver_id, own, limit_cents, until, at",
    "quote": "id, number, year, serial, created",
}
"""Columns that no update may name. Beside them only states, people and erased texts change."""
ERASABLE = {"revision": "record", "document": "content"}
"""Columns that may be emptied, with a person's name, and never be anything else than they were."""


def upgrade() -> None:
    """Create every table, then its triggers."""
    _create_names()
    _create_quotes()
    _index_quotes()
    _create_drafts()
    _create_revisions()
    _create_events()
    _create_approvals()
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """A book is never taken back: its older versions could not read what was sent."""
    raise NotImplementedError("restore a backup instead")


def _triggers(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        yield _trigger(dialect, table, "update", "UPDATE")
        yield _trigger(dialect, table, "delete", "DELETE")
    for table, columns in KEPT.items():
        yield _trigger(dialect, table, "update", f"UPDATE OF {columns}")
        yield _trigger(dialect, table, "delete", "DELETE")
    for table, column in ERASABLE.items():
        differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
        changed = f"NEW.{column} IS NOT NULL AND NEW.{column} {differs} OLD.{column}"
        yield _trigger(dialect, table, f"change_{column}", f"UPDATE OF {column}", changed)


def _trigger(dialect: str, table: str, name: str, event: str, condition: str = "") -> str:
    when = f" WHEN ({condition})" if condition else ""
    if dialect == "postgresql":
        body = "EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return f"CREATE TRIGGER {table}_refuses_{name} BEFORE {event} ON {table} FOR EACH ROW{when} {body}"


def _create_names() -> None:
    op.create_table(
        "counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_counter")),
    )
    op.create_table(
        "name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", BYTEWISE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name")),
        sa.UniqueConstraint("name", name=op.f("uq_name_name")),
    )
    op.create_index(op.f("ix_name_key_id"), "name", ["key", "id"], unique=False)
    op.create_table(
        "name_part",
        sa.Column("part", BYTEWISE, nullable=False),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["name_id"], ["name.id"], name=op.f("fk_name_part_name_id")),
        sa.PrimaryKeyConstraint("part", "name_id", name=op.f("pk_name_part")),
    )
    op.create_index(op.f("ix_name_part_name_id"), "name_part", ["name_id"], unique=False)


def _create_quotes() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", BYTEWISE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("client_key", BYTEWISE, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("follow_up", sa.Date(), nullable=False),
        sa.Column("last_revision", sa.Integer(), nullable=False),
        sa.Column("speaking", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("changed", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["name.id"], name=op.f("fk_quote_client_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["name.id"], name=op.f("fk_quote_owner_id")),
        sa.ForeignKeyConstraint(["renews_id"], ["quote.id"], name=op.f("fk_quote_renews_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_quote_year_serial")),
    )
    op.create_table(
        "alternative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_alternative_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alternative")),
        sa.UniqueConstraint("quote_id", "name", name=op.f("uq_alternative_quote_id_name")),
    )


def _create_drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed", INSTANT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=True),
        sa.Column("alternative_id", sa.Integer(), nullable=True),
        sa.Column("alternative", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Integer(), nullable=True),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("asked_record", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alternative_id"], ["alternative.id"], name=op.f("fk_draft_alternative_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["name.id"], name=op.f("fk_draft_asked_by_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["name.id"], name=op.f("fk_draft_changed_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["name.id"], name=op.f("fk_draft_owner_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_draft_quote_id")),
        sa.ForeignKeyConstraint(["renews_id"], ["quote.id"], name=op.f("fk_draft_renews_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_alternative_id"), "draft", ["alternative_id"], unique=False)
    op.create_index(op.f("ix_draft_quote_id"), "draft", ["quote_id"], unique=False)
    op.create_index(op.f("ix_draft_state_changed"), "draft", ["state", "changed"], unique=False)
    op.create_table(
        "draft_version",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["name.id"], name=op.f("fk_draft_version_by_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_version_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "version", name=op.f("pk_draft_version")),
    )


def _create_revisions() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("alternative_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rules_sha", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sent", INSTANT, nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", INSTANT, nullable=True),
        sa.Column("agreed_how", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["name.id"], name=op.f("fk_revision_agreed_by_id")),
        sa.ForeignKeyConstraint(
            ["alternative_id"], ["alternative.id"], name=op.f("fk_revision_alternative_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_revision_draft_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_revision_quote_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["name.id"], name=op.f("fk_revision_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("quote_id", "number", name=op.f("uq_revision_quote_id_number")),
    )
    op.create_index(op.f("ix_revision_state_valid_until"), "revision", ["state", "valid_until"], unique=False)
    op.create_index(
        "uq_revision_current",
        "revision",
        ["alternative_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_document_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("revision_id", "name", name=op.f("uq_document_revision_id_name")),
    )


def _create_events() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_event_draft_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_event_quote_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_event_revision_id")),
        sa.ForeignKeyConstraint(["who_id"], ["name.id"], name=op.f("fk_event_who_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_draft_id"), "event", ["draft_id"], unique=False)
    op.create_index(op.f("ix_event_quote_id"), "event", ["quote_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_note_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_note")),
    )
    op.create_table(
        "outcome",
        sa.Column("quote_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("won", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_outcome_quote_id")),
        sa.ForeignKeyConstraint(["who_id"], ["name.id"], name=op.f("fk_outcome_who_id")),
        sa.PrimaryKeyConstraint("quote_id", name=op.f("pk_outcome")),
    )


def _create_approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["name.id"], name=op.f("fk_approval_approver_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_approval_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_draft_id"), "approval", ["draft_id"], unique=False)
    op.create_table(
        "approved_line",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_approved_line_approval_id")),
        sa.PrimaryKeyConstraint("approval_id", "sha256", name=op.f("pk_approved_line")),
    )


def _index_quotes() -> None:
    op.create_index(op.f("ix_quote_changed"), "quote", ["changed"], unique=False)
    op.create_index(op.f("ix_quote_client_id_changed"), "quote", ["client_id", "changed"], unique=False)
    op.create_index(op.f("ix_quote_client_key"), "quote", ["client_key"], unique=False)
    op.create_index(op.f("ix_quote_follow_up"), "quote", ["follow_up"], unique=False)
    op.create_index(op.f("ix_quote_owner_id_changed"), "quote", ["owner_id", "changed"], unique=False)
    op.create_index(op.f("ix_quote_owner_id_client_key"), "quote", ["owner_id", "client_key"], unique=False)
    op.create_index(op.f("ix_quote_owner_id_follow_up"), "quote", ["owner_id", "follow_up"], unique=False)
    op.create_index(
        op.f("ix_quote_owner_id_state_changed"), "quote", ["owner_id", "state", "changed"], unique=False
    )
    op.create_index(op.f("ix_quote_owner_id_total_cents"), "quote", ["owner_id", "total_cents"], unique=False)
    op.create_index(
        op.f("ix_quote_owner_id_year_serial"), "quote", ["owner_id", "year", "serial"], unique=False
    )
    op.create_index(op.f("ix_quote_state_changed"), "quote", ["state", "changed"], unique=False)
    op.create_index(op.f("ix_quote_state_client_key"), "quote", ["state", "client_key"], unique=False)
    op.create_index(op.f("ix_quote_state_follow_up"), "quote", ["state", "follow_up"], unique=False)
    op.create_index(op.f("ix_quote_state_total_cents"), "quote", ["state", "total_cents"], unique=False)
    op.create_index(op.f("ix_quote_state_year_serial"), "quote", ["state", "year", "serial"], unique=False)
    op.create_index(op.f("ix_quote_total_cents"), "quote", ["total_cents"], unique=False)
