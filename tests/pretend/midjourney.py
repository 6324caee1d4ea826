"""A relay of Midjourney: tasks, grids of four, and JSON that calls itself plain text."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from PIL import Image

from tests.pretend.server import KEY, Came, PretendService, Route, Trouble, Wrong, painted, says

GRID = 100_000
"""Micro-dollars for a task."""

EDGE = 1024
"""Pixels of the longer edge of a grid: small, so that tests are fast."""

_WORDS = {"ar": r"\d{1,2}:\d{1,2}", "no": r"[^-]+", "v": r"\d(\.\d)?"}


@dataclass
class Task:
    """One order."""

    prompt: str
    asked: int = 0
    fails: str = ""


class Midjourney(PretendService):
    """The relay."""

    provider = "midjourney"
    model = "midjourney"

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, Task] = {}

    @property
    def environment(self) -> Mapping[str, str]:
        return {"MIDJOURNEY_BASE_URL": self.origin, "MIDJOURNEY_API_KEY": KEY}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/mj/submit/imagine", self._imagine),
            ("GET", "/mj/task/{id}/fetch", self._fetch),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.TOO_FAST:
                return _plain({"code": 23, "description": "队列已满"})
            case Trouble.MONEY:
                quota = {"code": 4, "description": "quota_not_enough", "type": "upstream_error"}
                return says(quota, 403)
            case _:
                error = {"message": "当前分组 default 下对于模型 mj_imagine 无可用渠道"}
                return says({"error": error}, 503)

    async def _imagine(self, came: Came) -> web.Response:
        if came.headers.get("mj-api-secret") != KEY:
            raise Wrong(says({"code": 401, "description": "无权限访问"}, 401))
        prompt = _checked(came.fields)
        moderated = not self.takes()
        name = str(1689231405853400 + len(self._tasks))
        task = self._tasks[name] = Task(prompt)
        if moderated:
            task.fails = "[Banned prompt detected] The word `fox` is banned."
        return _plain({"code": 1, "description": "提交成功", "result": name, "properties": {}})

    async def _fetch(self, came: Came) -> web.Response:
        name = came.here["id"]
        task = self._tasks.get(name)
        if task is None:
            return _plain(None)
        task.asked += 1
        about: dict[str, Any] = {"id": name, "action": "IMAGINE", "prompt": task.prompt}
        if self.is_held or task.asked == 1:
            # The picture of a task that goes on is not the one that was asked for.
            shown = self.link(painted("unfinished", 64, 64))
            state = {"status": "IN_PROGRESS", "progress": "31%", "imageUrl": shown}
            return _plain({**about, **state})
        if task.fails:
            return _plain({**about, "status": "FAILURE", "progress": "", "failReason": task.fails})
        self.bill += GRID
        state = {"status": "SUCCESS", "progress": "100%", "imageUrl": self.link(_grid(task.prompt))}
        return _plain({**about, **state})


def _checked(fields: Mapping[str, Any]) -> str:
    """The prompt, if its parameters are some that Midjourney takes, each once."""
    prompt, pictures = fields["prompt"], fields.get("base64Array", [])
    found = re.findall(r"--(\w+) (.*?)(?= --|$)", prompt)
    names = [name for name, _ in found]
    good = len(set(names)) == len(names) == prompt.count("--")
    good &= all(re.fullmatch(_WORDS.get(name, "(?!)"), value) for name, value in found)
    good &= all(re.match(r"data:image/(png|jpeg|webp);base64,", each) for each in pictures)
    if not good or set(fields) - {"prompt", "base64Array", "botType"}:
        raise Wrong(_plain({"code": 4, "description": "[Invalid parameter]"}))
    return str(prompt)


def _grid(prompt: str) -> bytes:
    """Four pictures in one, as Midjourney draws them."""
    across, down = map(int, re.findall(r"--ar (\d+):(\d+)", prompt)[0])
    scale = EDGE / max(across, down)
    half = round(across * scale / 2), round(down * scale / 2)
    grid = Image.new("RGB", (half[0] * 2, half[1] * 2))
    for number in range(4):
        one = Image.open(io.BytesIO(painted(prompt, *half, variation=number)))
        grid.paste(one, (number % 2 * half[0], number // 2 * half[1]))
    target = io.BytesIO()
    grid.save(target, "PNG")
    return target.getvalue()


def _plain(content: object) -> web.Response:
    """JSON that is labelled as text."""
    return web.Response(body=orjson.dumps(content), content_type="text/plain")
