"""What image services know a member by: always the same, and nothing to find the member from.

Services ask for such a name so that they can tell whoever abuses them from everybody else who
draws with the same key. It is made with a secret of this installation, so that nobody else can
make it from an id; with another secret, everybody has another name.
"""

from __future__ import annotations

import hmac
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PURPOSE = b"easel: what image services know a member by"


class Pseudonyms:
    """Names for members.

    Args:
        secret: Gives the secret of this installation; asked once.
    """

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._secret = secret

    @cached_property
    def key(self) -> bytes:
        """What the names are made with; of no use for anything else that the secret is for."""
        return hmac.digest(self._secret(), PURPOSE, "sha256")

    def __call__(self, member_id: int) -> str:
        """The name of a member: 64 hexadecimal digits."""
        return hmac.new(self.key, str(member_id).encode(), "sha256").hexdigest()
