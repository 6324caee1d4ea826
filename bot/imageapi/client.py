"""Speaks HTTP to image services: what is paid is sent once, never repeated by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
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
from bot.core.models import Catalogue
from bot.core.ports import Drawing, MaskShape
from bot.imageapi.agreeing import disagreements, lasting
from bot.imageapi.asking import Asking
from bot.imageapi.calls import Call, Order
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.downloads import Downloads, look_up
from bot.imageapi.exchange import open_session, read_up_to, sent
from bot.imageapi.pacing import Pace
from bot.imageapi.parts import Percents, joined, split
from bot.imageapi.reaching import Listing, reached
from bot.imageapi.scrubbing import scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from types import TracebackType

    from bot.core.images import ImageRequest
    from bot.core.models import Model
    from bot.core.ports import Clock, Inputs, OnPartial, OnProgress
    from bot.imageapi.downloads import Lookup
    from bot.imageapi.providers import Provider

PICTURE_LIMIT = 50_000_000
"""Bytes of one picture; the largest PNG that a current model can draw has about 33 million."""

BESIDES = 1_000_000
"""Bytes of an answer that are not pictures."""

LIST_LIMIT = 2**22
"""Bytes of a list of models."""

LISTING_PATIENCE = aiohttp.ClientTimeout(total=30, sock_connect=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One call of a drawing.

    Attributes:
        number: Which of its calls, from 0.
        partials: Partial pictures that come besides.
    """

    number: int
    order: Order
    call: Call
    partials: int
    on_partial: Callable[[bytes], None]
    on_progress: Callable[[int], None]


class HttpImageApi:
    """The configured image services; `core.ports.ImageApi`.

    Use as `async with`, or call `open` before the first and `close` after the last use.

    Args:
        providers: In the order to try them.
        catalogue: Every model that is known; one lives for as long as any provider serves it.
        clock: The time.
        picture_limit: Bytes of one picture; a longer answer is refused.
        look_up: How the host of a link is found.
        pseudonym: What services know a member by, from the id; None names nobody.

    Raises:
        Misconfigured: A provider serves a model that the catalogue does not know, or for prices
            that do not say what each of its pictures costs.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        clock: Clock,
        *,
        picture_limit: int = PICTURE_LIMIT,
        look_up: Lookup = look_up,
        pseudonym: Callable[[int], str] | None = None,
    ) -> None:
        problems = tuple(
            problem for provider in providers for problem in disagreements(provider, catalogue)
        )
        if problems:
            raise Misconfigured(problems)
        self._catalogue = Catalogue(tuple(lasting(model, providers) for model in catalogue))
        self._clock = clock
        self._picture_limit = picture_limit
        self._look_up = look_up
        self._pseudonym = pseudonym
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

    def sold(self, provider: str, model: Model) -> Model:
        """The model as that provider sells it: its prices, and what cannot be had from it."""
        known = self._providers.get(provider)
        return known.sold(model) if known else model

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

    def interruptible(self, provider: str) -> bool:
        """Whether a drawing can be stopped there, and costs nothing then.

        To stop it, cancel `draw`.
        """
        known = self._providers.get(provider)
        return known is not None and known.interruptible

    async def draw(
        self,
        provider: str,
        model: Model,
        request: ImageRequest,
        inputs: Inputs,
        on_partial: OnPartial | None,
        on_progress: OnProgress | None = None,
        *,
        member_id: int | None = None,
    ) -> Drawing:
        """Draw; nothing that is paid is sent twice.

        It is one call, or as many as the provider needs for that many pictures, side by side.
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
            streamed = self.partials(provider, model, request) if on_partial else 0
            sold = service.sold(model)
            counts = split(request.count, sold.per_call)
            percents = Percents(len(counts), on_progress or _deaf)
            parts = [
                _part(
                    number,
                    Order(
                        provider=service,
                        model=sold,
                        request=replace(request, count=count),
                        stream=streamed > 0,
                        author=self._author(member_id),
                    ),
                    inputs,
                    partials=streamed,
                    on_partial=on_partial,
                    percents=percents,
                )
                for number, count in enumerate(counts)
            ]
            del inputs
            drawing = await self._draw_all(parts)
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
        call = Call(method="GET", path=_list_of(service))
        try:
            async with sent(self._opened, service, call, LISTING_PATIENCE) as response:
                body = await read_up_to(LIST_LIMIT, response)
                listing = Listing(response.status, response.headers, body)
        except OutcomeUnknown as failure:
            # Nothing is drawn here, so nothing is unknown.
            raise Unreachable(failure.detail) from failure
        return reached(service, self._catalogue, listing, now=self._clock.now())

    async def _draw_all(self, parts: list[_Part]) -> Drawing:
        """Every part; several do not wait for each other.

        Raises:
            DrawingFailed: Not one picture came.
        """
        if len(parts) == 1:
            return await self._draw(parts[0])
        async with asyncio.TaskGroup() as tasks:
            drawing = [tasks.create_task(self._try(part)) for part in parts]
            parts.clear()  # the tasks let go of the bodies, one by one
        return joined([task.result() for task in drawing])

    async def _try(self, part: _Part) -> Drawing | DrawingFailed:
        if part.number:
            # Its pictures passed with the first part's turn; its call has yet to.
            await self._paces[part.order.provider.name].turn(0)
        try:
            return await self._draw(part)
        except DrawingFailed as failure:
            return failure

    async def _draw(self, part: _Part) -> Drawing:
        service, count = part.order.provider, part.order.request.count
        pace = self._paces[service.name]
        with pace.calling():
            asking = Asking(
                session=self._opened,
                dialect=DIALECTS[service.dialect],
                order=part.order,
                pace=pace,
                clock=self._clock,
                limit=BESIDES + (count + part.partials) * self._picture_limit * 4 // 3,
                on_partial=part.on_partial,
                on_progress=part.on_progress,
            )
            answer, request_id = await asking(part.call)
        downloads = Downloads(
            self._opened, self._clock, limit=self._picture_limit, look_up=self._look_up
        )
        pictures = await downloads.collect(answer.pictures[:count], service)
        return Drawing(pictures=pictures, usage=answer.usage, request_id=request_id)

    def _author(self, member_id: int | None) -> str:
        return self._pseudonym(member_id) if self._pseudonym and member_id is not None else ""

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


def _deaf(_: object) -> None:
    """For whoever does not want to know."""


def _part(
    number: int,
    order: Order,
    inputs: Inputs,
    *,
    partials: int,
    on_partial: OnPartial | None,
    percents: Percents,
) -> _Part:
    first = number * order.model.per_call
    return _Part(
        number=number,
        order=order,
        call=DIALECTS[order.provider.dialect].request(order, inputs),
        partials=partials,
        on_partial=partial(on_partial, first) if on_partial else _deaf,
        on_progress=partial(percents.reached, number),
    )


def _list_of(service: Provider) -> str:
    """The path of its list of models, or of anything at all where it has none."""
    paths = {**DIALECTS[service.dialect].PATHS, **service.paths}
    return paths.get("models", "/")


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
