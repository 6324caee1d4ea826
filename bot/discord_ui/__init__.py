"""Discord, as people see it: the only package that imports discord."""
