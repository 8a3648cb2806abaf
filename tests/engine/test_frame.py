"""Frames as users have them: typed columns, other names, missing columns, settings, kinds."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claimrules import Checker, ClaimLine, Coverage, Rulebook
from claimrules.engine.frame import FrameError
from claimrules.model.form import Form, read_money, read_place
from claimrules.testing.frames import frame_of

pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
duckdb = pytest.importorskip("duckdb")

LINES = {
    "code": ["G0105", "g0105", "G0105", None, "NO SHOW"],
    "modifier_1": ["50", None, "", "RT", None],
    "units": [1.0, float("nan"), 1.5, None, 2e9],
    "from_date": [date(2025, 11, 3)] * 4 + [None],
}
KINDS: dict[str, Callable[[], Any]] = {
    "polars": lambda: pl.DataFrame(LINES),
    "polars-lazy": lambda: pl.LazyFrame(LINES),
    "pandas": lambda: pd.DataFrame(LINES),
    "pyarrow": lambda: pa.table(LINES),
    "duckdb": lambda: duckdb.from_arrow(pa.table(LINES)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_typed_columns_say_the_same_everywhere(kind: str) -> None:
    """Floats with NaN, dates with gaps, a lower-case code: one answer."""
    rulebook = Rulebook.load(select=["UNIT201", "UNIT202", "BILAT101"])
    result = Checker(rulebook=rulebook).check_frame(KINDS[kind]())

    counts = {code: (said.fired, said.passed, said.unknown) for code, said in result.summary.rules.items()}
    assert counts == {"BILAT101": (1, 0, 0), "UNIT201": (1, 2, 2), "UNIT202": (1, 1, 3)}


def test_a_limit_or_a_group_that_is_none_is_refused() -> None:
    """With what to write; a group of another name would have had one blank value."""
    result: Any = Checker(rulebook=Rulebook.load(select="BILAT101")).check_frame(KINDS["polars"]())
    with pytest.raises(TypeError, match="limit takes a whole number"):
        result.explained("five")
    with pytest.raises(ValueError, match="write one of rule, code, provider"):
        result.grouped("state")


@pytest.mark.parametrize("kind", ["polars", "polars-lazy", "pandas", "pyarrow"])
def test_the_day_of_a_time_is_that_of_the_clock_it_shows(kind: str) -> None:
    """Eight in the evening in New York is the next day in UTC, which no column shows."""
    evening = datetime(2025, 11, 3, 20, tzinfo=ZoneInfo("America/New_York"))
    lines = pa.table({"code": ["G0105"], "from_date": [evening], "to_date": ["2025-11-03"]})
    made = {"pyarrow": lines, "pandas": lines.to_pandas(), "polars": pl.from_arrow(lines)}
    frame = made["polars"].lazy() if kind == "polars-lazy" else made[kind]
    counts = Checker(rulebook=Rulebook.load(select="DATE301")).check_frame(frame).summary.rules

    assert (counts["DATE301"].passed, counts["DATE301"].fired) == (1, 0)


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_a_fifth_modifier_is_read_like_the_others(engine: str) -> None:
    """Behind a gap it is the fourth, and decides; what cannot be read makes all unknown."""
    cells = (("RT", "78", "22", "GC", "LT"), ("RT", "78", "22", "", "LT"), ("RT", "78", "22", "GC", "?"))
    names = [f"modifier_{slot}" for slot in range(1, 6)]
    rows = [
        {"code": "G0105", "from_date": "2025-11-03", **dict(zip(names, row, strict=True))} for row in cells
    ]
    rulebook = Rulebook.load(select=["FMT103", "FMT104", "MODX203"])
    counts = Checker(rulebook=rulebook).check_frame(frame_of(rows, engine)).summary.rules

    assert {code: said.fired for code, said in counts.items()} == {"FMT103": 1, "FMT104": 1, "MODX203": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_findings_come_back_in_the_kind_that_was_given(kind: str) -> None:
    """A Polars frame for a Polars frame, a relation for a relation."""
    frame = KINDS[kind]()
    findings = Checker(rulebook=Rulebook.load(select=["BILAT101"])).check_frame(frame).findings

    assert type(findings).__module__.partition(".")[0] == type(frame).__module__.partition(".")[0]
    names = (
        findings.collect_schema().names() if kind == "polars-lazy" else list(getattr(findings, "columns", []))
    )
    names = findings.column_names if kind == "pyarrow" else names
    assert names[:4] == ["claim_id", "line_id", "rule", "severity"]


def test_an_unknown_setting_is_rejected_and_counted() -> None:
    """No table and no rule would govern the line: it is not passed over in silence."""
    frame = pl.DataFrame({"code": ["G0105", "G0105"], "setting": ["professional", "hospital"]})
    summary = Checker().check_frame(frame).summary

    assert (summary.lines, summary.checked, len(summary.rejected)) == (2, 1, 1)
    assert "professional, outpatient, asc, dme" in summary.rejected[0].reason
    assert not summary.clean


def test_columns_are_mapped_and_missing_ones_are_named() -> None:
    """Another name is given by ``columns``; without a code there is nothing to check."""
    frame = pl.DataFrame({"hcpcs_cd": ["G0105"], "from_date": ["2025-11-03"]})
    assert Checker().check_frame(frame, columns={"code": "hcpcs_cd"}).summary.checked == 1
    with pytest.raises(FrameError, match="no column is the code"):
        Checker().check_frame(frame)
    with pytest.raises(FrameError, match="no column 'hcpcs'"):
        Checker().check_frame(frame, columns={"code": "hcpcs"})
    with pytest.raises(FrameError, match="not a frame"):
        Checker().check_frame([{"code": "G0105"}])


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_frame_is_checked(kind: str) -> None:
    """No lines, of whatever kind: nothing fires, nothing is unknown."""
    table = pa.table(LINES).slice(0, 0)
    frames = {
        "polars": lambda: pl.DataFrame(LINES).head(0),
        "polars-lazy": lambda: pl.LazyFrame(LINES).head(0),
        "pandas": lambda: pd.DataFrame(LINES).head(0),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.from_arrow(table),
    }
    result = Checker(rulebook=Rulebook.load(select=["BILAT", "MUE"])).check_frame(frames[kind]())
    findings = result.findings.collect() if kind == "polars-lazy" else result.findings

    assert (result.summary.checked, result.summary.unknown) == (0, ())
    assert (len(findings.fetchall()) if kind == "duckdb" else len(findings)) == 0


ODD: dict[str, list[Any]] = {
    "Struct": [{"a": 1}, None],
    "List": [["50"], None],
    "Binary": [b"\xff\xfe", None],
    "Duration": [timedelta(days=3), None],
    "Time": [time(3), None],
}


@pytest.mark.parametrize("field", ["code", "units", "from_date", "claim_id"])
@pytest.mark.parametrize("kind", ODD)
def test_a_column_whose_values_are_no_cells_is_refused(kind: str, field: str) -> None:
    """It is named with its type and what to do, whatever the engine; where it is no field, it is nothing."""
    frame = pl.DataFrame({"code": ["G0105", "G0121"], field: pl.Series(ODD[kind])})
    others = () if kind == "Binary" else (frame.to_arrow(),)  # which Narwhals cannot name there
    for given in (frame, frame.lazy(), *others):
        with pytest.raises(FrameError, match=rf"the column {field} is of type {kind}: make it text"):
            Checker().check_frame(given)
    extra = pl.DataFrame({"code": ["G0105", "G0121"], "extra": pl.Series(ODD[kind])})
    rulebook = Rulebook.load(select=["BILAT101"])
    assert Checker(rulebook=rulebook).check_frame(extra).summary.checked == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_without_ids_is_checked(kind: str) -> None:
    """Each line is a claim of its own, in every engine."""
    result = Checker(rulebook=Rulebook.load(select=["MUE101", "MUE102"])).check_frame(KINDS[kind]())

    assert result.summary.checked == 5
    assert "a line without a patient stands for its claim's patient" in result.summary.assumptions


@pytest.mark.parametrize("kind", KINDS)
def test_findings_of_a_frame_without_ids_are_explained(kind: str) -> None:
    """The first findings of each rule that fired are told, in every engine."""
    result = Checker(rulebook=Rulebook.load(select=["MUE", "BILAT", "STAT"])).check_frame(KINDS[kind]())
    fired = {code for code, counts in result.summary.rules.items() if counts.fired}

    assert {finding.rule for finding in result.explained(1).findings} == fired
    assert fired


def test_modifiers_in_one_column_are_not_passed_over() -> None:
    """A frame has a column for each: one of all is refused, one of the first is mapped, none is said."""
    frame = pl.DataFrame({"code": ["G0105"], "modifiers": ["50"], "from_date": ["2025-11-03"]})
    checker = Checker(rulebook=Rulebook.load(select=["BILAT101"]))
    with pytest.raises(FrameError, match="modifier_1 to modifier_4"):
        checker.check_frame(frame)

    mapped = checker.check_frame(frame, columns={"modifier_1": "modifiers"}).summary
    without = checker.check_frame(frame.drop("modifiers")).summary
    says = "no column for modifiers: every line is taken to have none"
    assert (mapped.rules["BILAT101"].fired, says in mapped.assumptions) == (1, False)
    assert (without.rules["BILAT101"].fired, says in without.assumptions) == (0, True)


def test_an_index_of_pandas_that_has_a_name_is_a_column() -> None:
    """Claims are named, whether by a column or by the index."""
    frame = pd.DataFrame(
        {"claim_id": ["C1"], "code": ["G0105"], "modifier_1": ["50"], "from_date": ["2025-11-03"]}
    )
    checker = Checker(rulebook=Rulebook.load(select=["BILAT101"]))
    for given in (frame, frame.set_index("claim_id"), frame.set_index("claim_id", drop=False)):
        assert checker.check_frame(given).findings["claim_id"].tolist() == ["C1"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: pl.Series(["G0105"]), "is not a frame of lines"),
        (lambda: pd.Series(["G0105"]), "is not a frame of lines"),
        (lambda: pa.table({"code": ["G0105"]}).to_batches()[0], "is not a frame of lines"),
        (
            lambda: pd.DataFrame([["G0105", "G0121"]], columns=["code", "code"]),
            "the column code more than once",
        ),
    ],
    ids=["polars", "pandas", "pyarrow", "twice"],
)
def test_what_is_no_frame_is_refused(make: Callable[[], Any], words: str) -> None:
    """In words, not by what an engine lacks."""
    with pytest.raises(FrameError, match=words):
        Checker().check_frame(make())


def test_a_frame_covers_its_own_days_unless_told_otherwise() -> None:
    """DUP104 needs the lines of all providers: own lines leave it unknown, a declaration settles it."""
    row = {"code": "G0130", "modifier_1": "76", "from_date": "2025-11-03", "patient": "P1"}
    checker = Checker(rulebook=Rulebook.load(select=["DUP104"]))
    own = checker.check_frame(frame_of([row], "polars"))
    told = checker.check_frame(
        frame_of([row], "polars"),
        history=Coverage(complete_from=date(2025, 1, 1), complete_to=date(2025, 12, 31), providers="all"),
    )

    assert (own.summary.rules["DUP104"].unknown, told.summary.rules["DUP104"].fired) == (1, 1)


def test_ten_thousand_lines_of_one_patient_and_day() -> None:
    """Every pair of them would be a hundred million: distinct lines meet distinct lines."""
    row = {
        "code": "G0105",
        "units": "1",
        "modifier_1": "76",
        "from_date": "2025-11-03",
        "patient": "P1",
        "provider": "1234567893",
    }
    result = Checker().check_frame(frame_of([row] * 10_000, "polars"))

    assert result.summary.rules["MUE102"].fired == 10_000
    assert (
        result.found.filter(result.context.nw.col("rule") == "MUE102").collect()["other_count"].to_list()[0]
        == 9_999
    )


@pytest.mark.parametrize("kind", ["polars", "polars-lazy", "pyarrow", "duckdb"])
def test_the_edition_of_a_finding_is_that_of_a_deciding_fact(kind: str) -> None:
    """A rule that no table decides has none, in frames as line by line."""
    rows: dict[str, list[Any]] = {
        "claim_id": ["C1"] * 3,
        "line_id": ["1", "2", "3"],
        "patient": ["P1"] * 3,
        "provider": ["1234567893"] * 3,
        "code": ["G0105"] * 3,
        "modifier_1": ["50", "", ""],
        "units": [1, 0, 1],
        "from_date": [date(2025, 11, 3)] * 3,
    }
    checker = Checker(rulebook=Rulebook.load(select=["BILAT101", "UNIT201", "DUP103"]))
    made: dict[str, Callable[[], Any]] = {
        "polars": lambda: pl.DataFrame(rows),
        "polars-lazy": lambda: pl.LazyFrame(rows),
        "pyarrow": lambda: pa.table(rows),
        "duckdb": lambda: duckdb.from_arrow(pa.table(rows)),
    }
    found = pl.DataFrame(pa.table(rows_of(checker.check_frame(made[kind]()).findings)))
    told = {(line, rule): edition for line, rule, edition in found.rows()}
    lines = [
        ClaimLine(
            claim_id="C1",
            line_id=line_id,
            patient="P1",
            provider="1234567893",
            code="G0105",
            modifiers=(modifier,) if modifier else (),
            units=Decimal(units),
            from_date=date(2025, 11, 3),
        )
        for line_id, modifier, units in zip(rows["line_id"], rows["modifier_1"], rows["units"], strict=True)
    ]
    expected = {(f.line_id, f.rule): next(iter(f.editions), "") for f in checker.check_lines(lines).findings}
    assert told == expected
    assert (told["2", "UNIT201"], told["3", "DUP103"]) == ("", "")
    assert told["1", "BILAT101"].startswith("RVU")


def rows_of(findings: Any) -> dict[str, list[Any]]:
    """The cells of findings of any kind, by column."""
    findings = findings.collect() if hasattr(findings, "collect") else findings
    findings = findings.arrow() if hasattr(findings, "arrow") else findings
    findings = findings.read_all() if hasattr(findings, "read_all") else findings
    return {
        name: findings[name].to_list() if hasattr(findings[name], "to_list") else findings[name].to_pylist()
        for name in ("line_id", "rule", "edition")
    }


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb"])
def test_a_place_with_its_name_is_read_in_frames(kind: str) -> None:
    """The findings of the line engine, for a label as for two digits, and for what is neither."""
    texts = ["11", "11 - Office", "11:Office", "11 Office", "11 - 12", "", "98 - Nowhere", "11 - Büro"]
    rows = {"line_id": list(map(str, range(8))), "code": ["G0105"] * 8, "place_of_service": texts}
    read = list(map(read_place, texts))
    lines = [
        ClaimLine(
            line_id=str(number),
            code="G0105",
            place_of_service=place,
            unreadable=("place_of_service",) if how is Form.UNREADABLE else (),
        )
        for number, (place, how) in enumerate(read)
    ]
    checker = Checker(rulebook=Rulebook.load(select=["POS101", "FMT101"]))
    made: dict[str, Callable[[], Any]] = {
        "polars": lambda: pl.DataFrame(rows),
        "pandas": lambda: pa.table(rows).to_pandas(),
        "pyarrow": lambda: pa.table(rows),
        "duckdb": lambda: duckdb.from_arrow(pa.table(rows)),
    }
    found = rows_of(checker.check_frame(made[kind]()).findings)
    expected = {(each.line_id, each.rule) for each in checker.check_lines(lines).findings}
    told = set(zip(found["line_id"], found["rule"], strict=True))
    assert told == expected
    assert {line for line, rule in told if rule == "POS101"} == {"3", "4", "6", "7"}


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb"])
def test_written_money_is_read_in_frames(kind: str) -> None:
    """The findings and counts of the line engine, for every way of writing an amount."""
    texts = [
        "$1,020.50",
        "(45.00)",
        "45.00-",
        "-$0.01",
        ".5",
        "45.2500",
        "(0.00)",
        "$0",
        "1,50",
        "x",
        "",
        "12.00",
    ]
    forms = [read_money(text) for text in texts]
    lines = [
        ClaimLine(
            code="G0105",
            line_id=str(number),
            from_date=date(2025, 11, 3),
            charge=charge,
            unreadable=("charge",) if form is Form.UNREADABLE else (),
            repaired=("charge",) if form is Form.REPAIRED else (),
        )
        for number, (charge, form) in enumerate(forms)
    ]
    rows = [
        {"code": "G0105", "line_id": str(number), "from_date": "2025-11-03", "charge": text}
        for number, text in enumerate(texts)
    ]
    checker = Checker(rulebook=Rulebook.load(select=["CHRG101", "CHRG102"]))
    framed = checker.check_frame(frame_of(rows, kind))

    assert framed.summary.rules == checker.check_lines(lines).rules
    assert framed.summary.rules["CHRG101"].fired == 7


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb"])
@pytest.mark.parametrize(
    ("patients", "said"), [(["P1", "P2"], 0), (["P1", " "], 1), (["P1", None], 1), ([], 1)]
)
def test_a_patient_that_some_lines_lack_is_told_once(
    kind: str, patients: list[str | None], said: int
) -> None:
    """The claim stands for the patient of a line that names none, as the line engine says."""
    rows = {"claim_id": ["C1", "C1"], "line_id": ["1", "2"], "code": ["G0105"] * 2}
    table = pa.table(rows | ({"patient": pa.array(patients, pa.string())} if patients else {}))
    made: dict[str, Callable[[], Any]] = {
        "polars": lambda: pl.from_arrow(table),
        "pandas": table.to_pandas,
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.from_arrow(table),
    }
    result = Checker(rulebook=Rulebook.load(select=["MUE102"])).check_frame(made[kind]()).summary
    assert [text for text in result.assumptions if "stands for its claim's patient" in text] == (
        ["a line without a patient stands for its claim's patient"] * said
    )
