"""The pictures that stand for the integration, drawn from shapes."""
