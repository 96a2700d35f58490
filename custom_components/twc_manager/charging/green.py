"""How many amps green energy allows: fall fast, rise slowly, start and stop seldom.

Times are in s of a monotonic clock, powers in W. The follower gives one number for all connectors that follow
green energy together; who gets how much of it is not its business.

What a meter says is judged only once it can have seen what was changed last, as meters lag behind the
connectors: judging earlier answers one's own change, and again the answer to it.
"""

from collections import deque
from dataclasses import dataclass
from math import floor, inf, isfinite
from typing import Final

from .outcome import GreenBudget, Reason
from .sources import STALE_SECONDS, Surplus

SWITCH_SECONDS: Final = 60.0
"""Least time from a start to a stop and from a stop to a start: relays wear, and cars fault meanwhile."""

_HOUR: Final = 3600.0
_DAY: Final = 12 * _HOUR
"""As long as the sun shines at most; starts further back were another day's."""
_MOST_SHORTFALL: Final = 1.5
"""The most A that a car leaves of its offer for no other reason than rounding (0.5 to 1.5 A were seen)."""
_LEARN_SECONDS: Final = 20.0
"""How fast the cars' shortfall is learned."""
_LEAST_WATTS_PER_AMP: Final = 50.0
_MOST_WATTS_PER_AMP: Final = 1000.0
"""Three phases of 277 V are 831 W per A; anything else is an error, and turns into no amps."""
_STARTS_KEPT: Final = 60
"""No more starts fit into an hour, a minute apart from the stops between them."""
_EPSILON: Final = 1e-6
"""Amps that come out of watts a hair below a whole number are that number."""


@dataclass(frozen=True, slots=True)
class GreenSettings:
    """How green energy is followed, as the owner has set it.

    Attributes:
        grid_share_w: W that may come from the grid to reach the minimum, so that a cloud does not stop the
            car. It never pays for more than the minimum.
        start_delay: s for which the surplus must have covered the minimum before a start.
        stop_delay: s for which it must have fallen short before a stop.
        stop_energy_wh: Wh that may come from the grid before a stop; where set, it decides instead of
            `stop_delay`. What is exported in between is paid back.
        stop_stretch: by how much the stop delay may grow on a changeable day. It doubles with each start after
            the day's first, up to this factor, as every further stop and start is worth less; 1 is never.
        starts_per_hour: how many starts there may be within any hour.
        rise_delay: s for which more must have been there before it is given.
        settle: s after a change in which meters and cars are waited for.
        dead_band_w: W that must be left over after a rise.
        stale_after: s after which a source that cannot be trusted ends what it allowed.
        stop_when_stale: whether charging then stops, or else goes on at the minimum.

    """

    grid_share_w: float = 0.0
    start_delay: float = 60.0
    stop_delay: float = 180.0
    stop_energy_wh: float | None = None
    stop_stretch: float = 16.0
    starts_per_hour: int = 4
    rise_delay: float = 20.0
    settle: float = 5.0
    dead_band_w: float = 60.0
    stale_after: float = STALE_SECONDS
    stop_when_stale: bool = False


@dataclass(frozen=True, slots=True)
class GreenDemand:
    """What the connectors that follow green energy are like, together.

    Attributes:
        wanted: whether any of them has a car that charges or wants to.
        minimum: the least whole A worth offering: the minimum of one connector.
        maximum: the most whole A they could be offered together.
        watts_per_amp: W per A: the connectors' real volts, times the phases that the cars really use.
        offered: A offered to those that draw, summed up.
        drawn: A that they draw, summed up.
        drawing: how many they are.

    """

    wanted: bool
    minimum: int
    maximum: int
    watts_per_amp: float
    offered: float = 0.0
    drawn: float = 0.0
    drawing: int = 0


class _Lasting:
    """The least that was there without a break over the last `seconds`."""

    __slots__ = ("_lows", "_seconds", "_since")

    def __init__(self, seconds: float) -> None:
        """Begin with nothing seen."""
        self._seconds = seconds
        self._since: float | None = None
        self._lows: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Forget what was seen."""
        self._since = None
        self._lows.clear()

    def add(self, now: float, watts: float) -> None:
        """Note what is there now."""
        if self._since is None:
            self._since = now
        while self._lows and self._lows[-1][1] >= watts:
            self._lows.pop()
        self._lows.append((now, watts))
        while self._lows[0][0] < now - self._seconds:
            self._lows.popleft()

    def ready_at(self) -> float:
        """Return when it will have been seen for long enough; never if nothing is seen."""
        return inf if self._since is None else self._since + self._seconds

    def lowest(self, now: float) -> float | None:
        """Return the W that lasted; None if it was not watched for long enough."""
        return self._lows[0][1] if self._lows and now >= self.ready_at() else None


class _Starts:
    """When charging was started and stopped, and whether it may be again."""

    __slots__ = ("_times", "per_hour", "stopped")

    def __init__(self, per_hour: int) -> None:
        """Begin with no start known."""
        self.per_hour = per_hour
        self.stopped = -inf
        self._times: deque[float] = deque(maxlen=_STARTS_KEPT)

    @property
    def capped_until(self) -> float:
        """Until when the cap on starts per hour forbids another."""
        cap = min(max(self.per_hour, 1), _STARTS_KEPT)
        return self._times[-cap] + _HOUR if len(self._times) >= cap else -inf

    @property
    def earliest_start(self) -> float:
        """From when on a start is allowed."""
        return max(self.stopped + SWITCH_SECONDS, self.capped_until)

    @property
    def earliest_stop(self) -> float:
        """From when on a stop is allowed."""
        return self._times[-1] + SWITCH_SECONDS if self._times else -inf

    def start(self, now: float) -> None:
        """Note a start."""
        self._times.append(now)

    def today(self, now: float) -> int:
        """Return how many starts the day has seen."""
        return sum(now - time < _DAY for time in self._times)


class GreenFollower:
    """Turns the surplus, as it comes and goes, into whole amps for all that follow it."""

    def __init__(self, settings: GreenSettings) -> None:
        """Begin not charging, with nothing known."""
        self._settings = settings
        self._amps = 0
        self._wanted = False
        self._starts = _Starts(settings.starts_per_hour)
        self._changed = -inf
        self._updated: float | None = None
        self._blind_since: float | None = None
        self._covered_since: float | None = None
        self._short_since: float | None = None
        self._stop_delay = settings.stop_delay
        self._borrowed_wh = 0.0
        self._shortfall = 0.0
        self._lasting = _Lasting(settings.rise_delay)

    @property
    def settings(self) -> GreenSettings:
        """Return the settings in force."""
        return self._settings

    @settings.setter
    def settings(self, settings: GreenSettings) -> None:
        """Follow other settings from now on; what runs goes on."""
        if settings.rise_delay != self._settings.rise_delay:
            self._lasting = _Lasting(settings.rise_delay)
        self._starts.per_hour = settings.starts_per_hour
        self._settings = settings

    def update(self, now: float, surplus: Surplus, demand: GreenDemand) -> GreenBudget:
        """Return the budget that follows from a surplus.

        To be called on every change of either and at least every few seconds: delays run out by it.
        """
        passed = 0.0 if self._updated is None else max(now - self._updated, 0.0)
        self._updated = now
        watts = _trusted(surplus, demand)
        self._learn_shortfall(passed, demand)
        self._follow_demand(now, demand)
        if watts is None:
            self._go_blind(now, surplus)
        else:
            self._blind_since = None
            self._borrow(passed, watts, demand)
            if self._is_judgeable(now, surplus):
                self._judge(now, watts, demand)
        self._switch(now, demand, known=watts is not None)
        return self._budget(now, watts, demand)

    def _set(self, now: float, amps: int) -> None:
        """Allow so many amps from now on; what was measured before says nothing about it."""
        if amps == self._amps:
            return
        if self._amps == 0:
            self._starts.start(now)
        elif amps == 0:
            self._starts.stopped = now
        if 0 in {amps, self._amps}:
            self._covered_since = self._short_since = None
            self._borrowed_wh = 0.0
        self._amps = amps
        self._changed = now
        self._lasting.clear()

    def _follow_demand(self, now: float, demand: GreenDemand) -> None:
        """Follow cars that come and go, and limits that change."""
        came, self._wanted = demand.wanted and not self._wanted, demand.wanted
        if not demand.wanted or demand.maximum < demand.minimum:
            self._set(now, 0)
        elif self._amps:
            self._set(now, min(max(self._amps, demand.minimum), demand.maximum))
        elif came and demand.drawing and now >= self._starts.earliest_start:
            # It charges already, by an earlier rule or from before a restart: no reason to stop it first.
            self._set(now, demand.minimum)

    def _learn_shortfall(self, passed: float, demand: GreenDemand) -> None:
        """Learn how much less than its offer a car takes, in A each, from cars that do follow it."""
        if demand.drawing <= 0:
            return
        each = (demand.offered - demand.drawn) / demand.drawing
        # More is another limit, such as the car's own, and no rounding.
        seen = max(each, 0.0) if each <= _MOST_SHORTFALL else 0.0
        self._shortfall += (seen - self._shortfall) * min(passed / _LEARN_SECONDS, 1.0)

    def _is_judgeable(self, now: float, surplus: Surplus) -> bool:
        """Return whether the surplus was measured after the last change and what it caused."""
        settled = self._changed + self._settings.settle
        if surplus.at >= settled:
            return True
        # A sensor that reports only what changes has perhaps nothing to add to what it said in between.
        return surplus.at > self._changed and now >= settled + self._settings.settle

    def _unused(self, demand: GreenDemand) -> float:
        """Return the A that the cars leave of whole amps offered to them."""
        return self._shortfall * demand.drawing

    def _judge(self, now: float, watts: float, demand: GreenDemand) -> None:
        """Follow the surplus: down at once, up after it lasted, and note since when it is enough."""
        settings, unused = self._settings, self._unused(demand)
        least_w = (demand.minimum - unused) * demand.watts_per_amp
        if watts + settings.grid_share_w >= least_w - _EPSILON:
            self._short_since = None
            if self._covered_since is None:
                self._covered_since = now
        else:
            self._covered_since = None
            if self._short_since is None:
                self._short_since = now
                self._stop_delay = self._stretched_stop_delay(now)
        self._lasting.add(now, watts)
        if not self._amps:
            return
        bearable = _whole(watts, unused, demand)
        if bearable < self._amps:
            self._set(now, bearable)
            return
        lasted = self._lasting.lowest(now)
        if lasted is not None:
            risen = _whole(lasted - settings.dead_band_w, unused, demand)
            if risen > self._amps:
                self._set(now, risen)

    def _borrow(self, passed: float, watts: float, demand: GreenDemand) -> None:
        """Count what the grid gives beyond its share, and pay back what is exported."""
        if not self._amps:
            return
        taken_w = demand.drawn * demand.watts_per_amp
        beyond_w = taken_w - watts - self._settings.grid_share_w
        self._borrowed_wh = max(self._borrowed_wh + beyond_w * passed / _HOUR, 0.0)

    def _go_blind(self, now: float, surplus: Surplus) -> None:
        """Give no more while nothing is known, and after a while less."""
        if self._blind_since is None:
            self._blind_since = -inf if surplus.stale else now
        elif surplus.stale:
            self._blind_since = -inf
        self._covered_since = None
        self._lasting.clear()

    def _has_given_up(self, now: float) -> bool:
        """Return whether nothing has been known for too long."""
        since = self._blind_since
        return since is not None and now - since >= self._settings.stale_after

    def _switch(self, now: float, demand: GreenDemand, *, known: bool) -> None:
        """Start or stop where it is due."""
        if not self._amps:
            if known and demand.wanted and demand.maximum >= demand.minimum:
                if now >= max(self._covered_for(), self._starts.earliest_start):
                    lasted = self._lasting.lowest(now)
                    watts = 0.0 if lasted is None else lasted
                    dead_band = self._settings.dead_band_w
                    self._set(now, _whole(watts - dead_band, 0.0, demand))
            return
        given_up = self._has_given_up(now)
        if given_up and not self._settings.stop_when_stale:
            self._set(now, demand.minimum)
        if (given_up and self._settings.stop_when_stale) or self._is_stop_due(now):
            if now >= self._starts.earliest_stop:
                self._set(now, 0)

    def _covered_for(self) -> float:
        """Return when the surplus will have covered the minimum for long enough."""
        if self._covered_since is None:
            return inf
        return self._covered_since + self._settings.start_delay

    def _stretched_stop_delay(self, now: float) -> float:
        """Return how long the surplus may be short: the longer, the more starts the day has seen."""
        doubled = 2.0 ** max(self._starts.today(now) - 1, 0)
        stretch = max(self._settings.stop_stretch, 1.0)
        return self._settings.stop_delay * min(doubled, stretch)

    def _is_stop_due(self, now: float) -> bool:
        """Return whether the surplus has been short for too long, or has cost too much."""
        if self._short_since is None:
            return False
        if self._settings.stop_energy_wh is not None:
            return self._borrowed_wh >= self._settings.stop_energy_wh
        return now >= self._short_since + self._stop_delay

    def _budget(
        self, now: float, watts: float | None, demand: GreenDemand
    ) -> GreenBudget:
        """Return what is allowed now, and why it is not more."""
        reason, until = self._why(now, watts, demand)
        return GreenBudget(self._amps, reason, until, watts)

    def _why(
        self, now: float, watts: float | None, demand: GreenDemand
    ) -> tuple[Reason, float | None]:
        if not demand.wanted:
            return Reason.NO_CAR, None
        if watts is None:
            return Reason.SENSOR_STALE, None
        if self._amps:
            return self._why_no_more(watts, demand)
        if self._covered_since is None:
            return Reason.GREEN_ENERGY, None
        capped = self._starts.capped_until
        if capped > max(now, self._covered_for()):
            return Reason.STARTS_CAPPED, capped
        return Reason.START_DELAY, max(self._covered_for(), self._starts.earliest_start)

    def _why_no_more(
        self, watts: float, demand: GreenDemand
    ) -> tuple[Reason, float | None]:
        """Return why cars that charge get no more."""
        settings = self._settings
        if self._short_since is not None:
            if settings.stop_energy_wh is not None:
                return Reason.STOP_DELAY, None
            until = self._short_since + self._stop_delay
            return Reason.STOP_DELAY, max(until, self._starts.earliest_stop)
        more = _whole(watts - settings.dead_band_w, self._unused(demand), demand)
        if more > self._amps:
            ready = self._lasting.ready_at()
            return Reason.SETTLING, ready if isfinite(ready) else None
        return Reason.GREEN_ENERGY, None


def _trusted(surplus: Surplus, demand: GreenDemand) -> float | None:
    """Return the W to go by; None if there are none, or nothing to turn them into amps with."""
    if surplus.watts is None or surplus.stale or not isfinite(surplus.watts):
        return None
    sane = _LEAST_WATTS_PER_AMP <= demand.watts_per_amp <= _MOST_WATTS_PER_AMP
    return surplus.watts if sane else None


def _whole(watts: float, unused: float, demand: GreenDemand) -> int:
    """Return the whole A that W bear, within minimum and maximum; cars leave `unused` A of them."""
    amps = watts / demand.watts_per_amp + unused + _EPSILON
    return floor(min(max(amps, demand.minimum), demand.maximum))
