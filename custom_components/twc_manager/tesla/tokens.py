"""The tokens of a Tesla account: one refresh at a time, so that no refresh token is lost.

A refresh token of the Fleet API works once, so its successor is stored before the new access token is used. Times are
in s since the epoch. No text and no repr made here holds a token.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
import inspect
import json
import logging
import time
from typing import Any, Final, Self

from aiohttp import ClientError, ClientSession

from ..untrusted import finite_number, redacted_line
from .answers import seconds_after
from .claims import Claims, UnreadableTokenError
from .regions import Region, region_of_refresh_token

MARGIN: Final = 60.0
"""In s: an access token is refreshed this long before it expires."""

REFRESH_EVERY: Final = 6 * 86_400.0
"""In s: an unused account that is checked daily is refreshed at least once a week."""

TIMEOUT: Final = 60.0
"""The timeout of a refresh in s; an abandoned refresh may have used up the refresh token."""

DEFAULT_LIFE: Final = 300.0
"""In s: how long an access token without an expiry is used."""

FINAL_ERRORS: Final = frozenset(
    {"login_required", "invalid_grant", "invalid_client", "unauthorized_client"}
)
"""The token server's errors after which the owner has to enter another token."""

_LOGGER: Final = logging.getLogger(__name__)


class TokenError(Exception):
    """No access token is available; the text holds no secrets."""


class ReauthNeededError(TokenError):
    """The account rejects the refresh token: its owner has to enter another."""


class TransientTokenError(TokenError):
    """No access token is available now; later there may be one.

    Attributes:
        after: the s to wait before the next attempt, if the server names them.

    """

    def __init__(self, reason: str, after: float | None = None) -> None:
        """Store the reason, in a word or two."""
        super().__init__(reason)
        self.after: Final = after


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of an account, to be stored; the repr hides them.

    Attributes:
        client_id: the application that the tokens are for.
        refresh_token: good for one refresh.
        access_token: good until `expires_at`; empty if there was no refresh yet.
        expires_at: in s since the epoch.
        refreshed_at: when the refresh token was new, in s since the epoch; 0 if unknown.

    """

    client_id: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    expires_at: float = 0.0
    refreshed_at: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes, fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            KeyError, TypeError, ValueError: it is not in that form.

        """
        return cls(
            client_id=str(stored["client_id"]),
            refresh_token=str(stored["refresh_token"]),
            access_token=str(stored.get("access_token", "")),
            expires_at=float(stored.get("expires_at", 0.0)),
            refreshed_at=float(stored.get("refreshed_at", 0.0)),
        )


def region_of(tokens: Tokens) -> Region | None:
    """Return the region of an account, by the prefix of the refresh token or the claims of the access token."""
    if region := region_of_refresh_token(tokens.refresh_token):
        return region
    claims = _claims_of(tokens.access_token)
    return None if claims is None else claims.region


type Store = Callable[[Tokens], Awaitable[None] | None]
"""Stores tokens permanently: they are safe once the call has returned and its result, if any, was awaited."""


class TokenManager:
    """Provides the access token of one account and refreshes it in time."""

    def __init__(
        self,
        session: ClientSession,
        tokens: Tokens,
        store: Store,
        *,
        url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Start with stored tokens.

        Args:
            session: calls the token server.
            tokens: the tokens; without an access token, they are refreshed at the first use.
            store: stores new tokens before they are used.
            url: of the token server, as by `regions.token_url`.
            clock: returns the s since the epoch.

        """
        self._session = session
        self._tokens = tokens
        self._store = store
        self._url = url
        self._clock = clock
        self._unstored: Tokens | None = None
        self._refreshing: asyncio.Task[Tokens] | None = None
        self._decoded_token = ""
        self._claims: Claims | None = None
        self._refusal: str | None = None
        self._retry_at = 0.0

    @property
    def tokens(self) -> Tokens:
        """The newest tokens, which may not be stored yet."""
        return self._unstored or self._tokens

    @property
    def claims(self) -> Claims | None:
        """The claims of the newest access token, which is decoded once; None if it cannot be read."""
        token = self.tokens.access_token
        if token != self._decoded_token:
            self._decoded_token, self._claims = token, _claims_of(token)
        return self._claims

    async def access_token(self) -> str:
        """Return an access token that is valid for at least another minute.

        Raises:
            ReauthNeededError: the account rejects the refresh token.
            TransientTokenError: the refresh failed for now.

        """
        if (
            self._tokens.access_token
            and self._clock() < self._tokens.expires_at - MARGIN
        ):
            return self._tokens.access_token
        return (await self.refresh()).access_token

    async def refresh(self) -> Tokens:
        """Refresh now and return the new tokens once they are stored.

        Concurrent calls share one refresh, which continues when one of them is cancelled.

        Raises:
            ReauthNeededError: the account rejects the refresh token.
            TransientTokenError: the refresh failed for now.

        """
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self._refresh_done)
        return await asyncio.shield(self._refreshing)

    async def settled(self) -> None:
        """Wait for the refresh in progress, if there is one."""
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])

    async def refresh_rejected(self, rejected: str) -> None:
        """Refresh after a server rejected an access token, unless there is a newer one already.

        Raises:
            ReauthNeededError: the account rejects the refresh token.
            TransientTokenError: the refresh failed for now.

        """
        if self._tokens.access_token == rejected:
            await self.refresh()

    def refresh_due(self, now: float) -> bool:
        """Return whether the tokens have to be refreshed, so that they do not expire unused."""
        return not 0 <= now - self._tokens.refreshed_at < REFRESH_EVERY

    def _refresh_done(self, task: asyncio.Task[Tokens]) -> None:
        """Allow the next refresh; log a failure, since all callers may have been cancelled."""
        self._refreshing = None
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.debug("The tokens were not refreshed: %s", type(error).__name__)

    async def _refresh(self) -> Tokens:
        if self._unstored is None:
            self._unstored = self._tokens_from(await self._ask())
        tokens = self._unstored
        await self._store_tokens(tokens)
        self._tokens = tokens
        self._unstored = None
        if not tokens.access_token:
            raise TransientTokenError("no access token in the answer")
        return tokens

    async def _store_tokens(self, tokens: Tokens) -> None:
        """Store tokens; if that fails, the next refresh tries to store them again."""
        try:
            stored = self._store(tokens)
            if inspect.isawaitable(stored):
                await stored
        except Exception as err:  # noqa: BLE001 - the tokens must survive any failure
            _LOGGER.error("The new tokens could not be kept: %s", type(err).__name__)
            raise TransientTokenError("the new tokens could not be kept") from None

    async def _ask(self) -> Mapping[str, Any]:
        """Return the token server's answer, a JSON object without an error."""
        if self._refusal is not None:
            raise ReauthNeededError(self._refusal)
        wait = self._retry_at - self._clock()
        if wait > 0:
            raise TransientTokenError("asked to wait", wait)
        return self._read(*await self._post())

    def _read(self, status: int, after: float | None, body: bytes) -> Mapping[str, Any]:
        """Return the token server's answer; store a final rejection, which forbids further tries."""
        answer = _json_object(body)
        error = answer.get("error")
        if status == 429 or status >= 500:
            self._retry_at = self._clock() + (after or 0.0)
            raise TransientTokenError(f"HTTP {status}", after)
        if isinstance(error, str) and error in FINAL_ERRORS:
            self._refusal = error
            raise ReauthNeededError(self._refusal)
        if status != 200 or error or not answer:
            raise TransientTokenError(redacted_line(error) or f"HTTP {status}")
        return answer

    async def _post(self) -> tuple[int, float | None, bytes]:
        """Return the status, the s to wait and the body of the response."""
        fields = {
            "grant_type": "refresh_token",
            "client_id": self._tokens.client_id,
            "refresh_token": self._tokens.refresh_token,
        }
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                # The target of a redirect would get the refresh token.
                self._session.post(
                    self._url, data=fields, allow_redirects=False
                ) as response,
            ):
                after = seconds_after(response.headers.get("Retry-After"))
                return response.status, after, await response.read()
        except (ClientError, OSError, RuntimeError) as err:
            # A timeout is an OSError; a closed session raises a RuntimeError.
            raise TransientTokenError(type(err).__name__) from None

    def _tokens_from(self, answer: Mapping[str, Any]) -> Tokens:
        """Return the tokens in an answer; the refresh token must survive one that lacks fields."""
        now = self._clock()
        refresh_token = answer.get("refresh_token")
        access_token = answer.get("access_token")
        tokens = replace(
            self._tokens, access_token="", expires_at=0.0, refreshed_at=now
        )
        if isinstance(refresh_token, str) and refresh_token:
            tokens = replace(tokens, refresh_token=refresh_token)
        if not isinstance(access_token, str) or not access_token:
            return tokens
        life = finite_number(answer.get("expires_in"))
        expires_at = now + life if life is not None else _expiry(access_token, now)
        return replace(tokens, access_token=access_token, expires_at=expires_at)


def _expiry(access_token: str, now: float) -> float:
    """Return when an access token expires, by its own claims."""
    claims = _claims_of(access_token)
    if claims is None or claims.expires_at is None:
        return now + DEFAULT_LIFE
    return claims.expires_at


def _claims_of(access_token: str) -> Claims | None:
    """Return the claims of an access token; None if it cannot be read."""
    try:
        return Claims.read(access_token)
    except UnreadableTokenError:
        return None


def _json_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object in a body; an empty one for anything else, such as a web page."""
    try:
        answer = json.loads(body)
    except ValueError, RecursionError:
        return {}
    return answer if isinstance(answer, dict) else {}
