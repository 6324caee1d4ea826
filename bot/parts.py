"""Parts that the settings choose between: which database, which image services, which limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.budgets import Budgets
from bot.core.errors import InvalidRequest, Misconfigured
from bot.core.ports import Clock
from bot.core.stores import Limits
from bot.discord_ui.client import Options
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.client import HttpImageApi
from bot.imageapi.providers import load_providers
from bot.settings import Settings
from bot.storage import engines
from bot.storage.engines import Storage
from bot.storage.secret import kept_secret


def limits_of(settings: Settings) -> Limits:
    """The numbers that bound what runs and waits."""
    return Limits(
        slots=settings.slots,
        server_slots=settings.server_slots,
        member_slots=settings.member_slots,
        server_queue=settings.server_queue,
        member_queue=settings.member_queue,
        budgets=Budgets(
            day=settings.budget_day,
            month=settings.budget_month,
            server_day=settings.server_budget_day,
            server_month=settings.server_budget_month,
        ),
    )


def client_options(settings: Settings, shard_count: int | None) -> Options:
    """What the operator chose about the connection to Discord."""
    return Options(
        direct_messages=settings.direct_messages,
        message_content=settings.message_content,
        shard_count=shard_count,
    )


def build_storage(settings: Settings, clock: Clock) -> Storage:
    """The database that the settings choose, and where picture bytes wait.

    Raises:
        Misconfigured: It needs a package that is not installed.
    """
    setting = settings.database_setting
    if settings.postgres_url is not None:
        return engines.postgres(settings.postgres_url, clock, setting=setting)
    pictures = settings.data_dir / "pictures"
    return engines.sqlite(settings.database_path, pictures, setting=setting)


def secret_of(settings: Settings) -> bytes:
    """The operator's secret, or else the one that is kept with the data."""
    return settings.own_secret or kept_secret(settings.data_dir / "easel.secret")


def build_api(
    settings: Settings, clock: Clock, pseudonym: Callable[[int], str] | None = None
) -> HttpImageApi:
    """The image services that the settings name, checked against the default model.

    Args:
        settings: What the operator set.
        clock: The time.
        pseudonym: What a member is called to services that want to tell members apart.

    Raises:
        Misconfigured: A provider, a key or the model is missing or unknown.
    """
    catalogue = load_catalogue(folder=settings.providers_dir)
    problems: list[str] = []
    api: HttpImageApi | None = None
    try:
        providers = load_providers(
            order=settings.providers,
            folder=settings.providers_dir,
            environment=provider_environment(settings),
        )
        api = HttpImageApi(providers, catalogue, clock, pseudonym=pseudonym)
        catalogue = api.catalogue
    except Misconfigured as wrong:
        problems += wrong.problems
    try:
        catalogue.choose(settings.model, clock.now().date())
    except InvalidRequest as wrong:
        problems.insert(0, f"EASEL_MODEL: {wrong.say()}")
    if api is None or problems:
        raise Misconfigured(tuple(problems))
    return api


def provider_environment(settings: Settings) -> Mapping[str, str]:
    """Variables that provider files refer to: the settings' own, then all others that are set."""
    known = {
        "OPENAI_API_KEY": settings.openai_api_key and settings.openai_api_key.get_secret_value(),
        "OPENAI_BASE_URL": settings.openai_base_url,
    }
    return {**settings.others, **{name: value for name, value in known.items() if value}}
