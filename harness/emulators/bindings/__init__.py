"""Subjects as COSEM objects and as ZCL attributes and commands: thin rows, one module for each."""
