"""The product (master, guard, rules, keeper) on the lines of the independent world, which judges it.

The world in tests/independent/ was written without knowledge of what is judged here. Each world is played twice: as it
is, and with a blind guard. A world in which the blind guard breaks nothing proves nothing, and does not count.
"""
