"""The dialects, tested with literal bytes."""
