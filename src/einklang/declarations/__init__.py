"""Declarations: strict models of everything under schemas/ and expectations/."""
