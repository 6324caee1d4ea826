"""What an operator sees of a running Easel: logs, metrics, health."""
