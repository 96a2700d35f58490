"""Dividing amps among claims."""

from hypothesis import given, strategies as st

from custom_components.twc_manager.charging.sharing import Claim, share


def test_amps_are_divided_evenly_and_whole() -> None:
    assert share(48, [Claim(1, 6, 80), Claim(2, 6, 80), Claim(3, 6, 80)]) == {
        1: 16,
        2: 16,
        3: 16,
    }
    assert sorted(share(20, [Claim(1, 6, 80), Claim(2, 6, 80)]).values()) == [10, 10]
    assert sum(share(47.9, [Claim(1, 6, 80), Claim(2, 6, 80)]).values()) == 47


def test_what_one_cannot_use_goes_to_the_others() -> None:
    assert share(48, [Claim(1, 6, 10), Claim(2, 6, 80)]) == {1: 10, 2: 38}


def test_too_little_for_all_serves_the_first_ones() -> None:
    claims = [Claim(1, 12, 80), Claim(2, 12, 80), Claim(3, 12, 80)]

    assert share(30, claims) == {1: 15, 2: 15, 3: 0}
    assert share(11, claims) == {1: 0, 2: 0, 3: 0}


def test_who_needs_less_is_served_where_an_earlier_one_cannot_be() -> None:
    assert share(10, [Claim(1, 12, 80), Claim(2, 6, 8)]) == {1: 0, 2: 8}


CLAIMS = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4).map(
    lambda pairs: [
        Claim(number, min(pair), max(pair)) for number, pair in enumerate(pairs)
    ]
)


@given(st.floats(-100, 500), CLAIMS)
def test_a_division_is_within_everybodys_bounds(
    amps: float, claims: list[Claim]
) -> None:
    shares = share(amps, claims)

    assert sum(shares.values()) <= max(amps, 0)
    for claim in claims:
        given_amps = shares[claim.connector_id]
        assert given_amps == 0 or claim.least <= given_amps <= claim.most


@given(st.integers(0, 200), CLAIMS)
def test_nothing_is_kept_back_while_somebody_served_could_use_it(
    amps: int, claims: list[Claim]
) -> None:
    shares = share(amps, claims)
    left = amps - sum(shares.values())

    served = [claim for claim in claims if shares[claim.connector_id] > 0]
    assert left == 0 or all(shares[c.connector_id] == c.most for c in served)


@given(st.integers(0, 200), CLAIMS)
def test_nobody_served_has_two_more_than_another_who_could_use_it(
    amps: int, claims: list[Claim]
) -> None:
    shares = share(amps, claims)
    served = [claim for claim in claims if shares[claim.connector_id] > 0]
    for rich in served:
        for poor in served:
            if shares[poor.connector_id] >= poor.most:
                continue
            if shares[rich.connector_id] <= rich.least:
                continue
            assert shares[rich.connector_id] - shares[poor.connector_id] <= 1
