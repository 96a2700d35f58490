"""The steering keeps what it has reckoned: whatever happens, one that keeps nothing must come to the same."""

from collections.abc import Callable
from random import Random

import pytest

from custom_components.twc_manager.twc.guard import WiringGuard, WiringLimits
from custom_components.twc_manager.twc.steering import OfferSteering

IDS = (1, 2, 3)
AMPS = (0.0, 5.0, 6.0, 7.5, 8.0, 10.0, 12.0, 16.0, 20.0, 32.0)
SECONDS = (0.0, 0.01, 0.3, 1.03, 1.03, 1.03, 2.06, 5.0, 11.0, 26.0, 61.0)


class Bus:
    """A guard to which anything may happen, without regard to what really can."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.now = 100.0
        self.guard = WiringGuard(WiringLimits(30.0, 20.0), hold_until=0.0)
        self.steering = OfferSteering(self.guard)
        self.wanted: dict[int, float] = {}
        for connector_id in IDS:
            self.guard.watch(connector_id, 32.0, self.now)

    def report(self) -> None:
        """Report what was sent, or anything."""
        one, exposure = self.one, self.guard.watched[self.one].exposure
        self.guard.heartbeat_sent(one, None, self.now)
        usual = self.dice.random() < 0.8
        echoed = exposure.standing if usual else self.amps
        drawn = max(0.0, echoed - self.dice.choice((0.6, 0.9, 0.0, -1.0, -4.0)))
        self.guard.reported(one, echoed, drawn, self.now)

    def send(self) -> None:
        one = self.one
        if self.guard.watched[one].is_out_of_reach:
            return
        if (offer := self.steering.permit(one, self.now)) is not None:
            self.guard.heartbeat_sent(one, offer, self.now)
        self.now += 0.3
        self.guard.reported(one, offer or 0.0, offer or 0.0, self.now)

    def want(self) -> None:
        self.wanted = {item: self.amps for item in IDS if self.dice.random() < 0.9}
        self.steering.want(self.wanted)

    def watch(self) -> None:
        rating = self.dice.choice((16.0, 32.0))
        minimum = self.dice.choice((5.0, 6.0))
        self.guard.watch(self.one, rating, self.now, minimum=minimum)

    def announce(self) -> None:
        one = self.one
        self.guard.gone(one, self.now)
        units = self.dice.choice((1, 2))
        self.guard.announced(one, 32.0, self.now, units=units)

    def unanswered(self) -> None:
        self.guard.unanswered(self.one)

    def unplug(self) -> None:
        self.guard.unplugged(self.one)

    def hold(self) -> None:
        self.guard.hold(self.now + self.dice.choice((1.0, 5.0)))

    @property
    def one(self) -> int:
        return self.dice.choice(tuple(self.guard.watched))

    @property
    def amps(self) -> float:
        return self.dice.choice(AMPS)

    def step(self) -> None:
        rare: tuple[Callable[[], None], ...] = (
            self.watch, self.announce, self.unanswered, self.unplug, self.hold,
        )  # fmt: skip
        usual = (self.report, self.report, self.report, self.send, self.want)
        pool = rare if self.dice.random() < 0.03 else usual
        self.dice.choice(pool)()
        self.now += self.dice.choice(
            SECONDS[:7] if self.dice.random() < 0.97 else SECONDS
        )
        for missing in set(IDS) - set(self.guard.watched):
            self.guard.watch(missing, 32.0, self.now)

    def check(self) -> None:
        fresh = OfferSteering(self.guard)
        fresh.want(self.wanted)
        now, steering = self.now, self.steering
        assert steering.changes(now) == fresh.changes(now)
        assert steering.has_settled(now) == fresh.has_settled(now)
        for item, watched in self.guard.watched.items():
            if watched.is_out_of_reach:
                continue
            assert steering.permit(item, now) == fresh.permit(item, now)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_is_never_outdated(seed: int) -> None:
    bus = Bus(seed)
    for _ in range(1500):
        bus.step()
        bus.check()


def note_anything(bus: Bus) -> None:
    """Let the guard note one thing, of which any may come after any other."""
    guard, one, now = bus.guard, bus.one, bus.now
    notes: tuple[Callable[[], None], ...] = (
        lambda: guard.heartbeat_sent(one, bus.amps, now),
        lambda: guard.heartbeat_sent(one, None, now),
        lambda: guard.reported(one, bus.amps, bus.amps, now),
        lambda: guard.reported(one, 8.0, 7.5, now),
        lambda: guard.gone(one, now),
        lambda: guard.announced(one, 32.0, now, units=bus.dice.choice((1, 2))),
        lambda: guard.unanswered(one),
        lambda: guard.unplugged(one),
        bus.watch,
        bus.want,
    )
    weights = (9, 9, 9, 9, 1, 1, 1, 1, 1, 2)
    (note,) = bus.dice.choices(notes, weights)
    note()
    for missing in set(IDS) - set(guard.watched):
        guard.watch(missing, 32.0, now)


@pytest.mark.parametrize("seed", range(4))
def test_each_single_thing_that_the_guard_notes_counts_at_once(seed: int) -> None:
    bus = Bus(seed)
    for _ in range(2500):
        note_anything(bus)
        bus.check()
        if bus.dice.random() < 0.2:
            bus.now += bus.dice.choice(SECONDS)
            bus.check()


def test_what_time_alone_changes_is_reckoned_in_time() -> None:
    """Each time that matters is met, from just before it to just after it, with nothing noted meanwhile."""
    for seed in range(21):
        bus = Bus(seed)
        for _ in range(seed):
            bus.step()
        if seed % 3 == 0:
            bus.hold()
        bus.check()
        for _ in range(1300):
            bus.now += bus.dice.choice((0.05, 0.1, 1e-7))
            bus.check()


def two_that_obey_and_one_that_draws(bus: Bus, amps: float, seconds: int) -> None:
    """Have all report once a second for a while; the first one draws so much, whatever it is offered."""
    bus.wanted = dict.fromkeys(IDS, 10.0)
    bus.steering.want(bus.wanted)
    for _ in range(seconds):
        for item in IDS:
            offer = bus.steering.permit(item, bus.now)
            bus.guard.heartbeat_sent(item, offer, bus.now)
            drawn = amps if item == IDS[0] else 0.0
            bus.guard.reported(item, offer or 0.0, drawn, bus.now)
            bus.check()
        bus.now += 1


def test_that_a_car_was_unplugged_counts_at_once() -> None:
    bus = Bus(0)
    two_that_obey_and_one_that_draws(bus, 16.0, 30)
    assert bus.steering.has_settled(bus.now)
    bus.guard.unplugged(IDS[0])
    bus.check()
    assert not bus.steering.has_settled(bus.now)


@pytest.mark.parametrize(("amps", "seconds"), [(0.0, 3), (16.0, 7)])
def test_what_time_alone_does_to_room_and_overdraw_counts(
    amps: float, seconds: int
) -> None:
    """A car has had its time to follow; a draw has been above its offer for long: no report shows that."""
    bus = Bus(0)
    two_that_obey_and_one_that_draws(bus, amps, seconds)
    before = bus.steering.changes(bus.now), bus.steering.has_settled(bus.now)
    for _ in range(60):
        bus.now += 0.1
        bus.check()
    after = bus.steering.changes(bus.now), bus.steering.has_settled(bus.now)
    assert after != before


def test_nothing_is_reckoned_again_while_nothing_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reckoned = 0
    targets = OfferSteering._targets

    def counted(steering: OfferSteering, now: float) -> dict[int, float]:
        nonlocal reckoned
        reckoned += 1
        return targets(steering, now)

    monkeypatch.setattr(OfferSteering, "_targets", counted)
    bus = Bus(0)
    bus.steering.want(dict.fromkeys(IDS, 8.0))
    for second in range(200):
        bus.now += 1.0
        for item in IDS:
            offer = bus.steering.permit(item, bus.now)
            bus.guard.heartbeat_sent(item, offer, bus.now)
            # The draw jitters.
            bus.guard.reported(item, offer or 0.0, 7.0 + (second % 3) / 10, bus.now)
            bus.steering.changes(bus.now)
        if second == 60:
            reckoned = 0
    assert reckoned == 0
