"""Course: exercises with checks and hints, derived from solutions."""
