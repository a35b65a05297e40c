"""Driving transfers in tests: withdrawals that two officers sent, and what stands afterwards."""

from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.economy import accounts
from gongxiang.members import sealed
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.transfers import Transfer
from gongxiang.treasury import bills
from gongxiang.treasury.models import PayoutState, Verdict
from tests.acts import town

DUE = "UPDATE treasury_transfer SET next_at = now() WHERE next_at IS NOT NULL"
OPENID = "oSandboxLinXiaoman0000000001"


def known_to(provider: Provider, account: str = OPENID) -> None:
    """Let 林小满's cash go to an account of hers."""
    values = (provider.value, sealed.seal(purpose=sealed.ACCOUNT, text=account))
    town.query("UPDATE members_payee SET provider = %s, account = %s", *values)


def sent(key: str = "w1", fen: int = 10_000) -> int:
    """Withdraw and let two officers approve it; give the withdrawal."""
    lin = town.party("lin")
    number = withdraw(key=key, member=lin, amount_fen=fen).number
    town.settle_now()
    for officer in ("小吴", "小郑"):
        review_withdrawal(member=lin, withdrawal=number, officer=officer, verdict=Verdict.APPROVE)
    return number


def rich() -> None:
    """Open the town, and let 林小满 have 170.26 in cash."""
    town.open_town()
    sell_points(key="s1", member=town.party("lin"), points=112 * POINT, shown_net=None)
    town.settle_now()


def transfer_of(withdrawal: int) -> int:
    """Give the transfer of a withdrawal."""
    (found,) = town.query(
        "SELECT transfer_id FROM treasury_payout WHERE withdrawal_id = %s", withdrawal
    )
    return int(found[0])


def at_channel(sandbox: Sandbox, withdrawal: int, channel: str = "wechat") -> Transfer:
    """Give what the channel knows of a withdrawal's transfer."""
    number = bills.number_of(transfer_of(withdrawal))
    found = sandbox.trades.transfers.find(channel, number)
    assert found is not None, "the transfer is known at the channel"
    return found


def state(withdrawal: int) -> PayoutState:
    """Give where a payout stands."""
    rows = town.query("SELECT state FROM treasury_payout WHERE withdrawal_id = %s", withdrawal)
    return PayoutState(rows[0][0])


def cash() -> int:
    """Give 林小满's cash after everything that is due."""
    town.settle_now()
    return town.balance("lin", accounts.CASH)
