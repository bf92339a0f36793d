"""The specification as data: use cases, message codes, alert codes and roles, with typed access."""
