"""Offers grow only into room that is certainly free."""

from math import inf

from custom_components.twc_manager.charging.circuits.raises import Raise, within_room


def item(number: int, offer: int, has: int, possible: float | None = None) -> Raise:
    return Raise(number, offer, has, has if possible is None else possible, 6)


def test_without_a_circuit_nothing_is_held_back() -> None:
    committed = within_room([item(1, 32, 0), item(2, 16, 6)], inf)
    assert (committed.offers, committed.amps) == ({1: 32, 2: 16}, 48)


def test_what_moves_from_one_car_to_another_is_lowered_first() -> None:
    committed = within_room([item(1, 6, 10), item(2, 10, 6)], 16)
    assert committed.offers == {1: 6, 2: 6}
    assert committed.amps == 16
    assert within_room([item(1, 6, 6), item(2, 10, 6)], 16).offers == {1: 6, 2: 10}


def test_a_raise_is_cut_to_the_room_but_never_below_what_is_of_use() -> None:
    assert within_room([item(1, 20, 6)], 13.7).offers == {1: 13}
    assert within_room([item(1, 20, 0)], 5.9).offers == {1: 0}


def test_cars_that_charge_rise_before_others_start() -> None:
    committed = within_room([item(1, 10, 0), item(2, 10, 6)], 16)
    assert committed.offers == {1: 6, 2: 10}


def test_what_others_of_the_bus_could_draw_is_no_room() -> None:
    committed = within_room([item(1, 20, 0)], 20, beside=8)
    assert (committed.offers, committed.amps) == ({1: 12}, 20)


def test_a_lower_offer_goes_out_without_any_room() -> None:
    assert within_room([item(1, 8, 16)], 0).offers == {1: 8}
