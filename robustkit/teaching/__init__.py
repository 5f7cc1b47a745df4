"""Teaching: checks and hints, the doctor, and exercises derived from solutions."""

from .checks import check, hint

__all__ = ["check", "hint"]
