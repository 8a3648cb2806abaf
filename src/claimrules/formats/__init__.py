"""Readers of claim files: each turns records into claim lines, or says why one was rejected."""
