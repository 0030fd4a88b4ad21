"""Transaction: one attribute per table file. It is opened, committed and rolled back by `Database`."""

from __future__ import annotations

from functools import cached_property

from storage.scope import Scope
from storage.tables.accounts import Accounts
from storage.tables.aliases import Aliases
from storage.tables.approvals import Approvals
from storage.tables.audit import Audit
from storage.tables.auto_replies import AutoReplies
from storage.tables.buttons import Buttons
from storage.tables.commitments import Commitments
from storage.tables.conversations import Conversations
from storage.tables.corrections import Corrections
from storage.tables.emails import Emails
from storage.tables.events import Events
from storage.tables.files import Files
from storage.tables.followups import FollowUps
from storage.tables.habits import Habits
from storage.tables.installations import Installations
from storage.tables.jobs import Jobs
from storage.tables.link_codes import LinkCodes
from storage.tables.listeners import Listeners
from storage.tables.manners import Manners
from storage.tables.memories import Memories
from storage.tables.model_calls import ModelCalls
from storage.tables.oauth_states import OAuthStates
from storage.tables.outbox import Outbox
from storage.tables.people import People
from storage.tables.receipts import Receipts
from storage.tables.reviews import Reviews
from storage.tables.rule_matches import RuleMatches
from storage.tables.rules import Rules
from storage.tables.second_opinions import SecondOpinions
from storage.tables.sends import Sends
from storage.tables.set_aside import SetAside
from storage.tables.shown import ShownCards
from storage.tables.styles import Styles
from storage.tables.subscriptions import Subscriptions
from storage.tables.telegram_forms import TelegramForms
from storage.tables.templates import Templates
from storage.tables.ties import Ties
from storage.tables.trust_cards import TrustCards
from storage.tables.trust_rungs import TrustRungs
from storage.tables.usage import Usage
from storage.tables.verdicts import Verdicts


class Transaction(Scope):
    """Everything that can be asked of the memory within one transaction."""

    @cached_property
    def people(self) -> People:
        return People(self)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self)

    @cached_property
    def aliases(self) -> Aliases:
        return Aliases(self)

    @cached_property
    def emails(self) -> Emails:
        return Emails(self)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self)

    @cached_property
    def events(self) -> Events:
        return Events(self)

    @cached_property
    def buttons(self) -> Buttons:
        return Buttons(self)

    @cached_property
    def approvals(self) -> Approvals:
        return Approvals(self)

    @cached_property
    def sends(self) -> Sends:
        return Sends(self)

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(self)

    @cached_property
    def set_aside(self) -> SetAside:
        return SetAside(self)

    @cached_property
    def listeners(self) -> Listeners:
        return Listeners(self)

    @cached_property
    def follow_ups(self) -> FollowUps:
        return FollowUps(self)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @cached_property
    def memories(self) -> Memories:
        return Memories(self)

    @cached_property
    def files(self) -> Files:
        return Files(self)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self)

    @cached_property
    def shown(self) -> ShownCards:
        return ShownCards(self)

    @cached_property
    def link_codes(self) -> LinkCodes:
        return LinkCodes(self)

    @cached_property
    def reviews(self) -> Reviews:
        return Reviews(self)

    @cached_property
    def rules(self) -> Rules:
        return Rules(self)

    @cached_property
    def rule_matches(self) -> RuleMatches:
        return RuleMatches(self)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self)

    @cached_property
    def auto_replies(self) -> AutoReplies:
        return AutoReplies(self)

    @cached_property
    def habits(self) -> Habits:
        return Habits(self)

    @cached_property
    def installations(self) -> Installations:
        return Installations(self)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self)

    @cached_property
    def oauth_states(self) -> OAuthStates:
        return OAuthStates(self)

    @cached_property
    def telegram_forms(self) -> TelegramForms:
        return TelegramForms(self)

    @cached_property
    def ties(self) -> Ties:
        return Ties(self)

    @cached_property
    def trust(self) -> TrustRungs:
        return TrustRungs(self)

    @cached_property
    def trust_cards(self) -> TrustCards:
        return TrustCards(self)

    @cached_property
    def manners(self) -> Manners:
        return Manners(self)

    @cached_property
    def usage(self) -> Usage:
        return Usage(self)

    @cached_property
    def model_calls(self) -> ModelCalls:
        return ModelCalls(self)

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self)

    @cached_property
    def second_opinions(self) -> SecondOpinions:
        return SecondOpinions(self)

    @cached_property
    def commitments(self) -> Commitments:
        return Commitments(self)

    @cached_property
    def styles(self) -> Styles:
        return Styles(self)
