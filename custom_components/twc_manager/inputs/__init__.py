"""What is read from the house and chosen in the options, in the types of the charging rules."""
