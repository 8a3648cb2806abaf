"""The pages of a rule, of a code and of a book."""

from datetime import date

from tests.codebook.made import add_ons, facts, fees, mues, pairs

from claimrules import Checker, CodeBook, Rulebook, Setting
from claimrules.codebook import AddOnRow, PairRow
from claimrules.model.edition import Table
from claimrules.model.published import AscRow, OppsRow
from claimrules.report.book import book_object, book_page, silence_words
from claimrules.report.code import CodeFacts, code_object, code_text, look_up
from claimrules.report.rule import rule_object, rule_page, rules_page


def page_of(code: str, on: date = date(2025, 11, 3)) -> CodeFacts:
    """Look a code up in the starter."""
    return look_up(Checker(CodeBook.starter()), code, on=on, setting=Setting.PROFESSIONAL)


def test_a_rule_is_told_in_full() -> None:
    """What, why, when, words, examples, sources; text is never broken by the breaks of its file."""
    rule = Rulebook.load().get("BILAT101")
    text = rule_page(rule).text
    for part in ("BILAT101  Modifier 50", "severity    return", 'when     code.bilateral == "0"', "Sources"):
        assert part in text
    assert "G0105-59-GC-KX-50 2025-11-03 @11" in text
    assert "\\x" not in text
    told = rule_object(rule)
    assert (told["severity"], told["when"], told["carc"]) == ("return", 'code.bilateral == "0"', "4")
    assert told["message"].startswith("{line.code} does not take")


def test_every_rule_can_be_told() -> None:
    """In both forms, and in the list."""
    rules = Rulebook.load(preview=True).rules
    for rule in rules:
        assert rule.code in rule_page(rule).text
        assert rule_object(rule)["examples"]
    assert len(rules_page(rules).lines) == len(rules) + 2


def test_a_page_tells_what_judging_once_leaves_open() -> None:
    """Pairs, and rules that ask what is denied; no others."""
    rules = Rulebook.load(preview=True)
    told = {
        code: rule_object(rules.get(code))["limit"] for code in ("NCCI102", "AOC105", "DUP103", "BILAT101")
    }
    assert "depends on it" in told["NCCI102"]
    assert told["AOC105"].startswith("a line counts as denied by a line rule or an NCCI pair")
    assert (told["DUP103"], told["BILAT101"]) == ("", "")
    assert "limit       pairs are judged once" in rule_page(rules.get("NCCI102")).text


def test_a_code_is_told_in_words() -> None:
    """Each attribute with its meaning, other rows where they differ, the MUE of each setting."""
    text = code_text(page_of("G0105"), CodeBook.starter()).text
    assert "in force  yes" in text
    assert "rows      blank, 53" in text
    assert "fee schedule: RVU25D, in force 2025-10-01 to 2025-12-31 (exact)" in text
    assert "Barred by statute" in text
    assert "row 53, where it differs from the blank row:" in text
    assert "MUE, dme: unknown: the edition does not hold the code (no_code); never unlimited" in text


def test_a_code_of_a_near_edition_says_so() -> None:
    """And one of no edition names the cause."""
    assert (
        "(near: none holds on that day"
        in code_text(page_of("G0105", date(2025, 2, 1)), CodeBook.starter()).text
    )
    text = code_text(page_of("G0105", date(2023, 2, 1)), CodeBook.starter()).text
    assert "in force  unknown: no loaded edition speaks for the date (no_edition)" in text
    assert "fee schedule: unknown: no loaded edition speaks for the date (no_edition)" in text


def test_the_object_of_a_code_names_attributes_as_the_model_does() -> None:
    """At the top those of the main row, then every row and setting."""
    found = code_object(page_of("G0105"))
    assert (found["code"], found["on"], found["bilateral"], found["global_days"]) == (
        "G0105",
        "2025-11-03",
        "0",
        "000",
    )
    assert found["by_row"]["53"]["work_rvu"] == "1.63"
    assert found["mue_by_setting"]["professional"] == {
        "mue": 1,
        "mai": "2",
        "mue_rationale": "Anatomic Consideration",
    }
    assert found["missing"]["add_on"] == "no_table"
    assert found["sources"]["fee_schedule"]["edition"]["name"] == "RVU25D"


def test_a_book_is_told() -> None:
    """Editions with dates, rows, file and completeness."""
    info = CodeBook.starter().info()
    text = book_page(info).text
    assert "holds     2025-10-01 to 2025-12-31 (snapshot)" in text
    assert "complete  no: its silence says nothing" in text
    assert book_object(info)["editions"][0]["name"] == "RVU25D"


def test_gaps_and_parts_that_are_not_loaded_are_told() -> None:
    """And what the silence of each kind of table means."""
    pair, day = PairRow(date(2020, 1, 1)), date(2024, 7, 1)
    tables = (
        fees(date(2024, 1, 1), {"G0105": "0"}),
        fees(day, {"G0105": "0"}),
        mues(day, {"G0105": 1}),
        pairs(day, {("G0105", "G0121"): pair, ("G0105", "G0412"): pair}, part="f2"),
        add_ons(day, {"G0500": (AddOnRow("G0105", "1", day),)}),
        facts(Table.ASC, day, {"G0105": AscRow(addendum="AA")}, part="AA"),
        facts(Table.ADDENDUM_B, day, {"G0105": OppsRow()}),
    )
    book = CodeBook.from_tables(tables)
    text = " ".join(book_page(book.info()).text.split())
    assert "no edition: 2024-04-01 to 2024-06-30" in text
    assert "not loaded: ncci_pairs 2024-07-01: pairs before G0105/G0121" in text
    assert "not loaded: asc 2024-07-01: Addendum BB is not loaded" in text
    silence = {edition.table: silence_words(edition) for edition in book.editions}
    assert (
        silence[Table.NCCI_PAIRS] == "yes, from G0105/G0121 to G0105/G0412: a pair that it lacks has no edit"
    )
    assert silence[Table.FEE_SCHEDULE].endswith("if it has the shape nnnnn, nnnnT, nnnnF")
    assert silence[Table.ADD_ON] == "yes: a code that it lacks is no add-on code"
    assert silence[Table.MUE].startswith("no: its silence says nothing, and never unlimited")
    assert silence[Table.ADDENDUM_B] == "no: its silence says nothing"
