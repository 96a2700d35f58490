"""A look inside the bus: what scripts/twc does, and how it says it.

Built on the protocol room of the integration, `custom_components.twc_manager.twc`, which does all the decoding.
"""
