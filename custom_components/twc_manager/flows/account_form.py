"""The form of a Tesla account: its fields, the errors in its input, and the check of the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from math import ceil
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..tesla import Checked, Problem, Region, TeslaVehicle, TokenManager, Tokens, check
from ..vehicles.account_data import (
    CONF_ACCESS_TOKEN,
    CONF_BASE_URL,
    CONF_KEY_FILE,
    CONF_REGION,
    CONF_SERVER_SIGNS,
    AccountData,
    AccountKind,
    new_grant_id,
    token_server,
)
from ..vehicles.open_account import (
    LIBRARY_ISSUE,
    LibraryMissingError,
    async_make_account,
)
from ..vehicles.token_store import async_get_token_store
from ..vehicles.vehicle_data import short_vin
from .fields import Errors, choice
from .server_address import address_error, is_same_server

CONF_CLIENT_ID: Final = "client_id"
CONF_REFRESH_TOKEN: Final = "refresh_token"
CONF_ADVANCED: Final = "advanced"
AUTOMATIC: Final = "automatic"
BASE: Final = "base"

_PAUSE_SECONDS: Final = 300.0
"""How many s to wait before the next try if the server does not name a time."""

TITLES: Final = {
    AccountKind.FLEET: "Tesla",
    AccountKind.TESLEMETRY: "Teslemetry",
    AccountKind.TESSIE: "Tessie",
}

_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_PROBLEM_FIELDS: Final = {
    Problem.CLIENT_REFUSED: CONF_CLIENT_ID,
    Problem.KEY_MISSING: CONF_KEY_FILE,
    Problem.KEY_NEEDED: CONF_KEY_FILE,
    Problem.KEY_NOT_PAIRED: CONF_KEY_FILE,
    Problem.KEY_UNREADABLE: CONF_KEY_FILE,
    Problem.NO_COMMAND_SCOPE: CONF_REFRESH_TOKEN,
    Problem.NO_DATA_SCOPE: CONF_REFRESH_TOKEN,
    Problem.TOKEN_REFUSED: CONF_REFRESH_TOKEN,
    Problem.TOKEN_UNREADABLE: CONF_REFRESH_TOKEN,
    Problem.WRONG_REGION: CONF_REGION,
}
"""The field that shows a problem; problems that are not listed belong to no field."""


@dataclass(frozen=True, slots=True)
class Before:
    """The stored account that a flow changes.

    Attributes:
        data: data of its subentry.
        unique_id: id of the owner's account.
        token_manager: refreshes its tokens; None for an account whose token is not refreshed.
        vins: VINs of its vehicles that were added to the bus.

    """

    data: AccountData
    unique_id: str | None
    token_manager: TokenManager | None
    vins: frozenset[str] = field(default=frozenset(), repr=False)

    def is_of_another(self, checked: Checked) -> bool:
        """Return whether a token belongs to another account: by the account's id, or without one by its vehicles."""
        if checked.account_id is not None:
            return checked.account_id != self.unique_id
        # The owner may have bought or sold vehicles meanwhile.
        return bool(self.vins) and self.vins.isdisjoint(
            vehicle.vin for vehicle in checked.vehicles
        )


@dataclass(frozen=True, slots=True)
class Entered:
    """The result of an input.

    Attributes:
        errors: errors by field; if empty, the account can be stored.
        placeholders: placeholders of the errors and notices.
        data: data to store of the account.
        checked: result of the check of the account.

    """

    errors: Errors = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    data: AccountData | None = None
    checked: Checked = Checked()

    @property
    def unique_id(self) -> str:
        """Id of the account; without one, a hash of the VINs of its vehicles."""
        assert self.data is not None
        if self.checked.account_id is not None:
            return self.checked.account_id
        vins = ",".join(sorted(vehicle.vin for vehicle in self.checked.vehicles))
        return f"{self.data.kind}_{sha256(vins.encode()).hexdigest()[:16]}"

    @property
    def title(self) -> str:
        """Title of the account, with the names of its vehicles."""
        assert self.data is not None
        names = ", ".join(map(vehicle_name, self.checked.vehicles))
        return f"{TITLES[self.data.kind]} ({names})"


def vehicle_name(vehicle: TeslaVehicle) -> str:
    """Return the owner's name of a vehicle, or the end of its VIN."""
    return vehicle.name or short_vin(vehicle.vin)


def token_field(kind: AccountKind) -> str:
    """Return the field for the token of a kind of account."""
    return CONF_REFRESH_TOKEN if kind is AccountKind.FLEET else CONF_ACCESS_TOKEN


def account_schema(kind: AccountKind, *, keeps_token: bool) -> Any:
    """Return the form of a kind of account; the token may stay empty if the stored one is kept."""
    fleet = kind is AccountKind.FLEET
    marker = vol.Optional if keeps_token else vol.Required
    fields: dict[Any, Any] = (
        {vol.Required(CONF_CLIENT_ID): TextSelector()} if fleet else {}
    )
    fields[marker(token_field(kind))] = _PASSWORD
    advanced: dict[Any, Any] = {vol.Optional(CONF_BASE_URL): TextSelector()}
    if fleet:
        fields[vol.Required(CONF_REGION, default=AUTOMATIC)] = choice(
            CONF_REGION, [AUTOMATIC, *Region]
        )
        fields[vol.Optional(CONF_KEY_FILE)] = TextSelector()
        advanced[vol.Required(CONF_SERVER_SIGNS, default=False)] = BooleanSelector()
    # Type checkers see another class than Home Assistant's forms.
    rarely_needed: Any = vol.Schema(advanced)
    fields[vol.Required(CONF_ADVANCED)] = section(rarely_needed, {"collapsed": True})
    return vol.Schema(fields)


def token_schema(kind: AccountKind) -> Any:
    """Return the form for a new token alone."""
    return vol.Schema({vol.Required(token_field(kind)): _PASSWORD})


def suggested_values(data: AccountData) -> dict[str, Any]:
    """Return the suggested values for the form of an account: everything except its tokens."""
    advanced = {CONF_BASE_URL: data.base_url} if data.base_url else {}
    if data.tokens is None:
        return {CONF_ADVANCED: advanced}
    shown = {
        CONF_CLIENT_ID: data.tokens.client_id,
        CONF_REGION: data.region or AUTOMATIC,
        CONF_ADVANCED: {**advanced, CONF_SERVER_SIGNS: data.server_signs},
    }
    return shown | ({CONF_KEY_FILE: data.key_file} if data.key_file else {})


class AccountForm:
    """Reads and checks the input of one flow.

    The first check uses up a refresh token, even if it finds a problem. The token store keeps the new tokens until an
    account stores them, so that the owner can enter the same token again, also in another flow.
    """

    def __init__(self, hass: HomeAssistant, before: Before | None = None) -> None:
        """Start with the account to change, if there is one."""
        self._hass = hass
        self._before = before

    async def async_enter(
        self, kind: AccountKind, user_input: Mapping[str, Any], *, needs_token: bool
    ) -> Entered:
        """Return the result of an input.

        Args:
            kind: kind of the account.
            user_input: values of the form.
            needs_token: whether a new token is required although one is stored.

        """
        entered = _flat(user_input)
        token = entered.get(token_field(kind), "")
        if needs_token and not token:
            return Entered({token_field(kind): "token_missing"})
        data = _account_data(kind, entered, self._before)
        errors = self._errors(data, token)
        if errors:
            return Entered(errors)
        token_manager = await self._async_token_manager(data, token)
        try:
            account = await async_make_account(self._hass, data, token_manager)
        except LibraryMissingError:
            return Entered({BASE: LIBRARY_ISSUE})
        checked = await check(account)
        data = replace(data, can_locate=checked.can_locate)
        if token_manager is not None:
            data = replace(data, tokens=token_manager.tokens)
        return self._result(data, checked)

    def _errors(self, data: AccountData, token: str) -> Errors:
        """Return the errors that are found without a request."""
        errors: Errors = {}
        if data.tokens is not None and not _is_word(data.tokens.client_id):
            errors[CONF_CLIENT_ID] = "client_id_invalid"
        if error := self._token_error(data, token):
            errors[token_field(data.kind)] = error
        if data.base_url is not None and (error := address_error(data.base_url)):
            errors[CONF_ADVANCED] = error
        return errors

    def _token_error(self, data: AccountData, token: str) -> str | None:
        if not token:
            return self._missing_token_error(data)
        return None if _is_word(token) else "token_invalid"

    def _missing_token_error(self, data: AccountData) -> str | None:
        """Return the error of an empty token: a stored token belongs to one client and one server."""
        if self._before is None:
            return "token_missing"
        return None if _uses_token_of(self._before.data, data) else "token_needed"

    async def _async_token_manager(
        self, data: AccountData, token: str
    ) -> TokenManager | None:
        """Return the token manager for the check; None for a token that is not refreshed."""
        if data.tokens is None:
            return None
        if not token:
            assert self._before is not None
            return self._before.token_manager
        store = await async_get_token_store(self._hass)
        tokens = store.rotated_from.get(token, data.tokens)
        tokens = replace(tokens, client_id=data.tokens.client_id)
        return TokenManager(
            async_get_clientsession(self._hass),
            tokens,
            partial(store.rotated_from.__setitem__, token),
            url=token_server(tokens, data),
        )

    def _result(self, data: AccountData, checked: Checked) -> Entered:
        placeholders = {
            "reason": checked.reason or "–",
            "vehicles": ", ".join(checked.concerned),
            "minutes": str(ceil((checked.after or _PAUSE_SECONDS) / 60)),
        }
        error = _error_of(checked.problem)
        where = _field_of(data.kind, checked.problem)
        before = self._before
        if error is None and before is not None and before.is_of_another(checked):
            error, where = "wrong_account", token_field(data.kind)
        errors = {} if error is None else {where: error}
        return Entered(errors, placeholders, data, checked)


def _uses_token_of(old: AccountData, data: AccountData) -> bool:
    """Return whether the stored token may be sent: to the server and for the client it was entered for."""
    if data.tokens is None or old.tokens is None:
        return is_same_server(old.base_url, data.base_url)
    return data.tokens.client_id == old.tokens.client_id and is_same_server(
        token_server(old.tokens, old), token_server(data.tokens, data)
    )


def _flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input with the advanced fields among the others, without surrounding spaces."""
    entered = {**user_input, **user_input.get(CONF_ADVANCED, {})}
    return {
        key: value.strip() if isinstance(value, str) else value
        for key, value in entered.items()
    }


def _account_data(
    kind: AccountKind, entered: Mapping[str, Any], before: Before | None
) -> AccountData:
    """Return the entered account; values without a field stay as stored."""
    old = None if before is None else before.data
    token = entered.get(token_field(kind), "")
    if old is not None and CONF_ADVANCED not in entered:
        entered = {**_flat(suggested_values(old)), **entered}
    is_fleet = kind is AccountKind.FLEET
    return AccountData(
        kind=kind,
        grant_id=new_grant_id() if token or old is None else old.grant_id,
        tokens=_tokens(entered[CONF_CLIENT_ID], token, before) if is_fleet else None,
        access_token="" if is_fleet else _access_token(token, old),
        region=_region(entered),
        key_file=entered.get(CONF_KEY_FILE) or None,
        base_url=_server(entered),
        server_signs=entered.get(CONF_SERVER_SIGNS, False),
    )


def _tokens(client_id: str, token: str, before: Before | None) -> Tokens:
    """Return tokens with the entered refresh token, or the stored tokens if none was entered."""
    if not token and before is not None and before.token_manager is not None:
        return replace(before.token_manager.tokens, client_id=client_id)
    return Tokens(client_id, token)


def _access_token(token: str, old: AccountData | None) -> str:
    """Return the entered access token, or the stored one if none was entered."""
    return token if token or old is None else old.access_token


def _server(entered: Mapping[str, Any]) -> str | None:
    """Return the entered server without a slash at its end; None if the field is empty."""
    return (entered.get(CONF_BASE_URL) or "").rstrip("/") or None


def _region(entered: Mapping[str, Any]) -> Region | None:
    """Return the chosen region; None to take it from the token."""
    region = entered.get(CONF_REGION, AUTOMATIC)
    return None if region == AUTOMATIC else Region(region)


def _error_of(problem: Problem | None) -> str | None:
    """Return the error of a problem; `cannot_connect` is already the key of an error of the port."""
    return "no_answer" if problem is Problem.CANNOT_CONNECT else problem


def _field_of(kind: AccountKind, problem: Problem | None) -> str:
    """Return the field that shows a problem."""
    if problem is None:
        return BASE
    place = _PROBLEM_FIELDS.get(problem, BASE)
    if kind is AccountKind.FLEET:
        return place
    return CONF_ACCESS_TOKEN if place == CONF_REFRESH_TOKEN else BASE


def _is_word(text: str) -> bool:
    """Return whether this can be an id or a token: not a sentence, JSON or a header."""
    return (
        bool(text)
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(" \"'{}<>,")
    )
