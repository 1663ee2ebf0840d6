"""The role matrix, once: what each role may do. Whom a person may see is decided in the querysets."""

from collections.abc import Mapping
from enum import StrEnum

from agents.models import Membership, Role, User


class Permission(StrEnum):
    """One thing that not everybody may do."""

    ANSWER = "answer"  # claim, reply, note, resolve, hand over: in own teams
    REASSIGN = "reassign"  # take a ticket from somebody else and give it to a third
    ROUTE = "route"  # write the rules that send to the team
    FOLLOW_UP = "follow_up"  # look after a low score and write down what came of it
    READ_ALL = "read_all"
    READ_REPORTS = "read_reports"  # figures: of everything with READ_ALL, else of the teams one leads
    SET_TARGETS = "set_targets"  # targets, headline figures and reviews of the reports
    CONFIGURE = "configure"


MATRIX: dict[str, frozenset[Permission]] = {
    "agent": frozenset({Permission.ANSWER}),
    "lead": frozenset(
        {Permission.ANSWER, Permission.REASSIGN, Permission.ROUTE, Permission.FOLLOW_UP, Permission.READ_REPORTS}
    ),
    "manager": frozenset({Permission.READ_ALL, Permission.FOLLOW_UP, Permission.READ_REPORTS, Permission.SET_TARGETS}),
    "admin": frozenset(Permission),
}

# A member of a team with one of these roles works on its tickets; leading a team adds to the agent's row.
ROLES_THAT_ANSWER = tuple(role for role in Role if Permission.ANSWER in MATRIX[role])


def role_in_team(user: User, team_id: int) -> str | None:
    """Return the row of the matrix that holds for this person in this team; None for an outsider. One query at most."""
    if not user.is_active or user.role in {Role.ADMIN, Role.MANAGER}:
        return role_among(user, {}, team_id)
    is_lead = Membership.objects.filter(user=user, team_id=team_id).values_list("is_lead", flat=True).first()
    return role_among(user, {} if is_lead is None else {team_id: is_lead}, team_id)


def role_among(user: User, leads: Mapping[int, bool], team_id: int) -> str | None:
    """Return that row where it is known which teams this person works in, and which of them they lead; no query."""
    if not user.is_active:
        return None
    if user.role in {Role.ADMIN, Role.MANAGER}:
        return str(user.role)
    if team_id not in leads:
        return None
    return "lead" if leads[team_id] else "agent"


def may(user: User, permission: Permission, *, team_id: int) -> bool:
    """Say whether this person may do this in this team."""
    role = role_in_team(user, team_id)
    return role is not None and permission in MATRIX[role]


def may_configure(user: User) -> bool:
    """Say whether this person may change how the helpdesk works for everybody; no query."""
    return user.is_active and Permission.CONFIGURE in MATRIX.get(str(user.role), frozenset())


def may_read_reports(user: User) -> bool:
    """Say whether there are any figures for this person. One query for those whose role alone does not say so."""
    if reads_reports(user, leads=False) or not reads_reports(user, leads=True):
        return reads_reports(user, leads=False)
    return Membership.objects.filter(user=user, is_lead=True).exists()


def reads_reports(user: User, *, leads: bool) -> bool:
    """Say the same where it is known whether this person leads a team; no query."""
    own = MATRIX.get(str(user.role), frozenset())
    return user.is_active and Permission.READ_REPORTS in (own | MATRIX["lead"] if leads else own)


def may_set_targets(user: User) -> bool:
    """Say whether this person decides what figures should be, which are headlines, and what came of a review."""
    return user.is_active and Permission.SET_TARGETS in MATRIX.get(str(user.role), frozenset())
