"""What of the database the audit covers, and why it does not cover the rest.

Every table is of the books or named here with its reason; every column of the books' tables is
tried, or named here with its reason. What is new in the database fails until it has its place.

Units: none. Source: reliability I-3, A23; H7.
"""

from typing import Final

from tests.settlement.platforms import OF_CHANGES, TABLES

BOOKS: Final = (*TABLES, *OF_CHANGES)

PROVES_NOTHING: Final = {
    ("merchants_store", "name"): "what people call a store; it has its number and its key",
    ("governance_ruleversion", "published_at"): "when a version was published is in no rule",
    ("governance_ruleversion", "effective_at"): "one version is in force from the first fact on",
}
"""Columns of the books that may say anything."""

_DJANGO: Final = "the framework's own: who may sign in, sessions, what was migrated"
_QUEUE: Final = "the worker's queue: a job that is lost is asked for again"
_STAFF: Final = "the staff and what they looked at; the audit log refuses changes by itself"
_PERSON: Final = "who signs in, by what, and what he agreed to; the books know his party alone"
_TOLD: Final = "what was told to a person; what happened stands in the books"
_SHOP: Final = "what a store shows and who works there; what it is owed hangs on the books' rows"
_WISH: Final = "a wish and its review; once it is granted, its fact stands in the books"
_CHANNEL: Final = "what was asked of a channel and what it said; its bill is compared day by day"
_MADE: Final = "made from the books for pages to read, and made again when they have moved on"
_CLOCK: Final = "up to which moment facts are whole; each batch says for itself what it reached"

OUTSIDE: Final = {
    _DJANGO: (
        *("auth_group", "auth_group_permissions", "auth_permission", "auth_user"),
        *("auth_user_groups", "auth_user_user_permissions", "axes_accessattempt"),
        *("axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog"),
        *("django_admin_log", "django_content_type", "django_migrations", "members_session"),
        "otp_totp_totpdevice",
    ),
    _QUEUE: (
        *("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers"),
        "procrastinate_workers",
    ),
    _STAFF: (
        *("governance_auditentry", "governance_handlednotice", "governance_officer"),
        *("governance_auditseal", "governance_recoverycode"),
    ),
    _PERSON: (
        *("members_account", "members_apitoken", "members_cluster", "members_consent"),
        *("members_identity", "members_invitecode", "members_joinedaccount", "members_payee"),
        "members_pace",
        *("members_phonecode", "members_recovery", "members_releasedidentity"),
        *("members_recoverytry", "members_verified"),
    ),
    _TOLD: ("members_message", "members_messagemark"),
    _SHOP: (
        *("merchants_document", "merchants_invitation", "merchants_profile", "merchants_site"),
        *("merchants_staff", "merchants_storecode", "payments_charge", "payments_shift"),
    ),
    _WISH: (
        *("merchants_application", "merchants_changerequest", "payments_refundrequest"),
        *("treasury_payout", "treasury_refundcase"),
    ),
    _CHANNEL: (
        *("payments_attempt", "payments_attemptkey", "payments_bill", "payments_billline"),
        *("payments_channelrefund", "payments_difference", "payments_formeraccount"),
        "payments_notification",
        *("payments_outbox", "payments_quarantine", "payments_share", "payments_sharecursor"),
        *("payments_storerefund", "payments_submerchant", "payments_transaction"),
        "payments_waitingnotice",
        *("treasury_payin", "treasury_transfer"),
    ),
    _MADE: ("points_comparison",),
    _CLOCK: ("points_horizon",),
}
"""Tables that are not of the books, by the reason why."""
