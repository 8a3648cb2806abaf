"""Who gave the service, who bills, and for whom: by NPI where it can be found."""

from collections.abc import Mapping
from typing import Final

from claimrules.formats.fhir.json import NOTHING, Json, all_codes, at, objects, system_of, systems, text

Index = Mapping[str, Json]
"""Resources by the references that name them."""

_RENDERING: Final = ("rendering", "performing")
_PRIMARY: Final = "primary"


def index_of(resources: list[tuple[str, Json]]) -> dict[str, Json]:
    """Make the index of a bundle: by full address, and by type and id."""
    found: dict[str, Json] = {}
    for address, resource in resources:
        kind, key = text(resource.get("resourceType")), text(resource.get("id"))
        found |= {name: resource for name in (address, f"{kind}/{key}" if key else "") if name}
    return found


def contained(resource: Json) -> dict[str, Json]:
    """Make the index of what a resource holds itself."""
    return {f"#{text(each.get('id'))}": each for each in objects(resource.get("contained"))}


def npi_of(reference: Json, index: Index) -> str | None:
    """Find the NPI behind a reference: in its own identifier, else in what it names."""
    own = _npi(objects(reference.get("identifier")))
    named = index.get(text(reference.get("reference")), NOTHING)
    return own or _npi(objects(named.get("identifier")))


def _npi(identifiers: list[Json]) -> str | None:
    for identifier in identifiers:
        kinds = {code.lower() for code in all_codes(identifier.get("type"))}
        if system_of(identifier) in systems("npi") or "npi" in kinds:
            return text(identifier.get("value")) or None
    return None


def key_of(reference: Json, index: Index) -> str | None:
    """Tell a provider from others: by NPI, else by the reference itself."""
    return npi_of(reference, index) or text(reference.get("reference")).rpartition("/")[2] or None


def patient_of(resource: Json) -> str | None:
    """Tell the patient: the id that is referred to, else the identifier."""
    patient = at(resource, "patient")
    own = text(patient.get("reference")).rpartition("/")[2]
    return own or text(at(patient, "identifier").get("value")) or None


def rendering(resource: Json, item: Json, index: Index) -> str | None:
    """Find who gave the service of an item: of its care team, the rendering provider, else the primary."""
    team = objects(resource.get("careTeam"))
    wanted = item.get("careTeamSequence")
    if isinstance(wanted, list) and wanted:
        team = [each for each in team if each.get("sequence") in wanted]
    for roles in (_RENDERING, (_PRIMARY,)):
        members = [each for each in team if set(all_codes(each.get("role"))) & set(roles)]
        found = {key_of(at(each, "provider"), index) for each in members}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None
