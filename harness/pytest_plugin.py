"""The conformance cases under pytest. Lazy: costs nothing in a run that does not ask for it."""
