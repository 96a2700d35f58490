"""The demo's one user: made by finishing Home Assistant's onboarding, logged in later."""

from typing import Final

from .api import Api

USER: Final = "demo"
PASSWORD: Final = "demo"


async def onboard(api: Api) -> None:
    """Complete the onboarding of a new Home Assistant, and log in."""
    answer = await api.post(
        "/api/onboarding/users",
        {
            "client_id": api.client_id,
            "name": "Demo",
            "username": USER,
            "password": PASSWORD,
            "language": "en",
        },
    )
    await api.log_in(answer["auth_code"])
    await api.post("/api/onboarding/analytics")
    await api.post(
        "/api/onboarding/integration",
        {"client_id": api.client_id, "redirect_uri": api.client_id},
    )


async def log_in(api: Api) -> None:
    """Log in as on Home Assistant's login page."""
    client = {"client_id": api.client_id}
    flow = await api.post(
        "/auth/login_flow",
        {**client, "handler": ["homeassistant", None], "redirect_uri": api.client_id},
    )
    answer = await api.post(
        f"/auth/login_flow/{flow['flow_id']}",
        {**client, "username": USER, "password": PASSWORD},
    )
    await api.log_in(answer["result"])
