"""One module per family of conformance cases, each with one tuple ``CASES``. Nothing registers itself."""
