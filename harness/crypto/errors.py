"""The errors of cryptography: a key, certificate, token or protected text that is not what it should be."""


class CryptoError(ValueError):
    """Anything wrong with what cryptography was given. The text is one line and holds no secret."""


class KeyFormatError(CryptoError):
    """Octets or text that are no P-256 key."""


class CertificateError(CryptoError):
    """A certificate that does not parse, lacks what its profile demands, or does not chain."""


class KeyUsageError(CertificateError):
    """A certificate whose keyUsage is not one that its profile has."""


class UntrustedIssuerError(CertificateError):
    """A certificate whose path does not lead to the anchor."""


class SensitiveDataError(CryptoError):
    """Protected data of the wrong form, or whose authentication tag does not hold."""


class TokenError(CryptoError):
    """A UTRN that is no token, or a value that no token can carry."""


class KeyStoreError(CryptoError):
    """A key store whose file does not hold what its name says."""
