"""The keeper: a small program beside the connectors that keeps them charging while Home Assistant is away.

It owns the serial port and serves it over TCP. While Home Assistant sends, it forwards whole frames; when Home
Assistant is silent, it goes on as the same master, within the lease that Home Assistant has sent. It needs the standard
library, and serialx for the port.
"""
