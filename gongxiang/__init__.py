"""Gongxiang (共享): part of what a purchase earns the platform goes back to the people who buy."""

__version__ = "0.1.0"
