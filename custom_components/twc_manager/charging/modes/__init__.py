"""Which rule is in force for a connector: charge now, a schedule or the mode; and the settings of the owner."""
