"""Mutated files: each must give a report or a clear refusal, never a traceback, a hang or a leak."""
