"""Findings counted by rule, code or provider, in the summary and in JSON."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.test_parts import FEW, claims

WAYS = [("python", "1"), ("python", "3"), ("polars", "1"), ("polars", "3")]
NPIS = ("1234567893", "1245319599")


def write(folder: Path) -> str:
    """Some claims of two providers and of none."""
    path = folder / "claims.csv"
    first, *rest = claims(60).splitlines(keepends=True)
    rest = [line.replace(NPIS[0], ("", *NPIS)[number % 3]) for number, line in enumerate(rest)]
    path.write_text("".join((first, *rest)), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("by", ["rule", "code", "provider"])
def test_all_engines_count_alike(run: Run, tmp_path: Path, by: str) -> None:
    """Every finding is counted once, in one piece and in parts, by lines and by frames."""
    pytest.importorskip("polars")
    path = write(tmp_path)
    words = ("check", path, "--by", by, "--format", "json", *FEW)
    said = [run(*words, "--engine", engine, "--partitions", parts).data for engine, parts in WAYS]
    found = said[0][f"by_{by}"]

    assert all(each[f"by_{by}"] == found for each in said)
    assert {group[by] for group in found} >= ({None, *NPIS} if by == "provider" else set())
    total = said[0]["summary"]["findings"]
    assert {name: sum(group["findings"][name] for group in found) for name in total} == total
    assert sum(sum(group["rules"].values()) for group in found) == sum(total.values()) > 50


def test_the_text_shows_the_groups(run: Run, tmp_path: Path) -> None:
    """Codes with their findings by severity; a provider is named only where it was asked for."""
    path = write(tmp_path)
    told = run("check", path, "--by", "code", "--limit", "0", *FEW).out

    assert "by code    2 codes with findings, most first:" in told
    assert " G0105  " in told
    assert not any(npi in told for npi in NPIS)
    assert all(npi in run("check", path, "--by", "provider", *FEW).out for npi in NPIS)
