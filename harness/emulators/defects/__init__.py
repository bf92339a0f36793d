"""One module per seeded firmware defect, each with one value ``DEFECT``. Devices know none of them."""
