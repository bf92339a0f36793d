"""One file per seeded firmware defect."""
