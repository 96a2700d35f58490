"""The parts that run one bus: the times of the decisions, and the handling of errors in the rules."""
