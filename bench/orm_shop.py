"""A shop's settlement in the ORM's own way: one order, one transaction, row locks and `save()`.

Written as a careful Django shop would: the order and the pool are locked with
`select_for_update`, balances are locked and saved one by one, lots and entries are made with
`create()`, exits are looked up by index. It settles the same orders by the same rules.

Units: micro-yuan, atoms. Source: design/speed.md (Peers, their own way).
"""

from typing import Any, ClassVar

from django.db import connection, models, transaction

from gongxiang.ledger.fields import WholeField
from gongxiang.orders.models import Order

SHARES = (
    *(("direct", 30), ("indirect", 20), ("recruiter", 50)),
    *(("district", 10), ("city", 10), ("province", 10)),
)


class ShopPool(models.Model):
    """The shop's pool."""

    money = WholeField()
    circulating = WholeField()
    settled = models.IntegerField(default=0)
    objects: ClassVar[models.Manager["ShopPool"]] = models.Manager()

    class Meta:
        app_label = "orm_shop"


class ShopOrder(models.Model):
    """Whether an order is settled."""

    order_id = models.BigIntegerField(unique=True)
    member_id = models.BigIntegerField()
    is_settled = models.BooleanField(default=False)
    objects: ClassVar[models.Manager["ShopOrder"]] = models.Manager()

    class Meta:
        app_label = "orm_shop"


class ShopLot(models.Model):
    """The points of an order."""

    order_id = models.BigIntegerField(unique=True)
    member_id = models.BigIntegerField(db_index=True)
    spend = models.BigIntegerField()
    minted = WholeField()
    left = WholeField()
    net = models.BigIntegerField(default=0)
    exit_price = models.BigIntegerField(null=True, db_index=True)
    objects: ClassVar[models.Manager["ShopLot"]] = models.Manager()

    class Meta:
        app_label = "orm_shop"


class ShopBalance(models.Model):
    """What a party has of something."""

    party_id = models.BigIntegerField()
    account = models.CharField(max_length=16)
    amount = WholeField(default=0)
    objects: ClassVar[models.Manager["ShopBalance"]] = models.Manager()

    class Meta:
        app_label = "orm_shop"
        constraints = (models.UniqueConstraint(fields=["party_id", "account"], name="shop_once"),)


class ShopEntry(models.Model):
    """One entry of a party's statement."""

    party_id = models.BigIntegerField(db_index=True)
    order_id = models.BigIntegerField(db_index=True)
    account = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    amount = WholeField()
    made_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager["ShopEntry"]] = models.Manager()

    class Meta:
        app_label = "orm_shop"


MODELS: tuple[type[models.Model], ...] = (ShopPool, ShopOrder, ShopLot, ShopBalance, ShopEntry)


def open_shop(orders: int) -> list[int]:
    """Make the shop's tables and give the orders that it will settle, in their order."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    ShopPool.objects.create(id=1, money=1_000_000_000, circulating=10**15)
    found = list(Order.objects.order_by("due_at", "due_rank", "id")[:orders])
    ShopOrder.objects.bulk_create(
        ShopOrder(order_id=order.id, member_id=order.member_id) for order in found
    )
    return [order.id for order in found]


def settle(number: int) -> None:
    """Settle one order."""
    with transaction.atomic():
        pool = ShopPool.objects.select_for_update().get(id=1)
        state = ShopOrder.objects.select_for_update().get(order_id=number)
        if state.is_settled:
            return
        order = Order.objects.get(member_id=state.member_id, id=number)
        _settle(pool, order)
        state.is_settled = True
        state.save(update_fields=["is_settled"])
        pool.settled += 1
        pool.save()


def _settle(pool: ShopPool, order: Order) -> None:
    spend, unit = order.amount, order.amount // 10_000
    inflow = unit * (order.commission_rate - 400)
    minted = inflow * 7_000 // 10_000 * pool.circulating // pool.money
    vouchers = 20_000 * spend * min(order.commission_rate, 2_000) // 20_000_000
    pool.money += inflow
    pool.circulating += minted
    ShopLot.objects.create(
        order_id=order.id,
        member_id=order.member_id,
        spend=spend,
        minted=minted,
        left=minted,
        exit_price=spend * 12_000 // 10_000 * 10**12 // minted,
    )
    _post(order.store_id, order, "store", "settled", spend - unit * order.commission_rate)
    _post(order.member_id, order, "points", "settled", minted)
    _post(order.member_id, order, "vouchers", "settled", vouchers)
    rest = 200
    for role, rate in SHARES:
        person: int | None = getattr(order, f"{role}_id")
        if person is not None:
            _post(person, order, "cash", role, unit * rate)
            rest -= rate
    _post(1, order, "platform", "settled", unit * 200)
    _post(2, order, "unspent", "settled", unit * rest)
    _close_lots(pool, order)


def _close_lots(pool: ShopPool, order: Order) -> None:
    while True:
        lots = ShopLot.objects.select_for_update().filter(exit_price__isnull=False)
        lot = lots.order_by("exit_price").first()
        if lot is None or lot.left * pool.money < lot.spend * 12_000 // 10_000 * pool.circulating:
            return
        net = lot.spend * 12_000 // 10_000 * 8_000 // 10_000
        pool.money -= net
        pool.circulating -= lot.left
        _post(lot.member_id, order, "cash", "exited", net)
        _post(lot.member_id, order, "points", "exited", -lot.left)
        ShopLot.objects.filter(pk=lot.pk).update(left=0, net=net, exit_price=None)


def _post(party: int, order: Order, account: str, purpose: str, amount: int) -> None:
    entry: dict[str, Any] = {"account": account, "purpose": purpose, "amount": amount}
    ShopEntry.objects.create(party_id=party, order_id=order.id, **entry)
    locked = ShopBalance.objects.select_for_update()
    balance, _ = locked.get_or_create(party_id=party, account=account)
    balance.amount += amount
    balance.save(update_fields=["amount"])
