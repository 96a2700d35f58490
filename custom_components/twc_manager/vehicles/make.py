"""The maker and the model of a vehicle, as its device shows them."""

from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .vehicle_data import VehicleData

TESLA: Final = "Tesla"

_TESLA_PREFIXES: Final = ("5YJ", "7SA", "7G2", "LRW", "XP7", "SFZ")
"""The first three characters of a VIN, by the country of the factory."""

_TESLA_MODELS: Final = {
    "S": "Model S",
    "3": "Model 3",
    "X": "Model X",
    "Y": "Model Y",
    "C": "Cybertruck",
    "R": "Roadster",
}
"""The models by the fourth character of a VIN."""


@dataclass(frozen=True, slots=True)
class VehicleMake:
    """The maker and the model of a vehicle; None is unknown."""

    maker: str | None = None
    model: str | None = None


def make_of(hass: HomeAssistant, data: VehicleData) -> VehicleMake:
    """Return the maker and the model of a vehicle: by its VIN, or by the device of its switch."""
    vin = data.vin or ""
    if vin.startswith(_TESLA_PREFIXES):
        return VehicleMake(TESLA, _TESLA_MODELS.get(vin[3:4]))
    if data.account is not None:
        return VehicleMake(TESLA)
    entity = er.async_get(hass).async_get(data.switch or "")
    device_id = None if entity is None else entity.device_id
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    if not isinstance(device, dr.DeviceEntry):
        return VehicleMake()
    return VehicleMake(device.manufacturer, device.model)
