"""What Easel remembers: the only package that knows SQL.

A transaction is a plain function in `transactions/` that runs named statements from `sql/` and
answers values of `core`. It cannot await, so it cannot be cut in half or interleave with another;
a store runs it in one hop on the database's own thread.
"""
