"""Registers every world with Gymnasium; `import robustkit` calls this."""

from __future__ import annotations


def register() -> None:
    """Register `robustkit/<World>-v0` for every world, once."""
    import gymnasium

    from . import WORLDS

    for name in WORLDS:
        identity = f"robustkit/{name.capitalize()}-v0"
        if identity not in gymnasium.registry:
            gymnasium.register(
                identity,
                entry_point="robustkit.worlds.minigrid:GridEnv",
                vector_entry_point="robustkit.worlds.vector:VectorGridEnv",
                kwargs={"world": name},
            )
