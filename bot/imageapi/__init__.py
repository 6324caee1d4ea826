"""The only package that speaks to image services.

Models and providers are data (`models.toml`, `providers/*.toml`); a dialect is code without any
I/O; the client sends what a dialect wrote and feeds it what came back.
"""
