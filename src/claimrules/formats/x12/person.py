"""Whose claim it is: the subscriber or a dependent, by the subscriber's number."""

from hashlib import blake2s

import attrs


@attrs.define
class Person:
    """One person of the loops 2010BA and 2010CA."""

    number: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    death_date: str = ""

    def named(self, elements: list[str]) -> None:
        """Take NM1: the name, and the number where one stands there."""
        self.name = "\x1f".join(elements[2:7])
        self.number = "".join(elements[8:9]).strip()

    def described(self, elements: list[str]) -> None:
        """Take DMG: the date of birth and the sex."""
        fields = [*elements, "", "", ""]
        if fields[0].strip() == "D8":
            self.birth_date = fields[1].strip()
        self.sex = fields[2].strip()

    def cells(self) -> dict[str, str]:
        """What a claim says of its patient, by the names of its facts."""
        return {"birth_date": self.birth_date, "sex": self.sex, "death_date": self.death_date}


def patient_key(subscriber: Person, dependent: Person | None) -> str | None:
    """Tell persons apart: by a number of their own, else the subscriber's and a digest of the person.

    A dependent seldom has a number; the subscriber's alone would make one patient of a family.
    """
    if dependent is None:
        return subscriber.number or None
    if dependent.number and dependent.number != subscriber.number:
        return dependent.number
    own = f"{dependent.name}\x1f{dependent.birth_date}\x1f{dependent.sex}"
    if not subscriber.number or not own.strip("\x1f"):
        return None
    return f"{subscriber.number}-{blake2s(own.upper().encode(), digest_size=5).hexdigest()}"
