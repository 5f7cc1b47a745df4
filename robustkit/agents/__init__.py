"""Agents: trained from the base objective alone, or planted for comparison."""

from __future__ import annotations

from .agent import Agent
from .memoriser import Memoriser
from .network import Network
from .planner import DEVICES, Device, Planner, make_device, make_planner
from .registry import RECIPES
from .searcher import Searcher
from .training import train, usual

__all__ = [
    "DEVICES",
    "RECIPES",
    "Agent",
    "Device",
    "Memoriser",
    "Network",
    "Planner",
    "Searcher",
    "make_device",
    "make_planner",
    "train",
    "usual",
]
