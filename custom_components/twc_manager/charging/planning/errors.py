"""The error of planning: an input that no plan can follow from."""


class PlanError(ValueError):
    """An input is not usable.

    Attributes:
        what: the name of the input, such as "capacity".

    """

    def __init__(self, what: str, why: str) -> None:
        """Name the input and what is wrong with it."""
        super().__init__(f"{what}: {why}")
        self.what = what
