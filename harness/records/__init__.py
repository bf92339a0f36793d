"""Verdicts, evidence and the run store."""
