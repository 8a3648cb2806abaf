"""A rule as a query: compiled from its syntax tree, to be read and run by a warehouse team."""

from claimrules.sql.query import NotExpressible, reasons_against, rule_sql

__all__ = ["NotExpressible", "reasons_against", "rule_sql"]
