"""The bare script: settles the same orders into the same rows, with nothing that keeps them safe.

Its tables have the columns and the keys of the product's and no other constraint, trigger or
role; it knows only the common workload (nobody sells, refunds or waits) and the rules of preset
`seed-1`; it writes no batch, no hash and no chain, and asserts nothing. What it writes of lots,
postings, steps, balances and pool must equal what the product writes, row by row (`differences`).

Units: micro-yuan, atoms, rates per myriad.
Source: design/speed.md (what a settlement at most can do).
"""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.types.numeric import IntLoader

TABLES = {
    "points_lot": "exit_price",
    "points_step": "",
    "ledger_posting": "",
    "ledger_balance": "",
    "points_pool": "feed_secret",
}
"""The tables it writes, and the column that is not compared."""

LEGS = (2108, 3108, 4108, 5108, 6108, 7108)
SHARES = (30, 20, 50, 10, 10, 10)
"""Direct, indirect, recruiter and three agents: the leg and the rate of each."""

STEP = "%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n"

LOT = "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n"

_DUE = """
SELECT id, member_id, store_id, amount, commission_rate, direct_id, indirect_id, recruiter_id,
       district_id, city_id, province_id, due_at
  FROM orders_order WHERE (due_at, due_rank, id) > (%s, %s, %s)
 ORDER BY due_at, due_rank, id LIMIT %s
"""
_EXITS = """
SELECT exit_price, step, id, member_id, spend, "left" FROM bare.points_lot
 WHERE "left" > 0 ORDER BY exit_price LIMIT %s
"""
_POOL = """
SELECT money, circulating, step, batch, cursor_at, cursor_rank, cursor_id FROM bare.points_pool
"""
_UPDATE_LOTS = """
UPDATE bare.points_lot lot
   SET "left" = 0, sold = minted, gross = new.gross, net = new.net, exit_price = NULL,
       exited_step = new.step
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
       AS new (member_id, id, gross, net, step)
 WHERE (lot.member_id, lot.id) = (new.member_id, new.id)
"""
_CHANGE_BALANCES = """
MERGE INTO bare.ledger_balance balance
USING unnest(%s::bigint[], %s::smallint[], %s::numeric[]) AS new (party_id, account, amount)
   ON balance.party_id = new.party_id AND balance.account = new.account
 WHEN MATCHED THEN UPDATE SET amount = balance.amount + new.amount
 WHEN NOT MATCHED THEN INSERT VALUES (new.party_id, new.account, new.amount)
"""
_UPDATE_POOL = """
UPDATE bare.points_pool
   SET money = %s, circulating = %s, step = %s, batch = %s, cursor_at = %s, cursor_rank = 1,
       cursor_id = %s, orders = orders + %s, lots_exited = lots_exited + %s,
       paid_to_members = paid_to_members + %s, spend = spend + %s
"""


def copy_tables(connection: psycopg.Connection) -> None:
    """Make the script's own tables: the product's columns, keys and rows, and nothing else."""
    with connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS bare CASCADE")
        connection.execute("CREATE SCHEMA bare")
        for table in TABLES:
            connection.execute(
                f"CREATE TABLE bare.{table}"
                f" (LIKE public.{table} INCLUDING STORAGE INCLUDING INDEXES)"
            )
            connection.execute(f"INSERT INTO bare.{table} SELECT * FROM public.{table}")
        connection.execute("ALTER TABLE bare.ledger_balance SET (fillfactor = 80)")
        connection.execute("ALTER TABLE bare.points_pool SET (fillfactor = 50)")
    connection.execute("VACUUM ANALYZE")


def differences(connection: psycopg.Connection) -> list[str]:
    """Name the tables in which script and product do not have the same rows."""
    found = []
    for table, left_out in TABLES.items():
        names = connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'bare' AND table_name = %s AND column_name <> %s",
            (table, left_out),
        ).fetchall()
        columns = ", ".join(f'"{name}"' for (name,) in names)
        ours, theirs = (f"SELECT {columns} FROM {schema}.{table}" for schema in ("bare", "public"))
        query = f"(({ours}) EXCEPT ALL ({theirs})) UNION ALL (({theirs}) EXCEPT ALL ({ours}))"
        row = connection.execute(f"SELECT count(*) FROM ({query}) AS apart").fetchone()
        if row is None or row[0]:
            found.append(table)
    return found


class Fold:
    """What one batch works out, before it is written."""

    def __init__(self, pool: tuple[int, int, int], batch: int) -> None:
        self.money, self.circulating, self.step = pool
        self.batch = batch
        self.rows: list[tuple[int, int, int, int]] = []
        self.steps: list[str] = []
        self.lots: dict[int, list[Any]] = {}
        self.closed: list[tuple[int, int, int, int, int]] = []
        self.exits = self.paid_out = self.spend = 0

    def take(self, due: Sequence[tuple[Any, ...]], open_lots: Sequence[tuple[int, ...]]) -> None:  # noqa: PLR0915 - one loop, so that nothing is faster
        """Fold the orders; open lots are (price, step, id, member, spend, left), the nearest."""
        money, circulating, step, batch = self.money, self.circulating, self.step, self.batch
        rows, steps, lots = self.rows, self.steps, self.lots
        near = {lot[1]: lot for lot in open_lots}
        heap = [((lot[4] * 12_000 // 10_000 << 128) // lot[5] << 64) + lot[1] for lot in open_lots]
        heapify(heap)
        received = inflows = issued = granted = unspent = burned = 0
        for order, member, store, spend, rate, *persons, at in due:
            unit = spend // 10_000
            inflow = unit * (rate - 400)
            points = inflow * 7_000 // 10_000 * circulating // money
            vouchers = 20_000 * spend * min(2_000, rate) // 20_000_000
            money += inflow
            circulating += points
            step += 1
            received += spend
            inflows += inflow
            issued += points
            granted += vouchers
            rows += (
                (store, order, 1107, spend - unit * rate),
                (member, order, 1203, points),
                (member, order, 1302, vouchers),
            )
            rest = 200
            for person, leg, share in zip(persons, LEGS, SHARES, strict=True):
                if person is not None:
                    rows.append((person, order, leg, unit * share))
                    rest -= share
            unspent += unit * rest
            cap = spend * 12_000 // 10_000
            lots[step] = [
                *(order, member, step, spend, spend, rest, points, points, 0, 0, 0, vouchers),
                *(cap * 10**12 // points, None),
            ]
            moment = at.isoformat()
            steps.append(
                STEP
                % (step, batch, 1, moment, member, order, order, inflow, points, money, circulating)
            )
            heappush(heap, ((cap << 128) // points << 64) + step)
            while True:
                minted = heap[0] & 0xFFFFFFFFFFFFFFFF
                lot = lots.get(minted)
                number, owner, spent, left = (
                    near[minted][2:] if lot is None else (lot[0], lot[1], lot[3], lot[7])
                )
                gross = spent * 12_000 // 10_000
                if left * money < gross * circulating:
                    break
                heappop(heap)
                net = gross * 8_000 // 10_000
                money -= net
                circulating -= left
                step += 1
                burned += left
                self.paid_out += net
                self.exits += 1
                rows += ((owner, number, 10108, net), (owner, number, 10203, -left))
                steps.append(
                    STEP
                    % (
                        step,
                        batch,
                        3,
                        moment,
                        owner,
                        number,
                        number,
                        -net,
                        -left,
                        money,
                        circulating,
                    )
                )
                if lot is None:
                    self.closed.append((owner, number, gross, net, step))
                else:
                    lot[7:11] = 0, left, gross, net
                    lot[12:] = None, step
        self.money, self.circulating, self.step, self.spend = money, circulating, step, received
        rows += (
            row
            for row in (
                (101, 0, 14101, -received),
                (103, 0, 14103, received),
                (103, 0, 1103, -received),
                (104, 0, 1104, inflows),
                (104, 0, 10104, -self.paid_out),
                (105, 0, 1105, received // 10_000 * 200),
                (106, 0, 1106, unspent),
                (201, 0, 1201, -issued),
                (201, 0, 10201, burned),
                (301, 0, 1301, -granted),
            )
            if row[3]
        )


class Bare:
    """The script on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.cursor = self.connection.cursor()
        self.cursor.adapters.register_loader("numeric", IntLoader)
        for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            self.cursor.execute(f"SET {name} = off")
        self.cursor.execute("SET plan_cache_mode = force_generic_plan")
        self.connection.commit()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def settle(self, orders_max: int) -> int:
        """Settle the next orders in one transaction; give how many."""
        exits_max = max(50, orders_max // 20)
        cursor = self.cursor
        money, circulating, step, batch, at, rank, number = cursor.execute(_POOL).fetchone() or ()
        due = cursor.execute(_DUE, (at, rank, number, orders_max)).fetchall()
        if due:
            fold = Fold((money, circulating, step), batch + 1)
            fold.take(due, cursor.execute(_EXITS, (exits_max,)).fetchall())
            self._write(fold)
            end = (due[-1][-1], due[-1][0])
            cursor.execute(
                _UPDATE_POOL,
                (
                    *(fold.money, fold.circulating, fold.step, fold.batch, *end),
                    *(len(due), fold.exits, fold.paid_out, fold.spend),
                ),
            )
        self.connection.commit()
        return len(due)

    def _write(self, fold: Fold) -> None:
        fold.rows.sort(key=itemgetter(1, 2))
        fold.rows.sort(key=itemgetter(0))
        credit, debit = (
            f"%d\t{fold.batch}\t%d\t%d\t\\N\t%d\n",
            f"%d\t{fold.batch}\t%d\t%d\t%d\t\\N\n",
        )
        self._copy("points_lot", "".join([_lot(lot) for lot in fold.lots.values()]))
        self._copy("points_step", "".join(fold.steps))
        self._copy(
            "ledger_posting",
            "".join(
                [credit % row if row[3] > 0 else debit % (*row[:3], -row[3]) for row in fold.rows]
            ),
        )
        if fold.closed:
            columns = zip(*sorted(fold.closed), strict=True)
            self.cursor.execute(_UPDATE_LOTS, [_array(column) for column in columns])
        self._change_balances(fold.rows)

    def _copy(self, table: str, text: str) -> None:
        with self.cursor.copy(f"COPY bare.{table} FROM STDIN") as copy:
            copy.write(text)

    def _change_balances(self, rows: list[tuple[int, int, int, int]]) -> None:
        changes: dict[tuple[int, int], int] = {}
        known = changes.get
        for home, _, leg, amount in rows:
            key = (home, leg % 1_000)
            changes[key] = known(key, 0) + amount
        found = [(key, amount) for key, amount in changes.items() if amount]
        self.cursor.execute(
            _CHANGE_BALANCES,
            (
                _array([party for (party, _), _ in found]),
                _array([account for (_, account), _ in found]),
                _array([amount for _, amount in found]),
            ),
        )


def _lot(lot: list[Any]) -> str:
    price, exited = lot[12:]
    return LOT % (*lot[:12], "\\N" if price is None else price, "\\N" if exited is None else exited)


def _array(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
