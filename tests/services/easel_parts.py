"""The parts that services work on: a real database, real files, real pixels, a scripted service."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from PIL import Image

from bot.core.images import ImageRequest
from bot.core.models import Catalogue, Model
from bot.core.ports import Drawing, Inputs, MaskShape, OnPartial, OnProgress
from bot.core.pricing import Usage
from tests.core.models_for_tests import CATALOGUE

Answer = Drawing | Exception
"""What the scripted service does with one call."""


def picture(colour: str = "teal", size: tuple[int, int] = (64, 64)) -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def drawing(*pictures: bytes, tokens: int = 439) -> Drawing:
    """An answer with pictures and a count of tokens for each."""
    counted = Usage(text_in=3, image_out=tokens * max(1, len(pictures)))
    return Drawing(pictures=pictures or (picture(),), usage=counted)


@dataclass
class ScriptedApi:
    """Implements `core.ports.ImageApi`: answers call by call as it was told.

    Attributes:
        answers: What the next calls come to; the last one repeats.
        sells: The models of those who sell them otherwise than the catalogue says.
        calls: Who was called, in order.
        percents: How far a drawing says that it is, before it is finished.
    """

    answers: list[Answer] = field(default_factory=lambda: [drawing()])
    served_by: tuple[str, ...] = ("first",)
    sells: dict[str, Model] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    percents: tuple[int, ...] = ()
    before_answer: Callable[[], None] = lambda: None

    @property
    def catalogue(self) -> Catalogue:
        return CATALOGUE

    def providers(self, model: Model) -> tuple[str, ...]:
        return self.served_by

    def offered(self, now: datetime) -> tuple[Model, ...]:
        return CATALOGUE.living(now.date())

    def sold(self, provider: str, model: Model) -> Model:
        return self.sells.get(provider, model)

    def partials(self, provider: str, model: Model, request: ImageRequest) -> int:
        return 0

    async def turn(self, provider: str, pictures: int) -> None:
        return None

    def mask_shape(self, provider: str) -> MaskShape:
        return MaskShape.ALPHA

    def interruptible(self, provider: str) -> bool:
        return False

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
        self.calls.append(provider)
        for percent in self.percents:
            if on_progress:
                on_progress(percent)
        self.before_answer()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer
