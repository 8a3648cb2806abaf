"""Makes 837 interchanges of any size, the same for the same seed: invented persons, HCPCS Level II codes.

python tests/benchmarks/interchange.py 100 made.837      # about 100 MB
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_CODES: Final = [
    "G0105",
    "G0121",
    "G0101",
    "G0202",
    "G0283",
    "J1100",
    "J3301",
    "J0696",
    "E0110",
    "E0601",
    "A0425",
    "A0427",
    "L1902",
    "Q4101",
    "T1017",
    "H0004",
]
_MODIFIERS: Final = ("", "", "", ":50", ":RT", ":LT", ":59", ":RT:59", ":GC:GA:KX:59")
_PLACES: Final = ("11", "22", "23", "24", "12")
_SET_CLAIMS: Final = 5_000
_ISA: Final = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *251103*1200*^*00501*{:09d}*0*T*:"
)


def segments(claims: int, *, hospital: bool = False, seed: int = 7) -> Iterator[str]:
    """Give the segments of one interchange with so many claims, in sets of five thousand."""
    draw = random.Random(seed)  # noqa: S311 (drawn, not secret)
    version = "005010X223A2" if hospital else "005010X222A1"
    yield _ISA.format(1)
    yield f"GS*HC*SENDER*RECEIVER*20251103*1200*1*X*{version}"
    sets = range(0, max(claims, 1), _SET_CLAIMS)
    for control, first in enumerate(sets, 1):
        body = [f"ST*837*{control:04d}*{version}", "BHT*0019*00*1*20251103*1200*CH"]
        body += ["NM1*41*2*SENDER*****46*1", "NM1*40*2*RECEIVER*****46*2"]
        for number in range(first, min(first + _SET_CLAIMS, claims)):
            body += _claim(number, draw, hospital=hospital)
        body.append(f"SE*{len(body) + 1}*{control:04d}")
        yield from body
    yield f"GE*{len(sets)}*1"
    yield "IEA*1*000000001"


def _claim(number: int, draw: random.Random, *, hospital: bool) -> Iterator[str]:
    if number % 20 == 0:
        yield f"HL*{2 * number + 1}**20*1"
        yield f"NM1*85*2*CLINIC {number}*****XX*1234567893"
        yield "N3*1 SOME ROAD"
        yield "N4*SOMEWHERE*IL*606739999"
    yield f"HL*{2 * number + 2}*1*22*0"
    yield "SBR*P*18*******MB"
    yield f"NM1*IL*1*DOE*JO{number % 97}****MI*M{number // 3:08d}"
    yield "N3*2 OTHER ROAD"
    yield "N4*SOMEWHERE*IL*606129998"
    yield f"DMG*D8*19{draw.randrange(30, 99)}0703*{draw.choice('FM')}"
    yield "NM1*PR*2*PAYER*****PI*12345"
    lines = draw.randrange(1, 6)
    place = "13:A:1" if hospital else f"{draw.choice(_PLACES)}:B:1"
    yield f"CLM*C{number:08d}*{lines * 100}***{place}*Y*A*Y*Y"
    yield "HI*ABK:K2970*ABF:I10"
    yield f"NM1*82*1*DOC*ANN****XX*{draw.choice(('1234567893', '1912301953'))}"
    for line in range(1, lines + 1):
        yield f"LX*{line}"
        code, modifiers = draw.choice(_CODES), draw.choice(_MODIFIERS)
        charge, units = draw.randrange(20, 500), draw.choice((1, 1, 1, 2, 10))
        if hospital:
            yield f"SV2*0450*HC:{code}{modifiers}*{charge}*UN*{units}"
        else:
            yield f"SV1*HC:{code}{modifiers}*{charge}*UN*{units}***1:2"
        yield f"DTP*472*D8*2025{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
        yield f"REF*6R*{number:08d}{line:02d}"


def interchange(claims: int, *, hospital: bool = False, end: str = "~\n") -> bytes:
    """Give an interchange as bytes."""
    return "".join(segment + end for segment in segments(claims, hospital=hospital)).encode()


def write(path: Path, megabytes: float) -> int:
    """Write an interchange of about that size; give the number of its bytes."""
    sample = len(interchange(500)) / 500
    with path.open("w", encoding="ascii", newline="") as stream:
        for segment in segments(int(megabytes * 1e6 / sample)):
            stream.write(segment + "~\n")
    return path.stat().st_size


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[2]), float(sys.argv[1])):,} bytes\n")
