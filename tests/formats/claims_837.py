"""Writes small 837 interchanges for tests: invented persons, HCPCS Level II codes."""

from collections.abc import Iterable
from typing import Final

ISA: Final = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*251103*1200*^*00501*000000001*0*T*:"
)
PERSON: Final = ("HL*2*1*22*0", "SBR*P*18*******MB", "NM1*IL*1*DOE*JO****MI*M77", "DMG*D8*19500703*F")
BILLER: Final = ("HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893")
CLAIM: Final = ("CLM*C77*300***11:B:1*Y*A*Y*Y", "HI*ABK:K2970*ABF:I10")
LINE: Final = ("LX*1", "SV1*HC:G0105:50*100*UN*2***1:2", "DTP*472*D8*20251103")


def transaction(*segments: str, version: str = "005010X222A1", control: str = "0001") -> list[str]:
    """Put segments into a transaction set whose count is right."""
    inside = [f"ST*837*{control}*{version}", "BHT*0019*00*1*20251103*1200*CH", *segments]
    return [*inside, f"SE*{len(inside) + 1}*{control}"]


def interchange(*sets: Iterable[str], version: str = "005010X222A1") -> list[str]:
    """Put transaction sets into a group and an interchange."""
    inside = [segment for one in sets for segment in one]
    group = f"GS*HC*SENDER*RECEIVER*20251103*1200*1*X*{version}"
    return [ISA, group, *inside, f"GE*{len(sets)}*1", "IEA*1*000000001"]


def written(segments: Iterable[str], end: str = "~\n", marks: tuple[str, str] = ("*", ":")) -> bytes:
    """Write segments with a terminator, and with other separators of elements and components."""
    element, component = marks
    text = "".join(segment + end for segment in segments)
    return text.replace("*", "\x00").replace(":", component).replace("\x00", element).encode()


def claims(*segments: str) -> bytes:
    """Write one interchange of one set: biller and person, then the segments given."""
    return written(interchange(transaction(*BILLER, *PERSON, *segments)))
