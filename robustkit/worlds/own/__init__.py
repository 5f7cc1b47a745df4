"""Other people's MiniGrid environments as exact worlds."""
