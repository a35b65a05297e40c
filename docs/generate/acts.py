"""acts.md: what the platform can do, read from the one function of each file in gongxiang/acts.

The files are read and not imported, so that the page needs no database.
"""

import ast
from pathlib import Path

from docs.generate.markdown import code, one_line, page

ACTS = Path(__file__).parents[2] / "gongxiang" / "acts"
INTRODUCTION = """\
An act is one thing that the platform does: one file in `gongxiang/acts/`, one public function of
the same name, one transaction that is opened and committed inside it. It returns when everything is
committed, or raises and leaves everything as it was."""


def acts() -> str:
    """Make the page."""
    return page(title="Acts", parts=[INTRODUCTION, *map(_act, act_files())])


def act_files() -> list[Path]:
    """List the files of acts."""
    return sorted(path for path in ACTS.glob("*.py") if path.stem != "__init__")


def _act(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (function,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == path.stem
    )
    returns = ast.unparse(function.returns) if function.returns else "None"
    signature = f"{function.name}({ast.unparse(function.args)}) -> {returns}"
    why = _paragraphs(ast.get_docstring(tree) or "")
    what = _paragraphs(ast.get_docstring(function) or "")
    parts = [f"## {path.stem}", f"```python\n{signature}\n```", *what, f"*Why:* {why[0]}", *why[1:]]
    return "\n\n".join([*parts, f"File: {code(f'gongxiang/acts/{path.name}')}."])


def _paragraphs(text: str) -> list[str]:
    """Give the paragraphs of a docstring but for the last ones of a module, units and sources."""
    parts = [one_line(part) for part in text.split("\n\n") if part.strip()]
    return [part for part in parts if not part.startswith(("Units:", "Source:"))]
