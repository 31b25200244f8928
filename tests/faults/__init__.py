"""Faults while people answer: is what was acknowledged stored, exactly once?

`make faults` runs each fault on real servers with a load on them, and again with the protection
switched off: that run, its twin, has to lose or double something, or the first one proves nothing.
"""
