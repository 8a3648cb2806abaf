"""The reader of procedure profiles: every section in any order and form, and what belongs to none."""

from pathlib import Path

import attrs
import pytest

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import code_page, profile
from claimrules.codebook.readers.containers import PassedOver, open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.page import ProcedureProfile

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
REAL = Path(__file__).resolve().parents[3] / "shared" / "seeds"
START = "A title\nCPT4 code\nName of the Procedure:\nA name\nSummary\nShort.\n"


def published(path: Path, content: str | bytes | None = None, code: str | None = None) -> PublishedFile:
    """Open a file, written first where its content is given."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (file,) = open_published(path, Declared(code=code))
    assert not isinstance(file, PassedOver)
    return file


def read_text(path: Path, content: str | bytes) -> tuple[list[ProcedureProfile], ReadResult]:
    """Read profiles from their text."""
    result = profile.read(published(path / "profiles.txt", content))
    assert all(isinstance(each, ProcedureProfile) for each in result.documents)
    return [each for each in result.documents if isinstance(each, ProcedureProfile)], result


def sample(code: str) -> str:
    """An invented profile, as text."""
    return (PAGES / f"profile_{code}.txt").read_text(encoding="utf-8")


def test_every_section_is_read(tmp_path: Path) -> None:
    """Sections of bullets and of prose, and names on the line of their heading."""
    (made,), result = read_text(tmp_path, sample("g0105"))
    assert made == ProcedureProfile(
        title="Colorectal cancer screening; colonoscopy on individual at high risk",
        name="Screening examination of the large bowel, raised risk",
        common_names=("Bowel screening", "Screening scope (raised risk, every two years)"),
        technical_terms=("Screening colonoscopy",),
        summary=(
            "A thin, flexible camera looks at the whole large bowel of a person who has no complaint, "
            "but a raised risk."
        ),
        purpose=(
            "It finds growths while they are small. The aim is to take them out before they can turn "
            "into cancer."
        ),
        indications=(
            "A parent, sister or brother who had bowel cancer",
            "Growths taken out in earlier years",
            "Long-standing inflammation of the bowel",
        ),
        preparation=(
            "A diet with little fibre for some days.",
            "A drink that empties the bowel, the evening before.",
        ),
        description=(
            "The person lies on the left side.",
            "A sedative is given.",
            "The camera is led through the bowel and slowly drawn back.",
        ),
        duration="About half an hour.",
        setting="An outpatient clinic or a surgery center.",
        personnel=("Gastroenterologist or surgeon", "Nurse"),
        risks=("Common: bloating and cramps", "Rare: bleeding, a tear of the bowel (perforation)"),
        benefits=("Growths are found and taken out in one go.",),
        recovery=("An hour of rest; no driving on that day.",),
        alternatives=(
            "Stool tests every year",
            "Pros: no preparation.",
            "Cons: growths are missed more often.",
        ),
        patient_experience=("Most people sleep through it. Some feel bloated for a few hours.",),
        unplaced=("Look up any code",),
        source_file="profiles.txt",
    )
    assert [str(note) for note in result.skipped] == [
        "a line that belongs to no section: kept as unplaced (line 1)"
    ]
    assert result.warnings == ()


def test_other_forms_are_read(tmp_path: Path) -> None:
    """Inline values, colons, case, other bullets, wrapped lines, sections reordered and missing."""
    (made,), result = read_text(tmp_path, sample("g0121"))
    assert made.name == "Screening examination of the large bowel, usual risk"
    assert made.summary == "A camera looks at the large bowel of a person without a complaint."
    assert made.patient_experience == (
        "Most people remember little of it.",
        "They can eat on the same day.",
    )
    assert made.duration == "About half an hour"
    assert made.setting == "A clinic for outpatients, with a room for rest next to it."
    assert made.indications == (
        "Age, even where nothing else raises the risk and no relative was ever ill with a lump of the bowel",
        "Ten years since the last examination, or four since another kind",
        "A stool test was positive",
        "Costs",
        "Nothing, where the law says so",
    )
    assert made.preparation == ("Eat little fibre.", "Empty the bowel.")
    assert (made.purpose, made.benefits, made.unplaced) == (None, (), ())
    assert [str(note) for note in result.warnings] == [
        "perhaps an unknown heading: read as part of indications (line 23)",
        "the section benefits is empty (line 1)",
    ]


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    """Windows line ends and a byte order mark give the same profile."""
    plain, _ = read_text(tmp_path, sample("g0105"))
    windows, _ = read_text(tmp_path, b"\xef\xbb\xbf" + sample("g0105").replace("\n", "\r\n").encode())
    assert windows == plain


def test_one_file_may_hold_several(tmp_path: Path) -> None:
    """Each begins with its title; a line that stood above the first is known when it comes again."""
    text = "\n".join([sample("g0105"), sample("g0121"), sample("g0105")])
    made, result = read_text(tmp_path, text)
    (first,), _ = read_text(tmp_path, sample("g0105"))
    assert made[0] == first
    assert attrs.evolve(made[2], unplaced=first.unplaced) == first
    assert [each.unplaced for each in made] == [("Look up any code",), ("Look up any code",), ()]
    assert [(note.count, note.lines) for note in result.skipped] == [(2, (1, 73))]


def test_a_name_begins_a_profile_where_there_is_no_title(tmp_path: Path) -> None:
    """Such a profile cannot be bound: that is a warning, as is what stands above it."""
    text = "Menu\nName of the Procedure: One\nSummary: S\nName of the Procedure: Two\nPurpose: P\n"
    made, result = read_text(tmp_path, text)
    assert [(each.title, each.name) for each in made] == [(None, "One"), (None, "Two")]
    assert made[0].unplaced == ("Menu",)
    assert [str(note) for note in result.warnings] == [
        'no title above "CPT4 code": the profile cannot be bound to a code (2 times, lines 2, 4)'
    ]


def test_lines_below_the_title_that_belong_to_no_section_are_unplaced(tmp_path: Path) -> None:
    """They are kept as they stood, with their line."""
    (made,), result = read_text(tmp_path, "A title\nCPT4 code\n- stray\nSummary:\nShort.\n")
    assert made.unplaced == ("- stray",)
    assert [note.lines for note in result.skipped] == [(3,)]


def test_a_section_that_stands_twice_is_joined(tmp_path: Path) -> None:
    """Nothing of the second one is lost, and it is warned of."""
    (made,), result = read_text(tmp_path, f"{START}Recovery\n- Rest\nSummary\nMore.\n")
    assert made.summary == "Short.\nMore."
    assert [str(note) for note in result.warnings] == ["the section summary stands twice: joined (line 9)"]


def test_what_may_be_a_heading_is_warned_of(tmp_path: Path) -> None:
    """A short line after a sentence or a long bullet: never joined to it in silence."""
    long = "A bullet that runs on for more than sixty characters without a full stop at all"
    text = f"{START}Costs\nNone.\nRecovery\n- {long}\nInsurance\nBenefits\nMany\nand good\n"
    (made,), result = read_text(tmp_path, text)
    assert made.summary == "Short.\nCosts\nNone."
    assert made.recovery == (long, "Insurance")
    assert made.benefits == ("Many and good",)
    assert [str(note) for note in result.warnings] == [
        "perhaps an unknown heading: read as part of summary (line 7)",
        "perhaps an unknown heading: read as part of recovery (line 11)",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Common name(s): One; Two, with a comma", ("One", "Two, with a comma")),
        ("Common names:\n- One, whole\n- Two", ("One, whole", "Two")),
        ("**Common Names**\nOne, Two", ("One", "Two")),
        ("## Common name:\nOne", ("One",)),
    ],
)
def test_names_are_told_apart(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    """By semicolons, else by commas outside brackets; bullets are names as they stand."""
    (made,), _ = read_text(tmp_path, f"{START}{text}\n")
    assert made.common_names == names


def test_a_code_comes_from_its_line_or_from_the_caller(tmp_path: Path) -> None:
    """The published layout states none; one that does is believed, unless the caller knows better."""
    text = START.replace("CPT4 code", "HCPCS code: g0105")
    (made,), _ = read_text(tmp_path, text)
    assert (made.code, made.title) == ("G0105", "A title")
    (declared,) = profile.read(published(tmp_path / "p.txt", text, code="G0121")).documents
    assert declared.code == "G0121"


def test_one_declared_code_does_not_serve_several_profiles(tmp_path: Path) -> None:
    """It would bind all of them to one code."""
    file = published(tmp_path / "p.txt", START + START, code="G0105")
    with pytest.raises(BuildError, match=r"p.txt: holds 2 profiles, but --code names one"):
        profile.read(file)


def test_a_file_in_which_no_profile_begins_is_an_error(tmp_path: Path) -> None:
    """The error says what a profile begins with."""
    with pytest.raises(BuildError, match=r"p.txt: no profile begins: .*CPT4 code"):
        profile.read(published(tmp_path / "p.txt", "Summary\nShort.\n"))


def test_detection_is_by_content(tmp_path: Path) -> None:
    """A name of the procedure and a summary or purpose; a page or a table has neither."""
    for path in PAGES.glob("*.txt"):
        assert profile.detect(published(path)) is path.name.startswith("profile_")
    assert not profile.detect(published(tmp_path / "t.csv", "HCPCS,Summary\nG0105,Name of the Procedure:\n"))
    assert not profile.detect(published(tmp_path / "t.txt", "Name of the Procedure:\nAlone\n"))


@pytest.mark.skipif(not REAL.exists(), reason="the real pages are not here")
def test_the_real_profiles_are_read_whole() -> None:
    """Every section of the four is filled, but for the names that three of them lack."""
    files = [file for file in map(published, sorted(REAL.glob("*.txt"))) if not code_page.detect(file)]
    results = [profile.read(file) for file in files]
    made = [each for result in results for each in result.documents if isinstance(each, ProcedureProfile)]
    assert len(made) == len(files) == 4
    for each in made:
        empty = {name for name, value in attrs.asdict(each).items() if not value}
        assert empty - {"code", "common_names", "technical_terms", "unplaced"} == set()
    assert [len(each.indications) for each in made] == [3, 4, 4, 4]
    assert [len(each.description) for each in made] == [5, 6, 6, 5]
    assert [len(each.alternatives) for each in made] == [4, 7, 4, 5]
    assert [len(each.common_names) for each in made] == [0, 2, 0, 0]
    assert [len(each.unplaced) for each in made] == [1, 0, 0, 0]
    assert [[note.lines for note in result.skipped] for result in results] == [[(1,)], [], [], []]
    assert [result.warnings for result in results] == [()] * 4


@pytest.mark.skipif(not REAL.exists(), reason="the real pages are not here")
def test_the_real_profiles_keep_every_line() -> None:
    """Put together, the fields hold each line of the file that is no heading."""
    for file in map(published, sorted(REAL.glob("*.txt"))):
        if code_page.detect(file):
            continue
        (made,) = profile.read(file).documents
        held = str(attrs.asdict(made))
        lines = [line.removeprefix("- ") for line in file.lines()]
        lines = [line for line in lines if line.strip(" :").casefold() not in profile.HEADINGS]
        inline = [line.partition(": ") for line in lines if line.startswith(("Common name", "Technical"))]
        wanted = {line for line in lines if line not in map("".join, inline)}
        wanted |= {name for _, _, names in inline for name in names.split(", ")}
        assert {each for each in wanted if repr(each)[1:-1] not in held} == {"CPT4 code"}
