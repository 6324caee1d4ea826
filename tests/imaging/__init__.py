"""Work on pixels, tested with real bytes."""
