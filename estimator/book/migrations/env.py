"""Runs the migrations on the connection of the book; Alembic reads this file by its name."""

from __future__ import annotations

from alembic import context

from estimator.book.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
