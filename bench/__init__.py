"""Figures of speed and endurance, printed, never asserted."""
