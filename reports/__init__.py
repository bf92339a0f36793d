"""Stored runs rendered for people and for machines. Pure functions of the records."""
