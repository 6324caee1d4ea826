"""Easel: a self-hosted Discord bot that draws."""

# The one place that holds the version: the build reads it here without importing anything.
__version__ = "0.1.0"
