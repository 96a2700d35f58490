"""The vehicles of a bus: entities and Tesla accounts that can start and stop a car's charging."""
