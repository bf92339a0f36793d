"""COSEM objects that follow from the catalogue's rows alone: their shapes, first values and stored ones."""
