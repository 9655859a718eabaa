"""In charge of a module in two versions and a company that changed one thing of every kind of it.

`place(folder, version)` lays the company's files and that version of the module down. The files are under
`samples/upgrade`: `v1` and `v2` of the module `rental`, and `client`.
"""

import shutil
from pathlib import Path
from typing import Any

FILES = Path(__file__).parent / "upgrade"
MODULE = "rental"

KEPT = {
    "entities.rent_item.label.en": "Machine",
    "entities.rent_item.icon": "tool",
    "entities.rent_item.search": ["name", "code", "serial"],
    "entities.rent_item.fields.name.max": 60,
    "entities.rent_item.fields.daily.label.en": "Day price",
    "entities.rent_item.fields.code.required": True,
    "entities.rent_item.fields.serial.help.en": "On the plate.",
    "entities.rent_item.fields.x_bought.type": "date",
    "entities.rent_item.rules.rate_not_negative.message.en": "No gifts.",
    "entities.rent_item.rules.x_bought_before_today.on": "x_bought",
    "entities.rent_item.views.list.columns": ["code", "name", "daily", "condition", "x_bought"],
    "entities.rent_item.views.list.filters.mine.label.en": "My machines",
    "entities.rent_item.views.list.filters.x_old.label.en": "Old",
    "entities.rent_item.views.list.sort": "code",
    "entities.rent_item.forms.main.sections.basics.label.en": "The machine",
    "entities.rent_item.forms.main.sections.x_purchase.fields": ["x_bought"],
    "entities.rent_item.grants.rent_clerk.update": "none",
    "entities.rent_contract.fields.note.max": 500,
    "entities.rent_contract.pipelines.contract.stages.draft.probability": 5,
    "entities.rent_contract.rules.some_days.check": "is_blank(days) or days > 1",
    "choices.rent_condition.label.en": "State",
    "choices.rent_condition.options.new.label.en": "Mint",
    "choices.rent_condition.options.x_broken.label.en": "Broken",
    "roles.rent_clerk.label.en": "Desk",
    "roles.rent_clerk.grants.account.read": "own",
    "navigation.rental.label.en": "Machines",
}
"""Dotted place → the company's value, in force under both versions."""
FOLLOWED = {
    "entities.rent_item.fields.shade.label.en": "Paint",
    "entities.rent_contract.pipelines.contract.stages.running.label.en": "Out",
    "choices.rent_condition.options.used.label.en": "So-so",
}
"""The same under version 2, where the module calls the thing by another name."""
EVERY_KIND: dict[str, tuple[str, Any, Any, Any]] = {
    "action": ("automations.rent_closed.do.tell.notify.title.en", "Closed", "Returned", "Thank them"),
    "analysis": (
        "dashboards.rent_desk.tiles.income.value.value",
        "sum(rent_contract.days)",
        "avg(rent_contract.days)",
        "count(rent_contract)",
    ),
    "approval": ("approvals.rent_long.steps.desk.timeout.after", "2d", "3d", "1d"),
    "assignment": ("assignments.rent_desk.rules.rest.most", 50, 80, 20),
    "automation": ("automations.rent_closed.when", "days > 1", "days > 2", "days > 7"),
    "calendar": ("calendars.rent_hours.week.tue", ["09:00-18:00"], ["09:00-20:00"], ["10:00-16:00"]),
    "choices": ("choices.rent_condition.label.en", "Condition", "Grade", "State"),
    "connector": ("connectors.rent_books.per_minute", 60, 30, 120),
    "course": ("courses.rent_basics.pass", 80, 85, 90),
    "dashboard": ("dashboards.rent_desk.tiles.items.limit", 5, 10, 20),
    "duplicate": ("entities.rent_item.duplicates.same_serial.action", "warn", "merge_suggest", "refuse"),
    "entity": ("entities.rent_item.label.en", "Item", "Rental item", "Machine"),
    "field": ("entities.rent_item.fields.name.max", 80, 100, 60),
    "form": ("entities.rent_item.forms.main.sections.basics.label.en", "Basics", "The basics", "The machine"),
    "navigation": ("navigation.rental.label.en", "Rental", "Renting", "Machines"),
    "pipeline": ("entities.rent_contract.pipelines.contract.stages.draft.probability", 20, 25, 5),
    "pool": ("pools.rent_free.claim.per_day", 5, 10, 3),
    "regions": ("regions.rent_west.label.en", "Far west", "The far west", "Xinjiang"),
    "relationship": ("entities.rent_place.relationships.items.label.en", "Items", "Items here", "Machines here"),
    "report": ("reports.rent_income.where", "days > 0", "days >= 0", "days > 2"),
    "role": ("roles.rent_clerk.label.en", "Rental clerk", "Clerk", "Desk"),
    "rule": (
        "entities.rent_item.rules.rate_not_negative.message.en",
        "The rate must not be negative.",
        "The rate must be more than zero.",
        "No gifts.",
    ),
    "score": ("scores.rent_place.factors.items.weight", 40, 50, 10),
    "segment": ("segments.rent_dear.where", "daily > 100", "daily > 200", "daily > 500"),
    "target": ("targets.rent_days.period", "month", "quarter", "year"),
    "template": (
        "templates.rent_ready.body.en",
        "Please come by.",
        "Please come to the store.",
        "Come and get it.",
    ),
    "test": ("tests.rental.label.en", "Rental", "Renting out", "Our rental"),
    "tour": ("tours.rent_first.steps.items.text.en", "Here they are.", "Here are all of them.", "Our machines."),
    "translations": (
        "translations.zh-CN.entities.rent_item.help",
        "可以出租的物品",
        "可出租的设备",
        "我们的机器",
    ),
    "trigger": ("automations.rent_closed.on.stage_entered.stage", "closed", ["closed", "cancelled"], "running"),
    "view": (
        "entities.rent_item.views.list.columns",
        ["name", "code", "daily", "colour", "condition"],
        ["name", "weight", "code", "daily", "deposit", "shade", "condition"],
        ["code", "name", "daily", "condition", "x_bought"],
    ),
    "webform": ("webforms.rent_ask.result.message.en", "Thank you.", "We call you.", "See you."),
}
"""Kind of metadata → a place of it that both sides changed: the module in versions 1 and 2, and the company."""
APART = {
    "common": "Shapes that the others share; no file is of this kind.",
    "data": "Becomes records: what the company changed in them stays, which the tests of module upgrades promise.",
    "import_mapping": "A file for one import; it belongs to nobody's layer.",
    "import_plan": "A file for a row of imports; it belongs to nobody's layer.",
    "installation": "Describes the server, and no workspace.",
    "module": "Names the module itself, which is not the company's to change.",
    "workspace": "The company's own; no module has one.",
}
"""Kinds of which nothing can be overridden, and why."""
CONTESTED = {
    **{path: (before, after) for path, before, after, _mine in EVERY_KIND.values()},
    "entities.rent_item.fields.daily.label.en": ("Daily rate", "Rate per day"),
    "entities.rent_item.grants.rent_clerk.update": ("own", "all"),
    "scores.rent_place.factors.code.weight": (60, 50),
}
"""Everywhere the company and the module changed the same (of labels, the English): versions 1 and 2 of the module."""
NEW = {
    "choices.rent_condition.options.worn",
    "entities.rent_contract.pipelines.contract.stages.cancelled",
    "entities.rent_item.fields.deposit",
    "entities.rent_item.fields.weight",
    "entities.rent_item.forms.main.sections.transport",
    "entities.rent_item.rules.deposit_not_negative",
    "entities.rent_item.views.list.filters.heavy",
    "roles.rent_clerk.grants.contact",
    "templates.rent_back",
}
"""What version 2 brings."""
DEAD = "entities.rent_item.fields.slogan"
REDUNDANT = "entities.rent_contract.fields.note.max"


def place(folder: Path, version: str) -> Path:
    """Lay down or replace; `version` is "v1" or "v2". The company's own files stay when they are there."""
    if not folder.exists():
        shutil.copytree(FILES / "client", folder)
    module = folder / "modules" / MODULE
    shutil.rmtree(module, ignore_errors=True)
    shutil.copytree(FILES / version, module)
    return folder
