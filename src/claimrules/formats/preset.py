"""Layouts of claim exports as data: which column holds which field, found by the header."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

import attrs

from claimrules.formats.errors import ReadError
from claimrules.model.claim import Setting

GENERIC: Final = "generic"
BY_BILL: Final = "bill_type"
"""Stands for a setting that the type of bill decides."""
_NUMBER: Final = "{n}"


@attrs.frozen(kw_only=True)
class SettingBy:
    """The column that decides the setting of a line, the setting of each value, and the type of bill."""

    column: str
    values: Mapping[str, str]
    bill_type: str = ""


@attrs.frozen(kw_only=True)
class Preset:
    """One layout; ``needs`` are the columns that tell it from others, ``groups`` the lines in one row.

    A field that is ``joined`` stands in several columns; ``aliases`` are other names of its column.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    setting: Setting | None = None
    columns: Mapping[str, str] = attrs.field(factory=dict)
    joined: Mapping[str, list[str]] = attrs.field(factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    groups: int = 0
    setting_by: SettingBy | None = None

    def missing(self, names: Iterable[str]) -> list[str]:
        """Give the columns that it needs and a header, in lower case, lacks."""
        present = set(names)
        return [column for column in self.needs if column.lower() not in present]

    def shared(self) -> dict[str, str]:
        """Give the columns of the fields that all lines of a row share."""
        return {field: column for field, column in self.columns.items() if _NUMBER not in column}

    def group(self, number: int) -> dict[str, str]:
        """Give the columns of the fields of one line of a row."""
        return {
            field: column.replace(_NUMBER, str(number))
            for field, column in self.columns.items()
            if _NUMBER in column
        }


@cache
def presets() -> dict[str, Preset]:
    """Give every preset by its name."""
    folder = files("claimrules.formats").joinpath("presets")
    found = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name
    )
    return {name: _preset(name, each.read_text("utf-8")) for each in found if (name := each.name[:-5])}


def _preset(name: str, text: str) -> Preset:
    data: dict[str, Any] = tomllib.loads(text)
    by = data.get("setting_by")
    return Preset(
        name=name,
        title=data["title"],
        needs=tuple(data["needs"]),
        setting=Setting(data["setting"]) if "setting" in data else None,
        columns=data["columns"],
        joined=data.get("joined", {}),
        aliases={field: tuple(names) for field, names in data.get("aliases", {}).items()},
        groups=data.get("groups", 0),
        setting_by=SettingBy(**by) if by else None,
    )


def preset_of(names: list[str], asked: str | None) -> Preset:
    """Find the preset of a header, its names in lower case: as asked for, else the only one that fits best.

    Raises:
        ReadError: the one asked for is unknown, or the header lacks a column that it needs.
    """
    known = presets()
    if asked is None:
        fitting = [each for each in known.values() if each.needs and not each.missing(names)]
        return fitting[0] if len(fitting) == 1 else known[GENERIC]
    if asked not in known:
        msg = f"--preset {asked}: there is none of that name; write one of {', '.join(known)}"
        raise ReadError(msg)
    missing = known[asked].missing(names)
    if missing:
        raise ReadError(f"--preset {asked}: " + "; ".join(_lacks(column, names) for column in missing))
    return known[asked]


def _lacks(column: str, names: list[str]) -> str:
    near = get_close_matches(column.lower(), names, n=2)
    return f"the header has no {column}" + (f" (nearest: {' or '.join(near)})" if near else "")
