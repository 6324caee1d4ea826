"""What a request costs: the most it can cost before the call, what it did cost after.

Money is integer micro-dollars everywhere ($1 is 1,000,000) and is rounded up, so that what is
shown is never less than what is owed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from bot.core.errors import InvalidRequest
from bot.core.images import ImageRequest, Quality, Size
from bot.core.models import Model

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a provider says it counted: tokens, or the money itself.

    Attributes:
        charge: Micro-dollars that it names for the whole call; None where it names none.
    """

    text_in: int = 0
    image_in: int = 0
    image_out: int = 0
    text_out: int = 0
    charge: int | None = None


def output_tokens(model: Model, size: Size, quality: Quality) -> int:
    """Tokens of one finished picture (see `core.models.Tokens`)."""
    known = model.tokens.table.get((quality, size))
    if known is not None:
        return known
    detail = model.tokens.detail[quality]
    shorter, longer = sorted((size.width, size.height))
    across = (2 * detail * shorter + longer) // (2 * longer)
    return -(-detail * across * (2 * MILLION + size.pixels) // (4 * MILLION))


def cost(model: Model, usage: Usage) -> int:
    """Micro-dollars for the tokens that were counted."""
    prices = model.prices
    owed = (
        usage.text_in * prices.text_in
        + usage.image_in * prices.image_in
        + usage.image_out * prices.image_out
        + usage.text_out * prices.text_out
    )
    return -(-owed // MILLION)


def estimate(model: Model, request: ImageRequest, *, partials: int = 0) -> int:
    """The most that the request can cost, in micro-dollars.

    A token of text is at least one byte, so the prompt's length in bytes is its upper bound.

    Args:
        model: What draws it, as the provider sells it.
        request: What is drawn.
        partials: Partial pictures asked for, each of which adds tokens.
    """
    calls = -(-request.count // model.per_call)
    if model.prices.pictures:
        each = model.prices.picture(request.quality, request.size) or 0
        return request.count * each + calls * _inputs(request) * model.prices.source
    per_picture = output_tokens(model, request.size, request.quality)
    return cost(
        model,
        Usage(
            text_in=calls * len(request.full_prompt.encode()),
            image_in=calls * _inputs(request) * model.tokens.input_image,
            image_out=request.count * (per_picture + partials * model.tokens.partial),
        ),
    )


def unpriced(model: Model) -> str | None:
    """A picture that can be asked for and has no price, in words, or None where each has one."""
    largest = Size(1, model.sizes.max_pixels) if model.sizes.free else None
    for quality in model.qualities:
        for size in (*model.sizes.offered, *filter(None, [largest])):
            if model.prices.pictures:
                known = model.prices.picture(quality, size) is not None
            else:
                known = bool(model.tokens.detail.get(quality)) or (
                    (quality, size) in model.tokens.table
                )
            if not known:
                return f"{quality} at {size}" if size != largest else f"the largest at {quality}"
    return None


def _inputs(request: ImageRequest) -> int:
    """Pictures that are sent along; a mask is one as well."""
    return len(request.sources) + (request.mask is not None)


def counted(model: Model, usage: Usage | None) -> bool:
    """Whether the cost is what the provider counted, for all that it sent."""
    return usage is not None and (usage.charge is not None or not model.prices.pictures)


def settle(model: Model, request: ImageRequest, usage: Usage | None, *, pictures: int) -> int:
    """What the pictures did cost, in micro-dollars: by the provider's count where it gave one.

    Args:
        model: What drew it, as the provider sells it.
        request: What was asked for.
        usage: What was counted. Where pictures are what is paid, only a charge says anything.
        pictures: How many came.
    """
    if usage is not None and counted(model, usage):
        return cost(model, usage) if usage.charge is None else usage.charge
    # Nobody counted: pictures that did not come are not charged, the rest as estimated.
    whole = estimate(model, request)
    return -(-whole * pictures // request.count)


def dollars(micro: int) -> str:
    """`$0.0132`: two digits, up to four where cents would hide the cost."""
    exact = Decimal(micro) / MILLION
    digits = 2 if micro % 10_000 == 0 or micro >= MILLION else 4 if micro >= 1_000 else 6
    return f"${exact.quantize(Decimal(10) ** -digits, ROUND_UP)}"


def exact_dollars(micro: int) -> str:
    """`$5.001`: every digit, and two at least; for the numbers that people set themselves."""
    whole, part = divmod(micro, MILLION)
    return f"${whole}.{f'{part:06}'.rstrip('0').ljust(2, '0')}"


def read_dollars(text: str) -> int:
    """Micro-dollars from `5`, `$5`, `2.50`, `2,50` or `1,250`.

    Raises:
        InvalidRequest: It is not an amount of money.
    """
    # A comma before three digits separates thousands; before fewer, it is a decimal point.
    text = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text)
    found = re.fullmatch(r"\s*\$?\s*(\d{1,7})(?:[.,](\d{1,6}))?\s*\$?\s*", text)
    if not found:
        raise InvalidRequest(f"“{text[:40]}” is not an amount. Write dollars like 5 or 2.50.")
    return int(found[1]) * MILLION + int((found[2] or "").ljust(6, "0"))
