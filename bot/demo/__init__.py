"""`easel demo`: the real bot in a simulated Discord, with a pretend image API."""
