"""Readers of published files, one module each with the same two functions: ``detect`` and ``read``."""

from typing import Final

from claimrules.codebook.readers import fee_schedule
from claimrules.codebook.readers.result import Reader

READERS: Final[tuple[Reader, ...]] = (
    Reader(
        what="Physician Fee Schedule relative value file (CSV)",
        detect=fee_schedule.detect,
        read=fee_schedule.read,
    ),
)
"""Every reader, the first that recognises a file reads it."""

HEAD_BYTES: Final = 16_384
"""How much of a file ``detect`` is shown."""
