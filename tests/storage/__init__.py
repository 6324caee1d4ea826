"""What is SQLite's own: how it is opened, guarded, migrated, planned, and what a crash leaves."""
