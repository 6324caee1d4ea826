"""Every pretend service: the one list to add another to."""

from __future__ import annotations

from tests.pretend.a1111 import A1111
from tests.pretend.azure import Azure, AzureClassic
from tests.pretend.bfl import Bfl
from tests.pretend.gemini import Gemini
from tests.pretend.gptproto import GptProto, GptProtoNative
from tests.pretend.ideogram import Ideogram
from tests.pretend.midjourney import Midjourney
from tests.pretend.own_servers import SdServer
from tests.pretend.relays import (
    Apiyi,
    ApiyiAll,
    ApiyiVip,
    Crazyrouter,
    CrazyrouterShapes,
    LiteLlm,
    Vercel,
    VercelShapes,
)
from tests.pretend.server import PretendService
from tests.pretend.talkers import OpenRouter, Relay

SERVICES: tuple[type[PretendService], ...] = (
    A1111,
    Apiyi,
    ApiyiAll,
    ApiyiVip,
    Azure,
    AzureClassic,
    Bfl,
    Crazyrouter,
    CrazyrouterShapes,
    Gemini,
    GptProto,
    GptProtoNative,
    Ideogram,
    LiteLlm,
    Midjourney,
    OpenRouter,
    Relay,
    SdServer,
    Vercel,
    VercelShapes,
)
