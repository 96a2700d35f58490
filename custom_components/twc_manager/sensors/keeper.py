"""The sensor of the keeper beside the connectors."""

from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..coordinator import TwcCoordinator
from ..entity import TwcBusEntity
from ..keeper_link.link import KeeperLink, KeeperStatus

_KEEPER: Final = SensorEntityDescription(
    key="keeper",
    translation_key="keeper",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=list(KeeperStatus),
)


class KeeperSensor(TwcBusEntity, SensorEntity):
    """The status of the keeper."""

    def __init__(self, coordinator: TwcCoordinator, link: KeeperLink) -> None:
        """Show the keeper of a bus."""
        super().__init__(coordinator, _KEEPER)
        self._link = link

    @property
    @override
    def available(self) -> bool:
        """Return True, since the status also shows why the port is gone."""
        return True

    @property
    @override
    def native_value(self) -> KeeperStatus:
        """Return the status."""
        return self._link.status
