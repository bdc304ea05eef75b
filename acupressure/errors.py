"""Errors that a person who edits the data or calls the core can act on."""


class AcupressureError(Exception):
    """Base class of every error raised on purpose by this package."""


class CatalogError(AcupressureError):
    """A file of the catalogue is wrong; the message names file, entry and field."""

    def __init__(self, file: str, entry: str, field: str, problem: str) -> None:
        super().__init__(f"{file}: {entry}: {field}: {problem}")
        self.file, self.entry, self.field, self.problem = file, entry, field, problem


class WordingError(AcupressureError):
    """A response is missing from domain.yml or needs a value that was not given."""
