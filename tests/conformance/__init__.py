"""What every store promises, told once and run on each engine."""
