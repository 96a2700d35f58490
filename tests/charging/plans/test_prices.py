"""The prices that plans follow: a source that is silent or changes takes nothing away that it has delivered."""

from datetime import timedelta

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import EMPTY, Tariff
from custom_components.twc_manager.charging.plans.prices import Prices

from .home import EVENING, prices_by_hour

HOUR = timedelta(hours=1)


def test_a_silent_source_takes_nothing_away() -> None:
    prices = Prices()
    prices.update(prices_by_hour([0.3] * 24), EVENING)
    known = prices.tariff
    prices.update(EMPTY, EVENING + HOUR)
    assert prices.tariff is known
    assert prices.are_known(EVENING, EVENING + 24 * HOUR)
    assert not prices.are_known(EVENING, EVENING + 25 * HOUR)


def test_new_prices_count_and_older_days_are_kept_for_estimates() -> None:
    prices = Prices()
    prices.update(prices_by_hour([0.3] * 24), EVENING)
    later = EVENING + 24 * HOUR
    prices.update(prices_by_hour([0.1] * 24, later), later)
    assert prices.tariff.prices.at(EVENING + HOUR) == 0.3
    assert prices.tariff.prices.at(later) == 0.1
    estimated = prices.estimates(later, later + 48 * HOUR)
    assert estimated.at(later + 30 * HOUR) == 0.2
    assert prices.estimates(later + HOUR, later + 48 * HOUR) is estimated
    much_later = later + timedelta(days=9)
    prices.update(prices_by_hour([0.2] * 24, much_later), much_later)
    assert prices.tariff.prices.at(later) is None


def test_the_same_prices_again_are_the_same_object() -> None:
    prices = Prices()
    prices.update(prices_by_hour([0.3] * 24), EVENING)
    known = prices.tariff.prices
    prices.update(prices_by_hour([0.3] * 24), EVENING + HOUR)
    assert prices.tariff.prices is known


def test_prices_in_another_currency_replace_all() -> None:
    prices = Prices(prices_by_hour([0.3] * 24))
    new = prices_by_hour([3.0] * 2, EVENING + 2 * HOUR)
    prices.update(Tariff(new.prices, currency="SEK"), EVENING)
    assert prices.tariff.currency == "SEK"
    assert prices.tariff.prices.at(EVENING) is None


def test_what_sun_earns_is_that_of_the_next_day() -> None:
    feed_in = Series((Piece(EVENING, EVENING + 48 * HOUR, 0.08),))
    prices = Prices(Tariff(prices_by_hour([0.3]).prices, feed_in, "EUR"))
    assert prices.feed_in(EVENING) == 0.08
    assert prices.feed_in(EVENING + 72 * HOUR) == 0.0
