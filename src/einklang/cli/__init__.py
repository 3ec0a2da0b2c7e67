"""The command line: `einklang`. Each command is thin; what it does stands in the library."""
