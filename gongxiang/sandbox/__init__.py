"""Services from outside, played on this machine: real servers with the real wire formats.

They know nothing of the platform: only what comes over the wire. Production refuses them.
"""
