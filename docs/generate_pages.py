# ruff: noqa: INP001 (a script, no package)
"""Write a page for each rule and the page of the command line: `python docs/generate_pages.py`.

`--check` only compares, names what is stale, and ends with 1 if anything is.
"""

import argparse
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from claimrules.cli import parser
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Outcome
from claimrules.report.rule import limit_of
from claimrules.rulebook.rule import Example, Needs, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.template import Template

DOCS: Final = Path(__file__).resolve().parent
FAMILIES: Final[Mapping[str, str]] = {
    "format": "Form of the line",
    "code": "Codes",
    "status": "Status of the code",
    "bilateral": "Bilateral surgery",
    "assistant": "Assistant at surgery",
    "co_surgeon": "Two surgeons",
    "team": "Surgical team",
    "pctc": "Professional and technical component",
    "mue": "Medically unlikely edits",
    "units": "Units",
    "dates": "Dates",
    "charge": "Charges",
    "place": "Place of service",
    "diagnosis": "Diagnoses",
    "identifier": "Identifiers",
    "modifiers": "Modifiers",
    "ncci": "NCCI procedure pairs",
    "add_on": "Add-on codes",
    "duplicates": "Repeated services",
    "multiple": "Multiple procedures",
    "global_surgery": "Global surgery",
    "split_care": "Split care",
    "anesthesia": "Anaesthesia",
    "evaluation": "Visits",
    "therapy": "Therapy",
    "drugs": "Drugs",
    "laboratory": "Laboratory",
    "imaging": "Imaging",
    "telehealth": "Telehealth",
    "liability": "Liability",
    "outpatient": "Hospital outpatient",
    "asc": "Ambulatory surgical centers",
    "dme": "Durable medical equipment",
}
_HEADS: Final = {
    Outcome.FIRED: "Fires",
    Outcome.PASSED: "Passes",
    Outcome.BYPASSED: "Bypassed",
    Outcome.NOT_APPLICABLE: "Does not apply",
    Outcome.UNKNOWN: "Unknown",
}
_MADE: Final = "<!-- made by docs/generate_pages.py: change the source, then `make docs` -->"
_CONDITIONS: Final = ("applies", "when", "unless")
_PLAIN: Final = ("code", "modifiers", "units", "date", "place")


def rule_page(rule: Rule) -> str:
    """Write the page of one rule."""
    parts = [
        f"# {rule.code}: {rule.title}",
        _MADE,
        f"`{rule.name}`",
        " ".join(rule.why.split()),
        _table(("", ""), _facts(rule)),
        "## Conditions",
        *(
            f"`{key}`\n\n```python\n{rule.texts[key].strip()}\n```"
            for key in _CONDITIONS
            if key in rule.texts
        ),
        "## What it says",
        *_words(rule),
        *_examples(rule),
        "## Sources",
        "\n".join(f"- {title}" for title in rule.sources),
        "[All rules](README.md) · [the language](../language.md) · [glossary](../glossary.md)",
    ]
    return "\n\n".join(parts) + "\n"


def _days(needs: Needs) -> str:
    after = f" and {needs.days_after} after" if needs.days_after else ""
    before = "the year so far" if needs.year else f"{needs.days_before} days before"
    return f"{before}{after}"


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "severity", rule.severity.value
    for condition, severity in rule.severity_if:
        yield "", f"{severity.value} where `{_condition(rule, condition)}`"
    yield "status", f"{rule.status.value}, since {rule.since}"
    yield "settings", ", ".join(setting.value for setting in rule.settings)
    yield "scope", rule.scope.value
    if rule.same:
        yield "lines that share", ", ".join(f"`{key}`" for key in rule.same)
    if rule.relation:
        yield "relation", f"{rule.relation.value}, the line is the {rule.role}"
    if rule.scope.value == "pair":
        yield "other lines", {"any": "one is enough", "none": "it needs one"}[rule.other]
    if rule.needs:
        yield "history", f"{_days(rule.needs)}, providers: {rule.needs.providers}"
    elif rule.scope.value != "line":
        yield "reach", "the claim: no other claim of the same provider for the same day is assumed"
    if limit := limit_of(rule):
        yield "limit", limit
    if rule.inputs:
        yield "input", f"{', '.join(rule.inputs)}; without it the rule is not run"
    if rule.supersedes:
        known = {each.code for each in Rulebook.load(preview=True).known}
        linked = (f"[{code}]({code}.md)" if code in known else code for code in rule.supersedes)
        yield "takes in", ", ".join(linked)
    yield "claim adjustment reason code", f"{rule.group_code} {rule.carc}" if rule.carc else "none"
    yield "remark codes", ", ".join(rule.rarc) or "none"
    yield "a denial", "can be appealed" if rule.appealable else "cannot be appealed: correct and send again"


def _condition(rule: Rule, wanted: object) -> str:
    """Find the text of a `severity_if`: the rule holds the tree only, its file the text."""
    if rule.path is None:
        return "a condition holds"
    texts = tomllib.loads(rule.path.read_text(encoding="utf-8"))["severity_if"]
    place = [condition for condition, _ in rule.severity_if].index(wanted)  # type: ignore[arg-type]
    return " ".join(str(texts[place]["if"]).split())


def _words(rule: Rule) -> Iterator[str]:
    yield f"> {_text(rule.message)}"
    if rule.advice.parts:
        yield f"What to do: {_text(rule.advice)}"
    for _, hint in rule.hints:
        yield f"Where it concerns the line: {_text(hint)}"


def _text(template: Template) -> str:
    """Write a message with its fields in braces, on one line."""
    parts = (part if isinstance(part, str) else f"{{{part}}}" for part in template.parts)
    return " ".join("".join(parts).split())


def _examples(rule: Rule) -> Iterator[str]:
    for outcome, head in _HEADS.items():
        chosen = [example for example in rule.examples if example.kind is outcome]
        if chosen:
            yield f"## {head}"
            yield from (_example(example) for example in chosen)


def _example(example: Example) -> str:
    parts = [f"**{example.title[:1].upper()}{example.title[1:]}**{_expected(example)}"]
    cells = [_cells(line) for line in example.lines] + [_cells(line) for line in example.history]
    names = [name for name in cells[0] if name in _PLAIN or any(row[name] for row in cells)]
    numbers = [str(number) for number in range(1, len(example.lines) + 1)]
    numbers[example.line - 1] = f"**{example.line}**"
    numbers += ["earlier"] * len(example.history)
    rows = [(number, *(row[name] for name in names)) for number, row in zip(numbers, cells, strict=True)]
    parts.append(_table(("line", *names), rows))
    parts.append(_published(example))
    return "\n\n".join(part for part in parts if part)


def _cells(line: ClaimLine) -> dict[str, str]:
    """Write a line as cells; those of the claim form first."""
    modifiers = " ".join(line.modifiers) if line.modifiers is not None else "?"
    dates = dict.fromkeys(str(each or "?") for each in (line.from_date, line.to_date))
    setting = "" if line.setting.value == "professional" else line.setting.value
    optional = ("provider", "billing_provider", "patient", "group", "specialty", "minutes", "dose")
    return {
        "code": line.code or "?",
        "modifiers": modifiers,
        "units": "?" if line.units is None else f"{line.units.normalize():f}",
        "date": " to ".join(dates),
        "place": line.place_of_service or "",
        "setting": setting,
        **{name.replace("_", " "): str(getattr(line, name) or "") for name in optional},
        "charge": "" if line.charge is None else str(line.charge),
        "unreadable": " ".join(line.unreadable),
    }


def _expected(example: Example) -> str:
    """Say what the outcome adds to the heading: severity, cause, the lines that prove it."""
    parts = []
    if example.severity:
        parts.append(f"severity {example.severity.value}")
    if example.cause:
        parts.append(f"cause `{example.cause.value}`")
    if example.others:
        parts.append(f"proved by line {', '.join(map(str, example.others))}")
    return f" ({'; '.join(parts)})" if parts else ""


def _published(example: Example) -> str:
    """Say what the tables of the example hold."""
    told = [
        f"`{code}` " + (", ".join(f"{name} `{value}`" for name, value in row.items()) or "is listed")
        for code, row in example.codes.items()
    ]
    told += [
        f"pair `{first}` `{second}`, modifier indicator `{kind}`" for first, second, kind in example.pairs
    ]
    told += [f"add-on `{code}` to `{primary}`, type {kind}" for code, primary, kind in example.add_ons]
    if example.complete:
        told.append("the fee schedule is complete")
    if example.history_from:
        told.append(f"history complete {example.history_from} to {example.history_to}")
    return f"Published: {'; '.join(told)}." if told else "Published: nothing is loaded."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def write(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join([write(head), f"|{'---|' * len(head)}", *map(write, rows)])


def rule_index(rules: Sequence[Rule]) -> str:
    """Write the list of rules, by family."""
    parts = [
        "# The rules",
        _MADE,
        f"{len(rules)} rules. Each page is made from the file of its rule; the examples are its tests.",
        "How a rule is written: [rules/README.md](../../rules/README.md).",
    ]
    for family, title in FAMILIES.items():
        chosen = [rule for rule in rules if family_of(rule) == family]
        rows = [(f"[{rule.code}]({rule.code}.md)", _severities(rule), rule.title) for rule in chosen]
        parts += [f"## {title}", _table(("rule", "severity", ""), rows)]
    return "\n\n".join(parts) + "\n"


def family_of(rule: Rule) -> str:
    """The folder of a rule file."""
    if rule.path is None or rule.path.parent.name not in FAMILIES:
        message = f"{rule.code}: add its folder to FAMILIES in {Path(__file__).name}"
        raise SystemExit(message)
    return rule.path.parent.name


def _severities(rule: Rule) -> str:
    return ", ".join(dict.fromkeys((rule.severity.value, *(each.value for _, each in rule.severity_if))))


def command_page() -> str:
    """Write what `--help` says of every command."""
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    parts = ["# The command line", _MADE, "What `--help` says of every command."]
    for made in _parsers(parser()):
        parts += [f"## {made.prog}", f"```text\n{made.format_help().rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _parsers(made: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its commands, in the order of its help."""
    yield made
    commands: list[Any] = [each for each in made._actions if hasattr(each, "add_parser")]  # noqa: SLF001 (argparse has no other way)
    for several in commands:
        for command in several.choices.values():
            yield from _parsers(command)


def pages() -> dict[Path, str]:
    """Every generated page, by its path below `docs/`."""
    rules = Rulebook.load(preview=True).known
    return {
        Path("cli.md"): command_page(),
        Path("rules/README.md"): rule_index(rules),
        **{Path(f"rules/{rule.code}.md"): rule_page(rule) for rule in rules},
    }


def stale(folder: Path = DOCS) -> list[str]:
    """What differs from the sources: pages that say something else, are missing, or are left over.

    Blanks do not count: versions of Python wrap a help text differently.
    """
    made = pages()
    kept = {path.relative_to(folder) for path in (folder / "rules").glob("*.md")}
    differ = [path for path, text in made.items() if _read(folder / path).split() != text.split()]
    return sorted(path.as_posix() for path in {*differ, *(kept - made.keys())})


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(folder: Path = DOCS) -> None:
    """Write every page, and remove the pages of rules that are no more."""
    made = pages()
    (folder / "rules").mkdir(exist_ok=True)
    for path in (folder / "rules").glob("*.md"):
        if path.relative_to(folder) not in made:
            path.unlink()
    for path, text in made.items():
        (folder / path).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or name those that are stale."""
    if "--check" not in arguments:
        write()
        return 0
    found = stale()
    sys.stderr.writelines(f"docs/{path} is stale: make docs\n" for path in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
