"""A scripted busy hour against the running demo: customers of the simulator write, agents of the demo answer."""
