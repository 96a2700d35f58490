"""What Home Assistant's hassfest and HACS would ask for, and what this project asks of itself besides.

Each check reads files and returns findings; none of them runs the integration.
"""
