"""Homes whose devices reach each other by radio frames, each through a stack of its own."""
