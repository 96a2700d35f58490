"""Derives from a change of settings for which connectors the owner requested less or more."""

from collections.abc import Iterable

from ..outcome import OwnerRequest
from .active_rule import Mode
from .user_settings import UserSettings


def owner_requests(
    before: UserSettings,
    after: UserSettings,
    connector_ids: Iterable[int],
    maximum: int,
) -> dict[int, OwnerRequest]:
    """Return the request for each connector whose settings changed; `maximum` is that of the wiring, in A."""
    requests: dict[int, OwnerRequest] = {}
    for connector_id in connector_ids:
        old, new = (
            _levels(before, connector_id, maximum),
            _levels(after, connector_id, maximum),
        )
        if any(now < was for was, now in zip(old, new, strict=True)):
            requests[connector_id] = OwnerRequest.LESS
        elif old != new:
            requests[connector_id] = OwnerRequest.MORE
    return requests


def _levels(settings: UserSettings, connector_id: int, maximum: int) -> tuple[int, ...]:
    """Return what the settings allow a connector: by its limit, the limit of the bus, the mode and charge now; 0 is off."""
    mode = settings.overrides.get(connector_id, settings.mode)
    charge_now = (
        maximum if item.amps is None else item.amps
        for item in settings.charge_now
        if item.connectors is None or connector_id in item.connectors
    )
    return (
        settings.connector(connector_id).ceiling(maximum),
        settings.available(maximum),
        int(mode is not Mode.OFF),
        next(charge_now, 0),
    )
