"""Agents brought to worlds: cards, comparisons, maps."""
