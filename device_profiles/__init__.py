"""What exists: device models, firmware, specification versions and capabilities."""

from device_profiles.loader import catalogue, json_schema, load_models, profiles_of, specimens

__all__ = ["catalogue", "json_schema", "load_models", "profiles_of", "specimens"]
