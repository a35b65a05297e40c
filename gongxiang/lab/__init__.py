"""The scheme from outside: event files folded through the economy, in memory, without a database.

Units: none. Source: spec/events.md.
"""
