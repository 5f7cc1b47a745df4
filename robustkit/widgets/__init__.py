"""Widgets: Python holds the data, plain ES modules draw it."""
