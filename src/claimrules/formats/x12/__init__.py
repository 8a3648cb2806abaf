"""X12 837 claims, professional and institutional, as claim lines: a small reader that loses nothing."""
