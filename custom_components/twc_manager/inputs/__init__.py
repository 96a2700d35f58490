"""The house's sensors, the options and the schedules of a bus, in the types of the charging rules."""
