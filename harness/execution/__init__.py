"""A plan in, events out: serial, local processes or a cluster."""
