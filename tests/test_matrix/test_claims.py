"""What expressions mean: attributes, types, and a logic in which the unknown excludes nothing."""

import itertools
from typing import Any

import pytest

from device_profiles.model import Feature, HanBand, Region, SpecificationFamily
from test_matrix.attributes import Value
from test_matrix.claims import claim
from test_matrix.expression import ExpressionError
from test_matrix.levels import NO_DEVICE
from test_matrix.matrix import Level
from test_matrix.names import Atom, Names
from test_matrix.sources import version_pairs
from test_matrix.tabulate import answer

NAMES = Names(("region", "comms_hub", "esme", "gsme"))
BARE = Names((), device="esme", bare=True)


def _verdict(text: str, names: Names = NAMES, **levels: Level) -> bool | None:
    checked = claim(text, names)
    table = version_pairs()
    facts: dict[Atom, Value] = {atom: answer(atom, levels[atom.factor], table) for atom in checked.atoms}
    return checked.verdict(facts)


@pytest.fixture
def home(make_profile: Any) -> dict[str, Level]:
    hub = make_profile(
        "comms_hub", "4.0", "1.4", bands={HanBand.GHZ_2_4, HanBand.SUB_GHZ}, regions={Region.NORTH}
    )
    esme = make_profile("esme", "3.2", "4.2", features={Feature.ALCS}, manufacturer="F1AB", name="Two words")
    return {
        "region": Level("north", "north", region=Region.NORTH),
        "comms_hub": Level("h", "h", hub),
        "esme": Level("e", "e", esme),
        "gsme": NO_DEVICE,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("comms_hub.gbcs > esme.gbcs", True),
        ("comms_hub.gbcs >= 4.10", False),
        ("4.10 <= comms_hub.gbcs", False),
        ("3.9 < comms_hub.gbcs", True),
        ("esme.gbcs in [3.2, 4.0]", True),
        ("esme.smets = 4.2", True),
        ("comms_hub.chts != 1.4", False),
        ("868MHz in comms_hub.bands", True),
        ("comms_hub.bands = [868MHz]", False),
        ("comms_hub.bands = [868MHz, 2.4GHz]", True),
        ("comms_hub.bands overlaps [868MHz]", True),
        ("[868MHz] overlaps comms_hub.bands", True),
        ("region = north", True),
        ("region not in [north, south]", False),
        ("region in comms_hub.regions", True),
        ("south in comms_hub.regions", False),
        ("alcs in esme.features and not apc in esme.features", True),
        ("esme.manufacturer = f1ab", True),
        ("esme.name = 'Two words'", True),
        ("esme.defects = []", True),
        ("esme.present and not gsme.present", True),
        ("gsme.present = esme.present", False),
        ("esme.smets1 or gsme.present implies esme.gbcs < 1.0", True),
        ("esme.versions_allowed", True),
    ],
)
def test_what_is_known_is_true_or_false(home: dict[str, Level], text: str, *, expected: bool) -> None:
    assert _verdict(text, **home) is expected


@pytest.mark.parametrize(
    "text",
    [
        "868MHz in esme.bands",
        "esme.bands = []",
        "esme.variant = polyphase",
        "gsme.gbcs >= 2.0",
        "not gsme.gbcs >= 2.0",
        "gsme.smets1 = esme.smets1",
        "long_range_radio in comms_hub.wan",
        "comms_hub.smets >= 2.0",
        "esme.present and gsme.gbcs >= 2.0",
    ],
)
def test_what_a_home_or_a_source_lacks_is_unknown(home: dict[str, Level], text: str) -> None:
    assert _verdict(text, **home) is None


def test_features_of_an_imported_model_are_unknown(make_profile: Any) -> None:
    known = Level("k", "k", make_profile("esme"))
    unknown = Level("u", "u", make_profile("esme", features_known=False))
    assert _verdict("alcs in features", BARE, esme=known) is False
    assert _verdict("alcs in features", BARE, esme=unknown) is None


def test_a_pair_outside_the_table_is_not_allowed(make_profile: Any) -> None:
    odd = make_profile("esme", "4.1", "2.0")
    wrong_family = make_profile("esme", "1.0", "1.0", family=SpecificationFamily.CHTS)
    assert _verdict("versions_allowed", BARE, esme=Level("o", "o", odd)) is False
    assert _verdict("smets >= 1.0", BARE, esme=Level("w", "w", wrong_family)) is None


def _and(left: bool | None, right: bool | None) -> bool | None:
    return False if False in (left, right) else None if None in (left, right) else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


@pytest.mark.parametrize(("left", "right"), list(itertools.product([True, False, None], repeat=2)))
def test_the_logic_is_kleenes(left: bool | None, right: bool | None) -> None:
    facts: dict[Atom, Value] = {Atom("esme", "present"): left, Atom("gsme", "present"): right}

    def of(text: str) -> bool | None:
        return claim(text, NAMES).verdict(facts)

    assert of("esme.present and gsme.present") is _and(left, right)
    assert of("esme.present or gsme.present") is _not(_and(_not(left), _not(right)))
    assert of("esme.present implies gsme.present") is _not(_and(left, _not(right)))
    assert of("not esme.present") is _not(left)


@pytest.mark.parametrize(
    ("text", "offset", "said"),
    [
        ("com_hub.gbcs >= 2.0", 0, "unknown factor com_hub: did you mean comms_hub?"),
        ("hub.gbcs >= 2.0", 0, "unknown factor hub: did you mean comms_hub?"),
        ("esme.gbsc >= 2.0", 0, "unknown attribute gbsc: did you mean gbcs?"),
        ("esme >= 2.0", 0, "unknown attribute after esme: expected one of present"),
        ("ppmid.present", 0, "there is no factor ppmid here: it has region, comms_hub, esme, gsme"),
        ("device.gbcs = 2.0", 0, "unknown factor device"),
        ("esme.gbcs >= two", 13, "expected a version such as 2.0, or an attribute; got two"),
        ("esme.gbcs >= 2", 0, ""),
        ("esme.variant = polyfase", 15, "unknown word polyfase: did you mean polyphase?"),
        ("esme.bands >= 2.0", 11, "esme.bands is a set of words"),
        ("esme.bands in [868MHz]", 11, "esme.bands is a set of words"),
        ("868mhz in esme.bands", 0, "unknown word 868mhz"),
        ("esme.gbcs overlaps [2.0]", 10, "esme.gbcs is a version"),
        ("esme.name < 'x'", 10, "esme.name is a word"),
        ("esme.name", 0, "esme.name is a word"),
        ("esme.present = true", 13, "esme.present holds or does not"),
        ("esme.gbcs = esme.name", 10, "esme.gbcs is a version"),
        ("2.0 >= 1.0", 0, "expected an attribute such as gsme.gbcs; got 2.0"),
        ("[a] = [b]", 0, "expected an attribute such as gsme.gbcs"),
        ("north", 0, "expected an attribute such as gsme.gbcs; got north"),
        ("region = wales", 9, "unknown word wales: expected one of north, central, south"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_word(text: str, offset: int, said: str) -> None:
    if not said:  # One part is a version too, if a short one.
        assert claim(text, NAMES).atoms == (Atom("esme", "gbcs"),)
        return
    with pytest.raises(ExpressionError) as refused:
        claim(text, NAMES)
    assert refused.value.expected.startswith(said)
    assert refused.value.offset == offset


def test_a_quoted_word_is_never_a_name() -> None:
    with pytest.raises(ExpressionError, match="expected an attribute"):
        claim("'esme.present'", NAMES)


def test_in_a_filter_attributes_stand_alone() -> None:
    assert claim("gbcs >= 2.0 and device.variant = polyphase", BARE).atoms == (
        Atom("esme", "gbcs"),
        Atom("esme", "variant"),
    )
    with pytest.raises(ExpressionError, match="expected an attribute such as gbcs; got gbsc"):
        claim("gbsc >= 2.0", BARE)
    with pytest.raises(ExpressionError, match="no factor region here: a filter sees one device alone"):
        claim("region = north", BARE)
