"""Pretend image services, one for each provider: each answers in its own shapes and quirks."""
