"""What Easel does, on a real database."""
