"""House rules that no linter knows, as functions from a source text to its offences.

An offence reads `line: what`; a clean text has none.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FUNCTION_MAX = 60
MODULE_MAX = 400
FIXED_SENTENCE = "积分不保本、不保收益"
DISHONEST = (
    *("保本", "保收益", "保息", "保底", "稳赚", "稳赢", "全返", "全额返", "返本", "只涨不跌"),
    *("零风险", "无风险", "躺赚", "必涨", "必赚", "包赚", "暴富", "上市收益", "原始股"),
    *("guaranteed return", "guaranteed profit", "risk-free", "risk free", "only rises"),
    *("principal protect", "passive income", "get rich"),
)
NAMESPACES = re.compile(r"xmlns(:\w+)?=[\"']http://www\.w3\.org/[^\"']*[\"']")
LINKS = re.compile(r"<a\s[^>]*>")
TWO_MOMENTS = re.compile(r"clock_timestamp\(\),\s*clock_timestamp\(\) \+")
SQL = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|LIMIT|JOIN)\b")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
HOST_CLOCK = re.compile(
    r"\b(?:timezone|datetime|date)\.(?:now|today|utcnow)$|^time\.(?:time|time_ns|localtime)$"
)
UNSAFE = frozenset({"dill", "marshal", "pickle", "random", "shelve", "uuid", "yaml"})
OUTWARDS = re.compile(r"requests\.\w+|(?:urllib\.request\.)?urlopen|httpx\.\w+")
REMOTE = re.compile(r"https?://|(?:src|href)\s*=\s*[\"']//|url\(\s*[\"']?//|@import\s+[\"']//")


def money_offences(source: str) -> list[str]:
    """Find floats, Decimals and divisions; `folder / "name"` is a path and no division.

    >>> money_offences("share = amount / 2")
    ['1: / instead of //']
    """
    return [f"{line}: {what}" for line, what in sorted(_inexact(ast.parse(source)))]


def length_offences(source: str) -> list[str]:
    """Find functions and modules that are too long to read at one go."""
    lines = source.count("\n") + 1
    offences = [f"1: module of {lines} lines"] if lines > MODULE_MAX + 1 else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_MAX:
                offences.append(f"{node.lineno}: {node.name} of {length} lines")
    return offences


def act_offences(source: str, *, name: str) -> list[str]:
    """Find what an act's file offers beside the one function of its name."""
    functions = [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_"
    ]
    return [] if functions == [name] else [f"1: offers {functions} instead of {name}"]


def docstring_offences(source: str, *, heading: str = "") -> list[str]:
    """Find a module without docstring, or without a heading in it."""
    docstring = ast.get_docstring(ast.parse(source))
    if not docstring:
        return ["1: no module docstring"]
    return [] if heading in docstring else [f"1: no {heading} in the module docstring"]


def honesty_offences(text: str) -> list[str]:
    """Find words that promise what the scheme does not give (H1), outside the fixed sentence."""
    return [
        f"{number}: {word}"
        for number, line in enumerate(text.split("\n"), start=1)
        for word in DISHONEST
        if word in line.replace(FIXED_SENTENCE, "").lower()
    ]


def remote_offences(text: str) -> list[str]:
    """Find what a page would load from elsewhere; a link to follow is nothing loaded."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(LINKS.sub("", NAMESPACES.sub("", text)).split("\n"), start=1)
        if REMOTE.search(line)
    ]


def lock_offences(source: str) -> list[str]:
    """Find row locks; only acts and the settlement take them, in the house's one order."""
    return [
        f"{node.lineno}: select_for_update"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update"
    ]


def sql_offences(source: str) -> list[str]:
    """Find what a function splices into a question of the database, but for constants.

    >>> sql_offences("def f(x): return f'{_FIELDS} WHERE id = {x}'")
    ['1: x']
    """
    return [
        f"{text.lineno}: {ast.unparse(part.value)}"
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for text in ast.walk(function)
        if isinstance(text, ast.JoinedStr) and SQL.search(_written(text))
        for part in text.values
        if isinstance(part, ast.FormattedValue) and not CONSTANT.fullmatch(ast.unparse(part.value))
    ]


def call_offences(source: str) -> list[str]:
    """Find calls to other hosts that would follow an answer to another address, or wait for ever.

    >>> call_offences("requests.get(url, timeout=3)")
    ['1: requests.get']
    """
    return [
        f"{node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and OUTWARDS.fullmatch(ast.unparse(node.func))
        and not {"timeout", "allow_redirects"} <= {each.arg for each in node.keywords}
    ]


def clock_offences(source: str) -> list[str]:
    """Find looks at the host's clock: what begins and ends does so by the database's (I-27).

    >>> clock_offences("at = timezone.now()")
    ['1: timezone.now']
    """
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and HOST_CLOCK.search(ast.unparse(node))
    ]


def import_offences(source: str) -> list[str]:
    """Find modules that run what they read, or make numbers that can be guessed.

    >>> import_offences("import pickle")
    ['1: pickle']
    """
    return [
        f"{node.lineno}: {name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None) or "", *(each.name for each in node.names))
        if name.partition(".")[0] in UNSAFE
    ]


def moment_offences(source: str) -> list[str]:
    """Find a row that begins and ends by two looks at the clock: its life is not the rule's."""
    places = (found.start() for found in TWO_MOMENTS.finditer(source))
    return [f"{len(source[:place].splitlines())}: two moments" for place in places]


def sources(folder: Path, *patterns: str) -> list[Path]:
    """List the files of a folder, or the file itself, that match; what is not there has none."""
    if folder.is_file():
        return [folder]
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))


def _inexact(tree: ast.AST) -> Iterator[tuple[int, str]]:
    paths = {part for node in ast.walk(tree) if _is_path(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno, f"{node.value!r} is a float"
            case ast.Name(id="float" | "Decimal" as name):
                yield node.lineno, name
            case ast.Attribute(attr="Decimal" | "DecimalField" | "FloatField" as name):
                yield node.lineno, name
            case ast.BinOp(op=ast.Div()) if node not in paths:
                yield node.lineno, "/ instead of //"
            case ast.AugAssign(op=ast.Div()):
                yield node.lineno, "/= instead of //="


def _is_path(node: ast.AST) -> bool:
    """Tell whether a chain of divisions has a text in it: folder / name / "data"."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if _is_text(node.left) or _is_text(node.right):
            return True
        node = node.left
    return False


def _written(text: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in text.values if isinstance(part, ast.Constant))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
