"""Which homes to test: factors, constraints, expansion, counting. Pure functions."""
