"""The permission to read the response of an action or a command.

Home Assistant checks the entities of entity services only. These actions return data of whole connectors, so the user
needs the right to read all entities of each targeted connector or bus.
"""

from collections.abc import Iterable, Iterator

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import CAT_ENTITIES, POLICY_READ
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..state.identifiers import connector_id_of
from .target import Target


async def async_check_read_access(call: ServiceCall, targets: Iterable[Target]) -> None:
    """Check that the calling user may read the entities of the targets; calls without a user, as of automations, may.

    Raises:
        Unauthorized: if the user may not read one of them, or is unknown.

    """
    user_id = call.context.user_id
    if user_id is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=call.context, permission=POLICY_READ, user_id=user_id)
    check_read_access(call.hass, user, targets, call.context)


def check_read_access(
    hass: HomeAssistant,
    user: User,
    targets: Iterable[Target],
    context: Context | None = None,
) -> None:
    """Check that a user may read the entities of the targets; `context` is that of the call.

    Raises:
        Unauthorized: if the user may not read one of them.

    """
    if user.permissions.access_all_entities(POLICY_READ):
        return
    for target in targets:
        entity_ids = list(_entity_ids(hass, target))
        if not entity_ids or not all(
            user.permissions.check_entity(entity_id, POLICY_READ)
            for entity_id in entity_ids
        ):
            raise Unauthorized(
                context=context,
                permission=POLICY_READ,
                user_id=user.id,
                config_entry_id=target.entry.entry_id,
                perm_category=CAT_ENTITIES,
            )


def _entity_ids(hass: HomeAssistant, target: Target) -> Iterator[str]:
    """Yield the entities of the targeted connectors, and of the bus if it is the target, without those of vehicles."""
    devices, entry_id = dr.async_get(hass), target.entry.entry_id
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
        device = devices.async_get(entity.device_id) if entity.device_id else None
        if not isinstance(device, dr.DeviceEntry) or device.config_subentry_id:
            continue
        connector_id = connector_id_of(entry_id, device)
        if target.connectors is None or connector_id in target.connectors:
            yield entity.entity_id
