"""A value that only jitters does not change on the screen."""

from hypothesis import given, strategies as st

from custom_components.twc_manager.state.deadband import Deadband, DeadbandConfig

CURRENT = DeadbandConfig(step=0.1, noise=0.2, band=1.0, seconds=60)


def test_jitter_is_not_shown() -> None:
    deadband = Deadband(CURRENT)

    assert deadband.update(15.21, 0) == 15.2
    for now in range(1, 59):
        assert deadband.update(15.2 + 0.2 * (now % 2), now) == 15.2


def test_a_drift_is_shown_after_a_while() -> None:
    deadband = Deadband(CURRENT)
    deadband.update(15.2, 0)

    assert deadband.update(15.4, 60) == 15.4


def test_the_end_of_a_ramp_is_shown_once_it_stands_still() -> None:
    deadband = Deadband(CURRENT)
    deadband.update(46.5, 0)

    assert deadband.update(47.2, 1) == 46.5
    assert deadband.update(47.1, 3) == 46.5
    assert deadband.update(47.2, 5) == 47.2


def test_a_real_change_is_shown_at_once() -> None:
    deadband = Deadband(CURRENT)
    deadband.update(15.2, 0)

    assert deadband.update(24.0, 1) == 24.0
    assert deadband.update(24.9, 2) == 24.0
    assert deadband.update(23.0, 3) == 23.0


def test_the_end_of_a_current_is_shown_at_once_however_small_it_was() -> None:
    deadband = Deadband(CURRENT)
    deadband.update(0.4, 0)

    assert deadband.update(0.0, 1) == 0.0


@given(st.lists(st.floats(0, 80), min_size=1))
def test_what_is_shown_is_never_far_from_what_is_measured(values: list[float]) -> None:
    deadband = Deadband(CURRENT)
    for now, value in enumerate(values):
        assert abs(deadband.update(value, now) - value) <= CURRENT.band + CURRENT.step
