"""The normaliser for frames: raw columns become fields, by the very patterns of ``model.form``.

``arrive`` renames what came to ``r_…`` columns and reads the dates of every line; ``normalise``
reads everything else, on whatever frame holds the raw columns: the lines, or their distinct
combinations.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import fields as columns
from claimrules.expr.to_frame import NO, UNKNOWN_MODIFIERS, YES, all_true, any_true
from claimrules.model import form
from claimrules.model.claim import Setting
from claimrules.model.facts import NOT_SAID
from claimrules.model.form import Form

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

ABSENT: Final = -(10**15)
"""Stands for null in raw columns of numbers; no readable number is as small."""
LIMITS: Final = {0: 10**6, 2: 10**9, 3: 10**7}
"""What a number must stay below, by its decimals: counts, money, units (as in the patterns)."""
NEAR: Final = 1e-4
"""A float counts as exact where it misses the integer by less: far above the error of a float."""
_PLACE: Final = 2
"""Digits of a place of service."""
_YES: Final = ("yes", "y", "true", "1")
_NO: Final = ("no", "n", "false", "0")
_MISSING, _OK, _UNREADABLE, _REPAIRED = (
    Form.MISSING.value,
    Form.OK.value,
    Form.UNREADABLE.value,
    Form.REPAIRED.value,
)


def whole(pattern: str) -> str:
    """A pattern that must match all of a text, in every engine's syntax."""
    return rf"\A(?:{pattern})\z"


@attrs.frozen(eq=False)
class Reader:
    """Reads raw columns; ``types`` are the types in which they arrived."""

    nw: Any
    types: Mapping[str, Any]

    def raw(self, name: str) -> "Expr":
        """A raw column as text; blank where it is null."""
        column = self.nw.col(f"r_{name}")
        kind = self.types[name]
        if kind.is_numeric():
            text = column.cast(self.nw.String)
            return self.nw.when(column == ABSENT).then(self.nw.lit("")).otherwise(text)
        return column.cast(self.nw.String).str.strip_chars(" ")

    def is_text(self, column: str) -> bool:
        """Whether a raw column arrived as text."""
        return self.types.get(column.removeprefix("r_"), self.nw.Float64) == self.nw.String

    def _form(self, name: str, ok: "Expr", repaired: "Expr | None" = None) -> "Expr":
        good = self.nw.lit(_OK)
        if repaired is not None:
            good = self.nw.when(repaired).then(self.nw.lit(_REPAIRED)).otherwise(good)
        bad = (
            self.nw.when(self.raw(name) == "").then(self.nw.lit(_MISSING)).otherwise(self.nw.lit(_UNREADABLE))
        )
        return self.nw.when(ok).then(good).otherwise(bad)

    def word(self, name: str, pattern: str) -> tuple["Expr", "Expr"]:
        """A word in capitals, and how it arrived."""
        text = self.raw(name)
        ok = text.str.contains(whole(pattern))
        return self.nw.when(ok).then(text.str.to_uppercase()), self._form(
            name, ok, text.str.contains("[a-z]")
        )

    def place(self, name: str) -> tuple["Expr", "Expr"]:
        """A place of service, with or without its name behind it, and how it arrived."""
        text = self.raw(name)
        ok = text.str.contains(whole(f"{form.PLACE_PATTERN}|{form.NAMED_PLACE_PATTERN}"))
        named = text.str.len_chars() > _PLACE
        return self.nw.when(ok).then(text.str.slice(0, _PLACE)), self._form(name, ok, named)

    def number(self, name: str, pattern: str, scale: int) -> tuple["Expr", "Expr"]:
        """A number as an integer with ``scale`` decimals, and how it arrived."""
        kind = self.types[name]
        if kind.is_integer():
            value = self.nw.col(f"r_{name}")
            known = (value < LIMITS[scale]) & (value > -LIMITS[scale])
            return self.nw.when(known).then(value * 10**scale), self._typed_form(name, known)
        if kind.is_float():
            return self._float(name, scale)
        text = self.raw(name)
        ok = text.str.contains(whole(pattern))
        return self._scaled(self.nw.when(ok).then(text), scale), self._form(name, ok)

    def held(self, name: str) -> tuple[dict[str, "Expr"], ...]:
        """What ``money`` asks of a text many times, as columns: Polars would work it out each time.

        Whether it is plain as it stands, then what it is without blanks where it is not.
        """
        if not self.is_text(name):
            return ()
        nw, text = self.nw, self.nw.col(f"r_{name}").cast(self.nw.String)
        plain = {f"x_plain_{name}": text.str.contains(whole(form.MONEY_PATTERN))}
        return plain, {f"x_other_{name}": nw.when(~nw.col(*plain)).then(text.str.strip_chars(" "))}

    def money(self, name: str) -> tuple["Expr", "Expr"]:
        """An amount in cents, and how it arrived; what spreadsheets write around it is left out.

        It takes the columns that are ``held``, whose expressions pass over null: what is plain costs no more.
        """
        if not self.is_text(name):
            return self.number(name, form.MONEY_PATTERN, 2)
        nw = self.nw
        text, plain, other = nw.col(f"r_{name}"), nw.col(f"x_plain_{name}"), nw.col(f"x_other_{name}")
        bare, written, below = (
            other.str.contains(pattern).fill_null(value=False)
            for pattern in (whole(form.MONEY_PATTERN), whole(form.WRITTEN_MONEY_PATTERN), form.NEGATIVE_MARK)
        )
        amount = nw.when(written).then(other.str.replace_all(form.BESIDE_AMOUNT, ""))
        amount = nw.when(bare).then(other).otherwise(amount)
        value = self._scaled(nw.when(plain).then(text.cast(nw.String)).otherwise(amount), 2)
        negative = written & ~bare & below
        value = nw.when(negative).then(value * -1).otherwise(value)
        bad = nw.when(other == "").then(nw.lit(_MISSING)).otherwise(nw.lit(_UNREADABLE))
        read = nw.when(written & ~bare).then(nw.lit(_REPAIRED)).otherwise(nw.lit(_OK))
        return value, nw.when(plain | bare | written).then(read).otherwise(bad)

    def _scaled(self, text: "Expr", scale: int) -> "Expr":
        # Ten digits fit a 64-bit float exactly after rounding: 7 + 3 of units, 9 + 2 of money.
        return (text.cast(self.nw.Float64) * 10**scale).round(0).cast(self.nw.Int64)

    def _float(self, name: str, scale: int) -> tuple["Expr", "Expr"]:
        value = self.nw.col(f"r_{name}")
        small = (value < LIMITS[scale]) & (value > -LIMITS[scale])
        scaled = self.nw.when(small).then(value).otherwise(self.nw.lit(0.0)) * 10**scale
        off = scaled - scaled.round(0)
        known = small & (off < NEAR) & (off > -NEAR)
        return self.nw.when(known).then(scaled).round(0).cast(self.nw.Int64), self._typed_form(name, known)

    def _typed_form(self, name: str, known: "Expr") -> "Expr":
        absent = self.nw.col(f"r_{name}") == ABSENT
        other = self.nw.when(absent).then(self.nw.lit(_MISSING)).otherwise(self.nw.lit(_UNREADABLE))
        return self.nw.when(known).then(self.nw.lit(_OK)).otherwise(other)

    def day(self, name: str) -> tuple["Expr", "Expr"]:
        """A date, and how it arrived."""
        text = self.raw(name)
        dashed, compact = (
            text.str.contains(whole(p)) for p in (form.DATE_PATTERN, form.COMPACT_DATE_PATTERN)
        )
        plain = self.nw.when(dashed | compact).then(text.str.replace_all("-", "", literal=True))
        return plain.str.to_date("%Y%m%d"), self._form(name, dashed | compact)

    def identifier(self, name: str) -> "Expr":
        """An identifier; null where it is blank."""
        text = self.raw(name)
        return self.nw.when(text != "").then(text)

    def flag(self, name: str) -> "Expr":
        """Yes or no as text; null where it is neither."""
        text = self.raw(name).str.to_lowercase()
        no = self.nw.when(text.is_in(list(_NO))).then(self.nw.lit(NO))
        return self.nw.when(text.is_in(list(_YES))).then(self.nw.lit(YES)).otherwise(no)

    def modifiers(self) -> dict[str, "Expr"]:
        """The four modifiers with their gaps closed, how they arrived, and how many they are."""
        texts = [self.raw(name) for name in columns.MODIFIERS]
        ok = [(text == "") | text.str.contains(whole(form.MODIFIER_PATTERN)) for text in texts]
        gap = [(texts[slot] == "") & (texts[slot + 1] != "") for slot in range(len(texts) - 1)]
        lower = [text.str.contains("[a-z]") for text in texts]
        repaired = (
            self.nw.when(any_true([*gap, *lower])).then(self.nw.lit(_REPAIRED)).otherwise(self.nw.lit(_OK))
        )
        together = self.nw.concat_str([text.str.to_uppercase() for text in texts])
        readable = all_true(ok)
        first = (
            self.nw.when(readable).then(together.str.slice(0, 2)).otherwise(self.nw.lit(UNKNOWN_MODIFIERS))
        )
        count = sum((~(text == "")).cast(self.nw.Int64) for text in texts)
        return {
            "line_modifiers_1": first,
            **{
                f"line_modifiers_{slot + 1}": self.nw.when(readable)
                .then(together.str.slice(2 * slot, 2))
                .otherwise(self.nw.lit(""))
                for slot in range(1, form.MAX_MODIFIERS)
            },
            "form_modifiers": self.nw.when(readable).then(repaired).otherwise(self.nw.lit(_UNREADABLE)),
            "form_modifier_count": self.nw.when(readable).then(count),
        }


def arrive(  # noqa: PLR0913 (what is known of a frame)
    nw: Any,
    frame: "Lazy",
    names: Mapping[str, str],
    setting: Setting,
    extra: tuple[str, ...] = (),
    *,
    late: bool = False,
) -> tuple["Lazy", Reader]:
    """Rename what came to ``r_…`` without nulls, and read the setting of every line.

    ``late``: texts are filled when they are gathered; filled within a scan, they cost it a third.
    """
    schema = frame.collect_schema()
    arrived = {field: schema[name] for field, name in names.items()}
    types = {
        field: kind if kind.is_integer() or kind.is_float() else nw.String for field, kind in arrived.items()
    }
    reader = Reader(nw, types)
    raw = [
        _filled(nw, nw.col(name), arrived[field], late=late and field != "setting").alias(f"r_{field}")
        for field, name in names.items()
    ]
    types.update({field: nw.String for field in columns.INPUTS if field not in names})
    frame = frame.select(*raw, *(nw.col(name).alias(f"r_{name}") for name in extra))
    if "setting" not in names:
        return frame.with_columns(line_setting=nw.lit(setting.value)), reader
    frame = frame.with_columns(line_setting=setting_of(nw, reader, setting))
    return frame.drop("r_setting"), reader


def absent(nw: Any, names: Mapping[str, str], among: Iterable[str] = columns.INPUTS) -> dict[str, "Expr"]:
    """Columns for those inputs that did not come: blank, or what says so where blank means none."""
    missing = [field for field in among if field not in names and field != "setting"]
    return {f"r_{field}": nw.lit(NOT_SAID if field == "condition_codes" else "") for field in missing}


def read_dates(nw: Any, frame: "Lazy", reader: Reader) -> "Lazy":
    """Read from- and to-date; where no to-date came, it is the from-date, as in ``ClaimLine``."""
    start, start_form = reader.day("from_date")
    end, end_form = reader.day("to_date")
    frame = frame.with_columns(
        line_from_date=start, form_from_date=start_form, r_end=end, r_end_form=end_form
    )
    blank = nw.col("r_end_form") == _MISSING
    known = blank & ~nw.col("line_from_date").is_null()
    frame = frame.with_columns(
        line_to_date=nw.when(blank).then(nw.col("line_from_date")).otherwise(nw.col("r_end")),
        form_to_date=nw.when(known).then(nw.lit(_OK)).otherwise(nw.col("r_end_form")),
    )
    return frame.drop("r_end", "r_end_form")


def _filled(nw: Any, column: "Expr", kind: Any, *, late: bool) -> "Expr":
    """Raw columns hold no nulls: joins drop null keys. Texts that are filled later keep theirs."""
    if kind.is_integer():
        return column.cast(nw.Int64).fill_null(ABSENT)
    if kind.is_float():
        number = column.cast(nw.Float64)
        return (
            nw.when(number.is_null() | number.is_nan().fill_null(value=True))
            .then(nw.lit(float(ABSENT)))
            .otherwise(number)
        )
    if kind.is_temporal():
        # The day is that of the clock which the column shows: a cast would take that of UTC in some engines.
        if getattr(kind, "time_zone", None) is not None:
            column = column.dt.replace_time_zone(None)
        column = column.cast(nw.Date)
    text = column.cast(nw.String)
    return text if late else text.fill_null("")


def setting_of(nw: Any, reader: Reader, default: Setting) -> "Expr":
    """The setting of each line: that of the run where the column is blank."""
    text = reader.raw("setting").str.to_lowercase()
    return nw.when(text == "").then(nw.lit(default.value)).otherwise(text)
