"""The command line: check lines, tell rules, codes and modifiers, search, and build code books."""

import errno
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from claimrules.cli import book, check, code, global_periods, line, modifier, rule, rules, scenarios, search
from claimrules.cli.console import go_quiet, need_standard_output, note
from claimrules.cli.errors import EXPECTED
from claimrules.cli.options import Parser, top_parser
from claimrules.cli.stopping import tidy_when_stopped
from claimrules.files.packed import is_panic
from claimrules.interrupted import INTERRUPTED

COULD_NOT_RUN: Final = 2
BROKEN_PIPE: Final = 141
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_COMMANDS: Final = (check, line, global_periods, rule, rules, code, modifier, search, scenarios, book)


def parser() -> Parser:
    """Make the parser, with every command."""
    made, commands = top_parser()
    for command in _COMMANDS:
        command.add(commands)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    0: nothing fired at ``--fail-on`` or above; 1: something did (or, with ``--strict``, something
    could not be judged); 2: could not run; 130: interrupted; 141: the reader of the output left.
    """
    try:
        args = parser().parse_args(argv)
        need_standard_output()
        with tidy_when_stopped():
            done: int = args.run(args)
            sys.stdout.flush()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except EXPECTED as error:
        note(str(error))
    except BrokenPipeError:
        go_quiet()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        note(_no_room(error) if error.errno in _FULL else _fault(error))
        go_quiet()
    except MemoryError:
        note("out of memory; give fewer lines at a time, split by patient or by claim")
    except BaseException as error:
        # A traceback may hold health data, the place of the fault never does.
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        note(_fault(error))
    else:
        return done
    return COULD_NOT_RUN


def _no_room(error: OSError) -> str:
    return f"what is said could not be written ({error.strerror}); make room, or write elsewhere"


def _fault(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    return (
        f"a fault of claimrules itself ({type(error).__name__} in {where}); please report it with this line"
    )
