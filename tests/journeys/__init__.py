"""Easel as people meet it: through SimCord, to the real app, drawn by the pretend image service."""
