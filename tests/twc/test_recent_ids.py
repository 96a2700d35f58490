"""Ids that something was noted of: only the last are kept, however many there are."""

from custom_components.twc_manager.twc.recent_ids import KEPT, RecentIds


def test_only_the_last_ids_are_kept() -> None:
    recent = RecentIds([1])
    for connector_id in range(100, 100 + 3 * KEPT):
        # One of them is in use: it is noted again and again.
        recent.add(1)
        recent.add(connector_id)
    kept = {number for number in range(1000) if number in recent}
    assert kept == {1, *range(100 + 2 * KEPT + 1, 100 + 3 * KEPT)}


def test_what_is_discarded_is_none_of_them() -> None:
    recent = RecentIds([1, 2])
    recent.discard(1)
    recent.discard(3)
    assert [number in recent for number in (1, 2, 3)] == [False, True, False]
