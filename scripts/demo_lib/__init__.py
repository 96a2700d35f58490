"""What `scripts/demo` is made of: a simulated bus and a real Home Assistant that masters it.

`demo.running_demo` is the one thing to use from outside (checks, screenshots, browser tests): it
starts everything, yields a `Demo` once it is usable, and leaves nothing running.
"""
