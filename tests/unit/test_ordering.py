"""Names in the order people who read Swedish look for them."""

from fieldapp.core.ordering import swedish_order


def test_the_last_letters_come_last_and_other_accents_and_case_say_nothing():
    names = ["Café Ek", "cafeterian", "École", "Ek", "eken", "Zon", "ån", "Ånga", "Ärtan", "Ö", "ön"]
    assert sorted(reversed(names), key=swedish_order) == names
