"""Settings → adapters → application: the one place where a deployment is put together.

Nothing is made before it is asked for, and everything once per process, inside the running loop. Imports are inside
functions, so that an instance starts fast and indexes even where settings are missing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.errors import NotReady, PortError
from shared.settings import VERSION, SettingFinding, Settings, SignInSettings, StorageSettings, read

if TYPE_CHECKING:
    from shared.adapters.dependencies import Dependencies
    from shared.adapters.http_session import HttpSession
    from shared.adapters.storage_account import CredentialSource, ManagedIdentity, StorageAccount
    from shared.application import Application
    from shared.domain.challenges import ChallengeKind
    from shared.ports import Administrators, AgentCards, BotAuthentication, Clock, ConfigStore, Endpoints, Presence

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What triggers need beside the application's verbs."""

    bot_authentication: BotAuthentication
    agent_cards: AgentCards
    endpoints: Endpoints
    public_url: str
    trusted_proxies: int = 0
    sign_in: SignInSettings | None = None


@dataclass(frozen=True)
class Readiness:
    """Whether this deployment can work; `storage` and `dependencies` are ok, unreachable or unknown."""

    findings: tuple[SettingFinding, ...]
    storage: str
    version: str = VERSION
    dependencies: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return not self.findings and self.storage == "ok"


@dataclass(frozen=True)
class _Running:
    application: Application
    surroundings: Surroundings
    close: Sequence[Callable[[], Awaitable[None]]] = ()
    dependencies: Dependencies | None = None


class _Process:
    """What this process has put together."""

    running: _Running | None = None


def application() -> Application:
    """The application of this process; raises NotReady, which names the settings for the log only."""
    return _get().application


def surroundings() -> Surroundings:
    """What goes with the application of this process; raises NotReady."""
    return _get().surroundings


async def readiness() -> Readiness:
    """Every fault of the settings, and whether storage answers."""
    try:
        running = _get()
    except NotReady:
        return Readiness(read().findings, "unknown")
    states = dict(await running.dependencies.states()) if running.dependencies else {}
    try:
        await running.application.ports.sessions.read("health")
    except PortError as error:
        logger.error("storage: %s: %s", error.code, error)  # noqa: TRY400 (an answer, not a bug)
        return Readiness((), "unreachable", dependencies={"tables": "unreachable", **states})
    return Readiness((), states.get("queues", "ok"), dependencies={"tables": "ok", **states})


def use(application: Application | None, surroundings: Surroundings | None = None) -> None:
    """Put another application in place with its surroundings, for tests; None goes back to the settings.

    Raises ValueError where one comes without the other.
    """
    if (application is None) != (surroundings is None):
        raise ValueError("an application goes with its surroundings")
    _Process.running = _Running(application, surroundings) if application and surroundings else None


async def close() -> None:
    """Close all connections; the next call opens new ones."""
    running, _Process.running = _Process.running, None
    for close_one in running.close if running else ():
        await close_one()


def _get() -> _Running:
    if _Process.running is None:
        reading = read()
        if reading.findings:
            named = ", ".join(f"{finding.name} {finding.problem}" for finding in reading.findings)
            raise NotReady(f"the settings are not usable: {named}")
        _Process.running = _assemble(reading.settings)
    return _Process.running


def _assemble(settings: Settings) -> _Running:
    """Connect everything; nothing is opened before its first use."""
    from shared.adapters.acs_chat import AcsMessaging
    from shared.adapters.acs_identity import AcsIdentity
    from shared.adapters.acs_relays import AcsRelays
    from shared.adapters.acs_resources import AcsResources
    from shared.adapters.aes_seals import AesSeals
    from shared.adapters.dependencies import of_app
    from shared.adapters.digests import HmacDigests
    from shared.adapters.guarded_https import GuardedHttps
    from shared.adapters.http_session import HttpSession
    from shared.adapters.key_sets import KeySets
    from shared.adapters.messaging_by_kind import IdentityByKind, MessagingByKind
    from shared.adapters.native_messaging import NativeIdentity, NativeMessaging
    from shared.adapters.null_realtime import NullRealtime
    from shared.adapters.queue_timers import QueueTimers
    from shared.adapters.secret_store import SecretStore
    from shared.adapters.session_tokens import JwtSessionTokens
    from shared.adapters.signalr import SignalR
    from shared.adapters.site_tokens import JwtSiteTokens
    from shared.adapters.site_verify import SiteVerify
    from shared.adapters.storage_account import ManagedIdentity
    from shared.adapters.system import SystemClock, SystemIds
    from shared.adapters.tables import Tables
    from shared.adapters.tables_agents import TableAgentStore
    from shared.adapters.tables_arrivals import TableArrivals
    from shared.adapters.tables_config import TableConfigStore
    from shared.adapters.tables_documents import ConfigDocuments
    from shared.adapters.tables_history import TableHistory
    from shared.adapters.tables_preview_series import TablePreviewSeries
    from shared.adapters.tables_queue import TableQueueStore
    from shared.adapters.tables_relays import TableRelayStore
    from shared.adapters.tables_sessions import TableSessionStore
    from shared.adapters.tables_spent_tokens import TableSpentTokens
    from shared.adapters.tables_threads import TableThreadStore
    from shared.adapters.tables_watches import TableWatchStore
    from shared.adapters.teams_auth import ConnectorAuthentication
    from shared.adapters.teams_bot import TeamsBot
    from shared.adapters.teams_state_cards import TeamsCards
    from shared.adapters.teams_token import BotToken, FederatedAssertion
    from shared.adapters.widget_endpoints import WidgetEndpoints
    from shared.application import assemble
    from shared.application.correlation import mark_logs
    from shared.ports import Ports
    from shared.workflow.lint import lint

    mark_logs()
    # Each call of a service would be logged with its headers at the level of information.
    logging.getLogger("azure").setLevel(logging.WARNING)
    identity = ManagedIdentity(settings.managed_identity)
    clock, http, bot = SystemClock(), HttpSession(), settings.bot
    tables = Tables(_account(settings.tables, identity))
    config = TableConfigStore(tables, cache_seconds=settings.config_cache_seconds)
    timers = QueueTimers(_account(settings.queues, identity), clock)
    secrets = SecretStore(settings.secrets, http, settings.bot.tenant_id, settings.key_vault_url or "", identity)
    resources = AcsResources(secrets, http, settings.acs_browser_endpoint, identity)
    threads, relays = TableThreadStore(tables, clock), AcsRelays(resources, TableRelayStore(tables), clock)
    bot_token = BotToken(http, clock, bot.token_url, bot.app_id, bot.secret or FederatedAssertion(identity))
    realtime = SignalR(settings.signalr, http, clock, identity) if settings.signalr else NullRealtime()
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        config=config,
        sessions=TableSessionStore(tables),
        queue=TableQueueStore(tables),
        agent_store=TableAgentStore(tables),
        identity=IdentityByKind(AcsIdentity(resources), NativeIdentity(threads, clock)),
        messaging=MessagingByKind(AcsMessaging(resources, relays), NativeMessaging(threads, threads)),
        threads=threads,
        agents=TeamsBot(http, bot_token),
        presence=_presence(settings, http, clock, identity),
        watches=TableWatchStore(tables),
        timers=timers,
        realtime=realtime,
        tokens=JwtSessionTokens(settings.session_key, settings.session_key_previous),
        challenges=SiteVerify(http, secrets, _verify_urls(settings)),
        site_tokens=JwtSiteTokens(clock, secrets, KeySets(GuardedHttps(settings.site_key_hosts).get)),
        spent_tokens=TableSpentTokens(tables, clock),
        administration=ConfigDocuments(tables, lint, clock),
        administrators=_administrators(settings, http, config),
        secrets=secrets,
        history=TableHistory(tables),
        digests=HmacDigests(settings.session_key, settings.session_key_previous, *settings.session_keys_before),
        seals=AesSeals(settings.session_key, settings.session_key_previous),
        arrivals=TableArrivals(tables),
        preview_series=TablePreviewSeries(tables),
    )
    authentication = ConnectorAuthentication(http, bot.app_id, bot.keys_url, bot.service_hosts)
    endpoints = WidgetEndpoints(resources, realtime)
    sign_in = settings.sign_in if settings.sign_in.audience else None
    surroundings = Surroundings(
        authentication, TeamsCards(), endpoints, settings.public_url, settings.trusted_proxies, sign_in
    )
    closers = (tables.close, timers.close, identity.close, http.close)
    interval, cache = (timedelta(seconds=one) for one in (settings.presence_seconds, settings.config_cache_seconds))
    running = assemble(ports, interval, settings.limit_factor, cache)
    return _Running(running, surroundings, closers, of_app(timers, bot_token, realtime, clock))


def _administrators(settings: Settings, http: HttpSession, config: ConfigStore) -> Administrators:
    from shared.adapters.entra_administrators import EntraAdministrators, SignIn
    from shared.adapters.no_administrators import NoAdministrators

    sign_in = settings.sign_in
    if not sign_in.audience:
        return NoAdministrators()
    return EntraAdministrators(SignIn(sign_in.issuer, sign_in.audience, sign_in.keys_url), http, config)


def _presence(settings: Settings, http: HttpSession, clock: Clock, identity: ManagedIdentity) -> Presence:
    from shared.adapters.graph_presence import GraphPresence
    from shared.adapters.teams_token import GRAPH_SCOPE, BotToken, FederatedAssertion
    from shared.adapters.unknown_presence import UnknownPresence

    if not settings.graph_url:
        return UnknownPresence()
    bot = settings.bot
    token = BotToken(http, clock, bot.token_url, bot.app_id, bot.secret or FederatedAssertion(identity), GRAPH_SCOPE)
    # Half of the interval, so that each look at what is watched asks anew.
    return GraphPresence(http, clock, token, settings.graph_url, timedelta(seconds=settings.presence_seconds / 2))


def _verify_urls(settings: Settings) -> Mapping[ChallengeKind, str]:
    from shared.domain.challenges import ChallengeKind

    return {
        ChallengeKind.TURNSTILE: settings.turnstile_verify_url,
        ChallengeKind.HCAPTCHA: settings.hcaptcha_verify_url,
    }


def _account(storage: StorageSettings, credential: CredentialSource) -> StorageAccount:
    from shared.adapters.storage_account import StorageAccount

    if storage.connection_string:
        return StorageAccount(connection_string=storage.connection_string)
    return StorageAccount(table_endpoint=storage.table_url, queue_endpoint=storage.queue_url, credential=credential)
