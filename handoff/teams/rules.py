"""The routing rules, in order: the first that holds decides."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.teams.inputs import RuleChange
from handoff.teams.models import RoutingRule, Team
from handoff.teams.setup import lock
from server.auth import Staff
from server.errors import Invalid, NotFound

RULES_AT_MOST = 200
log = structlog.get_logger(__name__)


async def every(db: AsyncSession) -> list[RoutingRule]:
    """All rules, in their order; those of archived teams hold for nobody."""
    found = await db.scalars(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id))
    return list(found)


async def add(db: AsyncSession, wanted: RuleChange, by: Staff) -> RoutingRule:
    """Add a rule behind the others.

    Raises:
        Invalid: the team does not exist, or is archived.
    """
    await lock(db)
    rules = await every(db)
    if len(rules) >= RULES_AT_MOST:
        raise Invalid(f"At most {RULES_AT_MOST} rules. Put some together.")
    await _check_team(db, wanted.team_id)
    rule = RoutingRule(position=len(rules), **_columns(wanted))
    db.add(rule)
    _number([*rules, rule])
    await db.flush()
    log.info("rule_added", rule=str(rule.id), by=by.login)
    return rule


async def change(db: AsyncSession, rule_id: UUID, wanted: RuleChange, by: Staff) -> RoutingRule:
    """Raises:
    NotFound: there is no such rule. Invalid: the team does not exist, or is archived.
    """
    await lock(db)
    rule = _one(await every(db), rule_id)
    await _check_team(db, wanted.team_id)
    for name, value in _columns(wanted).items():
        setattr(rule, name, value)
    await db.flush()
    log.info("rule_changed", rule=str(rule_id), by=by.login)
    return rule


async def move(db: AsyncSession, rule_id: UUID, by: int) -> None:
    """Move a rule up (negative) or down; it stops at the ends.

    Raises:
        NotFound: there is no such rule.
    """
    await lock(db)
    rules = await every(db)
    rule = _one(rules, rule_id)
    place = min(max(rules.index(rule) + by, 0), len(rules) - 1)
    rules.remove(rule)
    rules.insert(place, rule)
    _number(rules)


async def remove(db: AsyncSession, rule_id: UUID, by: Staff) -> None:
    """Raises:
    NotFound: there is no such rule.
    """
    await lock(db)
    rules = await every(db)
    rule = _one(rules, rule_id)
    await db.delete(rule)
    rules.remove(rule)
    _number(rules)
    log.info("rule_removed", rule=str(rule_id), by=by.login)


def _columns(wanted: RuleChange) -> dict[str, object]:
    return {
        "name": wanted.name,
        "when": wanted.when.stored(),
        "team_id": wanted.team_id,
        "skill": wanted.skill,
        "level": wanted.level.value,
    }


def _number(rules: list[RoutingRule]) -> None:
    for position, rule in enumerate(rules):
        rule.position = position


def _one(rules: list[RoutingRule], rule_id: UUID) -> RoutingRule:
    found = next((rule for rule in rules if rule.id == rule_id), None)
    if found is None:
        raise NotFound()
    return found


async def _check_team(db: AsyncSession, team_id: UUID) -> None:
    team = await db.get(Team, team_id)
    if team is None or team.archived:
        raise Invalid("Choose a team that is not archived.")
