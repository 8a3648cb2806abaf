"""Files that are no rule files: refused before they are read, or with one clear error."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from claimrules.rulebook.reading import MAX_BYTES

Errors = Callable[[], tuple[str, ...]]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\x00\xff\xfe binary", "not UTF-8 at byte 1"),
        ("code = 'é'".encode("utf-16"), "not UTF-8"),
        (b"code = '\x00'", "not TOML"),
        (b"code", "not TOML"),
        (b"", "required, but missing"),
        (b"a = " + b"[" * 20_000, "nests too deeply"),
        (b"params = " + b"[" * 60 + b"]" * 60, "nests too deeply"),
        (b"params" + b".a" * 2_000 + b" = 1", "nests too deeply"),
        (b"params = { x = " + b"9" * 5_000 + b" }", "too large to read"),
        (b"# " + b"x" * MAX_BYTES, "bytes; rule files are short"),
        (b"a = 1\na = 2", "Cannot overwrite a value"),
    ],
    ids=[
        "binary",
        "utf-16",
        "null",
        "half",
        "empty",
        "brackets",
        "lists",
        "dots",
        "digits",
        "bytes",
        "twice",
    ],
)
def test_files_that_are_no_rule_are_refused(
    tmp_path: Path, errors: Errors, content: bytes, error: str
) -> None:
    """Size first, then encoding, syntax and shape."""
    path = tmp_path / "test" / "TEST101.toml"
    path.parent.mkdir()
    path.write_bytes(content)

    assert any(error in text and text.startswith(str(path)) for text in errors())


def test_what_is_no_file_is_never_opened(tmp_path: Path, errors: Errors) -> None:
    """A folder, a pipe that would wait forever, an endless device, a link to nowhere."""
    folder = tmp_path / "test"
    (folder / "TEST101.toml").mkdir(parents=True)
    os.mkfifo(folder / "TEST102.toml")
    (folder / "TEST103.toml").symlink_to("/dev/zero")
    (folder / "TEST104.toml").symlink_to(tmp_path / "nowhere")

    assert [text.rpartition(": ")[2] for text in errors()] == ["not a file"] * 4
