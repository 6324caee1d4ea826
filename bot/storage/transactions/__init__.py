"""Every transaction of the store, as plain functions: `def claim(tx, …) -> Job | None`.

The rules are `core`'s; a function here fetches what they need, asks them, and writes down what
follows. Rows are locked in one order everywhere (clock, server's lane, member's lane, job,
counters, ledger), which SQLite does not need and PostgreSQL does.
"""
