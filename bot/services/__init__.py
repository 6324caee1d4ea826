"""What Easel does: one verb a file. Edges are passed in; none is imported."""
