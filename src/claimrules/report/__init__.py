"""Reports: one renderer a file; each turns values of the model into text for people or into plain data."""
