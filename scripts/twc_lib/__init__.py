"""The tool that looks inside the bus: the commands of scripts/twc and their output.

All decoding is done by the protocol room of the integration, `custom_components.twc_manager.twc`.
"""
