"""The checks of Home Assistant's hassfest and of HACS, and further ones of this project.

Each check reads files and returns findings; none of them runs the integration.
"""
