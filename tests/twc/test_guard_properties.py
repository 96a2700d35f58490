"""The safety properties of shared/design.md over random sequences.

Two machines, each with its own idea of the truth. `Bookkeeper` keeps what the design calls "could be drawing"
from all that was sent and reported, whatever was reported. `World` has connectors and cars that really
take and draw, over a line that loses frames both ways.
"""

from dataclasses import dataclass, field
import itertools
from math import inf, nan
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from custom_components.twc_manager.twc.guard import WiringGuard, WiringLimits
from custom_components.twc_manager.twc.steering import OfferSteering

IDS = st.sampled_from([0xA, 0xB, 0xC])
# A few numbers that meet each other often, and now and then any.
AMPS = st.one_of(
    st.sampled_from([0.0, 6.0, 10.0, 20.0, 40.0]),
    st.sampled_from([0.0, 6.0, 10.0, 20.0, 40.0]),
    st.floats(0, 80),
)
WISHES = st.one_of(AMPS, st.sampled_from([nan, inf, -inf, -5.0, 1e300, 4.9, 5.0]))
RATINGS = st.sampled_from([16.0, 80.0, 80.0])
SECONDS = st.sampled_from([0.0, 0.1, 1.0, 1.0, 5.0, 12.0, 70.0])
LIMITS = st.one_of(st.sampled_from([20.0, 40.0, 80.0]), st.floats(1, 80))
RARELY = st.sampled_from([False, False, False, False, False, True])
TOLERANCE = 1e-6

# A connector is believed to be gone permanently so long after it was last addressed.
FALLBACK = 60.0

# How long a car may take to notice a lower offer.
REACTION = 5.0


class GuardMachine(RuleBasedStateMachine):
    """A guard, a clock, and the rules that need no idea of the truth."""

    guard: WiringGuard
    steering: OfferSteering
    limits: WiringLimits

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.hold_until = 0.0
        self.ratings: dict[int, float] = {}
        self.minimum: dict[int, float] = {}
        self.silent: set[int] = set()
        self.wishes: dict[int, float] = {}

    @initialize(
        total=LIMITS,
        per_connector=st.sampled_from([16.0, 40.0, 80.0]),
        hold=RARELY,
        ratings=st.dictionaries(IDS, RATINGS, min_size=2),
    )
    def start(
        self,
        total: float,
        per_connector: float,
        hold: bool,
        ratings: dict[int, float],
    ) -> None:
        self.limits = WiringLimits(total, per_connector)
        self.hold_until = self.now + 30 if hold else 0.0
        self.guard = WiringGuard(self.limits, hold_until=self.hold_until)
        self.steering = OfferSteering(self.guard)
        for connector_id, rating in ratings.items():
            self.meet(connector_id, rating)

    def meet(self, connector_id: int, rating: float) -> None:
        """Begin with a connector that has reported twice."""
        raise NotImplementedError

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(wishes=st.dictionaries(IDS, WISHES))
    def want(self, wishes: dict[int, float]) -> None:
        self.wishes = wishes
        self.steering.want(wishes)

    @rule(wishes=st.fixed_dictionaries(dict.fromkeys((0xA, 0xB, 0xC), AMPS)))
    def want_for_all(self, wishes: dict[int, float]) -> None:
        self.wishes = wishes
        self.steering.want(wishes)

    @invariant()
    def what_was_reckoned_before_is_not_outdated(self) -> None:
        """One that remembers nothing comes to the same."""
        if not hasattr(self, "steering"):
            return
        fresh = OfferSteering(self.guard)
        fresh.want(self.wishes)
        assert self.steering.changes(self.now) == fresh.changes(self.now)
        assert self.steering.has_settled(self.now) == fresh.has_settled(self.now)

    @rule(really=RARELY)
    def hold(self, really: bool) -> None:
        if really:
            self.guard.hold(self.now + 30)
            self.hold_until = max(self.hold_until, self.now + 30)

    def watch(self, connector_id: int, rating: float, minimum: float) -> None:
        self.guard.watch(connector_id, rating, self.now, minimum=minimum)
        self.ratings[connector_id] = rating
        self.minimum[connector_id] = minimum
        self.silent.discard(connector_id)

    def addressable(self, connector_id: int) -> bool:
        return connector_id in self.ratings and connector_id not in self.silent

    def check_caps(self, connector_id: int, offer: float) -> None:
        """Property 2: never above what the connector or its wiring bears, and a number a car understands."""
        caps = self.limits.total, self.limits.per_connector, self.ratings[connector_id]
        assert offer <= min(caps)
        assert offer == int(offer)
        assert offer == 0 or offer >= self.minimum[connector_id]


@dataclass
class Book:
    """All that was ever sent to and reported by one connector, in order."""

    rating: float
    sent: list[tuple[int, float]] = field(default_factory=list)
    reports: list[tuple[int, float, float]] = field(default_factory=list)
    clock: int = 0
    awaiting: bool = False
    last_addressed: float = 0.0

    def note_sent(self, offer: float | None) -> None:
        self.clock += 1
        self.awaiting = True
        if offer is not None:
            self.sent.append((self.clock, offer))

    def note_report(self, echoed: float, drawn: float) -> None:
        self.clock += 1
        if self.awaiting:
            self.reports.append((self.clock, echoed, drawn))
        elif self.reports:
            # One that answers nothing may only make things worse.
            at, before_echoed, before_drawn = self.reports[-1]
            self.reports[-1] = at, max(before_echoed, echoed), max(before_drawn, drawn)
        self.awaiting = False

    def could_draw(self) -> float:
        """Return the largest of what it was sent, echoes and draws that two agreeing reports do not rule out."""
        last_two = self.reports[-2:]
        seen = [max(echoed, drawn) for _, echoed, drawn in last_two]
        if len(last_two) < 2:
            seen.append(self.rating)
        return max([*seen, *self.offers_not_ruled_out(), 0.0])

    def offers_not_ruled_out(self) -> list[float]:
        """Return the offer sent last, and those before it that it has not been seen to give up."""
        if not self.sent:
            return []
        last = self.sent[-1][1]
        # Two reports in a row that show less, since the offer changed for the last time, rule out the more.
        since = self.sent[-1][0]
        for at, offer in reversed(self.sent):
            if offer != last:
                break
            since = at
        echoes = [echoed for at, echoed, _ in self.reports if at > since]
        for first, second in itertools.pairwise(echoes):
            left = max(last, first, second)
            self.sent = [(at, offer) for at, offer in self.sent if offer <= left]
        return [offer for _, offer in self.sent]


class Bookkeeper(GuardMachine):
    """Whatever is reported: what connectors could be drawing never grows past the limit because of us."""

    def __init__(self) -> None:
        super().__init__()
        self.books: dict[int, Book] = {}

    @override
    def meet(self, connector_id: int, rating: float) -> None:
        self.link(connector_id, rating, 6.0, really=True)
        self.obedient_report(connector_id, 0.0, times=2)

    @rule(
        connector_id=IDS,
        rating=RATINGS,
        minimum=st.sampled_from([5.0, 6.0]),
        really=RARELY,
    )
    def link(
        self, connector_id: int, rating: float, minimum: float, really: bool
    ) -> None:
        if connector_id in self.books and not really:
            return
        self.watch(connector_id, rating, minimum)
        self.books[connector_id] = Book(rating, last_addressed=self.now)

    @rule(connector_id=IDS, really=RARELY)
    def falls_silent(self, connector_id: int, really: bool) -> None:
        if self.addressable(connector_id) and really:
            self.guard.gone(connector_id, self.now)
            self.silent.add(connector_id)

    def could_draw(self) -> float:
        """Return the sum over all that may be there."""
        return sum(
            book.could_draw()
            for connector_id, book in self.books.items()
            if connector_id not in self.silent
            or self.now - book.last_addressed < FALLBACK
        )

    @rule(connector_id=IDS)
    def heartbeat(self, connector_id: int) -> None:
        if not self.addressable(connector_id):
            return
        book = self.books[connector_id]
        before = self.could_draw()
        known = len(book.reports) >= 2
        had = book.sent[-1][1] if book.sent else None
        offer = self.steering.permit(connector_id, self.now)
        self.guard.heartbeat_sent(connector_id, offer, self.now)
        book.note_sent(offer)
        book.last_addressed = self.now
        after = self.could_draw()
        assert after <= before + TOLERANCE or after <= self.limits.total + TOLERANCE
        if offer is None:
            return
        assert known, "an offer before two reports"
        self.check_caps(connector_id, offer)
        if self.now < self.hold_until and had is not None:
            assert offer <= had

    @rule(connector_id=IDS, echoed=AMPS, drawn=AMPS, times=st.integers(1, 3))
    def report(
        self, connector_id: int, echoed: float, drawn: float, times: int
    ) -> None:
        if not self.addressable(connector_id):
            return
        for _ in range(times):
            self.heartbeat(connector_id)
            self.guard.reported(connector_id, echoed, drawn, self.now)
            self.books[connector_id].note_report(echoed, drawn)

    @rule(connector_id=IDS, drawn=AMPS, times=st.integers(1, 3))
    def obedient_report(self, connector_id: int, drawn: float, times: int) -> None:
        if not self.addressable(connector_id):
            return
        for _ in range(times):
            self.heartbeat(connector_id)
            book = self.books[connector_id]
            echoed = book.sent[-1][1] if book.sent else 0.0
            self.guard.reported(connector_id, echoed, min(drawn, echoed), self.now)
            book.note_report(echoed, min(drawn, echoed))

    @rule(connector_id=IDS, echoed=AMPS, drawn=AMPS)
    def stray_report(self, connector_id: int, echoed: float, drawn: float) -> None:
        if self.addressable(connector_id):
            self.guard.reported(connector_id, echoed, drawn, self.now)
            self.books[connector_id].note_report(echoed, drawn)

    @invariant()
    def nothing_possible_is_left_out(self) -> None:
        if hasattr(self, "guard"):
            assert self.guard.possible(self.now) >= self.could_draw() - TOLERANCE


@dataclass
class Charger:
    """A connector with a car as they really are."""

    rating: float
    offer: float
    draw: float
    heard_at: float
    obedient: bool = True
    noise_last: bool = True
    answers_waiting: list[tuple[float, float]] = field(default_factory=list)
    unnoticed: list[tuple[float, float]] = field(default_factory=list)
    """Earlier offers, each with the time up to which the car may go on as if it still had it."""

    def change_offer(self, offer: float, now: float) -> None:
        if offer != self.offer:
            self.unnoticed.append((self.offer, now + REACTION))
        self.offer = offer

    def may_draw(self, now: float) -> float:
        unnoticed = [offer for offer, until in self.unnoticed if now < until]
        return max(self.offer, self.draw, *unnoticed)


class World(GuardMachine):
    """Whatever gets lost: what connectors are free to draw never grows past the limit because of us."""

    def __init__(self) -> None:
        super().__init__()
        self.chargers: dict[int, Charger] = {}

    @override
    def meet(self, connector_id: int, rating: float) -> None:
        self.links(connector_id, rating, 0.0, 0.0, obedient=True, minimum=6.0)
        self.quiet_time(beats=2)

    @rule(
        connector_id=IDS,
        rating=RATINGS,
        offer=AMPS,
        draw=AMPS,
        obedient=RARELY.map(lambda it_is: not it_is),
        minimum=st.sampled_from([5.0, 6.0]),
    )
    def links(
        self,
        connector_id: int,
        rating: float,
        offer: float,
        draw: float,
        obedient: bool,
        minimum: float,
    ) -> None:
        """One is switched on, or comes from an earlier master with what that one gave it."""
        if connector_id in self.chargers:
            return
        self.chargers[connector_id] = Charger(
            rating, min(offer, rating), min(draw, rating), self.now, obedient
        )
        self.watch(connector_id, rating, minimum)

    @rule(connector_id=IDS, really=RARELY)
    def links_again(self, connector_id: int, really: bool) -> None:
        """We forget what we knew, as after the port was lost or the connector had been silent."""
        if connector_id not in self.chargers or not really:
            return
        charger = self.chargers[connector_id]
        charger.noise_last = True
        charger.answers_waiting.clear()
        self.watch(connector_id, charger.rating, self.minimum[connector_id])

    @rule(connector_id=IDS, really=RARELY)
    def falls_silent(self, connector_id: int, really: bool) -> None:
        if self.addressable(connector_id) and really:
            self.now += 26
            self.guard.gone(connector_id, self.now)
            self.silent.add(connector_id)

    def fall_back(self) -> None:
        """A connector that hears no master for 26 s stops its car within another 30 s."""
        for charger in self.chargers.values():
            if self.now - charger.heard_at >= 56:
                charger.offer = charger.draw = 0.0

    def taken(self) -> float:
        return sum(charger.may_draw(self.now) for charger in self.chargers.values())

    @rule(
        connector_id=IDS,
        request_lost=st.booleans(),
        answer=st.sampled_from(["comes", "comes", "comes", "lost", "noise", "late"]),
        noise=st.tuples(AMPS, AMPS),
    )
    def heartbeat(
        self,
        connector_id: int,
        request_lost: bool,
        answer: str,
        noise: tuple[float, float],
    ) -> None:
        if not self.addressable(connector_id):
            return
        self.fall_back()
        offer = self.steering.permit(connector_id, self.now)
        self.guard.heartbeat_sent(connector_id, offer, self.now)
        if offer is not None:
            self.check_caps(connector_id, offer)
        if request_lost:
            return
        charger = self.chargers[connector_id]
        charger.heard_at = self.now
        before = self.taken()
        if offer is not None and charger.obedient:
            charger.change_offer(offer, self.now)
        after = self.taken()
        assert after <= before + TOLERANCE or after <= self.limits.total + TOLERANCE
        self.answer(connector_id, charger, answer, noise)

    def answer(
        self,
        connector_id: int,
        charger: Charger,
        answer: str,
        noise: tuple[float, float],
    ) -> None:
        truth = charger.offer, charger.draw
        if answer == "lost":
            return
        if answer == "noise" and not charger.noise_last:
            charger.noise_last = True
            self.guard.reported(connector_id, *noise, self.now)
            return
        charger.answers_waiting.append(truth)
        if answer == "late" and len(charger.answers_waiting) == 1:
            return
        for report in charger.answers_waiting:
            self.guard.reported(connector_id, *report, self.now)
        charger.answers_waiting.clear()
        charger.noise_last = False

    @rule(beats=st.integers(1, 12))
    def quiet_time(self, beats: int) -> None:
        for _ in range(beats):
            for connector_id in self.chargers:
                self.heartbeat(connector_id, False, "comes", (0.0, 0.0))
            self.now += 1

    @rule(connector_id=IDS, draw=AMPS)
    def car_changes_its_draw(self, connector_id: int, draw: float) -> None:
        """A car may draw less at any time, and more up to its offer, or one it had a moment ago."""
        if connector_id not in self.chargers:
            return
        charger = self.chargers[connector_id]
        charger.draw = min(draw, charger.may_draw(self.now))

    @precondition(lambda self: self.chargers)
    @rule()
    def all_cars_take_what_they_may(self) -> None:
        for charger in self.chargers.values():
            charger.draw = charger.may_draw(self.now)

    @rule(connector_id=IDS, really=RARELY)
    def connector_takes_no_orders(self, connector_id: int, really: bool) -> None:
        if connector_id in self.chargers and really:
            charger = self.chargers[connector_id]
            charger.obedient = not charger.obedient


TestBookkeeper = Bookkeeper.TestCase
TestBookkeeper.settings = settings(
    max_examples=200, stateful_step_count=60, deadline=None
)
TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=250, stateful_step_count=60, deadline=None)


def test_nobody_gets_back_by_our_word_what_it_gave_up_while_we_slept() -> None:
    """Found by the machine: 16 A were sent again beside 5 A that an earlier master had left, on 20 A."""
    world = World()
    world.start(20.0, 16.0, False, {0xC: 16.0, 0xB: 16.0})
    world.want_for_all({0xA: 0.0, 0xB: 16.0, 0xC: 0.0})
    world.quiet_time(3)
    world.time_passes(70.0)
    world.links(0xA, 16.0, 5.0, 0.0, obedient=True, minimum=5.0)
    world.quiet_time(1)
    assert world.chargers[0xB].offer == 0.0
