"""Speaks HTTP to image services: one request for each drawing, never repeated by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

import aiohttp

from bot.core.errors import (
    AccountProblem,
    DrawingFailed,
    Misconfigured,
    ModelUnavailable,
    OutcomeUnknown,
    Unreachable,
)
from bot.core.ports import Drawing, MaskShape
from bot.imageapi.calls import Body, Call
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.downloads import Downloads, look_up
from bot.imageapi.exchange import learn, open_session, patience, read, read_up_to, sent
from bot.imageapi.pacing import Pace
from bot.imageapi.reaching import Listing, reached
from bot.imageapi.reader import Reader
from bot.imageapi.scrubbing import scrubbed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from types import TracebackType

    from bot.core.images import ImageRequest
    from bot.core.models import Catalogue, Model
    from bot.core.ports import Clock, Inputs, OnPartial
    from bot.imageapi.downloads import Lookup
    from bot.imageapi.providers import Provider

PICTURE_LIMIT = 50_000_000
"""Bytes of one picture; the largest PNG that a current model can draw has about 33 million."""

BESIDES = 1_000_000
"""Bytes of an answer that are not pictures."""

LIST_LIMIT = 2**22
"""Bytes of a list of models."""

LISTING_PATIENCE = aiohttp.ClientTimeout(total=30, sock_connect=10)


class HttpImageApi:
    """The configured image services; `core.ports.ImageApi`.

    Use as `async with`, or call `open` before the first and `close` after the last use.

    Args:
        providers: In the order to try them.
        catalogue: Every model that is known.
        clock: The time.
        picture_limit: Bytes of one picture; a longer answer is refused.
        look_up: How the host of a link is found.

    Raises:
        Misconfigured: A provider serves a model that the catalogue does not know.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        clock: Clock,
        *,
        picture_limit: int = PICTURE_LIMIT,
        look_up: Lookup = look_up,
    ) -> None:
        problems = tuple(
            f"The provider {provider.name} serves “{model}”, which is not in models.toml."
            for provider in providers
            for model in provider.models
            if catalogue.find(model) is None
        )
        if problems:
            raise Misconfigured(problems)
        self._catalogue = catalogue
        self._clock = clock
        self._picture_limit = picture_limit
        self._look_up = look_up
        self._providers = {provider.name: provider for provider in providers}
        self._paces = {provider.name: Pace(provider.pacing, clock) for provider in providers}
        self._trouble: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to connect; nothing is sent yet."""
        self._session = open_session()

    async def close(self) -> None:
        """Let go of every connection; nothing happens if there is none."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def catalogue(self) -> Catalogue:
        """Every model that is known, living or not; the default first."""
        return self._catalogue

    @property
    def names(self) -> tuple[str, ...]:
        """Every provider that is configured, in the order to try them."""
        return tuple(self._providers)

    async def problem(self) -> str | None:
        """Why no provider can draw, in a sentence for the operator, or None while one may.

        Nothing is sent: it is what the last drawing found, until one goes well again.
        """
        if not all(name in self._trouble for name in self.names):
            return None
        return f"No picture can be drawn: {'; '.join(self._trouble[name] for name in self.names)}."

    def providers(self, model: Model) -> tuple[str, ...]:
        """Who serves the model, in the order to try."""
        return tuple(name for name, each in self._providers.items() if model.id in each.models)

    def offered(self, now: datetime) -> tuple[Model, ...]:
        """The living models that some configured provider serves."""
        living = self._catalogue.living(now.date())
        return tuple(model for model in living if self.providers(model))

    def partials(self, provider: str, model: Model, request: ImageRequest) -> int:
        """How many partial pictures are asked for per picture; each adds to the cost.

        None for several pictures: nobody says which of them a partial picture belongs to.
        """
        known = self._providers.get(provider)
        streams = known is not None and model.streaming and request.count == 1
        return known.partial_images if known and streams else 0

    async def turn(self, provider: str, pictures: int) -> None:
        """Wait until the provider's pace lets that many pictures pass.

        The turn is good for a minute: `draw` is to follow.
        """
        if provider in self._paces:
            await self._paces[provider].turn(pictures)

    def mask_shape(self, provider: str) -> MaskShape:
        """How the provider wants a mask; `draw` fails where it takes none."""
        known = self._providers.get(provider)
        edits = known.edits if known else None
        return edits.mask if edits and edits.mask else MaskShape.ALPHA

    async def draw(
        self,
        provider: str,
        model: Model,
        request: ImageRequest,
        inputs: Inputs,
        on_partial: OnPartial | None,
    ) -> Drawing:
        """Draw; one HTTP request, never repeated by itself.

        Partial pictures are asked for as `partials` says, if `on_partial` is given. The inputs
        are let go while they are sent; a caller who keeps no name for them frees their memory.

        Raises:
            DrawingFailed: One of the tree in `core.errors`; its detail holds neither key nor
                prompt.
        """
        if provider not in self._providers:
            raise ModelUnavailable(f"there is no provider {provider} any more")
        service = self._providers[provider]
        try:
            _check_inputs(service, request, inputs)
            partials = self.partials(provider, model, request) if on_partial else 0
            call = DIALECTS[service.dialect].request(
                service, model, request, inputs, stream=partials > 0
            )
            del inputs
            drawing = await self._draw(service, request, call, partials, on_partial)
        except DrawingFailed as failure:
            detail = scrubbed(failure.detail, key=service.key, prompt=request.full_prompt)
            # Not from the first one, which has the words that were just taken out.
            told = type(failure)(f"{provider}: {detail}", until=failure.until)
            self._remember(provider, told)
            raise told from None
        self._trouble.pop(provider, None)
        return drawing

    async def reach(self, provider: str) -> str:
        """Ask for the list of models, which is free: a sentence for `easel check`.

        Raises:
            DrawingFailed: It cannot be reached, or does not take the key.
        """
        service = self._providers[provider]
        call = Call(method="GET", path="/models", headers={}, body=Body())
        try:
            async with sent(self._opened, service, call, LISTING_PATIENCE) as response:
                body = await read_up_to(LIST_LIMIT, response)
                listing = Listing(response.status, response.headers, body)
        except OutcomeUnknown as failure:
            # Nothing is drawn here, so nothing is unknown.
            raise Unreachable(failure.detail) from failure
        return reached(service, self._catalogue, listing, now=self._clock.now())

    async def _draw(
        self,
        service: Provider,
        request: ImageRequest,
        call: Call,
        partials: int,
        on_partial: OnPartial | None,
    ) -> Drawing:
        pace = self._paces[service.name]
        with pace.calling():
            async with sent(self._opened, service, call, patience(service, request)) as response:
                learn(pace, response)
                reader = Reader(
                    DIALECTS[service.dialect],
                    response.status,
                    response.headers,
                    limit=BESIDES + (request.count + partials) * self._picture_limit * 4 // 3,
                    clock=self._clock,
                    on_partial=partial(on_partial, 0) if on_partial and partials else None,
                )
                answer = await read(response, reader)
                request_id = response.headers.get("x-request-id")
        downloads = Downloads(
            self._opened, self._clock, limit=self._picture_limit, look_up=self._look_up
        )
        pictures = await downloads.collect(answer.pictures[: request.count], service)
        return Drawing(pictures=pictures, usage=answer.usage, request_id=request_id)

    def _remember(self, provider: str, failure: DrawingFailed) -> None:
        if isinstance(failure, AccountProblem | Unreachable):
            self._trouble[provider] = failure.detail
        else:
            self._trouble.pop(provider, None)

    @property
    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the client was not opened")
        return self._session


def _check_inputs(service: Provider, request: ImageRequest, inputs: Inputs) -> None:
    """Never leave a picture or a mask out in silence.

    Raises:
        ModelUnavailable: The service does not take them; another one may.
        ValueError: They are not those of the request.
    """
    masked = request.mask is not None
    if len(inputs.sources) != len(request.sources) or (inputs.mask is not None) != masked:
        raise ValueError("the inputs are not those that the request names")
    if masked and not request.sources:
        raise ValueError("there is a mask, and no picture for it")
    if request.sources and service.edits is None:
        raise ModelUnavailable("it takes no pictures: its file has no [edits]")
    if masked and (service.edits is None or service.edits.mask is None):
        raise ModelUnavailable("it takes no masks: its file has no mask in [edits]")
