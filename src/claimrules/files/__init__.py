"""What files come packed in: archives, compression, workbooks; no table and no claim is known here."""
