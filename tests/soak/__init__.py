"""`make soak`: the promises on the real stack, with faults on every way and hosts that are killed.

Everything that `make run` starts is started here, with data of its own. Only the people are made up: visitors speak the
widget API and the REST API of ACS, agents use their desk. At the end what each side was shown is held against what the
other side wrote, and what storage holds against what may be left over.
"""
