"""What the rules find of planted faults, and what they say of files without any."""
