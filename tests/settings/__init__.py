"""What the operator sets, and what is said where it is wrong."""
