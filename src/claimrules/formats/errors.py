"""What goes wrong with a whole source of claims."""


class ReadError(ValueError):
    """A source that cannot be read: what is wrong, and the remedy; it holds no value of the source."""
