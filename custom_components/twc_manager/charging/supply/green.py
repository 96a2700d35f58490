"""How many amps green energy allows: fall fast, rise slowly, start and stop seldom.

Times are in s of a monotonic clock, powers in W. The follower gives one number for all connectors that follow
green energy together; who gets how much of it is not its business.

What a meter says is judged only once it can have seen what was changed last, as meters lag behind the
connectors: judging earlier answers one's own change, and again the answer to it.
"""

from math import floor, inf, isfinite
from typing import Final

from ..outcome import GreenBudget, LimitReason
from ..settings import GreenSettings
from ..starts import Starts
from .green_demand import EPSILON, GreenDemand, trusted_w, whole_amps
from .history import Lasting, Trend
from .surplus import Surplus

_HOUR: Final = 3600.0
_TREND_SECONDS: Final = 600.0
"""Over how long the surplus is looked at to see whether the sun comes back between the clouds."""
_LESS_WITH_EACH_START: Final = 0.7
"""To what share of the minimum that may sink before a stop, once more for each start after the day's first."""
_TREND_MOST: Final = 2.0
_TREND_LEAST: Final = -0.3
"""What counts there at most and at least, in minimums: no more of a bright hour, and no more of a dark one."""
_DIP_SECONDS: Final = 8.0
"""How long a fall within the dead band may be noise: a fall is followed within 10 s."""
_ONE_AMP_PATIENCE: Final = 4.0
"""How many rise delays a single ampere more must have been there: it is worth little, and may be noise."""
_MOST_SHORTFALL: Final = 1.5
"""The most A that a car leaves of its offer for no other reason than rounding (0.5 to 1.5 A were seen)."""
_LEARN_SECONDS: Final = 20.0
"""How fast the cars' shortfall is learned."""
_CONFIRMED_STEP_AMPS: Final = 3.0
"""How far a raise goes beyond the draw that a meter at rest has shown."""


class GreenController:
    """Turns the surplus, as it comes and goes, into whole amps for all that follow it.

    Attributes:
        starts: when there was enough to start, and to stop no more.

    """

    def __init__(self, settings: GreenSettings) -> None:
        """Begin not charging, with nothing known."""
        self._settings = settings
        self._amps = 0
        self._wanted = self._arriving = False
        self._drawing = 0
        self.starts = Starts(settings.starts_per_hour)
        self._changed = -inf
        self._updated: float | None = None
        self._blind_since: float | None = None
        self._covered_since: float | None = None
        self._short_since: float | None = None
        self._crowded_since: float | None = None
        self._dip_since: float | None = None
        self._borrowed_wh = 0.0
        self._shortfall = 0.0
        self._trend = Trend(_TREND_SECONDS)
        self._watch_rises(settings)

    @property
    def settings(self) -> GreenSettings:
        """Return the settings in force."""
        return self._settings

    @settings.setter
    def settings(self, settings: GreenSettings) -> None:
        """Follow other settings from now on; what runs goes on."""
        if settings.rise_delay != self._settings.rise_delay:
            self._watch_rises(settings)
        self.starts.per_hour = settings.starts_per_hour
        self._settings = settings

    def _watch_rises(self, settings: GreenSettings) -> None:
        self._lasting = Lasting(settings.rise_delay)
        self._lasting_long = Lasting(settings.rise_delay * _ONE_AMP_PATIENCE)

    def update(self, now: float, surplus: Surplus, demand: GreenDemand) -> GreenBudget:
        """Return the budget that follows from a surplus.

        To be called on every change of either and at least every few seconds: delays run out by it.
        """
        passed = 0.0 if self._updated is None else max(now - self._updated, 0.0)
        self._updated = now
        watts = trusted_w(surplus, demand)
        confirmed = (
            demand.maximum if watts is None else self._confirmed(surplus, demand)
        )
        self._learn_shortfall(passed, demand)
        self._follow_demand(now, demand)
        if watts is None:
            self._go_blind(now, surplus)
        else:
            self._blind_since = None
            self._borrow(passed, watts, demand)
            self._follow_trend(passed, watts, demand)
            if self._is_judgeable(now, surplus):
                self._judge(now, watts, confirmed, demand)
        self._switch(now, confirmed, demand, known=watts is not None)
        return self._budget(now, watts, demand)

    def _set(self, now: float, amps: int) -> None:
        """Allow so many amps from now on; what was measured before says nothing about it."""
        if amps == self._amps:
            return
        if self._amps == 0:
            if not self.starts.going_on:
                self.starts.start(now)
        elif amps == 0:
            self.starts.stopped = now
        if 0 in {amps, self._amps}:
            self._covered_since = self._short_since = self._crowded_since = None
            self._borrowed_wh = 0.0
        self._amps = amps
        self._changed = now
        self._dip_since = None
        self._lasting.clear()
        self._lasting_long.clear()

    def _follow_demand(self, now: float, demand: GreenDemand) -> None:
        """Follow cars that come and go, and limits that change."""
        came = demand.wanted and (self._arriving or not self._wanted)
        more = not self._wanted or demand.drawing > self._drawing
        self._wanted, self._arriving = demand.wanted, demand.arriving
        self._drawing = demand.drawing
        amps = self._amps
        if came and more and demand.drawing and self._may_go_on(now):
            # They charge already, by an earlier rule or from before a restart: no reason to stop them first,
            # nor, blindly, to give one that is only held the minimum.
            charging = min(demand.drawing, floor(demand.offered / demand.minimum))
            amps = max(amps, demand.minimum * charging)
        elif came and not amps and not demand.drawing and not demand.arriving:
            # What charged before a restart does so no more.
            self.starts.end()
        if not demand.wanted or demand.maximum < demand.minimum:
            amps = 0
        elif amps:
            amps = min(max(amps, demand.minimum), demand.maximum)
        self._set(now, amps)

    def _may_go_on(self, now: float) -> bool:
        """Return whether cars that charge already may: to go on after a restart is no start."""
        return self.starts.going_on or now >= self.starts.earliest_start

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

    def _confirmed(self, surplus: Surplus, demand: GreenDemand) -> int:
        """Return up to how many A may be raised: a meter at rest has to show each step first.

        A car may start at its minimum by what such a meter shows.
        """
        if surplus.unconfirmed_w is None:
            return demand.maximum
        unconfirmed = surplus.unconfirmed_w / demand.watts_per_amp
        amps = floor(self._amps - unconfirmed + _CONFIRMED_STEP_AMPS)
        return max(min(amps, demand.maximum), demand.minimum)

    def _unused(self, demand: GreenDemand) -> float:
        """Return the A that the cars leave of whole amps offered to them."""
        return self._shortfall * demand.drawing

    def _follow_trend(self, passed: float, watts: float, demand: GreenDemand) -> None:
        """Follow what the sun gives on average, in W."""
        least_w = demand.minimum * demand.watts_per_amp
        seen = min(max(watts, _TREND_LEAST * least_w), _TREND_MOST * least_w)
        self._trend.add(passed, seen)

    def _judge(
        self, now: float, watts: float, confirmed: int, demand: GreenDemand
    ) -> None:
        """Follow the surplus: down at once, up after it lasted, and note since when it is enough."""
        if self._covers(watts, 1, demand):
            self._short_since = None
            if self._covered_since is None:
                self._covered_since = now
        else:
            self._covered_since = None
            if self._short_since is None:
                self._short_since = now
        self._lasting.add(now, watts)
        self._lasting_long.add(now, watts)
        if self._amps and not self._fall(now, watts, demand):
            self._rise(now, confirmed, demand)

    def _covers(self, watts: float, vehicles: int, demand: GreenDemand) -> bool:
        """Return whether W, with what the grid may give, are the minimum of so many cars."""
        least = vehicles * demand.minimum - self._unused(demand)
        grid_share_w = self._settings.grid_share_w
        return watts + grid_share_w >= least * demand.watts_per_amp - EPSILON

    def _fall(self, now: float, watts: float, demand: GreenDemand) -> bool:
        """Allow less if that is all there is; return whether there is less."""
        crowd = self._crowd(now, watts, demand)
        bearable = max(whole_amps(watts, self._unused(demand), demand), crowd)
        if bearable >= self._amps:
            self._dip_since = None
            return False
        if self._dip_since is None:
            self._dip_since = now
        band = watts + self._settings.dead_band_w
        slight = whole_amps(band, self._unused(demand), demand) >= self._amps
        if not slight or now - self._dip_since >= _DIP_SECONDS:
            self._set(now, bearable)
        return True

    def _crowd(self, now: float, watts: float, demand: GreenDemand) -> int:
        """Return the A that several cars are held at, as one alone is at the minimum, before one has to stop."""
        held = demand.minimum * demand.drawing
        short = held <= self._amps and not self._covers(watts, demand.drawing, demand)
        if demand.drawing < 2 or not short:
            self._crowded_since = None
            return 0
        if self._crowded_since is None:
            self._crowded_since = now
        return held if now < self._crowded_since + self._settings.stop_delay else 0

    def _rise(self, now: float, confirmed: int, demand: GreenDemand) -> None:
        """Allow more if it has lasted: a single ampere for longer."""
        for lasting, least in (self._lasting, 2), (self._lasting_long, 1):
            watts = lasting.lowest(now)
            if watts is None:
                continue
            watts -= self._settings.dead_band_w
            risen = min(whole_amps(watts, self._unused(demand), demand), confirmed)
            if risen >= self._amps + least:
                self._set(now, risen)
                return

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
        self._lasting_long.clear()

    def _has_given_up(self, now: float) -> bool:
        """Return whether nothing has been known for too long."""
        since = self._blind_since
        return since is not None and now - since >= self._settings.stale_after

    def _switch(
        self, now: float, confirmed: int, demand: GreenDemand, *, known: bool
    ) -> None:
        """Start or stop where it is due."""
        if not self._amps:
            if known and demand.wanted and demand.maximum >= demand.minimum:
                if now >= max(self._covered_for(), self.starts.earliest_start):
                    lasted = self._lasting.lowest(now)
                    watts = 0.0 if lasted is None else lasted
                    dead_band = self._settings.dead_band_w
                    amps = whole_amps(watts - dead_band, 0.0, demand)
                    self._set(now, min(amps, confirmed))
            return
        given_up = self._has_given_up(now)
        if given_up and not self._settings.stop_when_stale:
            self._set(now, demand.minimum)
        blind_stop = given_up and self._settings.stop_when_stale
        if blind_stop or self._is_stop_due(now, demand):
            if now >= self.starts.earliest_stop:
                self._set(now, 0)

    def _covered_for(self) -> float:
        """Return when the surplus will have covered the minimum for long enough."""
        if self._covered_since is None:
            return inf
        return self._covered_since + self._settings.start_delay

    def _is_stop_due(self, now: float, demand: GreenDemand) -> bool:
        """Return whether the surplus has been short for too long, or has cost too much."""
        settings = self._settings
        if self._short_since is None:
            return False
        if settings.stop_energy_wh is not None:
            return self._borrowed_wh >= settings.stop_energy_wh
        short_for = now - self._short_since
        if short_for < settings.stop_delay:
            return False
        longest = settings.stop_delay * max(settings.stop_stretch, 1.0)
        return short_for >= longest or self._is_hopeless(now, demand)

    def _is_hopeless(self, now: float, demand: GreenDemand) -> bool:
        """Return whether the sun has given too little for a while: the more starts, the less is enough."""
        again = max(self.starts.today(now), demand.starts) - 1
        if again <= 0 or self._trend.watts is None:
            return True
        least_w = demand.minimum * demand.watts_per_amp
        return self._trend.watts < least_w * _LESS_WITH_EACH_START**again

    def _budget(
        self, now: float, watts: float | None, demand: GreenDemand
    ) -> GreenBudget:
        """Return what is allowed now, and why it is not more."""
        reason, until = self._why(now, watts, demand)
        return GreenBudget(self._amps, reason, until, watts)

    def _why(
        self, now: float, watts: float | None, demand: GreenDemand
    ) -> tuple[LimitReason, float | None]:
        if not demand.wanted:
            return LimitReason.NO_VEHICLE, None
        if watts is None:
            return LimitReason.SENSOR_STALE, None
        if self._amps:
            return self._why_no_more(now, watts, demand)
        if self._covered_since is None:
            return LimitReason.GREEN_ENERGY, None
        capped = self.starts.capped_until
        if capped > max(now, self._covered_for()):
            return LimitReason.STARTS_CAPPED, capped
        return LimitReason.START_DELAY, max(
            self._covered_for(), self.starts.earliest_start
        )

    def _why_no_more(
        self, now: float, watts: float, demand: GreenDemand
    ) -> tuple[LimitReason, float | None]:
        """Return why cars that charge get no more."""
        for since in self._short_since, self._crowded_since:
            if since is not None:
                return LimitReason.STOP_DELAY, self._stop_at(now, since)
        unused = self._unused(demand)
        more = (
            whole_amps(watts - self._settings.dead_band_w, unused, demand) - self._amps
        )
        if more > 0:
            ready = (self._lasting if more > 1 else self._lasting_long).ready_at()
            return LimitReason.SETTLING, ready if isfinite(ready) else None
        return LimitReason.GREEN_ENERGY, None

    def _stop_at(self, now: float, short_since: float) -> float | None:
        """Return when a stop is due, as far as time decides."""
        until = short_since + self._settings.stop_delay
        if self._settings.stop_energy_wh is not None or until <= now:
            return None
        return max(until, self.starts.earliest_stop)
