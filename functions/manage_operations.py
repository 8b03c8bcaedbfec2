"""What the OpenAPI of the management API says of every call; each line of `manage_routes` has one here."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = "{kinds}"
"""Stands for each collection; the description has a path of its own for every one."""
CONTACTS = "{contacts}"
"""Stands for services and users."""


@dataclass(frozen=True)
class Operation:
    """`query` are names of parameters, `body` and `answer` names of schemas; `{Kind}` in them is the kind's.

    `problems` are beside 401 and 503, which every call may answer; one that is open needs no access token. `also_csv`:
    CSV where it is accepted; without an `answer` there is nothing else.
    """

    method: str
    path: str
    id: str
    summary: str
    answer: str = ""
    status: int = 200
    body: str = ""
    query: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    writes: bool = False
    is_open: bool = False
    media: str = "application/json"
    also_csv: bool = False


OF_BODIES = (400, 413, 415, 422)
OF_WRITES = (*OF_BODIES, 403, 404, 409, 412, 428)
PATCH = "application/merge-patch+json"
PAGE = ("top", "after")
OF_SESSIONS = ("state", "outcome", "serviceId", "userId", "agentId", "fromTime", "toTime")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "GET", "sign-in", "readSignIn", "Where administrators sign in; needs no access token.", "SignIn", is_open=True
    ),
    Operation("GET", "me", "me", "Who calls, as the access token says.", "Me"),
    Operation("GET", "tenant", "readTenant", "The tenant's settings.", "StoredTenant", problems=(404,)),
    Operation(
        "PUT", "tenant", "replaceTenant", "Replace the tenant's settings; all tabs are saved at once.", "SavedTenant",
        body="Tenant", problems=OF_WRITES, writes=True,
    ),
    Operation(
        "PATCH", "tenant", "patchTenant", "Change some of the tenant's settings.", "SavedTenant",
        body="Patch", problems=OF_WRITES, writes=True, media=PATCH,
    ),
    Operation(
        "POST", "tenant/check-acs", "checkAcs",
        "Check the ACS connection string: a token is really created and revoked.", "Checks", problems=(403, 404),
    ),
    Operation(
        "POST", "tenant/widget-key/rotate", "rotateWidgetKey",
        "A new widget key; for some hours the one before works as well.", "SavedTenant",
        body="Rotation", problems=(*OF_BODIES, 403, 404, 412),
    ),
    Operation(
        "POST", "tenant/site-secret", "generateSiteSecret",
        "A new secret for site tokens, shown this once; the tenant uses it when its document names it.", "SiteSecret",
        201, problems=(403, 409),
    ),
    Operation(
        "POST", "tenant/try-token", "tryToken", "Try a token that a site has made; it is not used up.", "TriedToken",
        body="TryToken", problems=(*OF_BODIES, 403, 404),
    ),
    Operation(
        "GET", "tenant/instant-messaging", "readInstantMessaging",
        "How far Instant Messaging is set up: guests, user for tests, permission link.", "InstantMessaging",
        problems=(404,),
    ),
    Operation(
        "POST", "tenant/instant-messaging/test", "testInstantMessaging", "Send a message to the user for tests.",
        status=204, problems=(403, 409),
    ),
    Operation("GET", "licences", "listLicences", "Licences, used and bought.", "Licences", problems=(403, 404)),
    Operation(
        "GET", "schemas/{kind}", "readSchema", "The JSON Schema of a kind, in the guide's words.", "Schema",
        query=("language",), problems=(400,),
    ),
    Operation(
        "POST", "validate", "validate",
        "What keeps documents from being saved, if all of them are, and what would be stored.", "Validation",
        body="DocumentSet", problems=(400, 413, 415),
    ),
    Operation(
        "GET", "audit", "listAudit", "Who changed what and when, the newest first.", "AuditPage",
        query=("ofKind", "id", *PAGE), problems=(400,),
    ),
    Operation(
        "POST", "workflows/lint", "lintWorkflow", "What keeps a definition from being published.", "Lint",
        body="Definition", problems=(400, 413, 415),
    ),
    Operation(
        "POST", "workflows/simulate", "simulateWorkflow",
        "Play a conversation through a definition or a stored version; nothing is sent.", "Course",
        body="Simulation", problems=(*OF_BODIES, 404),
    ),
    Operation(
        "GET", "workflows/{id}/versions", "listWorkflowVersions", "All versions of a workflow, the newest first.",
        "WorkflowVersions", problems=(404,),
    ),
    Operation(
        "GET", "workflows/{id}/versions/{number}", "readWorkflowVersion", "A version of a workflow.",
        "Workflow", problems=(400, 404),
    ),
    Operation(
        "GET", "workflows/{id}/differences", "readWorkflowDifferences", "What is different between two versions.",
        "Differences", query=("from", "to"), problems=(400, 404),
    ),
    Operation(
        "GET", "sessions", "listSessions",
        "A page of sessions: those that run, then those that have ended, the newest first.", "SessionPage",
        query=(*OF_SESSIONS, *PAGE), problems=(400,), also_csv=True,
    ),
    Operation(
        "GET", "sessions.csv", "exportSessions", "A page of sessions as CSV; the header Link names the next one.",
        query=(*OF_SESSIONS, "topOfCsv", "after"), problems=(400,), also_csv=True,
    ),
    Operation(
        "GET", "sessions/{id}", "readSession",
        "What happened in one session: events, activities, effects, doubts and deliveries in order.", "Session",
        query=("language",), problems=(400, 404),
    ),
    Operation(
        "POST", "sessions/{id}/end", "endSession", "End a session that runs; both sides are told.", "SessionLine",
        problems=(403, 404),
    ),
    Operation(
        "GET", "agents", "listAgents",
        "A page of agents, or of a service's members: how they stand, and why no task comes.", "AgentPage",
        query=("serviceId", *PAGE), problems=(400, 404),
    ),
    Operation("GET", "agents/{id}", "readAgent", "How one agent stands.", "Agent", problems=(404,)),
    Operation(
        "POST", "agents/{id}/reset", "resetAgent",
        "Take away what keeps an agent from tasks and is not so any more, such as a missed invitation (RONA).",
        "AgentReset", problems=(403, 404),
    ),
    Operation(
        "POST", "erase", "eraseCustomer",
        "Forget a customer by e-mail address; conversations that run are ended. Repeat it until it is complete.",
        "Erasure", body="Erase", problems=(400, 403, 413, 415),
    ),
    Operation(
        "POST", "diagnose", "diagnose",
        "Every condition of a conversation, for a page, a snippet or a contact: passed, failed or not judged.",
        "Diagnosis", body="Question", query=("language",), problems=(400, 404, 413, 415),
    ),
    Operation(
        "GET", "diagnoses/{id}", "readDiagnosis",
        "What was refused when a page showed this diagnosis id in its console, and how it is now.", "LookedUp",
        query=("language",), problems=(400, 404),
    ),
    Operation(
        "GET", f"{CONTACTS}/{{id}}/readiness", "read{Kind}Readiness",
        "What still keeps visitors away, whatever their page.", "Readiness", query=("language",), problems=(400, 404),
    ),
    Operation(
        "GET", f"{CONTACTS}/{{id}}/origin", "explain{Kind}Origin",
        "What an origin gets, by which row of which domain template, and which rows nearly match.", "OriginExplained",
        query=("origin",), problems=(400, 404),
    ),
    Operation(
        "POST", f"{CONTACTS}/{{id}}/preview-links", "create{Kind}PreviewLink",
        "A link with which the preview works for an hour at most, also under restriction and authorization.",
        "PreviewLink", 201, body="PreviewWish", problems=(400, 403, 404, 413, 415),
    ),
    Operation(
        "POST", f"{CONTACTS}/{{id}}/preview-links/revoke", "revoke{Kind}PreviewLinks",
        "All preview links that there are let nobody in any more, whoever made them; what has begun goes on.",
        "PreviewLinksRevoked", problems=(403, 404),
    ),
    Operation(
        "GET", KINDS, "list{Kinds}", "A page of {kinds}, of all the administrator sees.", "{Kind}Page",
        query=("search", "organizationUnitId", "offeredTo", *PAGE), problems=(400, 403),
    ),
    Operation(
        "POST", KINDS, "create{Kind}", "Create one of the {kinds}.", "Saved{Kind}", 201,
        body="{Kind}", problems=(*OF_BODIES, 403, 409),
    ),
    Operation("GET", f"{KINDS}/{{id}}", "read{Kind}", "One of the {kinds}.", "Stored{Kind}", problems=(404,)),
    Operation(
        "PUT", f"{KINDS}/{{id}}", "replace{Kind}", "Replace one of the {kinds}, with all its tabs at once.",
        "Saved{Kind}", body="{Kind}", problems=OF_WRITES, writes=True,
    ),
    Operation(
        "PATCH", f"{KINDS}/{{id}}", "patch{Kind}", "Change some fields of one of the {kinds}.",
        "Saved{Kind}", body="Patch", problems=OF_WRITES, writes=True, media=PATCH,
    ),
    Operation(
        "DELETE", f"{KINDS}/{{id}}", "delete{Kind}", "Delete one of the {kinds} that nothing refers to.",
        status=204, problems=(400, 403, 404, 409, 412, 428), writes=True,
    ),
    Operation(
        "GET", f"{KINDS}/{{id}}/references", "read{Kind}References", "What it refers to, and what refers to it.",
        "References", problems=(404,),
    ),
    Operation(
        "GET", f"{KINDS}/{{id}}/notes", "read{Kind}Notes",
        "What will not work although it is saved, such as members without a licence.", "Notes", problems=(404,),
    ),
)  # fmt: skip
