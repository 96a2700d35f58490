"""Tests of the protocol: `custom_components/twc_manager/twc/`."""
