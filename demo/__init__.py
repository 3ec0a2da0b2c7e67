"""Demonstration: deliveries in the layouts of sixteen offices, with planted faults."""
