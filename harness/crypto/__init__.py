"""Key agreement, key derivation, GMAC, signatures, certificates, UTRN (GBCS 4 to 6, 12 and 13)."""
