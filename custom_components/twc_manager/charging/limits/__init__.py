"""Limits besides wiring and main fuse, which can only lower what these allow."""
