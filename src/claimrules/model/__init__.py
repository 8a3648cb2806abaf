"""The words of the domain as frozen values: lines, codes, editions, findings; nothing here reads a file."""
