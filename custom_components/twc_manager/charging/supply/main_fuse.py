"""The main fuse: how many A all charging may use so that the house stays below it, in every mode.

Each sensor at the fuse has a level of its own, which a new report lowers at once. A single impossible value is ignored
for a moment. A sensor that keeps reporting such values, or reports nothing for too long, leaves no room. The owner sets
that time, since many sensors report only changes.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Iterable, Sequence

from .draw_lag import Lag
from .fuse_channel import FuseChannel, Timing
from .fuse_levels import SLIGHT_SECONDS, Over
from .fuse_load import FuseLoad
from .fuse_reading import FuseConfig, FuseReading
from .fuse_states import (
    GRACE_SECONDS,
    HOLD_SECONDS,
    Doubted,
    FuseEvent,
    FuseFacts,
    FuseState,
    FuseWatch,
    Starting,
    Watching,
    next_watch,
)
from .phases import FuseRoom, PhaseReading, VehicleDraw, total


class FuseGuard:
    """Watches the main fuse."""

    def __init__(self, config: FuseConfig) -> None:
        """Start without a reading: no vehicle may begin to charge before there is one."""
        self._config = config
        self._watch: FuseWatch | None = None
        self._channels: tuple[FuseChannel, ...] = ()
        self._readings: tuple[PhaseReading, ...] = ()
        self._unread = True

    @property
    def silent(self) -> bool:
        """Return whether a sensor reports nothing that counts: there is no room then, just after a start none for more."""
        watch = self._watch
        return (
            self._unread
            if watch is None or isinstance(watch, Starting)
            else (watch.state is FuseState.BLIND)
        )

    @property
    def channels(self) -> tuple[FuseChannel, ...]:
        """Return the level of each sensor."""
        return self._channels

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        if isinstance(self._watch, Doubted):
            return self._watch.since + HOLD_SECONDS
        if self.silent or not self._readings:
            return None
        # The first moment at which a sensor has been silent for too long.
        alive_at = min(item.alive_at for item in self._readings)
        times = [alive_at + self._config.max_age + 0.1]
        levels = (item.level for item in self._channels)
        times += [
            item.since + SLIGHT_SECONDS for item in levels if isinstance(item, Over)
        ]
        return min(times)

    def update(
        self,
        now: float,
        reading: FuseReading | None,
        load: FuseLoad,
        lag: Lag | None = None,
    ) -> tuple[FuseRoom, ...]:
        """Return the A that the vehicles may use according to each sensor, or one value for all while there is no sensor.

        Args:
            now: the time.
            reading: the newest readings; None before the first ones.
            load: the vehicles behind the fuse.
            lag: how late the sensors show a change of what the vehicles draw; None if that is not known.

        """
        readings = () if reading is None else reading.phases(self._config)
        event = self._event(now, readings)
        if readings and len(readings) != len(self._channels):
            self._channels = tuple(FuseChannel(self._config.size) for _ in readings)
            if self._watch is not None and not isinstance(self._watch, Starting):
                for channel in self._channels:
                    channel.begin(0.0)
        for channel, item in zip(self._channels, readings, strict=False):
            channel.remember(now, load, item, self._config.max_age)
        self._unread = event is not FuseEvent.READ
        self._readings = readings
        timing = Timing(now, lag, load.changed_at, self._config.max_age, load.minimum)
        return self._follow(event, timing, load)

    def add(self, draws: Iterable[VehicleDraw]) -> None:
        """Allow what these vehicles draw in addition: it was load of the house. A negative draw becomes load of it."""
        draws = tuple(draws)
        if isinstance(self._watch, Starting):
            # The first readings were judged without them.
            self._watch, self._channels = Starting(self._watch.began), ()
        for channel in self._channels:
            if channel.level is not None:
                there = (item for item in draws if item.may_use(channel.phases))
                channel.begin(channel.allowed + total(there))

    def _follow(
        self, event: FuseEvent, timing: Timing, load: FuseLoad
    ) -> tuple[FuseRoom, ...]:
        """Follow the sensors, and return what the vehicles may use."""
        before = self._watch or Starting(timing.now)
        facts = self._facts(before, event, timing, load)
        self._watch = watch = next_watch(facts, event)
        if isinstance(watch, Starting):
            going_on = [min(watch.going_on, first) for first in watch.first]
            default = min((watch.going_on, *watch.first))
            return self._rooms(going_on, default=default)
        if isinstance(before, Starting):
            for channel, *rooms in zip(
                self._channels, before.first, facts.rooms, strict=True
            ):
                channel.begin(min(rooms))
        else:
            self._judge(watch, timing)
        return self._rooms([item.allowed for item in self._channels], default=0.0)

    def _judge(self, watch: FuseWatch, timing: Timing) -> None:
        """Let each sensor judge its reading, as far as it can be believed."""
        if isinstance(watch, Watching):
            for channel, item in zip(self._channels, self._readings, strict=True):
                channel.update(item, timing)
        elif isinstance(watch, Doubted):
            self._fall(timing)
        else:
            for channel in self._channels:
                channel.forget()

    def _rooms(self, amps: Sequence[float], default: float) -> tuple[FuseRoom, ...]:
        """Return the A that may be used according to each sensor; without sensors, the A for all vehicles."""
        if len(amps) != len(self._channels) or not amps:
            return (FuseRoom(max(default, 0.0)),)
        return tuple(
            FuseRoom(max(item, 0.0), channel.phases)
            for item, channel in zip(amps, self._channels, strict=True)
        )

    def _facts(
        self, watch: FuseWatch, event: FuseEvent, timing: Timing, load: FuseLoad
    ) -> FuseFacts:
        config = self._config
        rooms: tuple[float, ...] = ()
        if event is FuseEvent.READ and isinstance(watch, Starting):
            pairs = zip(self._channels, self._readings, strict=True)
            rooms = tuple(channel.first_room(item, timing) for channel, item in pairs)
        return FuseFacts(
            now=timing.now,
            watch=watch,
            grace=min(GRACE_SECONDS, config.max_age),
            drawn=max(load.drawn, load.held),
            rooms=rooms,
            times=tuple(min(item.at, timing.now) for item in self._readings),
        )

    def _event(self, now: float, readings: Sequence[PhaseReading]) -> FuseEvent:
        """Return what the sensors report."""
        if not readings or any(item.amps is None for item in readings):
            return FuseEvent.ABSURD
        alive_at = min(now, *(item.alive_at for item in readings))
        silent = not now - alive_at <= self._config.max_age
        return FuseEvent.SILENT if silent else FuseEvent.READ

    def _fall(self, timing: Timing) -> None:
        """Let the sensors that can be believed lower their levels nevertheless."""
        for channel, item in zip(self._channels, self._readings, strict=False):
            if item.amps is not None:
                channel.fall(item, timing)
