"""The home area network in simulated time: frames on a medium, the stacks of devices, and their clusters.

Nothing here knows what a meter is. ``simulation`` lets time run; ``node`` is a device's stack;
``joining``, ``tunnel`` and the modules of clusters are what a device does with it.
"""
