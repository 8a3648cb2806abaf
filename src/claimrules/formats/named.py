"""Which names of columns mean something in some layout."""

from functools import cache, lru_cache

from claimrules.formats.columns import FIELDS, tidy
from claimrules.formats.preset import presets


@lru_cache(1 << 12)
def could_hold(name: str) -> bool:
    """Say whether a column of that name is read as a field, in any layout."""
    return tidy(name) in _every_name()


@cache
def _every_name() -> frozenset[str]:
    found = set(FIELDS)
    for preset in presets().values():
        found.update(name for names in preset.aliases.values() for name in names)
        found.update(column for columns in preset.joined.values() for column in columns)
        for number in range(preset.groups + 1):
            found.update((preset.group(number) if number else preset.shared()).values())
        if preset.setting_by:
            found.update((preset.setting_by.column, preset.setting_by.bill_type))
    return frozenset(map(tidy, found))
