"""Named sets: what they hold, and what is wrong with them."""

from pathlib import Path

import pytest

from claimrules.expr.nodes import NamedSet
from claimrules.rulebook.reading import RulebookError
from claimrules.rulebook.sets import load_sets


def _load(folder: Path, text: str) -> dict[str, NamedSet]:
    (folder / "sets").mkdir(exist_ok=True)
    (folder / "sets" / "test.toml").write_text(text)
    return dict(load_sets((folder,)))


def test_sets_include_sets(tmp_path: Path) -> None:
    """Members and ranges of every set below, in whatever order they stand."""
    sets = _load(
        tmp_path,
        """
        [all]
        title = "all"
        kind = "codes"
        include = ["some", "more"]
        [some]
        title = "some"
        kind = "codes"
        members = ["G0105"]
        include = ["more"]
        [more]
        title = "more"
        kind = "codes"
        ranges = ["99202-99205"]
        """,
    )

    assert sets["all"].members == {"G0105"}
    assert sets["all"].ranges == (("99202", "99205"),)
    assert "99203" in sets["all"]


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ('kind = "code"\nmembers = ["G0105"]', "kind 'code'; did you mean codes"),
        ('kind = "codes"\nmembers = ["G010"]', "'G010': a member of codes has 5 characters"),
        ('kind = "modifiers"\nmembers = ["lt"]', "'lt': a member of modifiers has 2 characters"),
        ('kind = "modifiers"\nmembers = ["LT\\n"]', "a member of modifiers has 2 characters"),
        ('kind = "codes"\nmembers = [99213]', "members[0]"),
        ('kind = "codes"\nranges = ["99205-99202"]', "the smaller first"),
        ('kind = "codes"\nranges = ["G0105-G0121"]', "five digits"),
        ('kind = "modifiers"\nranges = ["00100-01999"]', "range '00100-01999'"),
        ('kind = "codes"\nranges = ["00100-01999"]\ndigits_only = false', "range '00100-01999'"),
        ('kind = "codes"\ninclude = ["other"]', "include 'other' is not a set"),
        ('kind = "codes"\ninclude = ["test"]', "includes itself"),
        ('kind = "codes"', "holds nothing"),
        ('kind = "codes"\nmember = ["G0105"]', 'did you mean "members"?'),
    ],
)
def test_what_a_set_may_hold(tmp_path: Path, table: str, error: str) -> None:
    """Kinds are never mixed, and ranges are of five digits."""
    with pytest.raises(RulebookError) as caught:
        _load(tmp_path, f'\n[test]\ntitle = "test"\n{table}\n')

    assert error in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'sets' / 'test.toml'}:2: [test]")


def test_kinds_are_never_mixed(tmp_path: Path) -> None:
    """A set of codes includes no modifiers."""
    with pytest.raises(RulebookError, match="includes b, which holds modifiers"):
        _load(
            tmp_path,
            '[a]\ntitle="a"\nkind="codes"\ninclude=["b"]\n[b]\ntitle="b"\nkind="modifiers"\nmembers=["LT"]',
        )


def test_names_are_unique_across_files(tmp_path: Path) -> None:
    """The second of a name is an error, and so is a name in capitals."""
    text = '[{}]\ntitle="a"\nkind="modifiers"\nmembers=["LT"]'
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "a.toml").write_text(text.format("one"))
    (tmp_path / "sets" / "b.toml").write_text(text.format("one"))
    (tmp_path / "sets" / "c.toml").write_text(text.format("ONE"))
    with pytest.raises(RulebookError) as caught:
        load_sets((tmp_path,))

    assert [Path(text.partition(":")[0]).name for text in caught.value.errors] == ["b.toml", "c.toml"]


def test_includes_never_explode_and_never_recurse(tmp_path: Path) -> None:
    """Each set is made once: two thousand of them, each including the one before a hundred times."""
    head = '[s{}]\ntitle="x"\nkind="modifiers"\n'
    names = ", ".join(['"s{0}"'] * 20)
    parts = [head.format(0) + 'members=["LT"]']
    parts += [head.format(i) + f"include=[{names.format(i - 1)}]" for i in range(1, 1_001)]

    assert _load(tmp_path, "\n".join(parts))["s1000"].members == {"LT"}


def test_circles_of_includes_are_refused(tmp_path: Path) -> None:
    """Each set of the circle is named."""
    text = "".join(f'[{a}]\ntitle="x"\nkind="modifiers"\ninclude=["{b}"]\n' for a, b in ("ab", "bc", "ca"))
    with pytest.raises(RulebookError) as caught:
        _load(tmp_path, text)

    assert all(f"[{name}]: includes itself" in str(caught.value) for name in "abc")
