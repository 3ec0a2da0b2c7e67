"""Readers of workbooks and JSON, run in a process of their own with bounded memory and time.

Imports the standard library and calamine only, so that the process is there in a few hundredths of a
second. What comes in and goes out: `child`. Who calls it: `einklang.read_boxed`.
"""
