"""The account server: Tesla's cloud, and those of Teslemetry and Tessie, on one loopback port.

The sockets, the base URLs (one per region and service) and the ordered troubles. Permissions and answers are in
`request_handler`.
"""

import asyncio
from collections.abc import Callable
from functools import partial
import json
import time
from typing import Any, Final

from aiohttp import web

from simulator.bus import Bus

from .account import Account, Region
from .call_log import Call, CallLog, Kind
from .endpoints import ENDPOINTS, Endpoint
from .request_handler import COMMANDS, RequestHandler, Service, Visit
from .signed import Request
from .troubles import REASONS, REFUSALS, Order, Orders, RefusalError, Trouble
from .vehicle import Place, TeslaCar

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_HOME: Final = Place(52.1, 5.1)
_TOKEN_PATH: Final = "/oauth2/v3/token"
_PAGE: Final = "<html><body><h1>Something else</h1></body></html>"
_TEXTS: Final = {
    Trouble.HTML: (200, "text/html", _PAGE),
    Trouble.HTML_ERROR: (503, "text/html", _PAGE),
    Trouble.NONSENSE: (200, "application/json", '{"response": {"resu'),
    Trouble.WRONG_SHAPE: (200, "application/json", '{"weather": "fine"}'),
}
_OBEYING: Final = frozenset({Kind.COMMAND.value, *COMMANDS, "signed_command"})
"""The kinds of calls for which a car's own refusal can be ordered."""


def _wall_clock() -> float:
    """Return the time; the function is looked up each time, since tests freeze it."""
    return time.time()


class TeslaCloud:
    """The server, which serves its accounts from `start` to `stop`."""

    def __init__(
        self,
        *accounts: Account,
        bus: Bus | None = None,
        home: Place = _HOME,
        now: Callable[[], float] = _wall_clock,
        car_clock: Callable[[], float] = _wall_clock,
    ) -> None:
        """Create the server.

        `bus` is the bus whose connectors may have the cars of the accounts. The cars sleep and wake by its clock,
        or by that of the loop without a bus. `now` is the wall clock by which tokens expire, in s since 1970.
        `car_clock` is the clock by which signed commands expire, in s; it must run like the client's `time.time`.
        """
        self.accounts = list(accounts)
        self.call_log = CallLog()
        self._request_handler = RequestHandler(
            self.accounts,
            bus=bus,
            home=home,
            now=now,
            car_clock=car_clock,
            url=self.url,
        )
        self._orders = Orders()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._root = ""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Start to serve, on a free port if it is 0; ValueError if the host is not loopback."""
        if host not in _LOOPBACK:
            msg = f"a made-up account server listens on loopback only, not on {host}"
            raise ValueError(msg)
        self._closing.clear()
        self._runner = web.AppRunner(self._application(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        address = self._runner.addresses[0]
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        self._root = f"http://{name}:{address[1]}"

    async def stop(self) -> None:
        """Stop; calls without an answer are aborted."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, region: Region | None = None) -> str:
        """Return the base URL of a region, or of a proxy that serves all of them."""
        return self._root if region is None else f"{self._root}/{region.host}"

    @property
    def token_url(self) -> str:
        """The URL at which tokens are refreshed."""
        return f"{self._root}{_TOKEN_PATH}"

    @property
    def teslemetry_url(self) -> str:
        """The base URL of the simulated Teslemetry."""
        return f"{self._root}/{Service.TESLEMETRY}"

    @property
    def tessie_url(self) -> str:
        """The base URL of the simulated Tessie."""
        return f"{self._root}/{Service.TESSIE}"

    def fail_next(
        self,
        endpoint: str,
        trouble: Trouble,
        *,
        times: int = 1,
        after: float | None = None,
        vin: str | None = None,
    ) -> None:
        """Order a trouble for the next calls; ValueError if it does not apply to them.

        `endpoint` is the last part of a path (charge_start, vehicle_data, token), a kind (command,
        data, wake, list), handshake, or `*` for any call. A signed command has both its own name
        and signed_command. `after` is the wait in s that a rate limit requests; `vin` is the only car that is
        affected. Each call gets one order, the oldest that matches.
        """
        self._order(Order(endpoint, trouble, times, after, vin))

    def fail(
        self,
        endpoint: str,
        trouble: Trouble,
        *,
        after: float | None = None,
        vin: str | None = None,
    ) -> None:
        """Order a trouble until `recover`; otherwise like `fail_next`."""
        self._order(Order(endpoint, trouble, None, after, vin))

    def recover(self) -> None:
        """Cancel all orders."""
        self._orders.clear()

    def at_home(self, car: TeslaCar) -> bool:
        """Return whether a car is at home now."""
        return self._request_handler.at_home(car)

    def reboot(self, car: TeslaCar) -> None:
        """Restart the computer of a car, with a new epoch; this ends signed sessions."""
        self._request_handler.computer(car).reboot()

    def _order(self, order: Order) -> None:
        if order.trouble in REASONS and order.endpoint not in _OBEYING:
            msg = (
                f"'{order.endpoint}' asks no car to obey, so none says {order.trouble}"
            )
            raise ValueError(msg)
        self._orders.add(order)

    def _application(self) -> web.Application:
        doors: list[tuple[str, Service, Region | None]] = [
            ("", Service.FLEET, None),
            *((f"/{region.host}", Service.FLEET, region) for region in Region),
            (f"/{Service.TESLEMETRY}", Service.TESLEMETRY, None),
            (f"/{Service.TESSIE}", Service.TESSIE, None),
        ]
        application = web.Application()
        for prefix, service, region in doors:
            for endpoint in ENDPOINTS:
                if service in endpoint.services:
                    serve = partial(self._serve, endpoint, service, region)
                    path = prefix + endpoint.path
                    application.router.add_route(endpoint.method, path, serve)
        return application

    async def _serve(
        self,
        endpoint: Endpoint,
        service: Service,
        region: Region | None,
        request: web.Request,
    ) -> web.Response:
        """Log a call and answer it, with the trouble that was ordered for it."""
        vin = request.match_info.get("vin")
        name = request.match_info.get("command", endpoint.name)
        body = await _body(request)
        signed = Request.parse(body.get("routable_message"))
        car = self._request_handler.find(vin)
        call = Call(
            at=self._request_handler.time,
            kind=endpoint.kind,
            endpoint=name if signed is None else signed.command,
            vin=vin,
            at_home=None if car is None else self.at_home(car),
            signed=signed is not None,
        )
        self.call_log.calls.append(call)
        visit = Visit(
            service=service,
            region=region,
            token=request.headers.get("Authorization", "").removeprefix("Bearer "),
            vin=vin,
            query=request.query,
            body=body,
            signed=signed,
            call=call,
        )
        names = frozenset({endpoint.name, call.endpoint, call.kind.value})
        order = self._orders.take(names, vin)
        try:
            response = await self._answer(endpoint, visit, order)
        except RefusalError as refusal:
            response = _refused(endpoint, refusal)
        if response is None:
            return _hang_up(request)
        call.status = response.status
        # On virtual time a kept connection may time out just when the next call is sent.
        response.force_close()
        return response

    async def _answer(
        self, endpoint: Endpoint, visit: Visit, order: Order | None
    ) -> web.Response | None:
        """Return the answer, or None to break the connection; RefusalError for a refusal."""
        trouble = None if order is None else order.trouble
        if trouble is Trouble.TIMEOUT:
            await self._closing.wait()
        if trouble in (Trouble.TIMEOUT, Trouble.DROP):
            return None
        if trouble in _TEXTS:
            status, content_type, text = _TEXTS[trouble]
            return web.Response(status=status, content_type=content_type, text=text)
        if order is not None and order.trouble in REFUSALS:
            raise RefusalError.of(order.trouble, order.after)
        if trouble is Trouble.WRONG_REGION:
            raise self._request_handler.misdirected(visit)
        if trouble in REASONS:
            visit.reason = trouble
        answer = endpoint.answer(self._request_handler, visit)
        return None if trouble is Trouble.LOST_ANSWER else web.json_response(answer)


async def _body(request: web.Request) -> dict[str, Any]:
    """Return the data of a form or of JSON; empty for anything else."""
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _hang_up(request: web.Request) -> web.Response:
    """Break the connection, so that the response is lost."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refused(endpoint: Endpoint, refusal: RefusalError) -> web.Response:
    after = {} if refusal.after is None else {"Retry-After": f"{refusal.after:.0f}"}
    return web.json_response(
        endpoint.refusal(refusal.error), status=refusal.status, headers=after
    )
