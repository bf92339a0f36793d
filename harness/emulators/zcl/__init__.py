"""ZCL attributes and commands of a device, as the templates of GBZ use cases name them (GBCS 7.2.9, 19.3)."""
