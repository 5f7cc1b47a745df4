"""Agents and worlds brought to the metrics: what is measured, what it adds up to."""
