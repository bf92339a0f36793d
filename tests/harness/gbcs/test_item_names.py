"""Names of items and of the members of their structures, grown from the rows."""

from harness.gbcs.catalogue import use_cases
from harness.gbcs.item_names import PROTECTED_REQUEST, Shape, item_of, items_of, plain_titles, shape_of
from harness.gbcs.use_case import ItemKind, obis_octets


def leaves(shape):
    return [leaf for member in shape.members for leaf in leaves(member)] if shape.members else [shape]


def test_members_become_a_shape():
    shape = shape_of(
        "entries",
        [("entries[0..50].entry.index", "one"), ("entries[0..50].entry.date", "two")],
    )
    entry = Shape("entry", members=(Shape("index", "one"), Shape("date", "two")))
    assert shape == Shape("entries", members=(entry,), repeated=True)


def test_items_are_in_the_order_of_the_message():
    names = [item.title for item in items_of("ECS70")]
    assert names[:3] == ["Time: clockBase", "Time: preset_adjusting_time", "Time: setTime"]
    preset = items_of("ECS70")[1].shape
    assert [member.name for member in preset.members] == [
        "preset_time",
        "validity_interval_start",
        "validity_interval_end",
    ]


def test_parameters_of_selection_are_not_part_of_what_is_read():
    (log,) = items_of("ECS35b")
    assert log.shape.repeated
    assert [leaf.name for leaf in leaves(log.shape)] == ["timestamp", "logCode"]


def test_sensitive_attributes_are_protected_and_their_method_is_not():
    method, register = items_of("ECS17b")
    assert (method.protected, register.protected) == (False, True)
    assert method.key == (30, obis_octets("0-0:43.2.8.255"), ItemKind.METHOD, 1)


def test_an_item_of_another_use_case_is_known_too():
    key = items_of("ECS40")[0].key
    assert item_of("ECS17b", key) == item_of("ECS40", key)
    assert item_of("ECS17b", (1, bytes(6), ItemKind.ATTRIBUTE, 2)) is None


def test_every_item_has_a_title_and_every_leaf_the_name_of_its_row():
    for use_case in use_cases():
        for item in items_of(use_case.id):
            assert item.title, use_case.id
            assert all(leaf.title for leaf in leaves(item.shape)), (use_case.id, item)


def test_data_of_alerts_without_an_object():
    assert [shape.name for shape in plain_titles("ECS80")] == ["interuption_value", "restoration_value"]
    assert plain_titles("ECS17b") == ()


def test_protection_parameters_have_the_names_of_their_class():
    assert [member.name for member in PROTECTED_REQUEST.members] == ["object_list", "protection_parameters"]
