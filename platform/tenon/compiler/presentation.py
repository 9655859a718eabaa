"""In charge of showing a problem to a person: place, sentence, the lines around it, and what to do."""

from tenon.compiler.sources import Sources
from tenon.locations import excerpt
from tenon.problems import Problem
from tenon.texts import say

_WORDS = {"error": say("error", "错误"), "warning": say("warning", "警告")}


def format_problem(problem: Problem, sources: Sources, language: str) -> str:
    """Several lines without a final line break."""
    place = f"{problem.location}: " if problem.location is not None else ""
    word = _WORDS[problem.severity].in_(language)
    lines = [f"{place}{word} [{problem.code}] {problem.message.in_(language)}"]
    if problem.path:
        lines.append(f"  {problem.path}")
    if problem.location is not None:
        shown = excerpt(sources.texts.get(problem.location.file, ""), problem.location)
        lines.extend(f"  {line}" for line in shown.splitlines())
    if problem.hint is not None:
        lines.append(f"  {say('Hint', '提示').in_(language)}: {problem.hint.in_(language)}")
    return "\n".join(lines)
