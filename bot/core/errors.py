"""Every way a request can end without a picture, and whose turn it is to act.

    EaselError
    ├── Misconfigured            the operator: a setting is wrong; names the variable and the repair
    │   └── NotReady             a lock or a full disk keeps it from starting, for now
    ├── Refusal                  the member: the request was not accepted, and nothing was reserved
    │   ├── InvalidRequest       an option is missing, wrong, or not what the model can do
    │   ├── BadPicture           a picture that was handed in cannot be used; says why
    │   ├── ModelGone            the model was shut down; names the successor
    │   ├── UnknownModel         no such model
    │   ├── QuotaExceeded        a rule of the server; says when it resets
    │   ├── QueueFull            too much is waiting already
    │   ├── MissingPermissions   the bot may not post here
    │   ├── NotAllowed           a model, an option, a word or a channel that the server excludes
    │   ├── NotYours             somebody else's request
    │   ├── TooLate              the request is past the point where that was possible
    │   └── Unavailable          the bot is stopping, or cannot store anything
    ├── DrawingFailed            the image service gave no picture; what was reserved is released
    │   ├── Blocked              its safety system refused
    │   ├── TooFast              429; says when to try again
    │   ├── BadParameter         it does not take what was sent
    │   ├── AccountProblem       key, verification, money: the operator's turn
    │   ├── ModelUnavailable     it does not serve this model (any more)
    │   ├── Unreachable          no connection: surely nothing was sent
    │   ├── InputsGone           the pictures to draw from are not kept any more
    │   ├── Crashed              our own process ended several times with it in hand
    │   ├── BadAnswer            it answered, but with no picture that decodes
    │   └── OutcomeUnknown       sent, and no answer: it may have been paid
    └── PostingFailed            Discord would not take a message
        ├── TooLarge             a file is over the upload limit
        ├── Gone                 the message, channel or token is not there any more
        ├── Forbidden            the bot lacks a permission
        ├── Rejected             the message cannot be taken as it is, there
        └── Busy                 a rate limit or an outage: try again later

Members read `say()`; operators read `detail` in the log. Neither ever holds a secret or
somebody else's prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

Moment = Callable[[datetime], str]
"""How a time is shown to the reader: Discord has its own notation, a log another."""


def iso(moment: datetime) -> str:
    """A time as logs show it."""
    return moment.isoformat(timespec="seconds")


class EaselError(Exception):
    """The root of the tree.

    Args:
        detail: What an operator wants to know; never shown to members.
        until: When trying again makes sense, if that is known.
    """

    code: ClassVar[str] = "error"
    words: ClassVar[str] = "Something went wrong on my side. Please try again in a moment."

    def __init__(self, detail: str = "", *, until: datetime | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.until = until

    def say(self, moment: Moment = iso) -> str:
        """One or two plain sentences for the person who asked."""
        return self.words.format(until=moment(self.until) if self.until else "later")

    def aloud(self, moment: Moment = iso) -> str:
        """The same where others can read it."""
        return self.say(moment)


class Misconfigured(EaselError):
    """One sentence per wrong setting; `easel check` and `easel run` print them and stop."""

    code = "misconfigured"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotReady(Misconfigured):
    """Nothing is set wrong, and yet it cannot start now: a lock, or a disk that is full."""

    code = "not_ready"


class Refusal(EaselError):
    """The request was not accepted; nothing was reserved and nothing is owed."""

    code = "refused"


class InvalidRequest(Refusal):
    """An option is missing, wrong, or more than the model can do; `sentence` says which."""

    code = "invalid"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def say(self, moment: Moment = iso) -> str:
        """The sentence that was given: it already names the option and the repair."""
        return self.sentence


class BadPicture(InvalidRequest):
    """A picture that was handed in cannot be used."""

    code = "bad_picture"


class ModelGone(InvalidRequest):
    """The model was shut down by its vendor."""

    code = "model_gone"


class UnknownModel(InvalidRequest):
    """No model of that name is known."""

    code = "unknown_model"


class QuotaExceeded(Refusal):
    """A rule of this server leaves too little for the request.

    Args:
        whose: Whom the rule limits, as in `core.quotas.Subject`.
        period: "hour", "day", "week" or "month".
        rule: The rule, in words for people: "This server's limit is 20 pictures per day".
        left: What is left of it, likewise; empty where nothing is.
        asked: What the request needs, likewise.
        advice: What to do instead, where waiting would not help: the request needs more than the
            whole limit.
        until: When the period ends.
    """

    code = "quota"

    def __init__(
        self,
        *,
        whose: str,
        period: str,
        rule: str,
        left: str,
        asked: str,
        advice: str = "",
        until: datetime,
    ) -> None:
        super().__init__(f"{rule}: {asked} asked, {left or 'nothing'} left", until=until)
        self.whose, self.period, self.rule = whose, period, rule
        self.left, self.asked, self.advice = left, asked, advice

    def say(self, moment: Moment = iso) -> str:
        """Whose limit it is, what is left of it, and when it starts again or what else to ask."""
        if self.advice:
            return f"{self.rule}, and this request needs {self.asked}. {self.advice}"
        assert self.until is not None  # the constructor demands it
        left = (
            f"and {self.left} left; this request needs {self.asked}"
            if self.left
            else "and nothing is left"
        )
        return f"{self.rule}, {left}. You can draw again {moment(self.until)}."


class QueueFull(Refusal):
    """Too many requests are waiting: this member's, or this server's."""

    code = "queue_full"

    def __init__(self, *, whose: str, waiting: int) -> None:
        super().__init__(f"{whose}: {waiting} waiting")
        self.whose, self.waiting = whose, waiting

    def say(self, moment: Moment = iso) -> str:
        """How many are waiting, and what to do."""
        many = "1 request" if self.waiting == 1 else f"{self.waiting} requests"
        if self.whose == "member":
            return (
                f"You have {many} waiting already, which is as many as you may have. "
                "Wait for one to finish, or cancel one with /queue."
            )
        return f"This server has {many} waiting already. Please try again in a few minutes."


class MissingPermissions(Refusal):
    """The bot could not post the picture here, so it does not draw one."""

    code = "permissions"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing

    def say(self, moment: Moment = iso) -> str:
        """Which permissions are missing, and who can give them."""
        quoted = [f"“{name}”" for name in self.missing]
        names = " and ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)
        noun = "permissions" if quoted[1:] else "permission"
        return (
            f"I may not post pictures in this channel: I need the {noun} {names}. "
            "Ask someone who manages this server, or try another channel."
        )


class NotAllowed(InvalidRequest):
    """More than this server allows the member to ask for; the sentence says what it allows."""

    code = "not_allowed"


class NotYours(Refusal):
    """The request belongs to somebody else."""

    code = "not_yours"
    words = "Only the person who asked for this, or a moderator, can do that."


class TooLate(InvalidRequest):
    """The request is past the point where that was possible."""

    code = "too_late"


class Unavailable(Refusal):
    """The bot is stopping, or cannot store the request."""

    code = "unavailable"
    words = "I cannot do that right now, and nothing was changed. Please try again in a minute."


class DrawingFailed(EaselError):
    """The image service gave no picture; nothing is charged."""

    code = "failed"
    may_be_paid: ClassVar[bool] = False
    words = "The image service could not draw this. You were not charged; please try again."


class Blocked(DrawingFailed):
    """The provider's safety system refused the prompt, an input, or the picture it drew."""

    code = "blocked"
    words = (
        "The image service's safety system declined this request. You were not charged. "
        "Say it differently with a new /generate or /edit; the same words seldom pass."
    )


class TooFast(DrawingFailed):
    """The provider wants us to slow down for longer than we are willing to wait."""

    code = "too_fast"
    words = "The image service is overloaded. You were not charged; please try again {until}."


class BadParameter(DrawingFailed):
    """The provider refuses a parameter that our tables say it takes."""

    code = "bad_parameter"
    words = (
        "The image service did not accept these options. You were not charged. "
        "Try another model or size; if it happens again, tell the operator of this bot."
    )


class AccountProblem(DrawingFailed):
    """The operator's key, verification or money; a member can do nothing about it."""

    code = "account"
    words = (
        "I cannot use the image service at the moment: its account needs the attention of the "
        "operator of this bot. Please tell them. You were not charged."
    )


class ModelUnavailable(DrawingFailed):
    """No configured provider serves this model."""

    code = "model_unavailable"
    words = "The image service does not offer this model now. You were not charged; try another."


class Unreachable(DrawingFailed):
    """No connection was made, so surely nothing was sent and nothing is owed."""

    code = "unreachable"
    words = "I could not reach the image service. You were not charged; please try again {until}."


class InputsGone(DrawingFailed):
    """A picture or mask that the request names is not on disk any more; nothing was sent."""

    code = "inputs_gone"
    words = (
        "I do not keep the pictures for this any more. You were not charged; please hand them in "
        "again."
    )


class Crashed(DrawingFailed):
    """Our own process ended several times with the request in hand: it may be the reason."""

    code = "crashed"
    words = (
        "Something on my side broke each time that I began with this request, so I gave it up. "
        "You were not charged. Try another picture or other words, and tell whoever runs me."
    )


class BadAnswer(DrawingFailed):
    """An answer came, but no picture in it could be read."""

    code = "bad_answer"
    may_be_paid = True
    words = (
        "The image service answered with something that is not a picture. "
        "You were not charged; please try again."
    )


class OutcomeUnknown(DrawingFailed):
    """The request was sent and no answer came: it may have been paid, so it is not repeated."""

    code = "unknown"
    may_be_paid = True
    words = (
        "The image service took this request, but no picture came back from it. "
        "You were not charged. Press Try again if you still want the picture."
    )


class PostingFailed(EaselError):
    """Discord would not take a message."""

    code = "posting"


class TooLarge(PostingFailed):
    """413 or 40005: a file, or the message as a whole, is over the upload limit."""

    code = "too_large"


class Gone(PostingFailed):
    """The message, the channel or the interaction is not there any more."""

    code = "gone"


class Forbidden(PostingFailed):
    """The bot lacks a permission, or the member takes no direct messages."""

    code = "forbidden"


class Rejected(PostingFailed):
    """Discord does not take the message as it is there; elsewhere it may."""

    code = "rejected"


class Busy(PostingFailed):
    """A rate limit or an outage at Discord: the same post may work later."""

    code = "busy"


DRAWING_FAILURES: dict[str, type[DrawingFailed]] = {
    kind.code: kind
    for kind in (
        DrawingFailed,
        Blocked,
        TooFast,
        BadParameter,
        AccountProblem,
        ModelUnavailable,
        Unreachable,
        InputsGone,
        Crashed,
        BadAnswer,
        OutcomeUnknown,
    )
}
"""By code, so that a failure stored with its job can be told after a restart."""
