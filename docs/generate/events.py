"""events.md: line types with their keys, every refusal with its word and class, and other forms."""

import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import gongxiang.economy
import gongxiang.lab
from docs.generate.markdown import code, one_line, page, table
from gongxiang.economy.refusal import Refused
from gongxiang.lab import lines
from gongxiang.lab.replay import AMOUNT_FEN_MAX
from gongxiang.lab.tables import COLUMNS, COMMISSION_RATE
from gongxiang.settlement import seal

INTRODUCTION = """\
An event file (`.jsonl`, `.jsonl.gz`) holds one JSON object a line. `replay` folds it in memory,
`import` drives it through the platform, `export` writes the platform's history in the same form;
the three agree to the last micro-yuan. Blank lines are skipped; lines are counted from 1, blank
ones too.

Every line has a `type` and an `id`. The `id` is the idempotency key of what the line does. `at` is
`YYYY-MM-DDThh:mm:ss[.ffffff]` with `Z` or `±hh:mm`; on the types where it may be left out, the line
acts at the clock."""
HANDLING = """\
1. **Duplicates first.** A line whose `id` was accepted before is *repeated* if it is the same
   object (nothing happens, it is counted), and refused as `duplicate` if it is another. The id of a
   refused line is free again.
2. **Then the clock.** An `at` before the clock is refused as `clock`. Otherwise the clock moves
   there, and every waiting order whose window has ended settles first, also when the line is then
   refused.
3. **Then the event**, or its refusal, which changes nothing else.

At the end of the file all that waits settles, unless the last line is an accepted `clock`."""
MALFORMED = """\
A line that is not exactly one of the above stops the run with its number, before anything is
written (exit code 1): no single JSON object, an unknown type, a key that is missing, unknown, twice
there or of another JSON type, an unreadable `at`, an empty id or name, `points` that are not ASCII
digits, a name with the character NUL."""
TABLES = """\
`.csv`, `.csv.gz` and `.parquet` files are read as orders tables with the columns {columns}.

Rows are handled by `paid_at`, ties in the order of the file. A refund is a row with a negative
`amount_fen` whose `order_id` is its own id and whose `refund_of` names the order. A store is
introduced by its first row: no owner, no recruiter, no division, a commission of {rate} per myriad.
A row whose `order_id` is already a store's is a duplicate. In CSV the header is line 1; in Parquet
the first row is line 2, ids are texts or whole numbers, and `paid_at` may be a timestamp with a
time zone."""
RESULT = """\
`replay` and `result` write the same JSON: keys sorted, amounts as strings of µ¥ or atoms, in maps
only what is not zero, a last newline."""
RESULT_KEYS = (
    ("pool", "`money` and `circulating`, the genesis holding included"),
    ("platform", "the platform's share of settled orders, less what refunds by case returned"),
    ("unspent", "distribution budget that nobody earned"),
    ("cash", "cash balance of each member"),
    ("stores", "what each store is owed; below zero is a debt"),
    ("vouchers", "vouchers of each member; below zero is a debt"),
    ("points", "atoms of each member, the sum of his lots"),
    ("rewards", "what each role was paid"),
    ("lots", "of each order: spend, minted, left, sold, gross, net"),
    ("exits", "orders in the order in which the system closed their lots"),
    ("refused", "the line and the word of each refusal; empty in `result`"),
    ("repeated", "lines that were there twice; 0 in `result`"),
    (
        "facts",
        (
            "`orders` settled, `lots_open`, `lots_exited`, `paid_to_members` (net of sales and"
            " exits less what refunds kept), `spend` settled less refunds, `share_returned_bp`"
            " (floor of 10000 · paid / spend), `pending` orders"
        ),
    ),
)
SEAL = """\
`export OUT` also writes `OUT.seal`, one JSON object a line. What it proves is told in
[the hash chain](../explanation/hash-chain.md)."""
FEED = """\
`export --public OUT` and `/pool/feed.jsonl` give one line for each step of the pool: `step`,
`kind` (`mint`, `sale`, `exit`, `refund`, `injection`), `day`, `lot` (a random id; none in a sale or
an injection), `amount` into or out of the pool, `points` made or burned, in a mint the lot's `cap`,
and `money` and `circulating` after it. It is enough to compute every price again and tells nothing
about who, where or at what hour."""


def events() -> str:
    """Make the page."""
    parts = [INTRODUCTION, "## How a line is handled", HANDLING, "## Line types"]
    for line in line_types():
        rows = [(code(name), _value(name, kind)) for name, kind in _keys(line)]
        what = one_line(inspect.getdoc(line) or "")
        parts += [f"### {tag_of(line)}", what, table(head=("key", "value"), rows=rows)]
    limit = f"Amounts are 1 to {AMOUNT_FEN_MAX:,} fen; others are refused as `amount`."
    columns = ", ".join(map(code, COLUMNS))
    parts += [limit, "## Refusals", _refusals(), "## Malformed lines", MALFORMED]
    parts += ["## Orders tables", TABLES.format(columns=columns, rate=COMMISSION_RATE)]
    parts += ["## The result", RESULT, table(head=("key", "what it holds"), rows=_result_keys())]
    parts += ["## The seal", SEAL, table(head=("type", "keys", "what it holds"), rows=_seal())]
    parts += ["## The public feed", FEED]
    return page(title="Event files", parts=parts)


def line_types() -> tuple[type, ...]:
    """Give the classes of lines, in the order of the code."""
    return get_args(lines.Line)


def tag_of(line: Any) -> str:  # noqa: ANN401  msgspec's structs share no typed base
    """Give the `type` of a class of lines."""
    return str(line.__struct_config__.tag)


def refusals() -> list[type[Refused]]:
    """Give every refusal that the economy, the rulebook of lines and the lab can name."""
    for package in (gongxiang.economy, gongxiang.lab):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name != "gongxiang.lab.complete_journey":
                importlib.import_module(module.name)
    return sorted(_below(Refused), key=lambda one: (one.__module__, one.__qualname__))


def _below(refused: type[Refused]) -> Iterator[type[Refused]]:
    for one in refused.__subclasses__():
        if one.__module__.startswith("gongxiang."):
            yield one
            yield from _below(one)


def _keys(line: type) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(line, include_extras=True)
    for name in line.__struct_fields__:  # type: ignore[attr-defined]
        yield name, hints[name]


def _value(name: str, kind: Any) -> str:  # noqa: ANN401  an annotation is no type
    return _type(kind).replace("text", "moment") if name == "at" else _type(kind)


def _type(kind: Any) -> str:  # noqa: ANN401  an annotation is no type
    """Write what a key may hold."""
    if get_origin(kind) is Annotated and get_args(kind)[0] is int:
        within = get_args(kind)[1]
        return f"whole number from {within.ge} to {within.le}, or left out"
    if get_origin(kind) is Annotated:
        return "digits" if "pattern" in repr(kind) else "text that is not empty"
    if get_origin(kind) is tuple:
        return "list of texts"
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_type(one) for one in get_args(kind))
    if get_origin(kind) is Literal:
        return " or ".join(code(one) for one in get_args(kind))
    words = {str: "text", date: "day (YYYY-MM-DD)", int: "whole number", type(None): "null"}
    return words.get(kind, "left out")


def _refusals() -> str:
    rows = [
        (
            code(one.reason),
            one_line(one.__doc__ or ""),
            code(one.__name__),
            code(f"{one.__module__.replace('.', '/')}.py"),
        )
        for one in refusals()
    ]
    return table(head=("word", "what was refused", "class", "file"), rows=rows)


def _seal() -> list[tuple[str, str, str]]:
    return [
        (
            code(tag_of(line)),
            ", ".join(map(code, line.__struct_fields__)),
            one_line(inspect.getdoc(line) or ""),
        )
        for line in (*get_args(seal.SealLine), seal.FileLine)
    ]


def _result_keys() -> list[tuple[str, str]]:
    return [(code(key), what) for key, what in RESULT_KEYS]
