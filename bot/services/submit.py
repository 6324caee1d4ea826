"""Accept a request: check it, reserve its cost and queue it, or refuse it with a reason."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.core import allowances, house_rules
from bot.core.adjusting import complete, moved
from bot.core.allowances import Allowance
from bot.core.canvas import nearest
from bot.core.errors import InvalidRequest, ModelGone, Refusal, Unavailable
from bot.core.events import Accepted, Answered, Events, Refused, about
from bot.core.guilds import GuildSettings
from bot.core.images import ImageRequest, Quality
from bot.core.jobs import Draft, Job, Place
from bot.core.models import DeadModels, Model, Wish
from bot.core.ports import Clock, ImageApi, Vault
from bot.core.stores import Limits, Store, Submitted
from bot.services.routes import highest_estimate, route, sold_by_all
from bot.services.take_in import Taken

REMEMBERED = 1_000
"""Refusals that are remembered, the newest; Discord repeats itself within seconds."""


@dataclass(frozen=True, slots=True)
class House:
    """What a server says about the requests of one member.

    Attributes:
        allowed: To this member.
    """

    chosen: GuildSettings
    allowed: Allowance


class Submit:
    """The way into the queue.

    Args:
        default_model: The id that is drawn with where a member names none.
        dead_models: What becomes of a request for a model that was shut down.
    """

    def __init__(
        self,
        *,
        store: Store,
        api: ImageApi,
        vault: Vault,
        clock: Clock,
        events: Events,
        limits: Limits,
        default_model: str,
        dead_models: DeadModels = DeadModels.REFUSE,
    ) -> None:
        self._store = store
        self._api = api
        self._vault = vault
        self._clock = clock
        self._events = events
        self._limits = limits
        self._default_model = default_model
        self._dead_models = dead_models
        self._open = True
        self._refused: OrderedDict[int, Refusal] = OrderedDict()

    def close(self) -> None:
        """Take nothing more; what is queued stays queued."""
        self._open = False

    def models(self) -> tuple[Model, ...]:
        """What can be drawn with now, the default first."""
        offered = self._api.offered(self._clock.now())
        return tuple(sorted(offered, key=lambda model: model.id != self._default_model))

    def known(self, name: str) -> Model | None:
        """The model of that name, living or not."""
        return self._api.catalogue.find(name)

    def like(self, job: Job, prompt: str) -> Wish:
        """Other words for a picture, and the options it was drawn with, as far as they go today."""
        request = job.request
        try:
            self.model(request.model)
        except InvalidRequest:
            # Its model has ended: the default draws, with options of its own.
            return Wish(prompt=prompt, spoiler=request.spoiler)
        return Wish(
            prompt=prompt,
            model=request.model,
            quality=request.quality,
            format=request.format,
            background=request.background,
            style=request.style,
            avoid=request.avoid,
            spoiler=request.spoiler,
        )

    def model(self, name: str | None) -> Model:
        """The model of that name, or the default, as far as any provider here sells it.

        Raises:
            InvalidRequest: There is none, it was shut down, or no provider here serves it.
        """
        now = self._clock.now()
        name = name or self._default_model
        try:
            model = self._api.catalogue.choose(name, now.date(), self.models())
        except ModelGone:
            followed = self._follower(name)
            if followed is None:
                raise
            model = followed
        if not self._api.providers(model):
            others = ", ".join(each.id for each in self.models()) or "none at the moment"
            raise InvalidRequest(f"{model.id} is not set up on this bot. There is {others}.")
        return sold_by_all(self._api, model)

    def _follower(self, name: str) -> Model | None:
        """What draws instead of a model that was shut down."""
        gone = self._api.catalogue.find(name)
        if gone is None or self._dead_models is DeadModels.REFUSE:
            return None
        return self._api.catalogue.successor(gone, self._clock.now().date(), self.models())

    def _replaced(self, name: str | None, model: Model) -> tuple[str, ...]:
        """What to tell whoever asked for another model than the one that draws."""
        asked = self._api.catalogue.find(name) if name else None
        if asked is None or asked.id == model.id:
            return ()
        return (f"{asked.name} was shut down on {asked.shutdown}, so {model.name} drew this.",)

    async def wish(
        self, wish: Wish, place: Place, *, taken: Taken | None = None, parent_id: int | None = None
    ) -> Submitted:
        """Queue what a member typed.

        Args:
            wish: Words and options.
            place: Where they were typed.
            taken: The pictures to edit, if any; drawn in their own size unless the wish names one.
            parent_id: The job that one of the pictures came from.

        Raises:
            Refusal: It was not accepted; nothing is reserved.
        """
        with self._refusals(place):
            house = await self._house(place)
            allowed = house.allowed
            if parent_id is not None:
                wish = allowances.loosened(wish, allowed)
            model = self._model_within(wish.model, house)
            edits = taken is not None
            asked = house_rules.fill_in(wish, model, house.chosen, allowed, edits=edits)
            fitting = allowances.within(asked, model, allowed)
            if taken is None:
                request = complete(fitting, model)
            else:
                sizes = allowances.sizes_within(model.sizes, allowed)
                request = complete(
                    replace(fitting, size=wish.size),
                    model,
                    sources=taken.sources,
                    mask=taken.mask,
                    size=taken.size or nearest(taken.sources[0].size, sizes),
                )
            allowances.check(request, allowed)
            notes = (*self._replaced(wish.model, model), *request.notes)
            request = replace(request, notes=notes)
            return await self._queue(request, model, place, parent_id, house.chosen)

    async def again(self, job: Job, place: Place) -> Submitted:
        """Queue the request of a finished job once more, on the account of whoever asks now.

        Raises:
            Refusal: It was not accepted; nothing is reserved.
        """
        return await self._repeat(job, job.request, place)

    async def redo(self, job: Job, place: Place) -> Submitted:
        """Queue the request of a finished job once more, in the next higher quality.

        Raises:
            Refusal: It was not accepted, or there is no higher quality.
        """
        model = self.model(job.request.model)
        rank = list(Quality).index
        higher = [each for each in model.qualities if rank(each) > rank(job.request.quality)]
        if not higher:
            raise InvalidRequest(f"{job.request.quality} is the highest quality of {model.name}.")
        return await self._repeat(job, replace(job.request, quality=higher[0]), place)

    async def _repeat(self, job: Job, request: ImageRequest, place: Place) -> Submitted:
        with self._refusals(place):
            house = await self._house(place)
            if not all([await self._vault.has(name) for name in request.files]):
                raise InvalidRequest(
                    "I do not keep the pictures for this any more. Hand them in again with /edit."
                )
            model = self.model(request.model)
            if model.id != request.model:
                notes = self._replaced(request.model, model)
                request = moved(request, model)
                request = replace(request, notes=(*notes, *request.notes))
            allowances.check(request, house.allowed)
            return await self._queue(request, model, place, job.id, house.chosen)

    async def model_for(self, name: str | None, place: Place) -> Model:
        """The model of that name, or else the one that draws for this member where none is named.

        Its sizes are those that the member may draw.

        Raises:
            InvalidRequest: As `model` does.
        """
        house = await self._house(place)
        model = self._model_within(name, house)
        return replace(model, sizes=allowances.sizes_within(model.sizes, house.allowed))

    def _model_within(self, name: str | None, house: House) -> Model:
        if name is None:
            default = house.chosen.model
            if default not in {model.id for model in self.models()}:
                default = self._default_model
            name = allowances.choose_model(house.allowed, default, self.models())
        return self.model(name)

    async def _house(self, place: Place) -> House:
        """What the server says about this member's requests there.

        Raises:
            NotAllowed: It wants none there.
        """
        policy = await self._store.policy(place.guild_id, place.member_id)
        house_rules.check_place(policy.chosen, place)
        allowed = allowances.holding(policy.permits, place.member_id, place.roles)
        return House(policy.chosen, allowed)

    async def answered(self, job: Job, message_id: int) -> None:
        """The card is up: from now on progress can be shown on it."""
        await self._store.answered(job.id, message_id)
        self._events.announce(
            Answered(
                **about(job, self._clock.now()),
                message_id=message_id,
            )
        )

    async def _queue(
        self,
        request: ImageRequest,
        model: Model,
        place: Place,
        parent_id: int | None,
        chosen: GuildSettings,
    ) -> Submitted:
        if not self._open:
            raise Unavailable("the process is stopping")
        house_rules.check_prompt(chosen, request)
        request = house_rules.hidden(chosen, request)
        if not route(self._api, model, request):
            raise InvalidRequest(
                f"None of the image services here can do all of that at once with {model.name}. "
                "Choose another model, or leave an option out."
            )
        draft = Draft(
            place=place,
            request=request,
            estimate=highest_estimate(self._api, model, request),
            parent_id=parent_id,
        )
        accepted = await self._store.submit(draft, self._limits, self._clock.now())
        if accepted.new:
            self._announce(accepted.job)
        return accepted

    def _announce(self, job: Job) -> None:
        self._events.announce(
            Accepted(
                **about(job, job.accepted_at),
                model=job.request.model,
                pictures=job.request.count,
                estimate=job.estimate,
            )
        )

    @contextmanager
    def _refusals(self, place: Place) -> Iterator[None]:
        if place.interaction_id in self._refused:
            # Discord sent it twice, as it may after a lost connection. What was refused stays so.
            raise self._refused[place.interaction_id]
        try:
            yield
        except Refusal as refusal:
            self._refused[place.interaction_id] = refusal
            if len(self._refused) > REMEMBERED:
                self._refused.popitem(last=False)
            self._events.announce(
                Refused(
                    guild_id=place.guild_id,
                    member_id=place.member_id,
                    at=self._clock.now(),
                    code=refusal.code,
                    # All others are told to whoever can act: the member.
                    detail=refusal.detail if isinstance(refusal, Unavailable) else "",
                )
            )
            raise
