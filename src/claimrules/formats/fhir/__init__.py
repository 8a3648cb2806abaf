"""FHIR R4 Claim and ExplanationOfBenefit as claim lines: plain dictionaries, codings by their system."""
