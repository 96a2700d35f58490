"""The sensors that an owner sees, by the kind of device they are on."""
