"""Pictures: what they show, what they say, and what they refuse."""
