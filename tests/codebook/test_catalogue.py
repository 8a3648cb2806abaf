"""The project's own modifiers and places of service."""

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest

from claimrules.codebook.catalogue import CATEGORIES, modifier_table, place_table
from claimrules.model.claim import Setting
from claimrules.model.code import CodeAttributes
from claimrules.model.edition import Kind, Table
from claimrules.model.period import quarter_end

if TYPE_CHECKING:
    from claimrules.model.published import ModifierRow, PlaceRow

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
HCPCS = SHARED / "hcpcs"
REFERENCE = SHARED / "reference"

CPT = {
    *("22", "23", "24", "25", "26", "27", "32", "33", "47", "50", "51", "52", "53", "54", "55", "56", "57"),
    *("58", "59", "62", "63", "66", "73", "74", "76", "77", "78", "79", "80", "81", "82", "90", "91", "92"),
    *("93", "95", "96", "97", "99", "1P", "2P", "3P", "8P", "P1", "P2", "P3", "P4", "P5", "P6"),
}

MODIFIERS = cast("Mapping[str, ModifierRow]", modifier_table().rows)
PLACES = cast("Mapping[str, PlaceRow]", place_table().rows)


def test_counts() -> None:
    """The catalogue holds what was put in, no modifier twice."""
    folder = files("claimrules.codebook.catalogue").joinpath("modifiers")
    counts = {
        entry.name: [record["modifier"] for record in csv.DictReader(entry.read_text().splitlines())]
        for entry in folder.iterdir()
        if entry.name.endswith(".csv")
    }
    assert {name: len(found) for name, found in counts.items()} == {
        "cpt.csv": 49,
        "anatomic.csv": 31,
        "level_2_a_f.csv": 81,
        "level_2_g_j.csv": 78,
        "level_2_k_p.csv": 63,
        "level_2_q_z.csv": 125,
    }
    assert max(Counter(modifier for found in counts.values() for modifier in found).values()) == 1
    assert len(MODIFIERS) == modifier_table().edition.rows == 427
    assert len(PLACES) == place_table().edition.rows == 52


def test_editions() -> None:
    """The modifiers say that they are not whole, the places until when they are."""
    modifiers, places = modifier_table().edition, place_table().edition
    assert (modifiers.table, modifiers.kind, modifiers.complete) == (
        Table.MODIFIERS,
        Kind.CUMULATIVE,
        False,
    )
    assert (places.table, places.kind, places.complete) == (Table.PLACES, Kind.CUMULATIVE, True)
    assert places.ends == date(2026, 12, 31)


def test_read_once() -> None:
    """A second call gives the same tables."""
    assert modifier_table() is modifier_table()
    assert place_table() is place_table()


def test_every_cpt_modifier() -> None:
    """The numeric, measure and physical status modifiers are all there."""
    assert CPT - MODIFIERS.keys() == set()


def test_form() -> None:
    """Each modifier has two characters, a short name, a source and known words."""
    for modifier, row in MODIFIERS.items():
        assert re.fullmatch("[0-9A-Z]{2}", modifier)
        assert row.name, modifier
        assert row.name == row.name.strip(), modifier
        assert len(row.name.split()) <= 8, modifier
        assert row.source, modifier
        assert row.category is None or row.category in CATEGORIES, modifier
        assert row.indicator is None or row.indicator in attrs.fields_dict(CodeAttributes), modifier
        assert set(row.settings) <= {setting.value for setting in Setting}, modifier
        assert row.short_description is row.long_description is None, modifier


def test_dates_ordered() -> None:
    """No modifier ends before it starts."""
    for modifier, row in MODIFIERS.items():
        days = [day for day in (row.added, row.termination) if day]
        assert days == sorted(days), modifier
        assert not row.added or not row.action_effective or row.added <= row.action_effective, modifier


def test_excludes_symmetric() -> None:
    """Who excludes is excluded; nobody excludes itself or something unknown."""
    for modifier, row in MODIFIERS.items():
        assert modifier not in row.excludes
        assert list(row.excludes) == sorted(set(row.excludes))
        for other in row.excludes:
            assert modifier in MODIFIERS[other].excludes, (modifier, other)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("26", "TC", True),
        ("50", "RT", True),
        ("50", "F3", True),
        ("50", "51", False),
        ("50", "52", False),
        ("LT", "RT", False),
        ("RT", "E1", True),
        ("RT", "E3", False),
        ("F1", "F2", True),
        ("54", "80", True),
        ("58", "79", True),
        ("59", "XS", True),
        ("62", "AS", True),
        ("62", "54", False),
        ("76", "91", True),
        ("AA", "QK", True),
        ("QK", "QS", False),
        ("24", "25", False),
        ("25", "57", False),
        ("GX", "GY", False),
        ("GA", "GX", True),
        ("GP", "CQ", False),
        ("GP", "CO", True),
        ("FX", "FY", True),
        ("JW", "JZ", True),
        ("55", "FT", False),
    ],
)
def test_excludes(one: str, other: str, apart: bool) -> None:
    """Pairs that cannot share a line, and pairs that often do."""
    assert (other in MODIFIERS[one].excludes) is apart


def test_exclusions_have_reasons() -> None:
    """Every exclusion is one shape, with its reason and its source."""
    text = files("claimrules.codebook.catalogue").joinpath("modifiers/exclusions.toml").read_text()
    shapes = [{"one_of", "why", "source"}, {"these", "those", "why", "source"}]
    for entry in tomllib.loads(text)["exclusions"]:
        assert set(entry) in shapes
        assert all(entry.values())


@pytest.mark.parametrize(
    ("modifier", "added", "termination"),
    [
        ("XS", date(2015, 1, 1), None),
        ("JZ", date(2023, 1, 1), None),
        ("CO", date(2019, 1, 1), None),
        ("PO", date(2015, 1, 1), None),
        ("JG", date(2018, 1, 1), date(2024, 12, 31)),
        ("MA", date(2020, 1, 1), date(2024, 12, 31)),
        ("QQ", date(2018, 7, 1), date(2024, 12, 31)),
        ("ZC", date(2017, 10, 1), date(2018, 3, 31)),
        ("AC", date(2026, 7, 1), None),
        ("27", None, None),
        ("95", None, None),
    ],
)
def test_dates(modifier: str, added: date | None, termination: date | None) -> None:
    """Dates as published; blank where they are doubtful."""
    assert (MODIFIERS[modifier].added, MODIFIERS[modifier].termination) == (added, termination)


@pytest.mark.parametrize(
    ("modifier", "category", "indicator", "settings"),
    [
        ("50", "pricing", "bilateral", ("professional", "outpatient")),
        ("80", "pricing", "assistant", ("professional",)),
        ("62", "pricing", "co_surgeon", ("professional",)),
        ("66", "pricing", "team", ("professional",)),
        ("TC", "pricing", "pctc", ("professional", "asc")),
        ("55", "pricing", "global_days", ("professional",)),
        ("51", "pricing", "multiple_procedure", ("professional",)),
        ("73", "pricing", None, ("outpatient", "asc")),
        ("LT", "anatomic", "bilateral", ()),
        ("XE", "bypass", None, ("professional", "outpatient", "asc")),
        ("GA", "liability", None, ()),
        ("U1", None, None, ()),
    ],
)
def test_meaning(
    modifier: str, category: str | None, indicator: str | None, settings: tuple[str, ...]
) -> None:
    """What a modifier does, what governs it, where it is used."""
    row = MODIFIERS[modifier]
    assert (row.category, row.indicator, row.settings) == (category, indicator, settings)


def test_sets_of_the_rules() -> None:
    """Every modifier of the rules' sets is known; the anatomic set is the anatomic category."""
    sets = tomllib.loads((ROOT / "rules" / "sets" / "modifiers.toml").read_text())
    members = {member for entry in sets.values() for member in entry.get("members", ())}
    assert members - MODIFIERS.keys() == set()
    anatomic = {m for name in sets["anatomic"]["include"] for m in _members(sets, name)}
    assert anatomic == {m for m, row in MODIFIERS.items() if row.category == "anatomic"}


def _members(sets: Mapping[str, Any], name: str) -> Iterator[str]:
    yield from sets[name].get("members", ())
    for other in sets[name].get("include", ()):
        yield from _members(sets, other)


def test_form_of_places() -> None:
    """Each place has two digits, a short name and a known rate."""
    for code, row in PLACES.items():
        assert re.fullmatch("[0-9]{2}", code)
        assert code != "00"
        assert 0 < len(row.name.split()) <= 8, code
        assert row.rate in {"facility", "nonfacility", None}, code
        assert not row.added or not row.ended or row.added <= row.ended, code


@pytest.mark.parametrize(
    ("code", "rate", "added"),
    [
        ("02", "facility", date(2017, 1, 1)),
        ("10", "nonfacility", date(2022, 1, 1)),
        ("11", "nonfacility", None),
        ("18", None, None),
        ("19", "facility", date(2016, 1, 1)),
        ("27", "nonfacility", date(2023, 10, 1)),
        ("66", "nonfacility", date(2024, 8, 1)),
    ],
)
def test_places(code: str, rate: str | None, added: date | None) -> None:
    """Rates and first days as the manual gives them."""
    assert (PLACES[code].rate, PLACES[code].added) == (rate, added)


def test_no_two_names_alike() -> None:
    """Names tell the modifiers of one line apart: partners that exclude each other differ."""
    for one, other in combinations(MODIFIERS, 2):
        if other in MODIFIERS[one].excludes:
            assert MODIFIERS[one].name != MODIFIERS[other].name


# The published files, where they are at hand.

_SPANS = {"line": (0, 5), "kind": (10, 11), "long": (11, 91), "short": (91, 119)}
_DATES = {"added": (268, 276), "termination": (284, 292)}

Published = dict[str, dict[str, str]]


def _from_text(path: Path) -> Published:
    found: Published = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        if line[10:11] == "7":
            cells = {name: line[start:end].strip() for name, (start, end) in (_SPANS | _DATES).items()}
            found[cells["line"]] = cells
        elif line[10:11] == "8":
            found[line[:5].strip()]["long"] += f" {line[11:91].strip()}"
    return found


def _from_records(records: Iterator[list[str]]) -> Published:
    header = next(record for record in records if record and record[0] == "HCPC")
    names = {
        "long": "LONG DESCRIPTION",
        "short": "SHORT DESCRIPTION",
        "added": "ADD DT",
        "termination": "TERM DT",
    }
    found: Published = {}
    for record in records:
        cells = dict(zip(header, record, strict=False))
        if cells["RECID"] == "7":
            found[cells["HCPC"]] = {name: cells[column] for name, column in names.items()}
        elif cells["RECID"] == "8":
            found[cells["HCPC"]]["long"] += f" {cells['LONG DESCRIPTION']}"
    return found


def _from_workbook(path: Path) -> Published:
    calamine = pytest.importorskip("python_calamine")
    sheet = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return _from_records([_cell(value) for value in record] for record in sheet.to_python())


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value).strip()


def _from_csv(path: Path) -> Published:
    with path.open(encoding="latin-1", newline="") as file:
        return _from_records([cell.strip() for cell in record] for record in csv.reader(file))


def _published_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_FILES = [
    ("HCPC2019_CONTR_ANWEB.txt", _from_text, 360, date(2019, 1, 1)),
    ("HCPC2020_OCT_anweb.xlsx", _from_workbook, 371, date(2020, 10, 1)),
    ("HCPC2026_OCT_ANWEB.excerpt.csv", _from_csv, 13, date(2026, 10, 1)),
]


@pytest.mark.skipif(not HCPCS.exists(), reason="the published HCPCS files are not here")
@pytest.mark.parametrize(("name", "reader", "count", "effective"), _FILES)
def test_published_dates(name: str, reader: Callable[[Path], Published], count: int, effective: date) -> None:
    """Every published modifier is here with the same dates, but for an end that was not known then."""
    published = reader(HCPCS / name)
    assert len(published) == count
    for modifier, cells in published.items():
        row = MODIFIERS[modifier]
        assert row.added == _published_day(cells["added"]), modifier
        ended = _published_day(cells["termination"])
        if ended is None and row.termination:
            assert row.termination > quarter_end(effective), modifier
        else:
            assert row.termination == ended, modifier


@pytest.mark.skipif(not HCPCS.exists(), reason="the published HCPCS files are not here")
@pytest.mark.parametrize(("name", "reader"), [(name, reader) for name, reader, *_ in _FILES])
def test_own_words(name: str, reader: Callable[[Path], Published]) -> None:
    """No name takes over five words in a row of a published description."""
    taken = {
        run
        for cells in reader(HCPCS / name).values()
        for text in (cells["long"], cells["short"])
        for run in _runs(text)
    }
    names = {modifier: row.name or "" for modifier, row in MODIFIERS.items()}
    assert [modifier for modifier, text in names.items() if taken & set(_runs(text))] == []


def _runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall("[a-z0-9]+", text.lower())
    return [tuple(words[start : start + 5]) for start in range(len(words) - 4)]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the tables of the outpatient editor are not here")
def test_outpatient_editor() -> None:
    """Every modifier of the I/OCE is here, ends as it does there, and its conflicts are excluded."""
    last: dict[str, int] = {}
    for key, *cells in _table("ioce_modifiers.csv"):
        modifier = key.split("|")[0]
        if not modifier.startswith("#"):
            last[modifier] = max(int(cells[-1]), last.get(modifier, 0))
    assert len(last) == 414
    ends = {int(cells[0]): date.fromisoformat(cells[3]) for cells in _table("ioce_version_ranges.csv")}
    for modifier, version in last.items():
        expected = None if version == max(ends) else ends[version]
        assert MODIFIERS[modifier].termination == expected, modifier
    for key, *_ in _table("ioce_modifier_conflicts.csv"):
        one, other = key.split("|")[:2]
        assert other in MODIFIERS[one].excludes


@pytest.mark.skipif(not REFERENCE.exists(), reason="the place of service table is not here")
def test_assigned_places() -> None:
    """The assigned codes are exactly these; the rates agree where we state one."""
    assigned = {code: rate for code, rate, *_ in _table("pos_codes.csv") if rate != "Unassigned"}
    assert assigned.keys() == PLACES.keys()
    stated = {code: row.rate for code, row in PLACES.items() if row.rate}
    assert stated == {code: assigned[code].lower().replace("-", "") for code in stated}
    assert PLACES.keys() - stated.keys() == {"05", "06", "07", "08", "18"}


def _table(name: str) -> list[list[str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
