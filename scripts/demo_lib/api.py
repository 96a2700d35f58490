"""Home Assistant's own REST and WebSocket API, as its frontend uses it.

The connection and the tokens; other modules decide what to request.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import time
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
)

from .errors import DemoError

_TIMEOUT: Final = ClientTimeout(total=30)
# Refreshed a little before it expires.
_MARGIN_S: Final = 60.0


class ApiError(DemoError):
    """Home Assistant rejected a request."""


@dataclass(frozen=True, slots=True)
class _Token:
    access: str
    refresh: str
    until: float


class Api:
    """A client of a Home Assistant, logged in after `log_in`."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Create a client for an address such as http://127.0.0.1:8123."""
        self.url = url
        self._session = session
        self._token: _Token | None = None

    @property
    def client_id(self) -> str:
        """The client id of the frontend at a login."""
        return f"{self.url}/"

    async def answers(self) -> bool:
        """Return whether Home Assistant responds."""
        try:
            async with self._session.get(
                f"{self.url}/manifest.json", timeout=_TIMEOUT
            ) as response:
                return response.ok
        except ClientError, TimeoutError:
            return False

    async def text(self, path: str) -> str:
        """Return a page or a file that needs no login."""
        async with self._session.get(f"{self.url}{path}", timeout=_TIMEOUT) as response:
            response.raise_for_status()
            return await response.text()

    async def get(self, path: str) -> Any:
        """Send a GET request."""
        return await self._request("GET", path, None)

    async def post(self, path: str, body: Any = None) -> Any:
        """Send a POST request."""
        return await self._request("POST", path, {} if body is None else body)

    async def delete(self, path: str) -> Any:
        """Send a DELETE request."""
        return await self._request("DELETE", path, None)

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        """Call an action like `number.set_value` for an entity."""
        path = f"/api/services/{service.replace('.', '/')}"
        await self.post(path, {"entity_id": entity_id, **data})

    async def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return str((await self.get(f"/api/states/{entity_id}"))["state"])

    async def ask(self, command: str, **data: Any) -> Any:
        """Send a WebSocket command; most settings of the frontend are only available there."""
        async with self._socket() as socket:
            return await _command(socket, command, data)

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[ClientWebSocketResponse]:
        headers = await self._headers()
        address = f"{self.url}/api/websocket"
        async with self._session.ws_connect(address, max_msg_size=0) as socket:
            await socket.receive_json(timeout=_TIMEOUT.total)
            token = headers["Authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            answer = await socket.receive_json(timeout=_TIMEOUT.total)
            if answer["type"] != "auth_ok":
                msg = f"Home Assistant let nobody in: {answer}"
                raise ApiError(msg)
            yield socket

    async def log_in(self, code: str) -> None:
        """Log in with a code from onboarding or from a login."""
        await self._fetch_token(grant_type="authorization_code", code=code)

    async def _fetch_token(self, **grant: str) -> None:
        form = {"client_id": self.client_id, **grant}
        async with self._session.post(
            f"{self.url}/auth/token", data=form, timeout=_TIMEOUT
        ) as response:
            answer = await _read("POST", "/auth/token", response)
        refresh = answer.get("refresh_token") or grant["refresh_token"]
        until = time.monotonic() + answer["expires_in"] - _MARGIN_S
        self._token = _Token(answer["access_token"], refresh, until)

    async def _headers(self) -> dict[str, str]:
        if self._token is None:
            return {}
        if time.monotonic() >= self._token.until:
            await self._fetch_token(
                grant_type="refresh_token", refresh_token=self._token.refresh
            )
        return {"Authorization": f"Bearer {self._token.access}"}

    async def _request(self, method: str, path: str, body: Any) -> Any:
        headers = await self._headers()
        async with self._session.request(
            method, self.url + path, json=body, headers=headers, timeout=_TIMEOUT
        ) as response:
            return await _read(method, path, response)


async def _command(
    socket: ClientWebSocketResponse, command: str, data: Mapping[str, Any]
) -> Any:
    await socket.send_json({"id": 1, "type": command, **data})
    answer = await socket.receive_json(timeout=_TIMEOUT.total)
    if not answer.get("success"):
        msg = f"Home Assistant refused {command}: {answer.get('error')}"
        raise ApiError(msg)
    return answer["result"]


async def _read(method: str, path: str, response: ClientResponse) -> Any:
    if not response.ok:
        msg = f"Home Assistant answered {method} {path} with {response.status}: {await response.text()}"
        raise ApiError(msg)
    return await response.json()
