"""Something that plays by memory, for tests of what needs a policy."""

from __future__ import annotations


class Remembers:
    """Plays episodes, and has no policy for a state."""

    def reset(self):
        self.moves = 0

    def act(self, seen):
        self.moves += 1
        return self.moves % 4
