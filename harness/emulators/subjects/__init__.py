"""What rows of the catalogue cannot say, one module per subject: state of a device and the rules for it."""
