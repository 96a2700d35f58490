"""The icon and the logo of the integration, drawn from shapes."""
