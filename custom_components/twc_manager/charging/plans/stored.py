"""What is stored of the plans of a bus over a restart."""

from dataclasses import dataclass
from typing import Any

from .settings import PlanSettings


@dataclass(frozen=True, slots=True)
class StoredPlans:
    """What is stored of the plans of a bus.

    Attributes:
        settings: what the owner set.

    """

    settings: PlanSettings = PlanSettings()

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {"settings": self.settings.as_dict()}
