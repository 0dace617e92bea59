"""The app, put together: ``create_app(settings)`` builds everything and passes it to whoever needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import structlog
from fastapi import Depends, FastAPI
from nicegui import app as nicegui_app
from nicegui import ui

import conversations.action_endpoint
import conversations.files.routes
import conversations.routes
import conversations.routes_asking
import conversations.socket
import conversations.staff_socket
import handoff.alerts.routes
import handoff.cases.routes
import handoff.clocks
import handoff.clocks.routes
import handoff.corrections.routes
import handoff.customers.routes
import handoff.finding.routes
import handoff.library.desk_routes
import handoff.library.routes
import handoff.pages
import handoff.practice.routes
import handoff.routes
import handoff.routing.routes
import handoff.teams.routes
import insights.digest.routes
import insights.pages
import insights.surveys.routes
import knowledge_base.help_centre.panel
import knowledge_base.help_centre.routes
import knowledge_base.pages
import knowledge_base.routes
import knowledge_base.routes_asked
import knowledge_base.routes_exchange
import knowledge_base.routes_files
import knowledge_base.routes_life
import knowledge_base.routes_quality
import knowledge_base.routes_questions
import knowledge_base.routes_reports
import knowledge_base.routes_review
import server.pages
import training.comparing.routes
import training.exchange.routes
import training.health.routes
import training.labels.routes
import training.mood_replay.routes
import training.opinions.routes
import training.pages
import training.promoting.routes
import training.routes
import training.shadowing.routes
import training.suspects.routes
import training.trying.routes
import widget.pages
import widget.routes
import widget.routes_invitations
import widget.routes_settings
from actions import registry, turn
from actions.services import ActionServices
from business.demo import DemoShop
from business.hold import Hold
from business.protocol import BusinessSystem
from conversations.action_endpoint import ActionRunner
from conversations.bot_client import Bot, HttpBot
from conversations.files.keeping import FileSweeper
from conversations.files.service import Files
from conversations.presence import Presence
from conversations.sweeper import Sweeper
from conversations.tickets import Tickets
from conversations.turn_guard import TurnGuard
from conversations.turns import TurnRunner
from encoder import Ahead, Encoder
from handoff.alerts.sender import AlertSender
from handoff.cases import sops
from handoff.corrections.service import Corrections
from handoff.customers.segments import HouseSegments
from handoff.desk import HandoffDesk
from handoff.finding.indexer import Indexer
from handoff.library import canned, macros
from handoff.overview import Board, Sight, looks
from handoff.practice.making import Practice
from handoff.priority import Priorities
from handoff.promises.keeper import Keeper
from handoff.promises.service import Promises
from handoff.routing.dispatcher import Dispatcher
from handoff.similar.keeper import EarlierReplies
from handoff.teams.roster import Rosters
from handoff.teams.setup import ensure_home
from handoff.together import Together
from insights.digest.mailing import DigestMail
from insights.digest.service import Digests
from knowledge_base.asked.desk import AskedDesk
from knowledge_base.asked.masking import mask
from knowledge_base.help_centre.readers import Readers
from knowledge_base.help_centre.shelf import Shelves
from knowledge_base.review.gate import on_time
from knowledge_base.review.vectors import Vectors
from knowledge_base.service import KnowledgeBase
from knowledge_base.timetable import Timetable
from server.auth import anyone
from server.clock import Clock, SystemClock
from server.corrected import ToEditor, ToTrainer
from server.database import Database
from server.digested import HouseTime, digests
from server.errors import install_error_handlers
from server.events import Bus, LocalBus
from server.limits import Limits
from server.login import ensure_first_admin, login_routes
from server.logs import configure_logs
from server.mail.sender import Mailer
from server.nul import NoNul
from server.redis_bus import RedisBus
from server.rehearsing import Rehearsal
from server.reviewed import beside
from server.searching import searching_encoder, searching_reranker
from server.settings import Settings
from server.staff_routes import staff_routes
from server.supervise.specs import rasa_environment
from server.web import BodyLimit, ChatCors, OwnPagesOnly, SecurityHeaders, refuse_undeclared
from training.health.desk import DataHealth
from training.mood_replay.desk import MoodReplay
from training.paths import Paths, Tools
from training.room import TrainingRoom
from understanding.normal import plain
from widget.settings import WidgetSettings

log = structlog.get_logger(__name__)


@dataclass
class Services:
    """Everything that a request may need."""

    settings: Settings
    clock: Clock
    bus: Bus
    database: Database
    limits: Limits
    presence: Presence
    sights: Together[Sight]
    board: Board
    tickets: Tickets
    encoder: Encoder
    knowledge: KnowledgeBase
    shelves: Shelves
    readers: Readers
    asked: AskedDesk
    business: BusinessSystem
    ahead: Ahead
    bot: Bot
    desk: HandoffDesk
    rosters: Rosters
    priorities: Priorities
    turns: TurnRunner
    actions: ActionRunner
    training: TrainingRoom
    mood_replay: MoodReplay
    health: DataHealth
    timetable: Timetable
    desk_sweeper: handoff.clocks.Sweeper
    dispatcher: Dispatcher
    silence_sweeper: Sweeper
    keeper: Keeper
    mailer: Mailer
    alerts: AlertSender
    history_indexer: Indexer
    corrections: Corrections
    earlier: EarlierReplies
    practice: Practice
    widget: WidgetSettings
    files: Files
    file_sweeper: FileSweeper
    digests: Digests
    digest_mail: DigestMail


def build_services(
    settings: Settings,
    *,
    clock: Clock | None = None,
    encoder: Encoder | None = None,
    bot: Bot | None = None,
    business: Callable[[Database, Clock, Hold], BusinessSystem] | None = None,
) -> Services:
    """Build what the app runs on; ``clock``, ``encoder``, ``bot`` and ``business`` may be one's own.

    Raises:
        ImportError, AttributeError: the setting ``business`` names nothing that exists.
    """
    clock = clock or SystemClock()
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else LocalBus()
    database = Database(settings.database, bus)
    presence = Presence(clock, bus, database)
    encoder = encoder or Encoder.load(settings.encoder_path, precision=settings.precision)
    searching = searching_encoder(settings, encoder)
    reranker = searching_reranker(settings, searching)
    knowledge = KnowledgeBase(settings, clock, database, searching, bus=bus, reranker=reranker)
    guard = TurnGuard(database)
    shop = (business or _named(settings.business))(database, clock, guard.hold)
    bot = bot or HttpBot(settings)
    rosters, priorities = Rosters(clock), Priorities(clock)
    desk = HandoffDesk(
        clock, presence, rosters=rosters, priorities=priorities, segments=HouseSegments(clock)
    )
    sights = looks(database, desk)
    desk.promises = promises = Promises(clock, desk, settings)
    ahead = Ahead(encoder, reads=plain)
    chat_files = Files(settings, clock)
    files, tools = Paths.of(settings), Tools.of(rasa_environment(settings))
    mood_replay = MoodReplay(database, clock, settings, files, tools, encoder)
    turns = TurnRunner(
        database, bus, clock, settings, bot, desk, ahead=ahead, patience=mood_replay.patience
    )
    reserved = frozenset(settings.reserved_topics)
    training_room = TrainingRoom.of(
        settings, database, clock, rasa_environment(settings), search=knowledge,
        review=beside(settings, clock, encoder, knowledge),
    )  # fmt: skip
    training_room.trying.actions = Rehearsal(knowledge, shop, clock, reserved)
    training_room.trying.levels = mood_replay.patience.levels
    asked = AskedDesk(database, clock, encoder, knowledge, settings.var / "asked")
    week = digests(database, clock, asked)
    reply_vectors = Vectors(encoder, settings.var / "replies")
    deeds = registry.build(ActionServices(knowledge, shop, guard, clock, reserved=reserved))
    return Services(
        settings=settings,
        clock=clock,
        bus=bus,
        database=database,
        limits=Limits.of(clock, settings),
        presence=presence,
        sights=sights,
        board=Board(database, desk, sights),
        tickets=Tickets(clock),
        encoder=encoder,
        knowledge=knowledge,
        shelves=Shelves(knowledge),
        readers=Readers(database, clock, settings.channel_secret.get_secret_value()),
        asked=asked,
        business=shop,
        ahead=ahead,
        bot=bot,
        desk=desk,
        rosters=rosters,
        priorities=priorities,
        turns=turns,
        actions=ActionRunner(database, deeds, turn.recording, timeout=settings.action_timeout),
        training=training_room,
        mood_replay=mood_replay,
        health=DataHealth(database, clock, files, encoder),
        timetable=Timetable(database, clock),
        dispatcher=Dispatcher(database, bus, desk),
        desk_sweeper=handoff.clocks.Sweeper(database, desk, agent_grace=settings.agent_grace),
        silence_sweeper=Sweeper(database, clock, settings, turns),
        keeper=Keeper(database, promises),
        mailer=Mailer(database, clock, settings),
        alerts=AlertSender(database, bus, clock, settings),
        history_indexer=Indexer(database),
        corrections=Corrections(clock, ToTrainer(clock, training_room.labels), ToEditor(clock)),
        earlier=EarlierReplies(database, reply_vectors, encoder.encode),
        practice=Practice(database, clock, mask),
        widget=WidgetSettings(database, clock),
        files=chat_files,
        file_sweeper=FileSweeper(database, clock, settings, chat_files),
        digests=week,
        digest_mail=DigestMail(database, clock, settings, week, HouseTime(database, rosters)),
    )


def _named(place: str) -> Callable[[Database, Clock, Hold], BusinessSystem]:
    module, _, name = place.partition(":")
    found: Callable[[Database, Clock, Hold], BusinessSystem] = getattr(import_module(module), name)
    return found


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[None]:
    """Start what works in the background; stop it in the opposite order."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(services.database.close)
        stack.callback(services.ahead.stop)
        stack.push_async_callback(services.bot.close)
        await services.database.check_durability()
        if isinstance(services.bus, RedisBus):
            await services.bus.start()
            stack.push_async_callback(services.bus.stop)
        async with services.database.write() as db:
            await ensure_first_admin(db, services.clock, services.settings)
            await ensure_home(db)
            await sops.ensure(db, services.clock)
            await canned.seed(db, services.clock)
            await macros.seed(db, services.clock)
        if isinstance(services.business, DemoShop):
            await services.business.seed()
        await services.knowledge.start()
        stack.push_async_callback(services.knowledge.stop)
        await services.readers.start()
        stack.push_async_callback(services.readers.stop)
        await services.asked.start()
        stack.push_async_callback(services.asked.stop)
        await services.training.start()
        stack.push_async_callback(services.training.close)
        stack.push_async_callback(services.mood_replay.close)
        stack.push_async_callback(services.health.close)
        await services.turns.start()
        stack.push_async_callback(services.turns.stop)
        await services.timetable.start(on_time(services))
        stack.push_async_callback(services.timetable.stop)
        await services.presence.start()
        stack.push_async_callback(services.presence.stop)
        services.dispatcher.start()
        stack.push_async_callback(services.dispatcher.stop)
        services.desk_sweeper.start()
        stack.push_async_callback(services.desk_sweeper.stop)
        await services.silence_sweeper.start()
        stack.push_async_callback(services.silence_sweeper.stop)
        for steady in (
            services.keeper,
            services.mailer,
            services.alerts,
            services.earlier,
            services.digest_mail,
            services.file_sweeper,
        ):
            steady.start()
            stack.push_async_callback(steady.stop)
        services.history_indexer.start()
        stack.push_async_callback(services.history_indexer.stop)
        log.info("app_started")
        yield


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The whole app; ``services`` may be prepared by a test.

    Raises:
        RuntimeError: a route does not say who may call it.
    """
    configure_logs()
    held = services or build_services(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(held):
            yield

    # The interactive documentation loads scripts from elsewhere; docs/ describes the API instead.
    app = FastAPI(
        title="Handrail", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.services = nicegui_app.state.services = held
    install_error_handlers(app)

    @app.get("/health", dependencies=[Depends(anyone)], include_in_schema=False)
    async def health() -> dict[str, str]:
        """200 as soon as requests are answered; whether the bot is well is told apart."""
        return {"status": "ok", "bot": "ok" if held.turns.bot_ok else "down"}

    app.include_router(login_routes(held.clock))
    app.include_router(staff_routes(held.clock))
    for router in (
        conversations.routes.router,
        conversations.routes_asking.router,
        conversations.files.routes.router,
        conversations.socket.router,
        conversations.staff_socket.router,
        conversations.action_endpoint.router,
        handoff.clocks.routes.router,
        handoff.corrections.routes.router,
        handoff.routes.router,
        handoff.alerts.routes.router,
        handoff.cases.routes.router,
        handoff.customers.routes.router,
        handoff.finding.routes.router,
        handoff.library.desk_routes.router,
        handoff.library.routes.router,
        handoff.practice.routes.router,
        handoff.routing.routes.router,
        handoff.teams.routes.router,
        insights.digest.routes.router,
        insights.surveys.routes.router,
        knowledge_base.routes_exchange.router,
        knowledge_base.routes_reports.router,
        knowledge_base.routes_asked.router,
        knowledge_base.routes_questions.router,
        knowledge_base.routes_quality.router,
        knowledge_base.routes.router,
        knowledge_base.routes_life.router,
        knowledge_base.routes_review.router,
        knowledge_base.routes_files.router,
        knowledge_base.help_centre.routes.router,
        knowledge_base.help_centre.panel.router,
        training.comparing.routes.router,
        training.promoting.routes.router,
        training.routes.router,
        training.mood_replay.routes.router,
        training.opinions.routes.router,
        training.suspects.routes.router,
        training.health.routes.router,
        training.labels.routes.router,
        training.exchange.routes.router,
        training.shadowing.routes.router,
        training.trying.routes.router,
        widget.pages.router,
        widget.routes_settings.router,
        widget.routes_invitations.router,
        widget.routes.router,
    ):
        app.include_router(router)
    refuse_undeclared(app)
    _install_pages(app)
    app.add_middleware(NoNul)
    app.add_middleware(BodyLimit, file_limit=settings.file_limit)
    app.add_middleware(OwnPagesOnly, origins=settings.own_origins)
    app.add_middleware(ChatCors, origins=settings.origins)
    app.add_middleware(SecurityHeaders)
    return app


def _install_pages(app: FastAPI) -> None:
    server.pages.install(app)
    handoff.pages.install(app)
    knowledge_base.pages.install_assets(app)
    knowledge_base.pages.register_pages()
    training.pages.install(app)
    widget.pages.install(app)
    insights.pages.register_pages()
    ui.run_with(
        app,
        title="Handrail",
        favicon=Path(__file__).parent / "static" / "mark.svg",
        dark=None,
        language="en-GB",
        show_welcome_message=False,
    )
