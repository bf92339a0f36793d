"""What exists: device models, firmware, specification versions and capabilities."""
