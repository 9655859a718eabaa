"""In charge of printing what a proposal means for the company's own changes: short, grouped by what happened."""

from tenon.cli.call import Call
from tenon.compiler.differences import shown
from tenon.compiler.upgrades import Kind, UpgradeItem, UpgradeReport
from tenon.texts import Text, say

_MOST = 30
_HEADINGS: dict[Kind, Text] = {
    "vendor_changed_under_override": say(
        "Changed below, and your own value stays (--take PATH drops yours):",
        "下层已更改，仍保留您的值（--take 路径 可放弃您的值）：",
    ),
    "dead_override": say("Set aside, because what it was about is gone:", "因所涉内容已不存在而被搁置："),
    "redundant_override": say("Your own value says what the layers below say:", "您的值与下层相同："),
    "renamed": say("Follows a new name:", "随新名称生效："),
    "new_item": say("New:", "新增："),
}


def show_report(call: Call, report: UpgradeReport) -> None:
    """For people only; programs get it as a part of the plan."""
    for kind, heading in _HEADINGS.items():
        items = report.of(kind)
        if not items:
            continue
        call.say(heading)
        for item in items[:_MOST]:
            call.say(say("  {line}", "  {line}", line=_line(item)))
        if len(items) > _MOST:
            call.say(say("  … and {count} more", "  … 以及另外 {count} 项", count=len(items) - _MOST))


def _line(item: UpgradeItem) -> Text:
    if item.kind == "vendor_changed_under_override":
        return say(
            "{path}: was {before}, now {after}; yours: {mine} ({place})",
            "{path}：原为 {before}，现为 {after}；您的值：{mine}（{place}）",
            path=item.path,
            before=shown(item.before),
            after=shown(item.after),
            mine=shown(item.mine) if item.mine is not None else say("removed", "已移除"),
            place=str(item.location or ""),
        )
    if item.kind == "new_item":
        return say("{path} {places}", "{path} {places}", path=item.path, places=_joined(item.places))
    note = item.note or say("{path}: {mine}", "{path}：{mine}", path=item.path, mine=shown(item.mine))
    return say("{note} ({place})", "{note}（{place}）", note=note, place=str(item.location or ""))


def _joined(places: tuple[Text, ...]) -> Text:
    if not places:
        return say("", "")
    joined = places[0]
    for place in places[1:]:
        joined = say("{one}, {other}", "{one}、{other}", one=joined, other=place)
    return joined
