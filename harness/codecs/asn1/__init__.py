"""ASN.1 payloads of the security, joining and firmware use cases, in DER."""
