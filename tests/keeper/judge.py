"""An independent judge of every frame that the keeper writes, by the records of the scene."""

from keeper.states import SILENCE_SECONDS

from .scene import Scene, Written

_TOLERANCE_S = 0.002


def problems(scene: Scene, *, may_limit: float) -> list[str]:
    """Return everything that was wrong.

    Args:
        scene: the scene, at its end.
        may_limit: the highest A that a connector may be given that announced itself while Home Assistant was away.

    """
    return [
        *_two_masters(scene),
        *_raises(scene, may_limit),
        *(f"forbidden {item}" for item in scene.bus.safety.forbidden_frames),
        *(
            f"talked over {who} at {at:.3f}"
            for at, who in scene.bus.safety.talked_over
            if at not in scene.talks_of_home
        ),
        *scene.bus.safety.problems(),
    ]


def _two_masters(scene: Scene) -> list[str]:
    """Return when the keeper sent although Home Assistant had just done so."""
    found = []
    received_at = float("-inf")
    for at, is_home in sorted(
        [
            *((at, True) for at in scene.home_frames),
            *((w.at, False) for w in own(scene)),
        ]
    ):
        if is_home:
            received_at = at
        elif at - received_at < SILENCE_SECONDS - _TOLERANCE_S:
            found.append(
                f"the keeper sent {at - received_at:.2f} s after Home Assistant, at {at:.2f}"
            )
    return found


def own(scene: Scene) -> list[Written]:
    """Return the frames of the keeper's own."""
    return [item for item in scene.written if item.by_keeper]


def _raises(scene: Scene, may_limit: float) -> list[str]:
    """Return where the keeper offered more than a connector had."""
    found = []
    standing: dict[int, float] = {}
    announced: set[int] = set()
    events: list[tuple[float, int, Written | int]] = [
        *(
            (at, 0, frame.sender)
            for at, frame in scene.wire
            if frame.body[:2] == b"\xfd\xe2"
        ),
        *((item.at, 1, item) for item in scene.written),
    ]
    for at, _, event in sorted(events, key=lambda item: item[:2]):
        if isinstance(event, int):
            announced.add(event)
            continue
        if event.offer is None:
            continue
        before = standing.get(event.receiver, 0.0)
        if event.by_keeper and event.offer > before:
            is_new = event.receiver in announced and event.offer <= may_limit
            if not is_new:
                found.append(
                    f"{event.receiver:04X} was raised from {before:g} to {event.offer:g} A at {at:.2f}"
                )
        if not event.by_keeper:
            announced.discard(event.receiver)
        standing[event.receiver] = event.offer
    return found
