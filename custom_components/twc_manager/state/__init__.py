"""The data of a bus that is stored on disk and that entities show."""
