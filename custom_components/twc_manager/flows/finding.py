"""Finds the wall connectors of a bus that is being set up, and selects the step that shows the result."""

from collections.abc import Callable

from ..twc import KnownConnector
from ..twc.reach import check_reach
from ..twc.scan import ScanResult, scan
from .texts import connector_table, list_ids


async def async_find(
    device: str, on_found: Callable[[KnownConnector], None]
) -> ScanResult:
    """Return the connectors on a bus, and which of them do not receive what is sent to them.

    Args:
        device: the port.
        on_found: called once with each connector that announces itself.

    Raises:
        BusError: if the port cannot be opened or is lost while the bus is scanned.

    """
    found = await scan(device, on_found=on_found)
    return await check_reach(device, found)


def result_step(result: ScanResult, limit: int) -> str:
    """Return the step that shows a result; `limit` is that of a connector's wiring, in A."""
    if result.second_master:
        return "second_master"
    if not result.connectors:
        return "only_noise" if result.only_noise else "none_found"
    if result.not_hearing:
        return "not_hearing"
    if any(connector.rating < limit for connector in result.connectors):
        return "low_rating"
    return "found"


def result_placeholders(result: ScanResult, limit: int) -> dict[str, str]:
    """Return the placeholders of the texts of these steps."""
    return {
        "connectors": connector_table(result.connectors),
        "limit": str(limit),
        "deaf": list_ids(result.not_hearing),
        "masters": list_ids(result.masters),
        "others": list_ids(result.ids - {*result.masters}),
    }
