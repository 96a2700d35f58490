"""What a person enters for a Tesla account: the fields, what is wrong with them, and the check of the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

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
from .fields import Errors, choice

CONF_CLIENT_ID: Final = "client_id"
CONF_REFRESH_TOKEN: Final = "refresh_token"
CONF_ADVANCED: Final = "advanced"
AUTOMATIC: Final = "automatic"
BASE: Final = "base"

TITLES: Final = {
    AccountKind.FLEET: "Tesla account",
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
"""The field that a problem is about; all others are about none."""


@dataclass(frozen=True, slots=True)
class Before:
    """An account as it is until it is changed.

    Attributes:
        data: what is kept of it.
        unique_id: whose it is.
        keeper: of its tokens; None where there are none to be refreshed.
        vins: of those cars of it that are commanded.

    """

    data: AccountData
    unique_id: str | None
    keeper: TokenManager | None
    vins: frozenset[str] = field(default=frozenset(), repr=False)

    def is_of_another(self, checked: Checked) -> bool:
        """Return whether a token is for another account: by its id or, where there is none, by its cars."""
        if checked.account_id is not None:
            return checked.account_id != self.unique_id
        # Some may have been bought or sold since.
        return bool(self.vins) and self.vins.isdisjoint(car.vin for car in checked.cars)


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of what was entered.

    Attributes:
        errors: what is wrong, by field; the account can be kept if nothing is.
        placeholders: what the texts of errors and notices name.
        data: what to keep of the account.
        checked: what the account told.

    """

    errors: Errors = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    data: AccountData | None = None
    checked: Checked = Checked()

    @property
    def unique_id(self) -> str:
        """Whose account it is; where accounts have no ids, its cars tell."""
        assert self.data is not None
        if self.checked.account_id is not None:
            return self.checked.account_id
        vins = ",".join(sorted(car.vin for car in self.checked.cars))
        return f"{self.data.kind}_{sha256(vins.encode()).hexdigest()[:16]}"

    @property
    def title(self) -> str:
        """What to call it, with the cars that tell it from others."""
        assert self.data is not None
        names = ", ".join(map(vehicle_name, self.checked.cars))
        return f"{TITLES[self.data.kind]} ({names})"


def vehicle_name(car: TeslaVehicle) -> str:
    """Return what its owner calls a car, or the end of its VIN."""
    return car.name or f"…{car.vin[-4:]}"


def token_field(kind: AccountKind) -> str:
    """Return the name of the field for the token of a kind of account."""
    return CONF_REFRESH_TOKEN if kind is AccountKind.FLEET else CONF_ACCESS_TOKEN


def account_schema(kind: AccountKind, *, keeps_token: bool) -> Any:
    """Return the form of a kind of account; one that keeps its token may leave that field empty."""
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
    # To type checkers, Home Assistant's own schemas are of another kind.
    rarely_needed: Any = vol.Schema(advanced)
    fields[vol.Required(CONF_ADVANCED)] = section(rarely_needed, {"collapsed": True})
    return vol.Schema(fields)


def token_schema(kind: AccountKind) -> Any:
    """Return the form for another token and nothing else."""
    return vol.Schema({vol.Required(token_field(kind)): _PASSWORD})


def shown_of(data: AccountData) -> dict[str, Any]:
    """Return what to show of an account in its form: all but the tokens."""
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
    """Reads and checks what is entered in one flow, as often as it takes.

    A refresh token is used up by the first check, even one that finds a problem. What came of it is remembered until
    it is in an account, so that the same token may be sent again, be it in another flow.
    """

    def __init__(self, hass: HomeAssistant, before: Before | None = None) -> None:
        """Begin with an account that is to be changed, if there is one."""
        self._hass = hass
        self._before = before

    async def async_enter(
        self, kind: AccountKind, user_input: Mapping[str, Any], *, needs_token: bool
    ) -> Entered:
        """Return what became of what was entered, which may need a token even if there was one before."""
        entered = _flat(user_input)
        token = entered.get(token_field(kind), "")
        if needs_token and not token:
            return Entered({token_field(kind): "token_missing"})
        data = _read(kind, entered, self._before)
        errors = self._errors(data, token)
        if errors:
            return Entered(errors)
        keeper = await self._async_keeper(data, token)
        try:
            account = await async_make_account(self._hass, data, keeper)
        except LibraryMissingError:
            return Entered({BASE: LIBRARY_ISSUE})
        checked = await check(account)
        data = replace(data, can_locate=checked.can_locate)
        if keeper is not None:
            data = replace(data, tokens=keeper.tokens)
        return self._judge(data, checked)

    def _errors(self, data: AccountData, token: str) -> Errors:
        """Return what is wrong without asking anybody."""
        errors: Errors = {}
        if data.tokens is not None and not _is_word(data.tokens.client_id):
            errors[CONF_CLIENT_ID] = "client_id_invalid"
        if error := self._token_error(data, token):
            errors[token_field(data.kind)] = error
        if data.base_url is not None and not _is_server(data.base_url):
            errors[CONF_ADVANCED] = "base_url_invalid"
        return errors

    def _token_error(self, data: AccountData, token: str) -> str | None:
        if not token:
            return self._missing_token_error(data)
        return None if _is_word(token) else "token_invalid"

    def _missing_token_error(self, data: AccountData) -> str | None:
        """Return whether the token has to be entered anew: it is of use to one client at one server only."""
        if self._before is None:
            return "token_missing"
        old = self._before.data
        if data.tokens is None or old.tokens is None:
            return None
        same_client = data.tokens.client_id == old.tokens.client_id
        same_server = token_server(data.tokens, data) == token_server(old.tokens, old)
        return None if same_client and same_server else "token_needed"

    async def _async_keeper(self, data: AccountData, token: str) -> TokenManager | None:
        """Return what hands out the access token for the check."""
        if data.tokens is None:
            return None
        if not token:
            assert self._before is not None
            return self._before.keeper
        safe = await async_get_token_store(self._hass)
        tokens = safe.rotated_from.get(token, data.tokens)
        tokens = replace(tokens, client_id=data.tokens.client_id)
        return TokenManager(
            async_get_clientsession(self._hass),
            tokens,
            partial(safe.rotated_from.__setitem__, token),
            url=token_server(tokens, data),
        )

    def _judge(self, data: AccountData, checked: Checked) -> Entered:
        placeholders = {
            "reason": checked.reason or "–",
            "cars": ", ".join(checked.concerned),
        }
        error = _error_of(checked.problem)
        where = _field_of(data.kind, checked.problem)
        before = self._before
        if error is None and before is not None and before.is_of_another(checked):
            error, where = "wrong_account", token_field(data.kind)
        errors = {} if error is None else {where: error}
        return Entered(errors, placeholders, data, checked)


def _flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, the advanced fields among the others, without spaces around it."""
    entered = {**user_input, **user_input.get(CONF_ADVANCED, {})}
    return {
        key: value.strip() if isinstance(value, str) else value
        for key, value in entered.items()
    }


def _read(
    kind: AccountKind, entered: Mapping[str, Any], before: Before | None
) -> AccountData:
    """Return the account that was entered; what no field was there for is as before."""
    old = None if before is None else before.data
    token = entered.get(token_field(kind), "")
    if old is not None and CONF_ADVANCED not in entered:
        entered = {**_flat(shown_of(old)), **entered}
    region = entered.get(CONF_REGION, AUTOMATIC)
    tokens = None
    if kind is AccountKind.FLEET:
        client_id = entered[CONF_CLIENT_ID]
        tokens = Tokens(client_id, token)
        if not token and before is not None and before.keeper is not None:
            tokens = replace(before.keeper.tokens, client_id=client_id)
    access_token = "" if kind is AccountKind.FLEET else token
    if old is not None:
        access_token = access_token or old.access_token
    return AccountData(
        kind=kind,
        grant_id=new_grant_id() if token or old is None else old.grant_id,
        tokens=tokens,
        access_token=access_token,
        region=None if region == AUTOMATIC else Region(region),
        key_file=entered.get(CONF_KEY_FILE) or None,
        base_url=(entered.get(CONF_BASE_URL) or "").rstrip("/") or None,
        server_signs=entered.get(CONF_SERVER_SIGNS, False),
    )


def _error_of(problem: Problem | None) -> str | None:
    """Return the error that tells of a problem; that of a port which cannot be opened has the same name."""
    return "no_answer" if problem is Problem.CANNOT_CONNECT else problem


def _field_of(kind: AccountKind, problem: Problem | None) -> str:
    """Return the field to show a problem at."""
    if problem is None:
        return BASE
    place = _PROBLEM_FIELDS.get(problem, BASE)
    if kind is AccountKind.FLEET:
        return place
    return CONF_ACCESS_TOKEN if place == CONF_REFRESH_TOKEN else BASE


def _is_word(text: str) -> bool:
    """Return whether this can be an id or a token, and not a sentence, a line of JSON or a header."""
    return (
        bool(text)
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(" \"'{}<>,")
    )


def _is_server(url: str) -> bool:
    """Return whether this is the address of a web server, to which paths can be added."""
    try:
        parts = urlsplit(url)
        port_fits = parts.port != 0
    except ValueError:
        return False
    return (
        port_fits
        and url.isprintable()
        and " " not in url
        and parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and not parts.query
        and not parts.fragment
    )
