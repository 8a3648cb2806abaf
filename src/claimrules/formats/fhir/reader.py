"""Reads FHIR: single resources, bundles, and one resource a line; a bad one costs itself."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from claimrules.expr.vocabulary import OFFERABLE
from claimrules.formats.bill import is_anaesthesia
from claimrules.formats.fhir.claim import CLAIMS, Refused, lines_of
from claimrules.formats.fhir.json import Json, at, objects, text
from claimrules.formats.fhir.people import Index, index_of
from claimrules.formats.json_values import Value, json_values, raw_of
from claimrules.formats.raw import Raw, rejected
from claimrules.formats.reader import LineReader, Place, ReadOptions
from claimrules.formats.stream import Stream
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

_OFFERED: Final = frozenset(
    (
        *("diagnosis_pointers", "diagnoses", "icd_version", "principal_diagnosis"),
        *("npi", "provider", "billing_provider"),
    )
)
_BUNDLE: Final = "Bundle"
_KINDS: Final = 4
_longest_kind: Final = 40


class FhirReader(LineReader):
    """The items of claims as lines; ``claims`` counts the claims seen."""

    def __init__(self, stream: Stream, options: ReadOptions) -> None:
        """Read nothing yet."""
        super().__init__(stream)
        self.has_columns = False
        self._setting = options.setting
        self._raw = options.raw
        self._others: Counter[str] = Counter()
        self._pages = 0
        self._timed = False
        self.claims = 0

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every item of every claim, once."""
        refused = 0
        for value in json_values(self._stream):
            self.place = Place(value.line, value.offset)
            for entry in self._entries(value):
                if isinstance(entry, Refused):
                    refused += 1
                    yield self._reject(entry, value)
                else:
                    self._timed = self._timed or (entry.minutes is not None and is_anaesthesia(entry.code))
                    yield entry
        if not self.claims and not refused:
            reason = "is the end of a file without any Claim or ExplanationOfBenefit"
            yield rejected(self.name, self.place, reason, None)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which resources were passed over, and that more pages of a search are elsewhere."""
        found = []
        if self._others:
            kinds = ", ".join(f"{kind} {number:,}" for kind, number in self._others.most_common(_KINDS))
            found.append(f"resources that are no claims were passed over: {kinds}")
        if self._pages:
            found.append(f"bundles that say there is a next page: {self._pages:,}; give every page")
        return tuple(found)

    @property
    def inputs(self) -> frozenset[str]:
        """What the format offers; minutes where anaesthesia read so far is billed in them."""
        return (_OFFERED | ({"minutes"} if self._timed else set())) & OFFERABLE

    @property
    def assumptions(self) -> tuple[str, ...]:
        """A resource says everything itself."""
        return ()

    def _entries(self, value: Value) -> Iterator[ClaimLine | Refused]:
        if value.fault:
            yield Refused(value.fault)
        elif not isinstance(value.value, dict):
            yield Refused("is no object, so no resource")
        elif text(value.value.get("resourceType")) == _BUNDLE:
            pairs = list(self._inside(value.value))
            index = index_of(pairs)
            for _, resource in pairs:
                yield from self._resource(resource, index)
        else:
            yield from self._resource(value.value, {})

    def _inside(self, bundle: Json) -> Iterator[tuple[str, Json]]:
        """Give what a bundle and those in it hold, by address: the answer to a batch is such."""
        open_bundles = [self._entries_of(bundle)]
        while open_bundles:
            each = next(open_bundles[-1], None)
            if each is None:
                open_bundles.pop()
            elif text((resource := at(each, "resource")).get("resourceType")) == _BUNDLE:
                open_bundles.append(self._entries_of(resource))
            else:
                yield text(each.get("fullUrl")), resource

    def _entries_of(self, bundle: Json) -> Iterator[Json]:
        self._pages += any(text(link.get("relation")) == "next" for link in objects(bundle.get("link")))
        return iter(objects(bundle.get("entry")))

    def _resource(self, resource: Json, index: Index) -> Iterator[ClaimLine | Refused]:
        kind = text(resource.get("resourceType"))
        if kind in CLAIMS:
            self.claims += 1
            for entry in lines_of(resource, index, self._setting):
                if isinstance(entry, Refused) and entry.about is None:
                    yield Refused(entry.reason, resource)
                else:
                    yield entry
        elif kind.isalpha() and len(kind) < _longest_kind:
            self._others[kind] += 1
        else:
            yield Refused("is no resource: it names no resourceType", resource)

    def _reject(self, entry: Refused, value: Value) -> Rejected:
        raw = None
        if self._raw:
            whole = entry.about is None or entry.about is value.value
            raw = raw_of(value) if whole else Raw.written(entry.about)
        return rejected(self.name, self.place, entry.reason, raw)
