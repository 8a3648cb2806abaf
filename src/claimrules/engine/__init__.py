"""The engines: one rulebook, run over lines and over frames."""
