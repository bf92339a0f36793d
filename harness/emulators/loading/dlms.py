"""Loading what an access response reports: the values that were read, and the fault of what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codecs.axdr import decode_data, encode_data
from harness.codecs.cosem_data import NULL, Data
from harness.codecs.dlms import decode_access_request, decode_access_response
from harness.codecs.dlms_types import AccessKind, AccessSpecification, DataAccessResult
from harness.codecs.errors import DecodeError
from harness.crypto.errors import SensitiveDataError
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.emulators.access import argument_of, key_of
from harness.emulators.data_protection import CLASS_ID as DATA_PROTECTION
from harness.emulators.data_protection import ciphertext_in, wanted_in
from harness.emulators.subjects.presets import Presets
from harness.emulators.subjects.trust import TrustStore

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice


def load_dlms(device: EmulatedDevice, command: Message, response: Message) -> None:
    """Put every value that a response reports where it was read, and the first failure where it happened.

    What comes after a failure fails of its own accord. Raises DecodeError.
    """
    request = decode_access_request(command.payload)
    answer = decode_access_response(response.payload)
    items = zip(request.specifications, request.data, answer.data, answer.results, strict=False)
    for specification, given, answered, result in items:
        if result.result != DataAccessResult.SUCCESS:
            place = (key_of(specification), argument_of(specification, given))
            device.part(Presets).faults[place] = result.result
            break
        if specification.class_id == DATA_PROTECTION and answered != NULL:
            _load_protected(device, given, answered, command, response)
        else:
            _load(device, specification, given, answered)


def _load(device: EmulatedDevice, specification: AccessSpecification, given: Data, answered: Data) -> None:
    key = key_of(specification)
    row = device.template.objects.get(key)
    if row is not None and row.prepare is not None:
        row.prepare(device, given, answered)
    elif answered != NULL or specification.kind is AccessKind.GET:
        device.part(Presets).values[key, argument_of(specification, given)] = answered


def _load_protected(
    device: EmulatedDevice, given: Data, answered: Data, command: Message, response: Message
) -> None:
    """Load what was encrypted into the attributes that it was read from."""
    secret = secret_of(device, command, response)
    if secret is None:
        return
    key = sensitive_key(secret, sensitive_parties(response))
    try:
        plain = decode_data(decrypt_sensitive(key, device.entity_id, ciphertext_in(answered)))
        wanted = wanted_in(given)
    except (SensitiveDataError, TypeError, ValueError) as error:
        raise DecodeError("protected attributes", str(error), offset=0) from error
    values = plain.value if isinstance(plain.value, tuple) else ()
    for (attribute, restriction), value in zip(wanted, values, strict=False):
        argument = b"" if restriction is None else encode_data(restriction)
        device.part(Presets).values[attribute, argument] = value


def secret_of(device: EmulatedDevice, command: Message, response: Message) -> bytes | None:
    """What device and asker share, 32 octets; None without their keys."""
    fields = command.supplementary
    if fields is not None and fields.key_agreement_certificate is not None:
        return device.secret_with_certificate(fields.key_agreement_certificate, fields.remote_party)
    party = response.recipient if fields is None else fields.remote_party
    roles = device.part(TrustStore).roles_of(party)
    return next((secret for role in roles if (secret := device.secret_with(role)) is not None), None)
