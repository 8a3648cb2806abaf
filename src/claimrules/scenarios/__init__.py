"""Scenario files: claims in shorthand, their history, and what the rules are expected to say of them.

Run by ``claimrules scenarios run DIR`` and, in pytest, by the plugin of ``claimrules.testing``.
"""
