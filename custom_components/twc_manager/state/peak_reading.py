"""The state of the peak budget as entities and cards show it: rounded, so that small changes are not written."""

from dataclasses import dataclass

from ..charging.decision import LimitsStatus


@dataclass(frozen=True, slots=True)
class PeakReading:
    """The state of a peak budget.

    Attributes:
        budget_kw: the average that the running interval may have; None while the tariff does not count it.
        expected_kw: the average that it will probably have; None while the import is unknown.
        paid_kw: the peak that is billed so far.
        amps: the whole A that the budget leaves all connectors together; None if it limits nothing now.

    """

    budget_kw: float | None
    expected_kw: float | None
    paid_kw: float
    amps: int | None


def peak_reading(limits: LimitsStatus) -> PeakReading | None:
    """Return what to show; None without a peak budget."""
    if (peak := limits.peak) is None:
        return None
    return PeakReading(
        None if peak.budget_kw is None else round(peak.budget_kw, 2),
        None if peak.expected_kw is None else round(peak.expected_kw, 1),
        round(peak.paid_kw, 2),
        limits.peak_amps,
    )
