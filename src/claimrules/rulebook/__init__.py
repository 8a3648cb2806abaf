"""The rulebook: rule files, read strictly, selected and compiled."""
