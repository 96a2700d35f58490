"""Constants of the TWC Manager integration."""

import logging
from typing import Final

DOMAIN: Final = "twc_manager"
LOGGER: Final = logging.getLogger(__package__)

PARSE_ERRORS: Final = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What parsing a stored file raises if its content is not what this integration stores."""

CONF_MASTER_ID: Final = "master_id"
CONF_KEEPER_KEY: Final = "keeper_key"
CONF_KEEPER_LIMIT: Final = "keeper_limit"
"""The limit that the keeper of a bus sets for all connectors together, in A; only in the entry of a bus with a
keeper."""
CONF_MAX_CURRENT: Final = "max_current"
CONF_MAX_CONNECTOR_CURRENT: Final = "max_connector_current"
CONF_MIN_CURRENT: Final = "min_current"
CONF_PHASES: Final = "phases"
CONF_VOLTAGE: Final = "voltage"

MODE_OF_BUS: Final = "bus"
"""The option of a connector's mode that makes the connector follow the mode of its bus."""
