"""The first parts of a query: the claim lines, the sets, and what is published about the codes."""

from collections.abc import Iterable
from textwrap import indent, wrap
from typing import Final

import attrs

from claimrules.expr.nodes import NamedSet, named_sets, names
from claimrules.expr.sql_dialect import Dialect
from claimrules.expr.to_sql import WIDTH, column
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.rulebook.rule import Relation, Rule
from claimrules.sql.columns import CODED, SPEAKING, derived, fee_row, given_in, global_day, unlisted
from claimrules.sql.verdict import select

table_setting: Final = "CASE {0} WHEN 'asc' THEN 'professional' ELSE {0} END".format
"""Whose tables speak for a line, by the column of its setting (NCCI Policy Manual, chapter I, section V)."""
_DAY_AND_SETTING: Final = f"""\
codes.setting = {table_setting("lines.setting")}
AND lines.from_date BETWEEN codes.first_day AND codes.last_day"""
_OWN_LIST: Final = (
    "(SELECT CASE WHEN count(*) > 0 THEN array_agg(member) END FROM payer_lists WHERE list = {})"
)
CROSS: Final = "\nCROSS JOIN sets"
_ALWAYS: Final = ("claim_id", "line_id")


@attrs.frozen
class Part:
    """One named part of a query (a common table expression), with a line that says what it holds."""

    name: str
    says: str
    body: str

    def __str__(self) -> str:
        return f"-- {self.says}\n{self.name} AS (\n{indent(self.body, '  ')}\n)"


@attrs.frozen
class Sources:
    """What the rest of a query stands on: parts, the name of the last, and the columns that are read."""

    parts: tuple[Part, ...]
    name: str
    given: tuple[str, ...]
    lists: tuple[NamedSet, ...]
    codes: bool


def sources(rule: Rule, dialect: Dialect, extra: dict[str, str]) -> Sources:
    """Write ``lines`` and, where the rule asks what is published, ``coded``.

    ``extra`` are further columns of ``lines`` that the scope needs.
    """
    fields = [field.base for field in names(rule.applies, rule.when, rule.unless)]
    fields = [field for field in fields if field.namespace != "pair"]
    published = list(dict.fromkeys(field for field in fields if _is_published(field)))
    lists = tuple(found for found in named_sets(rule.applies, rule.when, rule.unless) if found.configured)
    relation = rule.relation is Relation.ADD_ON_PRIMARY
    codes = bool(published) or relation
    wanted = {name: name for name in _ALWAYS}
    wanted |= {column(field): derived(field, dialect) for field in fields if not _is_published(field)}
    wanted |= (
        {}
        if set(rule.settings) == set(VOCABULARY["line"]["setting"].values or ())
        else {"setting": "setting"}
    )
    wanted |= extra
    if codes:
        wanted |= {name: name for name in ("code", "setting", "from_date")} | {"fee_row": fee_row(dialect)}
    silent = relation or any(field.name in SPEAKING for field in published)
    if silent:
        wanted["unlisted_as"] = unlisted("code", dialect)
    parts = _sets(rule, dialect)
    keyed = CROSS if any(key.members for key in rule.same) else ""
    parts += [
        Part(
            "lines",
            "Your claim lines, with the columns that the rule names.",
            _select(wanted, f"claim_lines{keyed}"),
        )
    ]
    if codes:
        parts += _coded(published, dialect, silent=silent, relation=relation)
    given = given_in(text for text in wanted.values())
    return Sources(tuple(parts), "coded" if codes else "lines", given, lists, codes)


def all_sets(rule: Rule) -> tuple[NamedSet, ...]:
    """The named sets of a rule, as far as a query names them."""
    conditions = named_sets(rule.applies, rule.when, rule.unless)
    keys = (key.members for key in rule.same if key.members)
    return tuple(each for each in dict.fromkeys((*conditions, *keys)) if each.members or each.configured)


def joined_sets(rule: Rule) -> str:
    """What brings the sets in, where the rule names some."""
    return CROSS if all_sets(rule) else ""


def _sets(rule: Rule, dialect: Dialect) -> list[Part]:
    columns = []
    for found in all_sets(rule):
        array = dialect.texts(tuple(sorted(found.members)))
        if found.configured:
            array = _OWN_LIST.format(dialect.text(found.name))
        columns.append(f"{_wrapped(array)} AS {found.name}")
    says = "The sets that the rule names, one row of them."
    return [Part("sets", says, select(columns, "").rstrip())] if columns else []


def _laid(text: str) -> str:
    """A long CASE with each of its branches on a line."""
    if len(text) <= WIDTH or text.count("CASE") > 1:
        return text
    for word in ("WHEN", "ELSE"):
        text = text.replace(f" {word} ", f"\n  {word} ")
    return f"{text.removesuffix(' END')}\nEND" if text.endswith(" END") else text


def _wrapped(array: str) -> str:
    return "\n".join(
        wrap(array, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    )


def _is_published(field: Field) -> bool:
    return field.namespace == "code" or (field.namespace == "line" and field.name in CODED)


def _coded(published: Iterable[Field], dialect: Dialect, *, silent: bool, relation: bool) -> list[Part]:
    code = "coalesce(listed.code, lines.unlisted_as)" if silent else "lines.code"
    columns = [
        f"{global_day(field.name, dialect)} AS {field.name}"
        if field.name in CODED
        else f"codes.{field.name} AS {column(field)}"
        for field in published
    ]
    on = f"ON codes.code = {code}\n  AND {_DAY_AND_SETTING}".replace("\nAND", "\n  AND")
    joins = ["LEFT JOIN listed ON listed.code = lines.code"] if silent else []
    joins.append(f"LEFT JOIN codes\n  {on}\n  AND codes.fee_row IN ('any', lines.fee_row)")
    if relation:
        columns += ["add_ons.add_on_type AS relation_known", "add_ons.primaries AS relation_primaries"]
        same = on.replace("codes.", "add_ons.")
        joins.append(f"LEFT JOIN codes AS add_ons\n  {same}\n  AND add_ons.fee_row IN ('any', 'whole')")
    body = select(["lines.*", *columns], "\n".join(["FROM lines", *joins]))
    known = (
        [Part("listed", "The codes that the book holds.", "SELECT DISTINCT code FROM codes")]
        if silent
        else []
    )
    says = "The lines with what is published about their codes on the day; NULL where nobody knows."
    return [*known, Part("coded", says, body)]


def _select(columns: dict[str, str], table: str) -> str:
    texts = [text if text == name else f"{_laid(text)} AS {name}" for name, text in columns.items()]
    return select(texts, f"FROM {table}")
