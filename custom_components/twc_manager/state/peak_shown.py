"""How a peak budget is doing, as entities and cards show it: rounded, so that only what is worth it is written."""

from dataclasses import dataclass

from ..charging.decision import LimitsStatus


@dataclass(frozen=True, slots=True)
class PeakShown:
    """A peak budget.

    Attributes:
        budget_kw: the average that the running interval may have; None while it does not count.
        expected_kw: the average that it will probably have; None while the import is not known.
        paid_kw: the peak that is paid for so far.
        amps: the whole A that it leaves all connectors together; None if it limits nothing now.

    """

    budget_kw: float | None
    expected_kw: float | None
    paid_kw: float
    amps: int | None


def peak_shown(limits: LimitsStatus) -> PeakShown | None:
    """Return what to show; None without a peak budget."""
    if (peak := limits.peak) is None:
        return None
    return PeakShown(
        None if peak.budget_kw is None else round(peak.budget_kw, 2),
        None if peak.expected_kw is None else round(peak.expected_kw, 1),
        round(peak.paid_kw, 2),
        limits.peak_amps,
    )
