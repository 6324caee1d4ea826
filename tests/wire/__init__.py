"""Easel as a process, against a Discord and an image service on real sockets."""
