"""What operators see, tested with real loggers, registries and sockets."""
