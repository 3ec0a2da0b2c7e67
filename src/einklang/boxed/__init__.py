"""Readers of workbooks and JSON, run in a process of their own with bounded memory and time.

Imports the standard library and calamine only, so that a process is small and soon there. What comes in and goes
out: `child`; where the process comes from: `template`. Who calls it: `einklang.read_boxed`, by `einklang.box`.
"""
