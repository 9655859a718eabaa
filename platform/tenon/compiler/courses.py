"""In charge of courses: lessons, questions that have right answers, and what passing gives."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import audience, circles, refer, refer_all, refuse_keys, required_keys, seconds
from tenon.compiler.work import Work
from tenon.model.learning import Answer, Course, CourseArea, Lesson, Question
from tenon.model.names import Names
from tenon.texts import Text, say

_CHOSEN = ("one", "many", "order")
_FEWEST = 2


def resolve_courses(work: Work) -> dict[str, Course]:
    made = {name: _course(work, name, node) for name, node in work.things("courses").items()}
    for circle in circles({name: course.requires for name, course in made.items()}):
        way = " → ".join((*circle, circle[0]))
        message = say("These courses require each other: {way}.", "这些课程互为前提：{way}。", way=way)
        work.report("cycle", message, work.part("courses")[circle[0]].get("requires"), ("courses", circle[0]))
    return made


def _course(work: Work, name: str, node: Node) -> Course:
    path = ("courses", name)
    areas = _areas(work, node, path)
    questions = _questions(work, areas, node, path)
    _check_counts(work, areas, questions, node, path)
    gives = node.get("gives") or Node({}, node.source)
    attempts = node.get("attempts") or Node({}, node.source)
    return Course(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        roles=audience(work, node, path),
        lessons=Names(_lessons(work, node, path), kind="lesson"),
        areas=Names(areas, kind="area"),
        questions=Names(questions, kind="question"),
        draw=node.pick("draw"),
        pass_mark=node.pick("pass", 80),
        minutes=node.pick("minutes"),
        attempts=attempts.pick("most"),
        wait=seconds(attempts, "wait"),
        valid=seconds(node, "valid"),
        requires=refer_all(work, "courses", node.get("requires"), (*path, "requires")),
        gives_roles=audience(work, gives, (*path, "gives")),
        gives_configuring=gives.pick("configure"),
        gives_modules=_modules(work, gives, (*path, "gives")),
        origin=node.location,
    )


def _modules(work: Work, gives: Node, path: TreePath) -> tuple[str, ...]:
    if gives.pick("configure") == "designer":
        required_keys(work, gives, path, "designer", ("modules",))
    elif gives.map:
        refuse_keys(work, gives, path, str(gives.pick("configure", "gives")), ("modules",))
    return refer_all(work, "modules", gives.get("modules"), (*path, "modules"))


def _lessons(work: Work, node: Node, path: TreePath) -> dict[str, Lesson]:
    made = {}
    for name, item in ordered(node.get("lessons"), ".".join((*path, "lessons")), work.problems).items():
        here = (*path, "lessons", name)
        if not any(key in item.map for key in ("text", "video", "tour")):
            message = say(
                "The lesson teaches nothing: “text”, “video” or “tour”.", "课程没有内容：请写 text、video 或 tour。"
            )
            work.report("missing_key", message, item, here)
        made[name] = Lesson(
            name=name,
            title=work.text(item.get("title"), (*here, "title")) or Text.of(name),
            text=work.text(item.get("text"), (*here, "text")),
            video=item.pick("video", ""),
            tour=refer(work, "tours", item.get("tour"), (*here, "tour")),
            minutes=item.pick("minutes"),
        )
    return made


def _areas(work: Work, node: Node, path: TreePath) -> dict[str, CourseArea]:
    items = ordered(node.get("areas"), ".".join((*path, "areas")), work.problems)
    return {
        name: CourseArea(
            name=name,
            label=work.label(item, (*path, "areas", name)),
            pass_mark=item.pick("pass", 0),
            draw=item.pick("draw"),
        )
        for name, item in items.items()
    }


def _questions(work: Work, areas: Mapping[str, CourseArea], node: Node, path: TreePath) -> dict[str, Question]:
    items = ordered(node.get("questions"), ".".join((*path, "questions")), work.problems)
    return {name: _question(work, areas, item, (*path, "questions", name)) for name, item in items.items()}


def _question(work: Work, areas: Mapping[str, CourseArea], node: Node, path: TreePath) -> Question:
    area = node.get("area")
    if area is not None and area.value not in areas:
        work.unknown(say("area", "领域"), area.value, areas, area, (*path, "area"))
    kind = node.pick("type", "one")
    answers = _answers(work, node, path)
    _check_answers(work, kind, answers, node, path)
    right = node.pick("right")
    return Question(
        name=path[-1],
        text=work.text(node.get("text"), (*path, "text")) or Text.of(path[-1]),
        type=kind,
        area=node.pick("area"),
        answers=Names(answers, kind="answer"),
        true=right if isinstance(right, bool) else None,
        number=None if isinstance(right, bool) else right,
        within=node.pick("within", 0),
        points=node.pick("points", 1),
        explain=work.text(node.get("explain"), (*path, "explain")),
    )


def _answers(work: Work, node: Node, path: TreePath) -> dict[str, Answer]:
    given = node.get("answers")
    made = {}
    for name, item in ({} if given is None else given.map).items():
        text = work.text(item.get("text"), (*path, "answers", name, "text"))
        made[name] = Answer(name=name, text=text or Text.of(name), right=item.pick("right", False))
    return made


def _check_answers(work: Work, kind: str, answers: Mapping[str, Answer], node: Node, path: TreePath) -> None:
    """Every question can be answered rightly, and wrongly."""
    if kind not in _CHOSEN:
        refuse_keys(work, node, path, kind, ("answers",))
        wanted = bool if kind == "true_false" else (int, float)
        right = node.pick("right")
        if right is None or isinstance(right, bool) != (kind == "true_false") or not isinstance(right, wanted):
            _wrong(work, node, path, "“right” gives the right answer.", "请用 right 给出正确答案。")
        return
    refuse_keys(work, node, path, kind, ("right", "within"))
    rights = sum(answer.right for answer in answers.values())
    if len(answers) < _FEWEST:
        _wrong(work, node, path, "A question has at least two answers.", "题目至少需要两个选项。")
    elif kind == "one" and rights != 1:
        _wrong(work, node, path, "Exactly one answer is right.", "必须恰有一个正确选项。")
    elif kind == "many" and rights == 0:
        _wrong(work, node, path, "No answer is right.", "没有正确选项。")


def _wrong(work: Work, node: Node, path: TreePath, en: str, zh: str) -> None:
    work.report("no_right_answer", say(en, zh), node, path)


def _check_counts(
    work: Work, areas: Mapping[str, CourseArea], questions: Mapping[str, Question], node: Node, path: TreePath
) -> None:
    """No more questions are asked than there are, and no area is tested without any."""
    _check_draw(work, node.pick("draw"), len(questions), node, path)
    for name, area in areas.items():
        count = sum(question.area == name for question in questions.values())
        here = (*path, "areas", name)
        _check_draw(work, area.draw, count, node.at(("areas", name)), here)
        if count == 0:
            message = say("No question belongs to “{name}”.", "“{name}”没有题目。", name=name)
            severity = "error" if area.pass_mark else "warning"
            work.report("no_questions", message, node.at(("areas", name)), here, severity=severity)  # type: ignore[arg-type]
    if node.get("gives") is not None and not questions:
        message = say("It gives rights and asks no question.", "授予权限却没有考题。")
        work.report("no_questions", message, node.get("gives"), (*path, "gives"))


def _check_draw(work: Work, draw: int | None, count: int, node: Node, path: TreePath) -> None:
    if draw is not None and draw > count:
        message = say("There are only {count} questions.", "只有 {count} 道题。", count=count)
        work.report("too_few", message, node.get("draw"), (*path, "draw"))
