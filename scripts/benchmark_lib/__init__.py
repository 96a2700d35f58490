"""The benchmarks of scripts/benchmark."""
