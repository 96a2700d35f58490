"""How many amps green energy allows: fall fast, rise slowly, start and stop seldom.

Times are in s of a monotonic clock, powers in W. The controller returns one number for all connectors that follow green
energy together; `charging/allocation` divides it.

A reading is judged only if it can contain the last change, since meters lag behind the connectors: judged earlier, the
controller would react to its own change, and then to that reaction.
"""

from dataclasses import replace
from math import floor, inf
from typing import Final

from ...twc.transitions import find_transition
from ..outcome import GreenBudget, LimitReason
from ..settings import GreenSettings
from ..starts import Starts
from .green_demand import GreenDemand, Shortfall, confirmed_amps, trusted, whole_amps
from .green_knowledge import SurplusKnowledge
from .green_offer import Rises, followed
from .green_states import (
    Covered,
    GreenEvent,
    GreenFacts,
    Lately,
    Offer,
    Progress,
    Waiting,
    offer_of,
    short_since,
    with_offer,
)
from .green_transitions import GREEN_TRANSITIONS
from .history import Trend
from .surplus import Surplus, Trust

_HOUR: Final = 3600.0
_TREND_SECONDS: Final = 600.0
"""Time over which the surplus is averaged, to see whether the sun returns between clouds."""
_TREND_MAXIMUM: Final = 2.0
_TREND_MINIMUM: Final = -0.3
"""Bounds of what enters that average, in multiples of the minimum: no bright and no dark moment alone decides."""
_RAMP_SECONDS: Final = 2.0
"""Time that vehicles take to follow an offer."""

_NOBODY: Final = GreenDemand(wanted=False, minimum=0, maximum=0, watts_per_amp=0.0)


class GreenController:
    """Turns the surplus, as it comes and goes, into whole amps for all that follow it.

    Attributes:
        starts: the starts and stops so far.

    """

    def __init__(self, settings: GreenSettings) -> None:
        """Begin not charging, with nothing known."""
        self._settings = settings
        self.starts = Starts(settings.starts_per_hour)
        self._progress: Progress = Waiting()
        self._demand = _NOBODY
        self._changed_at = -inf
        self._updated_at: float | None = None
        self._knowledge = SurplusKnowledge()
        self._shortfall = Shortfall()
        self._trend = Trend(_TREND_SECONDS)
        self._rises = Rises(settings)

    @property
    def settings(self) -> GreenSettings:
        """Return the settings in force."""
        return self._settings

    @settings.setter
    def settings(self, settings: GreenSettings) -> None:
        """Follow other settings from now on; what runs goes on."""
        if settings.rise_delay != self._settings.rise_delay:
            self._rises.follow(settings)
        self.starts.per_hour = settings.starts_per_hour
        self._settings = settings

    def update(self, now: float, surplus: Surplus, demand: GreenDemand) -> GreenBudget:
        """Return the budget that follows from a surplus.

        Call it on every change of either and at least every few seconds: a delay ends only in such a call.
        """
        passed = 0.0 if self._updated_at is None else max(now - self._updated_at, 0.0)
        self._updated_at = now
        self._shortfall.update(passed, demand)
        facts = self._facts(now, surplus, demand)
        self._follow_demand(facts)
        if facts.watts is None:
            self._rises.clear()
            self._advance(GreenEvent.LOST, facts)
        else:
            self._advance(GreenEvent.KNOWN, facts)
            self._follow_energy(passed, facts.watts, demand)
            if self._is_judgeable(now, surplus):
                self._judge(facts, facts.watts)
        self._advance(GreenEvent.UPDATE, facts)
        reason, until = self._why(facts)
        return GreenBudget(self._amps, reason, until, facts.watts)

    @property
    def _amps(self) -> int:
        offer = offer_of(self._progress)
        return 0 if offer is None else offer.amps

    def _facts(self, now: float, surplus: Surplus, demand: GreenDemand) -> GreenFacts:
        surplus = trusted(surplus, demand)
        return GreenFacts(
            now=now,
            progress=self._progress,
            demand=demand,
            settings=self._settings,
            starts=self.starts,
            surplus=surplus,
            knowledge=self._knowledge.update(
                now,
                self._settings,
                known=surplus.watts is not None,
                stale=surplus.stale,
            ),
            unused=self._shortfall.amps(demand),
            resumed=self._resumed(now, demand),
            confirmed=self._confirmed(surplus, demand),
            unchanged=now - self._changed_at,
            lately=Lately(),
        )

    def _confirmed(self, surplus: Surplus, demand: GreenDemand) -> int:
        """Return the maximum A that may be offered by what the meter has shown."""
        confirmed = confirmed_amps(surplus.unconfirmed, demand)
        if surplus.trust is Trust.BELIEVED:
            return confirmed
        # Nothing is raised before the meter has shown that it lives.
        return max(min(confirmed, self._amps), demand.minimum)

    def _advance(self, event: GreenEvent, facts: GreenFacts) -> None:
        """Make the transition that follows from an event, if any."""
        facts = replace(
            facts,
            progress=self._progress,
            lately=Lately(self._rises.lasted_w(facts.now), self._trend.watts),
        )
        state = self._progress.state
        row = find_transition(GREEN_TRANSITIONS, state, event, facts)
        if row is not None:
            self._enter(facts, row.action(facts))

    def _enter(self, facts: GreenFacts, progress: Progress) -> None:
        """Enter a state; what was measured before says nothing about another offer."""
        before, self._progress = self._amps, progress
        if self._amps == before:
            return
        if not before and not self.starts.going_on:
            self.starts.start(facts.now)
        elif not self._amps:
            self.starts.stopped = facts.now
        self._changed_at = facts.now
        limited = before < self._amps == facts.confirmed
        if not limited or facts.surplus.lag is None:
            # What has lasted for more than one step need not last again once the meter has shown the first one.
            self._rises.clear()

    def _follow_demand(self, facts: GreenFacts) -> None:
        """Follow vehicles that come and go, and limits that change."""
        demand, before = facts.demand, self._demand
        self._demand = demand
        idle = not self._amps and not demand.drawing and not demand.arriving
        if idle and _came(before, demand):
            # What charged before a restart does so no more.
            self.starts.end()
        self._advance(GreenEvent.DEMAND, facts)
        offer = offer_of(self._progress)
        if offer is not None:
            amps = max(offer.amps, demand.minimum, facts.resumed)
            offer = offer.at(min(amps, demand.maximum))
            self._enter(facts, with_offer(self._progress, offer))

    def _resumed(self, now: float, demand: GreenDemand) -> int:
        """Return what vehicles are offered that charge already when they are first seen; 0 if there is none.

        They charge by an earlier rule or from before a restart: there is no reason to stop them first. One that is
        offered less than the minimum is not raised to it. Going on after a restart is not a start.
        """
        before = self._demand
        more = not before.wanted or demand.drawing > before.drawing
        may_go_on = self.starts.going_on or now >= self.starts.earliest_start
        if not (_came(before, demand) and more and may_go_on):
            return 0
        minimum = demand.offered_minimum
        charging = min(demand.drawing, floor(demand.offered / minimum))
        return minimum * charging

    def _is_judgeable(self, now: float, surplus: Surplus) -> bool:
        """Return whether the surplus was measured after the last change and what it caused."""
        delay = max(self._settings.settle, (surplus.lag or 0.0) + _RAMP_SECONDS)
        settled = self._changed_at + delay
        if surplus.at >= settled:
            return True
        # A sensor that reports only changes may have had nothing to report since.
        return surplus.at > self._changed_at and now >= settled + delay

    def _follow_energy(self, passed: float, watts: float, demand: GreenDemand) -> None:
        """Follow what the sun gives on average, and what the grid has given beyond its share."""
        minimum_w = demand.minimum * demand.watts_per_amp
        seen = min(max(watts, _TREND_MINIMUM * minimum_w), _TREND_MAXIMUM * minimum_w)
        self._trend.add(passed, seen)
        offer = offer_of(self._progress)
        if offer is not None:
            taken_w = demand.drawn * demand.watts_per_amp
            beyond_w = taken_w - watts - self._settings.grid_share_w
            # What is exported pays back.
            borrowed_wh = max(offer.borrowed_wh + beyond_w * passed / _HOUR, 0.0)
            offer = replace(offer, borrowed_wh=borrowed_wh)
            self._progress = with_offer(self._progress, offer)

    def _judge(self, facts: GreenFacts, watts: float) -> None:
        """Follow a measured surplus: note since when it is enough, down at once, up after it lasted."""
        self._advance(GreenEvent.MEASURED, facts)
        self._rises.add(facts.now, watts)
        offer = offer_of(self._progress)
        if offer is not None:
            offer = followed(offer, facts, self._rises)
            self._enter(facts, with_offer(self._progress, offer))

    def _why(self, facts: GreenFacts) -> tuple[LimitReason, float | None]:
        """Return why no more is allowed, and until when a delay runs; None if no delay runs."""
        if not facts.demand.wanted:
            return LimitReason.NO_VEHICLE, None
        if facts.watts is None:
            return LimitReason.SENSOR_STALE, self._paused_at
        offer = offer_of(self._progress)
        if offer is not None:
            return self._why_no_more(offer, facts, facts.watts)
        if not isinstance(self._progress, Covered):
            return LimitReason.GREEN_ENERGY, None
        due = self._progress.since + self._settings.start_delay
        capped = self.starts.capped_until
        if capped > max(facts.now, due):
            return LimitReason.STARTS_CAPPED, capped
        return LimitReason.START_DELAY, max(due, self.starts.earliest_start)

    @property
    def _paused_at(self) -> float | None:
        """Return when charging will be paused if the surplus is not known again; None if nothing charges."""
        charges = offer_of(self._progress) is not None
        return self._knowledge.until(self._settings) if charges else None

    def _why_no_more(
        self, offer: Offer, facts: GreenFacts, watts: float
    ) -> tuple[LimitReason, float | None]:
        """Return why no more is allowed while vehicles charge."""
        for since in short_since(self._progress), offer.crowded_since:
            if since is not None:
                return self._why_stop_waits(facts.now, since)
        left = watts - self._settings.dead_band_w
        more = whole_amps(left, facts.unused, facts.demand) - offer.amps
        if more > 0:
            return LimitReason.SETTLING, self._rises.ready_at(more)
        return LimitReason.GREEN_ENERGY, None

    def _why_stop_waits(
        self, now: float, short_since: float
    ) -> tuple[LimitReason, float | None]:
        """Return what delays the stop of vehicles for longest, and until when; None if that does not depend on time."""
        if self._settings.stop_energy_wh is not None:
            return LimitReason.STOP_DELAY, None
        until, earliest = (
            short_since + self._settings.stop_delay,
            self.starts.earliest_stop,
        )
        if earliest > max(now, until):
            return LimitReason.MINIMUM_CHARGING_TIME, earliest
        return LimitReason.STOP_DELAY, until if until > now else None


def _came(before: GreenDemand, demand: GreenDemand) -> bool:
    """Return whether vehicles came, or may still be coming after a restart."""
    return demand.wanted and (before.arriving or not before.wanted)
