"""What can go wrong with a code book: opening it, and building it."""


class BookError(Exception):
    """A code book cannot be opened or read; the text says which, why, and what to do."""


class BuildError(Exception):
    """A code book cannot be built from the files given; ``errors`` has one text per fault.

    Nothing was written: a book that stood at the output is as it was.
    """

    def __init__(self, *errors: str) -> None:
        """Take one text per fault."""
        self.errors = errors
        super().__init__("\n".join(errors))
